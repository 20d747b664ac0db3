"""Sentence pairs in the manner of WNLI: the second one replaces a pronoun. Is it the right person or thing?

Every schema of the bank can be turned around by other words at its end: "because it was too big", "too small". So
neither the schema nor its words but only sense tells what the pronoun stands for.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue.grammar import bank, expand, sentence
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

LABELS = ("not_entailment", "entailment")
SIZES = {"train": 635, "validation": 71, "test": 146}
TEXTS = ("sentence1", "sentence2")

# Pronouns and the names of people whom they can stand for.
_PEOPLE = {
    "she": bank("acceptability")["words"]["woman"],
    "he": bank("acceptability")["words"]["man"],
}


def rows(seed: int) -> Rows:
    """The rows of every split with their true labels; no pair occurs twice."""
    rng = random.Random(f"wnli {seed}")
    schemata = bank("pronouns")["schema"]

    def new_row(split: str, label: int) -> Row:
        text, claim = _pair(rng.choice(schemata), bool(label), rng)
        return {"sentence1": text, "sentence2": claim, "label": label}

    return distinct_rows(SIZES, TEXTS, lambda: rng.randrange(2), new_row)


def _pair(schema: dict, right: bool, rng: random.Random) -> tuple[str, str]:
    pronoun = rng.choice(list(_PEOPLE))
    one, other = rng.choice(schema["pairs"]) if "pairs" in schema else rng.sample(_PEOPLE[pronoun], 2)
    meant = rng.choice("ab")
    words = {"a": one, "b": other, "pron": pronoun, "key": rng.choice(schema["keys"][meant])}
    words["it"] = words["a" if (meant == "a") == right else "b"]
    text, claim = (
        sentence(expand(schema[part], lambda name, form, variants: words[name], rng)) for part in ("text", "claim")
    )
    return text, claim


TASK = Task(TEXTS, LABELS, SIZES, rows)
