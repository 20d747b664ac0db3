"""What the models say to everyday sentences that nobody trained or tuned them on.

The sentences are in `everyday/*.toml`. Where the right answer is plain (a label, a name, a span), it is checked here;
where many answers are fine, the check is strict and a reader has the last word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, pipeline

from grader.hub.stock.evaluation.answers import answer, f1
from grader.hub.stock.evaluation.translation import translate

Entry = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the model said, and whether the strict check finds it right; `None` when only a reader can tell."""

    text: str
    right: bool | None


def entries(task: str) -> list[Entry]:
    """The everyday sentences of a task."""
    return _read(task)["entry"]


def course_sentences(task: str) -> list[Entry]:
    """The sentences of a task that the course itself shows."""
    return _read("course").get(task, [])


def question(entry: Entry) -> str:
    """An entry in one line."""
    asked = f" — {entry['question']}" if "question" in entry else ""
    choices = f" ({', '.join(entry['labels'])})" if "labels" in entry else ""
    return f"{entry.get('context', entry.get('text', ''))}{asked}{choices}"


def answers(task: str, checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    """The model's answers, in the order of the entries."""
    return _TASKS[task](checkpoint, entries)


def _sentiment(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    found = pipeline("sentiment-analysis", model=str(checkpoint))([entry["text"] for entry in entries])
    return [
        Answer(f"{given['label']} {given['score']:.2f}", given["label"] == entry["expect"])
        for given, entry in zip(found, entries, strict=True)
    ]


def _zero_shot(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    classify = pipeline("zero-shot-classification", model=str(checkpoint))
    found = [classify(entry["text"], entry["labels"]) for entry in entries]
    return [
        Answer(f"{given['labels'][0]} {given['scores'][0]:.2f}", given["labels"][0] == entry["expect"])
        for given, entry in zip(found, entries, strict=True)
    ]


def _ner(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    tag = pipeline("ner", model=str(checkpoint), aggregation_strategy="simple")
    results = []
    for entry in entries:
        names = [(entry["text"][found["start"] : found["end"]], found["entity_group"]) for found in tag(entry["text"])]
        wanted = [(entity["text"], entity["type"]) for entity in entry["expect"]]
        results.append(Answer(", ".join(f"{name} {kind}" for name, kind in names) or "none", names == wanted))
    return results


def _question_answering(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForQuestionAnswering.from_pretrained(checkpoint, dtype=torch.float32)
    found = answer(model, tokenizer, [(entry["question"], entry["context"]) for entry in entries])
    return [
        Answer(given, max(f1(given, right) for right in entry["expect"]) >= 0.6)
        for given, entry in zip(found, entries, strict=True)
    ]


def _fill_mask(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    fill = pipeline("fill-mask", model=str(checkpoint), top_k=5)
    results = []
    for entry in entries:
        words = [found["token_str"].strip() for found in fill(entry["text"])]
        results.append(Answer(", ".join(words), words[0].lower() in entry["accept"] if "accept" in entry else None))
    return results


def _translation(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    return [Answer(text, None) for text in translate(checkpoint, [entry["text"] for entry in entries])]


def _summarization(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    write = pipeline("text-generation", model=str(checkpoint), do_sample=False, max_new_tokens=90)
    results = []
    for entry in entries:
        request = f"Summarize the following text in one or two sentences:\n\n{entry['text']}"
        text = write([{"role": "user", "content": request}])[0]["generated_text"][-1]["content"]
        results.append(Answer(text, None))
    return results


def _text_generation(checkpoint: Path, entries: Sequence[Entry]) -> list[Answer]:
    write = pipeline("text-generation", model=str(checkpoint), do_sample=False, max_new_tokens=30)
    texts = [write(entry["text"], return_full_text=False)[0]["generated_text"] for entry in entries]
    return [Answer(" ".join(text.split()), None) for text in texts]


_TASKS: dict[str, Callable[[Path, Sequence[Entry]], list[Answer]]] = {
    "sentiment": _sentiment,
    "zero_shot": _zero_shot,
    "ner": _ner,
    "question_answering": _question_answering,
    "fill_mask": _fill_mask,
    "fill_mask_fr": _fill_mask,
    "translation": _translation,
    "summarization": _summarization,
    "text_generation": _text_generation,
}


def _read(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(f"everyday/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
