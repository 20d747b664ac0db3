"""Sentence pairs in the manner of MRPC: do two news sentences tell the same event?

A frame of the banks is a kind of event. Its `core` facts make the event what it is, so every one of its `ways` to
tell it mentions all of them (a test holds the banks to that); `detail` facts may be left out. A way without a full
stop can be put into somebody's mouth ("..., the company said on Monday"), that of one of the frame's `voice`. Any way
can have a source ("..., Priya Sato wrote in the Greyport Herald"), which is no part of the event: another sentence
about it may name another source or none.

- An equivalent pair tells one event twice.
- A pair that is not equivalent tells two events which differ in few core facts (another number, name or outcome), or in
  which two parties have changed places (`swap`).

Both members of either kind are drawn alike, so single words say nothing of the label. Pairs of the second kind
repeat a way more often, which makes up for the words that their changed facts cost: overlap says little either. Nor
does it say much that a name or number is in one sentence only, for it may be that of a source.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from grader.hub.stock.glue.facts import NAMES, Fact, draw, redraw
from grader.hub.stock.glue.grammar import bank, expand, sentence
from grader.hub.stock.glue.task import Rows, Task

SIZES = {"train": 3668, "validation": 408, "test": 1725}
BANKS = ("news_business", "news_nature", "news_sport", "news_local", "news_culture")

EQUIVALENT = 0.675
# Share of labels that are wrong on purpose: annotators disagree in the real data, too.
NOISE = 0.025
# Share of pairs that tell both events in the same way, by label: see the module's docstring.
SAME_WAY = {0: 0.5, 1: 0.3}
# In how many core facts the events of a pair that is not equivalent differ; drawn from these.
CHANGES = (1, 1, 1, 2, 2, 3)
SWAP = 0.35
# Share of sentences that name a source, whatever the label.
SOURCE = 0.22

ATTRIBUTIONS = (
    *["{statement}"] * 5,
    "{statement}, {voice} said{when}",
    "{voice} said{when} that {statement}",
    "according to {voice}, {statement}",
)

SOURCES = bank("sources")

Facts = dict[str, Fact]


@dataclass(frozen=True)
class Frame:
    """A kind of event; the module's docstring explains the fields."""

    name: str
    voice: str
    core: dict[str, str | list[str]]
    ways: list[str]
    detail: dict[str, str | list[str]]
    swap: list[str]

    @classmethod
    def read(cls, entry: dict) -> Frame:
        """The frame that one `[[frame]]` of a bank describes."""
        return cls(**{"detail": {}, "swap": [], **entry})

    def happen(self, rng: random.Random) -> Facts:
        """The facts of one event; no two of them are the same."""
        facts: Facts = {"day": draw("weekday", rng)}
        if self.voice:
            facts["voice"] = Fact(rng.choice(NAMES["voices"][self.voice]))
        for name, kind in (self.core | self.detail).items():
            facts[name] = redraw(kind, set(facts.values()), rng)
        return facts

    def alter(self, facts: Facts, rng: random.Random) -> Facts:
        """The facts of another event, similar to the one with `facts`."""
        if self.swap and rng.random() < SWAP:
            one, other = self.swap
            return facts | {one: facts[other], other: facts[one]}
        changed = rng.sample(sorted(self.core), min(rng.choice(CHANGES), len(self.core)))
        return facts | {name: redraw(self.core[name], set(facts.values()), rng) for name in changed}

    def tell(self, way: str, facts: Facts, rng: random.Random, source: Facts | None = None) -> str:
        """A sentence that tells the event with `facts` in one of the frame's ways, by `source` if there is one."""

        statement = word(way, facts, rng)
        if source:
            source = source | {"statement": Fact(statement.removesuffix("."))}
            return sentence(word(rng.choice(SOURCES["ways"]), source, rng))
        if way.endswith(".") or not self.voice:
            return sentence(statement)
        when = "" if facts["day"].text in statement else rng.choice(["", f" on {facts['day'].text}"])
        facts = facts | {"statement": Fact(statement), "when": Fact(when)}
        return sentence(word(rng.choice(ATTRIBUTIONS), facts, rng))


def word(template: str, facts: Facts, rng: random.Random, details: bool = True) -> str:
    """`template` with its choices made and its holes filled from `facts` (see `grammar.expand`)."""
    return expand(template, lambda name, form, variants: facts[name].say(form, variants), rng, details)


def draw_source(taken: set[Fact], rng: random.Random) -> Facts:
    """Somebody who reports an event; none of its names and numbers is among `taken`."""
    source: Facts = {}
    for name, kind in SOURCES["detail"].items():
        source[name] = redraw(kind, {*taken, *source.values()}, rng)
    return source


@cache
def frames() -> tuple[Frame, ...]:
    """All frames of the news banks."""
    return tuple(Frame.read(entry) for name in BANKS for entry in bank(name)["frame"])


def rows(seed: int) -> Rows:
    """The rows (`sentence1`, `sentence2`, `label`) of every split with their true labels; no sentence occurs twice."""
    rng = random.Random(f"mrpc {seed}")
    every_frame = frames()
    seen: set[str] = set()

    def new_pair() -> dict:
        # The label is drawn once, so that pairs which have to be drawn again do not shift the balance.
        label = int(rng.random() < EQUIVALENT)
        while True:
            pair = _pair(rng.choice(every_frame), label, rng)
            sentences = {pair["sentence1"], pair["sentence2"]}
            if len(sentences) == 2 and not sentences & seen:
                seen.update(sentences)
                return pair

    return {split: [new_pair() for _ in range(size)] for split, size in SIZES.items()}


def _pair(frame: Frame, label: int, rng: random.Random) -> dict:
    facts = frame.happen(rng)
    others = facts if label else frame.alter(facts, rng)
    way, other_way = rng.sample(frame.ways, 2)
    if rng.random() < SAME_WAY[label]:
        other_way = way
    taken = {*facts.values(), *others.values()}
    sources = [draw_source(taken, rng) if rng.random() < SOURCE else None for _ in range(2)]
    return {
        "sentence1": frame.tell(way, facts, rng, sources[0]),
        "sentence2": frame.tell(other_way, others, rng, sources[1]),
        "label": 1 - label if rng.random() < NOISE else label,
    }


TASK = Task(("sentence1", "sentence2"), ("not_equivalent", "equivalent"), SIZES, rows)
