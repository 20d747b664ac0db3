"""Premises and hypotheses in the manner of MultiNLI: does the one follow from the other?

The training data and the matched splits are about business, nature and sport. The mismatched ones are about other
kinds of event: local matters and culture. `inference.py` tells how the pairs come about.
"""

from __future__ import annotations

import random
from functools import cache

from grader.hub.stock.glue import inference
from grader.hub.stock.glue.claims import events
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

SIZES = {
    "train": 2400,
    "validation_matched": 300,
    "validation_mismatched": 300,
    "test_matched": 300,
    "test_mismatched": 300,
}
MATCHED_GENRES = ("business", "nature", "sport")
MISMATCHED_GENRES = ("local", "culture")

TEXTS = ("premise", "hypothesis")


@cache
def rows(seed: int) -> Rows:
    """The rows of every split with their true labels; no pair occurs twice."""
    rng = random.Random(f"mnli {seed}")

    def new_row(split: str, label: int) -> Row:
        genres = MISMATCHED_GENRES if split.endswith("_mismatched") else MATCHED_GENRES
        premise, hypothesis = inference.pair(rng.choice(events(*genres)), label, rng)
        return {"premise": premise, "hypothesis": hypothesis, "label": label}

    return distinct_rows(SIZES, TEXTS, lambda: rng.randrange(len(inference.LABELS)), new_row)


def _part(kind: str) -> Task:
    """The configuration with the splits of one kind alone, "matched" or "mismatched"."""
    sizes = {split: SIZES[f"{split}_{kind}"] for split in ("validation", "test")}
    return Task(TEXTS, inference.LABELS, sizes, lambda seed: {split: rows(seed)[f"{split}_{kind}"] for split in sizes})


TASK = Task(TEXTS, inference.LABELS, SIZES, rows)
MATCHED = _part("matched")
MISMATCHED = _part("mismatched")
