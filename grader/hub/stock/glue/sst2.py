"""Movie-review sentences in the manner of SST-2: is the opinion good or bad?

The label is that of the opinion which a sentence ends up with, not of most of its words: many sentences weigh a
good and a bad side, or deny an opinion. So counting words goes a long way, and reading goes further.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue.facts import NAMES
from grader.hub.stock.glue.grammar import bank, expand, sentence
from grader.hub.stock.glue.task import Rows, Task

LABELS = ("negative", "positive")
SIZES = {"train": 6920, "validation": 872, "test": 1821}

MOVIES = bank("movies")
_SIDES = ("bad", "good")


class Review:
    """One opinion being worded: fills the holes of a frame and repeats nothing within the sentence."""

    def __init__(self, label: int, rng: random.Random) -> None:
        self._label = label
        self._rng = rng
        self._used: set[str] = set()

    def fill(self, name: str, form: str | None, variants: list[str] | None) -> str:
        """Text for a hole: `+` asks for the review's own opinion, `-` for the opposite one."""
        if name[0] not in "+-":
            return self._pick(NAMES["kinds"]["person"][1] if name == "director" else MOVIES["neutral"][name])
        side = _SIDES[self._label if name[0] == "+" else 1 - self._label]
        if name[1:] != "aspect":
            return self._pick(MOVIES["opinions"][side][name[1:]])
        subject = self._pick([subject for aspect in MOVIES["aspect"] for subject in aspect["subject"]])
        aspect = next(aspect for aspect in MOVIES["aspect"] if subject in aspect["subject"])
        return f"{subject} {self._pick(aspect[side])}"

    def _pick(self, options: list[str]) -> str:
        choice = self._rng.choice([option for option in options if option not in self._used])
        self._used.add(choice)
        return choice


def rows(seed: int) -> Rows:
    """The rows (`sentence`, `label`) of every split with their true labels; no sentence occurs twice."""
    rng = random.Random(f"sst2 {seed}")
    frames = MOVIES["frame"]
    weights = [frame["weight"] for frame in frames]
    seen: set[str] = set()

    def new_review() -> dict:
        while True:
            frame = rng.choices(frames, weights)[0]
            label = LABELS.index(frame["label"]) if "label" in frame else rng.randrange(2)
            text = sentence(expand(rng.choice(frame["ways"]), Review(label, rng).fill, rng))
            if text not in seen:
                seen.add(text)
                return {"sentence": text, "label": label}

    return {split: [new_review() for _ in range(size)] for split, size in SIZES.items()}


TASK = Task(("sentence",), LABELS, SIZES, rows)
