"""Premises and hypotheses in the manner of GLUE's diagnostic data: negation, quantifiers, numbers and the like.

There is a test split only, and its labels are hidden. A model trained on `mnli` can be tried on it.
"""

from __future__ import annotations

import random
from functools import cache

from grader.hub.stock.glue import inference
from grader.hub.stock.glue.claims import GENRES, events
from grader.hub.stock.glue.facts import Fact, draw, redraw
from grader.hub.stock.glue.grammar import bank, sentence
from grader.hub.stock.glue.mrpc import Facts, word
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

SIZES = {"test": 552}
TEXTS = ("premise", "hypothesis")


@cache
def _bank() -> dict:
    return bank("diagnostic")


def rows(seed: int) -> Rows:
    """The rows of the test split with their true labels; no pair occurs twice."""
    rng = random.Random(f"ax {seed}")
    phenomena = [[case for case in entry["cases"]] for entry in _bank()["phenomenon"]]

    def new_row(split: str, label: int) -> Row:
        options = [[case for case in cases if case[2] == inference.LABELS[label]] for cases in phenomena]
        premise, hypothesis, _ = rng.choice(rng.choice([cases for cases in options if cases]))
        facts = _draw(rng)
        one, other = (sentence(word(text, facts, rng)) for text in (premise, hypothesis))
        return {"premise": one, "hypothesis": other, "label": label}

    return distinct_rows(SIZES, TEXTS, lambda: rng.randrange(len(inference.LABELS)), new_row)


def _draw(rng: random.Random) -> Facts:
    """A fact for every hole of the bank."""
    event = rng.choice(events(*GENRES))
    facts = event.frame.happen(rng)
    claim = rng.choice(event.refutable(set(event.frame.core)))
    other = rng.choice([other for other in event.claims if other != claim])
    who = draw("person", rng)
    kind, genus = rng.choice(_bank()["words"]["kind"])
    few = rng.randint(3, 40)
    texts = {
        "claim": word(claim, facts, rng),
        "false": event.contradict(claim, facts, rng),
        "other": word(other, facts, rng),
        "third": word(rng.choice(event.guesses), facts, rng),
        "who": who.text,
        "whom": redraw("person", {who}, rng).text,
        "kind": kind,
        "genus": genus,
        "few": str(few),
        "many": str(few + rng.randint(2, 40)),
        **{name: rng.choice(_bank()["words"][name]) for name in ("trait", "adjective", "place")},
    }
    return {name: Fact(text) for name, text in texts.items()}


TASK = Task(TEXTS, inference.LABELS, SIZES, rows)
