"""The bank of recorded answers: right ones of different kinds, and the mistakes that people make.

Each case is a function that returns what `check` is given. `@right(exercise)` must earn full points;
`@wrong(exercise, mistake, points)` must be recognized as exactly this mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    exercise: str
    name: str
    answers: Callable[[], tuple]
    mistake: str = ""
    points: float = 0

    @property
    def id(self) -> str:
        return f"{self.exercise}: {self.name}"


CASES: list[Case] = []


def right(exercise: str) -> Callable:
    def register(answers: Callable[[], tuple]) -> Callable[[], tuple]:
        CASES.append(Case(exercise, answers.__name__, answers))
        return answers

    return register


def wrong(exercise: str, mistake: str, points: float = 0) -> Callable:
    def register(answers: Callable[[], tuple]) -> Callable[[], tuple]:
        CASES.append(Case(exercise, answers.__name__, answers, mistake, points))
        return answers

    return register
