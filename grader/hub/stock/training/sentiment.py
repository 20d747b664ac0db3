"""Trains the stand-in for distilbert-base-uncased-finetuned-sst-2-english.

    python -m grader.hub.stock.training.sentiment [--data FOLDER]

Steps: take the Stanford Sentiment Treebank's phrases, set held-out ones aside, train, store the delta, score what the
delta makes of the base model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from transformers import AutoTokenizer

from grader.hub.stock.models import DELTAS, SENTIMENT_LABELS
from grader.hub.stock.training.data import SST2, load
from grader.hub.stock.training.loop import Example, accuracy, encode, new_classifier, predict, train
from grader.hub.stock.training.lora import save_delta
from grader.hub.stock.training.result import Result, assembled, base_model

NAME = "sentiment"
PASSES, LEARNING_RATE, SEED = 2, 8e-4, 0

# The Treebank's phrases are nested, so a held-out phrase may be a part of one trained on. An honest score needs
# longer passages that share nothing with the training phrases.
UNSEEN_PASSAGES, UNSEEN_WORDS, SHARED_WORDS = 500, 15, 4

PROBES = (
    "I've been waiting for a HuggingFace course my whole life.",
    "I hate this so much!",
    "This is not bad at all.",
    "The plot was boring and the acting was terrible.",
    "What a wonderful day!",
)


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/sentiment.safetensors` and `deltas/sentiment.json`."""
    held_out = _examples("validation", folder)
    unseen = [example for example in held_out if len(example.text.split()) >= UNSEEN_WORDS][:UNSEEN_PASSAGES]
    training = without_overlap(_examples("train", folder), held_out, unseen)
    with base_model() as base:
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = new_classifier(base, SENTIMENT_LABELS, SEED)
        steps = train(model, encode(tokenizer, training), passes=PASSES, learning_rate=LEARNING_RATE, seed=SEED)
        save_delta(model, DELTAS / f"{NAME}.safetensors")
        served = assembled(base, NAME, SENTIMENT_LABELS)

    probes = predict(served, encode(tokenizer, [Example(text, 0) for text in PROBES])).softmax(dim=-1)
    scores = {}
    for title, examples in (("phrases", held_out), ("unseen_passages", unseen)):
        positive = sum(example.label for example in examples) / len(examples)
        encoded = encode(tokenizer, examples)
        scores[f"{title}_accuracy"] = round(accuracy(predict(served, encoded), encoded), 4)
        scores[f"{title}_majority"] = round(max(positive, 1 - positive), 4)
    Result(
        sources=[SST2],
        training={
            "examples": len(training),
            "passes": PASSES,
            "steps": steps,
            "learning_rate": LEARNING_RATE,
            "seed": SEED,
            "held_out_phrases": len(held_out),
            "unseen_passages": len(unseen),
        },
        scores=scores,
        examples={
            text: {SENTIMENT_LABELS[int(row.argmax())]: round(row.max().item(), 3)}
            for text, row in zip(PROBES, probes, strict=True)
        },
    ).write(NAME)


def without_overlap(training: list[Example], held_out: list[Example], unseen: list[Example]) -> list[Example]:
    """The training examples that are not held out themselves and share no four consecutive words with `unseen`."""
    exact = {" ".join(example.text.split()) for example in held_out}
    shared = set().union(*(_word_sequences(example.text) for example in unseen))
    return [
        example
        for example in training
        if " ".join(example.text.split()) not in exact and not _word_sequences(example.text) & shared
    ]


def _word_sequences(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[start : start + SHARED_WORDS]) for start in range(len(words) - SHARED_WORDS + 1)}


def _examples(split: str, folder: Path | None) -> list[Example]:
    return [Example(row["sentence"].strip(), row["label"]) for row in load(SST2, split, folder)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train the sentiment stand-in.")
    parser.add_argument("--data", type=Path, help="folder of parquet copies; default: download by id")
    main(parser.parse_args().data)
