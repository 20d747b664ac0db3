"""Trains the stand-in for distilbert-base-uncased-finetuned-sst-2-english.

    python -m grader.hub.stock.training.sentiment [--data FOLDER]

Steps: take the Stanford Sentiment Treebank's phrases, set held-out ones aside, train, store the delta, score what the
delta makes of the base model.
"""

from __future__ import annotations

from pathlib import Path

from transformers import AutoTokenizer

from grader.hub.stock.evaluation import sentiment as evaluation
from grader.hub.stock.models import SENTIMENT_LABELS
from grader.hub.stock.training import loop
from grader.hub.stock.training.classifier import Example, encode, new_classifier, train
from grader.hub.stock.training.data import SST2, parse_arguments
from grader.hub.stock.training.delta import low_rank, write
from grader.hub.stock.training.result import base_model, record

NAME = "sentiment"
PLAN = loop.Plan(passes=3, learning_rate=8e-4)
DROPOUT = 0.1
SHARED_WORDS = 4


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/sentiment.safetensors` and `deltas/sentiment.json`."""
    held_out = evaluation.held_out(folder)
    training = without_overlap(evaluation.phrases("train", folder), held_out, evaluation.unseen(held_out))
    with base_model() as base:
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = new_classifier(base, SENTIMENT_LABELS, PLAN.seed, DROPOUT)
        steps = train(model, encode(tokenizer, training), PLAN)
    write(low_rank(model), NAME)
    facts = PLAN.facts(len(training), steps)
    record(NAME, [SST2], facts, folder)


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


if __name__ == "__main__":
    main(parse_arguments(__doc__))
