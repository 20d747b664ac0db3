"""Pairs of questions in the manner of Quora's: do both ask the same?

- Duplicates ask one thing in two ways.
- Other pairs ask for something else about the same thing (how long it takes to learn the violin, what one costs), ask
  the same about another thing, or, now and then, have one of their words in common at most.

A way is repeated more often in pairs that are no duplicates, so overlap says less than one would think.
"""

from __future__ import annotations

import random
from functools import cache

from grader.hub.stock.glue.grammar import bank, expand, sentence
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

LABELS = ("not_duplicate", "duplicate")
SIZES = {"train": 2000, "validation": 300, "test": 300}
TEXTS = ("question1", "question2")

DUPLICATE = 0.37
# Share of labels that are wrong on purpose, as the real ones are known to be noisy.
NOISE = 0.025
# Shares of what a pair that is no duplicate differs in: what is asked, what it is asked about, or both.
DIFFERENCES = {"intent": 0.5, "words": 0.42, "topic": 0.08}
# Share of pairs that differ in words only and ask in the same way.
SAME_WAY = 0.5

Words = dict[str, str]


@cache
def _bank() -> dict:
    return bank("questions")


def rows(seed: int) -> Rows:
    """The rows of every split with their true labels; no pair occurs twice."""
    rng = random.Random(f"qqp {seed}")

    def new_row(split: str, label: int) -> Row:
        one, other = _pair(bool(label), rng)
        return {"question1": one, "question2": other, "label": 1 - label if rng.random() < NOISE else label}

    return distinct_rows(SIZES, TEXTS, lambda: int(rng.random() < DUPLICATE), new_row)


def _pair(duplicate: bool, rng: random.Random) -> tuple[str, str]:
    topic, unrelated = rng.sample(_bank()["topic"], 2)
    intent, other_intent = rng.sample(sorted(topic["intents"]), 2)
    ways, words = topic["intents"][intent], _draw(rng)
    one, other = rng.sample(ways, 2)
    if duplicate:
        return _ask(one, words, rng), _ask(other, words, rng)
    difference = rng.choices(list(DIFFERENCES), list(DIFFERENCES.values()))[0]
    if difference == "topic":
        ways, words = rng.choice(list(unrelated["intents"].values())), words
        return _ask(one, words, rng), _ask(rng.choice(ways), words, rng)
    if difference == "intent":
        return _ask(one, words, rng), _ask(rng.choice(topic["intents"][other_intent]), words, rng)
    hole = rng.choice([name for name in words if f"{{{name}}}" in one])
    others = words | {hole: rng.choice([word for word in _bank()["words"][hole] if word != words[hole]])}
    return _ask(one, words, rng), _ask(one if rng.random() < SAME_WAY else other, others, rng)


def _draw(rng: random.Random) -> Words:
    return {name: rng.choice(options) for name, options in _bank()["words"].items()}


def _ask(way: str, words: Words, rng: random.Random) -> str:
    return sentence(expand(way, lambda name, form, variants: words[name], rng))


TASK = Task(TEXTS, LABELS, SIZES, rows)
