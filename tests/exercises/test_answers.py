"""The table exercise x case: every recorded answer gets its verdict, for inputs drawn from several seeds."""

from collections import Counter

import pytest

from grader.exercises import CATALOGUE
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import judge
from grader.judging.respondent import Respondent
from grader.judging.verdict import Outcome
from tests.wrong_answers import CASES, chapter1, chapter2, chapter3, chapter4  # noqa: F401  (they fill CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case):
    exercise = CATALOGUE.find(case.exercise)
    for seed in ("practice", "a class", "another class"):
        given = dict(zip(exercise.asks, case.answers(), strict=True))
        verdict = judge(exercise, Answer(Respondent(given).serve), Draw(seed, exercise.id))
        assert verdict.mistake == case.mistake, verdict.as_text()
        if case.mistake:
            outcome = Outcome.NOT_ATTEMPTED if case.mistake.endswith("attempted") else Outcome.WRONG
            assert (verdict.outcome, verdict.points) == (outcome, case.points)
        else:
            assert verdict.is_right and verdict.points == exercise.points


def test_every_exercise_has_right_ways_and_mistakes_of_its_own():
    rights = Counter(case.exercise for case in CASES if not case.mistake)
    mistakes = {exercise.id: set() for exercise in CATALOGUE.exercises()}
    for case in CASES:
        mistakes[case.exercise].add(case.mistake)
    for exercise in CATALOGUE.exercises():
        assert rights[exercise.id] >= 2, f"{exercise.id} has fewer than two right ways"
        assert len(mistakes[exercise.id] - {""}) >= 5, f"{exercise.id} has fewer than five recorded mistakes"
