"""The catalogue refuses what a learner would stumble over."""

import pytest

from grader.exercises import CATALOGUE
from grader.judging.catalogue import Catalogue, Exercise, UnknownExercise


def add(catalogue, id="a", hints=("1", "2", "3"), doc="Title\n\nTask."):
    def check(answer, draw): ...

    check.__doc__ = doc
    catalogue.exercise(id, chapter=1, points=1, difficulty=1, minutes=1, asks=["x"], hints=hints)(check)


@pytest.mark.parametrize(
    "wrong",
    [{"hints": ("1", "2")}, {"hints": ("1", "2", "")}, {"id": "Not An Id"}, {"id": "x" * 33}, {"doc": "Title only"}],
)
def test_incomplete_exercises_are_refused(wrong):
    with pytest.raises(ValueError):
        add(Catalogue(), **wrong)


def test_an_id_is_used_once():
    catalogue = Catalogue()
    add(catalogue)
    with pytest.raises(ValueError, match="twice"):
        add(catalogue)


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UnknownExercise, match="attention-by-hand"):
        CATALOGUE.find("attention-by-hands")


def test_effort_is_told_for_every_exercise():
    for exercise in CATALOGUE.exercises():
        assert isinstance(exercise, Exercise) and 1 <= exercise.difficulty <= 5 and 1 <= exercise.minutes <= 60
        assert exercise.points >= 1 and exercise.title and not exercise.title.endswith(".")
