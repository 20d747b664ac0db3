"""Questions and sentences in the manner of QNLI: does the sentence answer the question?

Every question asks for one fact of a news event. The sentence is about the same event in any case: it tells the event
in full or claims something that mentions the fact, or else it claims something that leaves the fact out.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue.claims import GENRES, Event, events, joined, mentions
from grader.hub.stock.glue.grammar import sentence
from grader.hub.stock.glue.mrpc import word
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

LABELS = ("entailment", "not_entailment")
SIZES = {"train": 1800, "validation": 300, "test": 300}
TEXTS = ("question", "sentence")

# Share of answers that tell the event in full.
IN_FULL = 0.3


def rows(seed: int) -> Rows:
    """The rows of every split with their true labels; no pair occurs twice."""
    rng = random.Random(f"qnli {seed}")

    def new_row(split: str, label: int) -> Row:
        question, answer = _pair(rng.choice(events(*GENRES)), bool(label), rng)
        return {"question": question, "sentence": answer, "label": label}

    return distinct_rows(SIZES, TEXTS, lambda: rng.randrange(2), new_row)


def _pair(event: Event, evasive: bool, rng: random.Random) -> tuple[str, str]:
    facts = event.frame.happen(rng)
    asked = rng.choice(sorted(event.ask))
    question = sentence(word(event.ask[asked], facts, rng))
    if not evasive and rng.random() < IN_FULL:
        return question, sentence(word(rng.choice(event.frame.ways), facts, rng))
    silent = event.silent_about(asked)
    # Guesses would give away an evasive sentence, for no answer consists of them alone.
    claims = [claim for claim in event.claims if (asked in mentions(claim)) != evasive] or silent
    one = rng.choice(claims)
    other = rng.choice([statement for statement in silent if statement != one])
    told = [word(statement, facts, rng) for statement in (one, other)]
    if rng.random() < 0.5:
        told.pop()
    rng.shuffle(told)
    return question, joined(*told)


TASK = Task(TEXTS, LABELS, SIZES, rows)
