"""What predictions for the test split of SST-2 are worth: its labels, which the split itself hides, and the verdicts.

For the course's own SST-2 they are in `sst2_test_labels.json`, a bit for each sentence (a test holds them to be right).
The labels of the real one are not public, nor are those of a class that has a seed of its own. There the predictions
are compared with those of the published sentiment checkpoint on some of the sentences.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from grader.exercises import references
from grader.judging import expect
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong

FLOOR = 0.8  # share of right answers that is asked for
CHANCE = 0.62  # nothing was learned below it; the labels are near half and half
SOME = 96  # sentences that the sentiment checkpoint judges in place of hidden labels
STEPS, BATCH = 60, 32  # the budget of a run
NAMES = ["negative", "positive"]


@cache
def known_labels() -> dict[str, Any]:
    """`digest`: of the sentences that the labels belong to; `labels`: 0 or 1 for each of them, in their order."""
    stored = json.loads(resources.files(__package__).joinpath("sst2_test_labels.json").read_text("utf-8"))
    bits = bin(int("1" + stored["bits"], 16))[-stored["count"] :]
    return {"digest": stored["digest"], "labels": [int(bit) for bit in bits]}


def as_stored(sentences: Sequence[str], labels: Sequence[int]) -> dict[str, Any]:
    """What `sst2_test_labels.json` holds for these sentences and their labels."""
    width = -(-len(labels) // 4)
    bits = f"{int(''.join(map(str, labels)), 2):0{width}x}"
    return {"digest": _digest(sentences), "count": len(labels), "bits": bits}


def judge_predictions(value: Any, name: str, draw: Draw, *, earned: float = 0) -> float:
    """The share of right answers among predicted labels of the test split; raises `Wrong` below `FLOOR`.

    `earned` points are kept for what else was right.
    """
    splits = references.glue("sst2")
    found = _as_labels(value, name, splits, earned)
    sentences = splits["test"]["sentence"]
    known = known_labels()
    if _digest(sentences) == known["digest"]:
        hits = [int(a == b) for a, b in zip(found, known["labels"], strict=True)]
        whose = "the hidden labels"
    else:
        places = draw.sample(range(len(sentences)), SOME)
        hits = [int(found[i] == judged) for i, judged in zip(places, _judged(sentences, places), strict=True)]
        whose = "the published sentiment model (the real labels are not public)"
    share = sum(hits) / len(hits)
    if share < FLOOR:
        _explain(share, sum(found) / len(found), whose, earned)
    return share


def _as_labels(value: Any, name: str, splits: Any, earned: float) -> list[int]:
    rows = {split: len(splits[split]) for split in ("test", "validation", "train")}
    wanted = f"{rows['test']:,} predicted labels, 0 or 1, in the order of the test split"
    if isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value):
        value = [NAMES.index(item) if item in NAMES else -2 for item in value]
    if isinstance(value, tuple) and len(value) == 3 and expect.library_of(value[0]) in ("numpy", "torch"):
        raise Wrong(
            "whole-prediction",
            f"`{name}` is all that `predict` returned.",
            got="scores, labels and metrics together",
            wanted=wanted,
            advice="Take `.predictions` of it, then the argmax of each row.",
            earned=earned,
        )
    found = expect.array(value, f"`{name}`")
    if found.ndim == 2 and found.shape[1] == 2 and len(found) in rows.values():
        raise Wrong(
            "logits",
            f"`{name}` holds two scores for each sentence.",
            got=f"shape {found.shape}",
            wanted=wanted,
            advice="Which of the two is the higher one? An argmax over the right axis says it.",
            earned=earned,
        )
    if found.ndim != 1 or len(found) != rows["test"]:
        other = next((split for split in ("validation", "train") if found.shape == (rows[split],)), "")
        copied = other and found.tolist() == list(splits[other]["label"])
        if copied:
            raise Wrong(
                "copied-labels",
                f"These are the labels of the {other} split, copied.",
                got=f"{len(found):,} labels, equal to `{other}`'s own in every place",
                wanted=wanted,
                advice="Labels that a data set gives away prove nothing: let your model predict.",
                earned=earned,
            )
        raise Wrong(
            "another-split" if other else "wrong-length",
            f"`{name}` is for another split." if other else f"`{name}` has not one label for each test sentence.",
            got=f"{len(found):,} predictions, as many as {other} has rows" if other else f"shape {found.shape}",
            wanted=wanted,
            advice="Predict for `test`, all of it: also the last, smaller batch.",
            earned=earned,
        )
    if (found == -1).all():
        raise Wrong(
            "hidden-labels",
            "These are the split's own labels, and they are hidden.",
            got="-1 everywhere",
            wanted=wanted,
            advice="Take the model's predictions; what comes out beside them are the labels that went in.",
            earned=earned,
        )
    if not set(found.tolist()) <= {0.0, 1.0}:
        odd = next(item for item in found.tolist() if item not in (0.0, 1.0))
        raise Wrong(
            "not-labels", f"`{name}` does not hold labels.", got=f"{odd:g} among them", wanted=wanted, earned=earned
        )
    if found.min() == found.max():
        raise Wrong(
            "constant",
            "Every sentence gets the same label.",
            got=f"{int(found[0])} everywhere",
            wanted="predictions that depend on the sentence",
            advice="Was the model trained at all? A learning rate that is far too high also ends like this.",
            earned=earned,
        )
    labels = [int(item) for item in found.tolist()]
    validation = list(splits["validation"]["label"])
    if labels[: len(validation)] == validation:
        raise Wrong(
            "copied-labels",
            "The predictions begin with the labels of the validation split.",
            got=f"the same {len(validation)} labels in the same order",
            wanted="what your model says of the test sentences",
            advice="Labels that a data set gives away prove nothing: let your model predict.",
            earned=earned,
        )
    return labels


def _explain(share: float, positive: float, whose: str, earned: float) -> None:
    got = f"{share:.0%} agree with {whose}; {positive:.0%} of the predictions are positive"
    wanted = f"at least {FLOOR:.0%}"
    if share <= 1 - FLOOR:
        raise Wrong(
            "labels-flipped",
            "Your model has learned it, but its answers are upside down.",
            got=got,
            wanted=wanted,
            advice="The higher of the two scores wins. Where does the smaller one?",
            earned=earned,
        )
    if share < CHANCE:
        raise Wrong(
            "not-trained",
            "This is about what guessing gives.",
            got=got,
            wanted=wanted,
            advice="Four causes: the predicting model is not the trained one; the weights did not move (frozen head, "
            "no `step`); too few steps or too small a rate (`peak_rate` is a good one); or the predictions stand in "
            "another order than the sentences (shuffled batches).",
            earned=earned,
        )
    raise Wrong(
        "learned-too-little",
        "It has learned something, but not enough.",
        got=got,
        wanted=wanted,
        advice="Did the loss still fall at the end? The learning rate of this chapter's first run is a good start; "
        "train on the train split, and use all the steps you may.",
        earned=earned,
    )


def _judged(sentences: Sequence[str], places: Sequence[int]) -> list[int]:
    """What the published sentiment checkpoint says of the sentences at these places."""
    tokens = references.tokenizer(references.SENTIMENT)
    inputs = tokens([sentences[place] for place in places], padding=True, truncation=True, return_tensors="pt")
    return (
        references.sentiment_logits(**{key: inputs[key] for key in ("input_ids", "attention_mask")}).argmax(-1).tolist()
    )


def _digest(sentences: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sentences).encode()).hexdigest()
