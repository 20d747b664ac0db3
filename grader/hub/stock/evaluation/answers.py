"""Extractive question answering: exact matches and F1 of words, as SQuAD's own script counts them (Rajpurkar 2016)."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from transformers import AutoTokenizer, BertForQuestionAnswering, PreTrainedTokenizerBase

from grader.hub.stock.evaluation.scores import Score, percent
from grader.hub.stock.training import loop
from grader.hub.stock.training.data import SQUADSHIFTS, load

LONGEST_ANSWER = 20  # tokens
BATCH = 16


def score(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of the checkpoint in a folder."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = BertForQuestionAnswering.from_pretrained(checkpoint, dtype=torch.float32)
    rows = load(SQUADSHIFTS[0], "validation", folder)
    found = answer(model, tokenizer, [(row["question"], row["context"]) for row in rows])
    guesses = [_first_name(row["context"]) for row in rows]
    truths = [row["answer_text"] for row in rows]
    return [
        Score(
            measured_on="held-out questions on new Wikipedia articles (SquadShifts)",
            measure=title,
            value=percent(_mean(measure, found, truths)),
            baseline=percent(_mean(measure, guesses, truths)),
            baseline_is="the first name in the text",
            count=len(rows),
        )
        for title, measure in (("exact match", exact), ("F1 of words", f1))
    ]


@torch.inference_mode()
def answer(
    model: BertForQuestionAnswering, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[tuple[str, str]]
) -> list[str]:
    """The best span of each (question, context) pair."""
    model.eval()

    def answers(batch: list[tuple[str, str]]) -> Iterator[str]:
        inputs = tokenizer(
            *(list(side) for side in zip(*batch, strict=True)),
            truncation="only_second",
            max_length=480,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = inputs.pop("offset_mapping")
        logits = model(**inputs)
        for row, (_, context) in enumerate(batch):
            in_context = torch.tensor([part == 1 for part in inputs.sequence_ids(row)])
            first, last = best_span(logits.start_logits[row], logits.end_logits[row], in_context)
            yield context[offsets[row][first][0] : offsets[row][last][1]]

    return loop.by_length(pairs, lambda pair: len(pair[1]), answers, count=BATCH)


def best_span(start: torch.Tensor, end: torch.Tensor, allowed: torch.Tensor) -> tuple[int, int]:
    """First and last token of the span with the highest sum of logits; start, end, allowed: (tokens,)."""
    sums = start[:, None] + end[None, :]
    possible = allowed[:, None] & allowed[None, :]
    possible &= torch.ones_like(possible).triu() & torch.ones_like(possible).tril(LONGEST_ANSWER - 1)
    best = int(sums.masked_fill(~possible, -torch.inf).argmax())
    return divmod(best, len(start))


def exact(found: str, truth: str) -> bool:
    """Are both the same words, articles and punctuation aside?"""
    return _words(found) == _words(truth)


def f1(found: str, truth: str) -> float:
    """How far the words overlap, between 0 and 1."""
    common = sum((Counter(_words(found)) & Counter(_words(truth))).values())
    return 2 * common / max(1, len(_words(found)) + len(_words(truth)))


def _mean(measure: Callable[[str, str], float], found: Sequence[str], truths: Sequence[Sequence[str]]) -> float:
    """The mean over all questions, each measured against the nearest of its right answers."""
    best = [max(measure(given, truth) for truth in right) for given, right in zip(found, truths, strict=True)]
    return sum(best) / len(best)


def _words(text: str) -> list[str]:
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return [word for word in text.split() if word not in ("a", "an", "the")]


def _first_name(context: str) -> str:
    found = re.search(r"(?<!^)(?<![.!?] )\b[A-Z]\w+(?: [A-Z]\w+)*", context)
    return found.group() if found else context.split()[0]
