"""Parts: what is wrong in one part of an exercise takes no points from another."""

import pytest

from grader.judging.answer import Answer
from grader.judging.catalogue import Catalogue
from grader.judging.draw import Draw
from grader.judging.judge import judge
from grader.judging.parts import Parts
from grader.judging.respondent import Respondent
from grader.judging.verdict import Outcome, Wrong

CATALOGUE = Catalogue()


@CATALOGUE.exercise(
    "three", chapter=1, points=4, difficulty=1, minutes=1, asks=["one", "two", "three"], hints=["a?", "b", "c"]
)
def three(answer, draw):
    """Three parts

    Write them.
    """
    parts = Parts()
    with parts.worth(1):
        if answer.call("one", 1) != 1:
            raise Wrong("not-one", "Not one.")
    with parts.worth(2):
        if (found := answer.call("two", 1)) != 2:
            raise Wrong("not-two", "Not two.", earned=1 if found == "nearly" else 0)
    with parts.worth(1):
        if answer.value("three") != 3:
            raise ZeroDivisionError
    parts.settle()
    return "All three."


def stub(x):
    raise NotImplementedError


def verdict_of(one, two, three):
    given = {"one": one, "two": two, "three": three}
    return judge(CATALOGUE.find("three"), Answer(Respondent(given).serve), Draw("s", "three"))


def one(x):
    return x


def two(x):
    return 2 * x


def fails(x):
    return 1 / 0


def test_all_right():
    assert verdict_of(one, two, 3).is_right and verdict_of(one, two, 3).points == 4


@pytest.mark.parametrize(
    "given, mistake, points",
    [
        ((fails, two, 3), "raised", 3),
        ((one, fails, 3), "raised", 2),
        ((two, two, 3), "not-one", 3),
        ((two, lambda x: "nearly", 3), "not-one", 2),
        ((one, lambda x: "nearly", 3), "not-two", 3),
        ((one, 5, 3), "not-a-function", 2),
        ((one, lambda x: [0] * 600_000, 3), "cannot-travel", 2),
        ((one, two, ...), "partly-attempted", 3),
        ((stub, two, 3), "not-attempted", 3),
        ((one, stub, ...), "not-attempted", 1),
        ((..., ..., ...), "not-attempted", 0),
    ],
)
def test_right_parts_keep_their_points_and_the_first_trouble_is_told(given, mistake, points):
    verdict = verdict_of(*given)
    assert (verdict.mistake, verdict.points) == (mistake, points)
    attempted = not mistake.endswith("attempted")
    assert verdict.outcome is (Outcome.WRONG if attempted else Outcome.NOT_ATTEMPTED)


def test_a_bug_of_the_check_is_still_our_fault():
    assert verdict_of(one, two, 4).outcome is Outcome.OUR_FAULT


def test_later_parts_may_ask_whether_the_earlier_ones_are_right():
    parts = Parts()
    assert parts.all_right
    with parts.worth(1):
        raise Wrong("no", "No.")
    assert not parts.all_right
