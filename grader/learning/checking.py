"""check, hint and quiz: what a learner's notebook calls, and what nbgrader's test cells call.

A learner gets a card and nothing stops. When somebody depends on the result (nbgrader, `course run`) a wrong answer
raises, with the message as plain text; an answer that is right in part is worth its points, which nbgrader reads from
the cell's last value.
"""

from __future__ import annotations

import os
from typing import Any

from IPython.display import display

from grader.exercises import CATALOGUE
from grader.judging.answer import Answer
from grader.judging.catalogue import Exercise, Question, UnknownExercise
from grader.judging.draw import Draw
from grader.judging.judge import judge, judge_quiz
from grader.judging.respondent import Respondent
from grader.judging.verdict import Outcome, Verdict
from grader.learning import progress
from grader.learning.cards import HINT_LOOK, Card, Look, verdict_card
from grader.learning.quiet import quiet
from grader.settings import draw_seed, hub_choice, is_grading, someone_depends_on_it

REFUSED_LOOK = Look("?", "Not judged", "106,27,154", "course-refused")
NOT_STARTED = "The practice hub is not connected yet. Run the first code cell, with `grader.start(…)`, then this one."
_hints_shown: dict[str, int] = {}


class AnswerError(AssertionError):
    """An answer is not right, and somebody depends on it. Its text is the diagnosis."""

    def _render_traceback_(self) -> list[str]:
        # One line instead of a traceback: nbgrader's Validate shows this to the learner.
        return [f"{type(self).__name__}: {self}"]


def check(exercise_id: str, *answers: Any) -> float | None:
    """Judges the answers to an exercise and shows a card.

    Returns nothing, except for the points of a partly right answer while nbgrader grades. Raises `AnswerError` for an
    answer that is not right, only while nbgrader or `course run` depends on it.
    """
    exercise = _find(exercise_id, Exercise)
    if exercise is None:
        return None
    if len(answers) != len(exercise.asks):
        return _show(exercise, _wrong_count(exercise, len(answers)))
    if not _is_started():
        return _refuse(exercise.id, NOT_STARTED)
    with quiet():
        answer = Answer(Respondent(dict(zip(exercise.asks, answers, strict=True))).serve)
        verdict = judge(exercise, answer, Draw(draw_seed(), exercise.id))
    return _show(exercise, verdict)


def quiz(question_id: str, chosen: Any = "") -> float | None:
    """Judges the letter chosen for a quiz question and shows a card that explains it."""
    question = _find(question_id, Question)
    if question is None:
        return None
    with quiet():
        verdict = judge_quiz(question, Answer(Respondent({question.variable: chosen}).serve))
    return _show(question, verdict)


def hint(exercise_id: str) -> None:
    """Shows the next of an exercise's three hints: a question, the tool to look at, pseudocode."""
    exercise = _find(exercise_id, Exercise)
    if exercise is None:
        return
    number = _hints_shown[exercise.id] = min(_hints_shown.get(exercise.id, 0) + 1, 3)
    more = "Run the cell again for the next hint." if number < 3 else "This was the last hint."
    display(Card(HINT_LOOK, exercise.id, [("", exercise.hints[number - 1])], f"{number} of 3", more))


def _find(id: str, kind: type) -> Any:
    """The catalogue's item, or nothing after a card that says what is wrong with the id."""
    problem = _problem_with(id, kind)
    if not problem:
        return CATALOGUE.find(id)
    return _refuse(id, problem)


def _refuse(id: str, problem: str) -> None:
    """A card for a call that cannot be judged; while graded it must raise, since a quiet cell earns full points."""
    display(Card(REFUSED_LOOK, str(id), [("", problem)]))
    if someone_depends_on_it():
        raise AnswerError(problem)


def _is_started() -> bool:
    """Whether the Hub's clients know where to look: before that, a check would look for models on the real Hub."""
    return hub_choice() == "real" or "HF_ENDPOINT" in os.environ


def _problem_with(id: str, kind: type) -> str:
    try:
        item = CATALOGUE.find(id)
    except UnknownExercise as unknown:
        return str(unknown)
    if isinstance(item, kind):
        return ""
    return f"{id!r} belongs to `{item.call.partition('(')[0]}`: run `{item.call}`."


def _wrong_count(exercise: Exercise, given: int) -> Verdict:
    return Verdict(
        Outcome.WRONG,
        "`check` was not given what it asks for.",
        got=f"{given} of {len(exercise.asks)} answers",
        wanted=f"`{exercise.call}`",
        advice="Restore the test cell to the line above.",
        mistake="answers-missing",
    )


def _show(item: Exercise | Question, verdict: Verdict) -> float | None:
    hint_call = f'hint("{item.id}")' if isinstance(item, Exercise) else ""
    display(verdict_card(item.id, verdict, item.points, hint_call=hint_call))
    progress.record(item, verdict)
    if verdict.is_right or not someone_depends_on_it():
        return None
    if verdict.points and is_grading():
        return verdict.points
    raise AnswerError(f"{item.id}: {verdict.outcome.value}\n{verdict.as_text()}")
