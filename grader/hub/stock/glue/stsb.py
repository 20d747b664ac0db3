"""Sentence pairs in the manner of STS-B: how similar in meaning are two sentences, from 0 to 5?

Both tell a news event. The score starts from how they are related:

| score about | the second sentence |
|---|---|
| 5 | tells the same event, with the same details |
| 4 | tells the same event, but one of the sentences names a source |
| 3.4 | claims something about the same event that leaves facts out |
| 1 to 4 | tells an event with other facts: each one that differs costs something, a name more than a number |
| 1.2 | tells another event of the same kind |
| 0.6 | tells an event of another kind, but of the same genre |
| 0 | has nothing to do with the first one |

Then it moves a little, as the average of a few people's judgments would, and is rounded to fifths.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue.claims import GENRES, Event, events
from grader.hub.stock.glue.facts import redraw
from grader.hub.stock.glue.grammar import sentence
from grader.hub.stock.glue.mrpc import Facts, draw_source, word
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

SIZES = {"train": 1600, "validation": 300, "test": 300}
TEXTS = ("sentence1", "sentence2")

SPREAD = 0.3
STEP = 0.2
# What it costs to differ in a fact: a number, a state, a name.
NUMBER_COST, STATE_COST, NAME_COST = 0.9, 1.6, 1.6
# Sentences about events of one kind are never less similar than this.
SAME_KIND = 1.2


def rows(seed: int) -> Rows:
    """The rows of every split with their true scores; no pair occurs twice."""
    rng = random.Random(f"stsb {seed}")
    relations = [
        _same,
        _same,
        _partial,
        _partial,
        _altered,
        _altered,
        _altered,
        _altered,
        _same_kind,
        _same_genre,
        _unrelated,
    ]

    def new_row(split: str, relation: int) -> Row:
        genre = rng.choice(GENRES)
        one, other, score = relations[relation](genre, rng.choice(events(genre)), rng)
        one, other = rng.sample([one, other], 2)
        return {"sentence1": sentence(one), "sentence2": sentence(other), "label": _judged(score, rng)}

    return distinct_rows(SIZES, TEXTS, lambda: rng.randrange(len(relations)), new_row)


def _judged(score: float, rng: random.Random) -> float:
    """`score` as a few people might see it on average."""
    return min(5.0, max(0.0, round(round(rng.gauss(score, SPREAD) / STEP) * STEP, 1)))


def _same(genre: str, event: Event, rng: random.Random) -> tuple[str, str, float]:
    facts = event.frame.happen(rng)
    one, other = rng.choices(event.frame.ways, k=2)
    return _plain(one, facts, rng), _plain(other, facts, rng), 4.9


def _partial(genre: str, event: Event, rng: random.Random) -> tuple[str, str, float]:
    facts = event.frame.happen(rng)
    one, other = rng.sample(event.frame.ways, 2)
    told = _plain(one, facts, rng)
    if rng.random() < 0.5:
        return told, event.frame.tell(other, facts, rng, draw_source(set(facts.values()), rng)), 4.1
    return told, word(rng.choice(event.claims), facts, rng), 3.4


def _altered(genre: str, event: Event, rng: random.Random) -> tuple[str, str, float]:
    facts = event.frame.happen(rng)
    names = rng.sample(sorted(event.frame.core), rng.choice([1, 1, 2, 2, 3]))
    others = facts | {name: redraw(event.frame.core[name], set(facts.values()), rng) for name in names}
    one, other = rng.choices(event.frame.ways, k=2)
    cost = sum(_cost(event, name) for name in names)
    return _plain(one, facts, rng), _plain(other, others, rng), max(SAME_KIND, 4.8 - cost)


def _same_kind(genre: str, event: Event, rng: random.Random) -> tuple[str, str, float]:
    one, other = rng.choices(event.frame.ways, k=2)
    return _plain(one, event.frame.happen(rng), rng), _plain(other, event.frame.happen(rng), rng), SAME_KIND


def _same_genre(genre: str, event: Event, rng: random.Random) -> tuple[str, str, float]:
    other = rng.choice([other for other in events(genre) if other is not event])
    return *(_any(event, rng) for event in (event, other)), 0.6


def _unrelated(genre: str, event: Event, rng: random.Random) -> tuple[str, str, float]:
    other = rng.choice(events(rng.choice([other for other in GENRES if other != genre])))
    return *(_any(event, rng) for event in (event, other)), 0.1


def _any(event: Event, rng: random.Random) -> str:
    return _plain(rng.choice(event.frame.ways), event.frame.happen(rng), rng)


def _plain(way: str, facts: Facts, rng: random.Random) -> str:
    return word(way, facts, rng, details=False)


def _cost(event: Event, name: str) -> float:
    kind = event.frame.core[name]
    if isinstance(kind, list):
        return STATE_COST
    return NUMBER_COST if ".." in kind else NAME_COST


TASK = Task(TEXTS, None, SIZES, rows)
