"""The catalogue: the one registry of exercises and quiz questions, read by builder, checks, cards and reports."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.judging.answer import Answer
from grader.judging.draw import Draw

Check = Callable[[Answer, Draw], str]


class UnknownExercise(KeyError):
    """No exercise or question of this id; its text names the nearest ones."""

    def __str__(self) -> str:
        return self.args[0]


@dataclass(frozen=True)
class Exercise:
    """A "Try it out" exercise.

    asks         names of what the learner hands in, in the order in which `check` takes them
    check        judges an answer: returns what to say when it is right, raises `Wrong` at the first thing wrong
    difficulty   1 (a line) to 5 (think hard)
    hints        a question, the tool to look at, pseudocode
    """

    id: str
    chapter: int
    title: str
    task: str
    asks: tuple[str, ...]
    points: int
    difficulty: int
    minutes: int
    hints: tuple[str, str, str]
    check: Check

    @property
    def call(self) -> str:
        """The source of the locked test cell."""
        return f'check("{self.id}", {", ".join(self.asks)})'


@dataclass(frozen=True)
class Option:
    """One option of a quiz question, with the reason why it is right or wrong."""

    text: str
    why: str


@dataclass(frozen=True)
class Question:
    """A quiz question; `right` is the letter of the right option."""

    id: str
    chapter: int
    ask: str
    options: dict[str, Option]
    right: str
    points: int = 1

    @property
    def title(self) -> str:
        return self.ask

    @property
    def variable(self) -> str:
        """The name that the answer cell assigns; one per question, so that no question reads another's answer."""
        return "quiz_" + self.id.replace("-", "_")

    @property
    def call(self) -> str:
        """The source of the locked test cell."""
        return f'quiz("{self.id}", {self.variable})'


class Catalogue:
    """Exercises and questions in the order in which they were registered, which is the order of teaching."""

    def __init__(self) -> None:
        self._items: dict[str, Exercise | Question] = {}

    def exercise(
        self,
        id: str,
        *,
        chapter: int,
        points: int,
        difficulty: int,
        minutes: int,
        asks: Sequence[str],
        hints: Sequence[str],
    ) -> Callable[[Check], Check]:
        """Registers a check. Its docstring is the task: first line the title, the rest the text in Markdown."""

        def register(check: Check) -> Check:
            title, _, task = inspect.getdoc(check).partition("\n")
            self._add(
                Exercise(
                    id,
                    chapter,
                    title.strip(),
                    task.strip(),
                    tuple(asks),
                    points,
                    difficulty,
                    minutes,
                    tuple(hints),
                    check,
                )
            )
            return check

        return register

    def question(self, id: str, *, chapter: int, ask: str, right: str, **options: tuple[str, str]) -> None:
        """Registers a quiz question; `a=("text", "why it is right or wrong")` and so on."""
        self._add(Question(id, chapter, ask, {k: Option(*v) for k, v in options.items()}, right))

    def find(self, id: str) -> Exercise | Question:
        if item := self._items.get(id):
            return item
        wanted = str(id)
        near = [known for known in self._items if wanted and known.startswith(wanted)]
        near = near or difflib.get_close_matches(wanted, self._items, n=1, cutoff=0.6)
        advice = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise UnknownExercise(f"There is no exercise {id!r} in this course.{advice}")

    def items(self, chapter: int | None = None) -> list[Exercise | Question]:
        return [item for item in self._items.values() if chapter in (None, item.chapter)]

    def exercises(self, chapter: int | None = None) -> list[Exercise]:
        return [item for item in self.items(chapter) if isinstance(item, Exercise)]

    def questions(self, chapter: int | None = None) -> list[Question]:
        return [item for item in self.items(chapter) if isinstance(item, Question)]

    def _add(self, item: Exercise | Question) -> None:
        if not re.fullmatch(r"[a-z0-9-]{1,32}", item.id):
            raise ValueError(f"{item.id!r}: an id has at most 32 lower-case letters, digits and hyphens")
        if item.id in self._items:
            raise ValueError(f"{item.id!r} is registered twice")
        if isinstance(item, Exercise) and (len(item.hints) != 3 or not all(item.hints) or not item.task):
            raise ValueError(f"{item.id!r} needs a task and three hints")
        if isinstance(item, Question) and item.right not in item.options:
            raise ValueError(f"{item.id!r}: the right option {item.right!r} is not among its options")
        self._items[item.id] = item
