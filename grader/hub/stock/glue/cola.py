"""Sentences in the manner of CoLA: is this acceptable English?

Every frame of the bank is about a rule of grammar and has acceptable sentences and others that break the rule, made of
the same words. As in the real data, about 70 percent of the sentences are acceptable.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue.grammar import bank, expand, sentence
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

LABELS = ("unacceptable", "acceptable")
SIZES = {"train": 2000, "validation": 300, "test": 300}

ACCEPTABLE = 0.7
ACCEPTABILITY = bank("acceptability")
_SIDES = ("bad", "good")
_FORMS = ("base", "third", "past", "participle", "ing")


def rows(seed: int) -> Rows:
    """The rows (`sentence`, `label`) of every split with their true labels; no sentence occurs twice."""
    rng = random.Random(f"cola {seed}")

    def new_row(split: str, label: int) -> Row:
        template = rng.choice(rng.choice(ACCEPTABILITY["frame"])[_SIDES[label]])
        return {"sentence": _worded(template, rng), "label": label}

    return distinct_rows(SIZES, ["sentence"], lambda: int(rng.random() < ACCEPTABLE), new_row)


def _worded(template: str, rng: random.Random) -> str:
    """`template` with words for its holes; a verb gets the form that its hole asks for."""

    def fill(name: str, form: str | None, variants: list[str] | None) -> str:
        chosen = rng.choice(ACCEPTABILITY["words"][name])
        return chosen[_FORMS.index(form)] if form else chosen

    return sentence(expand(template, fill, rng))


TASK = Task(("sentence",), LABELS, SIZES, rows)
