"""Sentiment: accuracy on held-out parts of the Stanford Sentiment Treebank."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoTokenizer, BertForSequenceClassification

from grader.hub.stock.evaluation.scores import Score, majority, percent
from grader.hub.stock.training.classifier import Example, accuracy, encode, predict
from grader.hub.stock.training.data import SST2, load

# The Treebank's phrases are nested, so a held-out phrase may be a part of one trained on. An honest score needs
# longer passages that share nothing with the training phrases.
UNSEEN_PASSAGES, UNSEEN_WORDS = 500, 15


def score(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of the checkpoint in a folder."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = BertForSequenceClassification.from_pretrained(checkpoint, dtype=torch.float32)
    phrases = held_out(folder)
    sets = {
        "longer passages of film reviews that share no four words in a row with the training phrases": unseen(phrases),
        "held-out phrases of film reviews, many of them parts of training phrases": phrases,
    }
    scores = []
    for title, examples in sets.items():
        encoded = encode(tokenizer, examples)
        scores.append(
            Score(
                measured_on=title,
                measure="accuracy",
                value=percent(accuracy(predict(model, encoded), encoded)),
                baseline=majority([example.label for example in examples]),
                baseline_is="always the more common answer",
                count=len(examples),
            )
        )
    return scores


def held_out(folder: Path | None) -> list[Example]:
    """The phrases that are never trained on."""
    return phrases("validation", folder)


def phrases(split: str, folder: Path | None) -> list[Example]:
    """The phrases of a split and their classes, 0 for negative and 1 for positive."""
    return [Example(row["sentence"].strip(), row["label"]) for row in load(SST2, split, folder)]


def unseen(held_out: list[Example]) -> list[Example]:
    """The longer ones among the held-out phrases: training leaves out whatever shares words in a row with them."""
    return [example for example in held_out if len(example.text.split()) >= UNSEEN_WORDS][:UNSEEN_PASSAGES]
