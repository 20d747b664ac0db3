"""The judge: one of four outcomes for every answer; its own faults are never the learner's."""

import numpy as np

from grader.judging.answer import Answer
from grader.judging.catalogue import Catalogue
from grader.judging.draw import Draw
from grader.judging.judge import judge, judge_quiz
from grader.judging.respondent import Respondent
from grader.judging.verdict import Outcome, Wrong

CATALOGUE = Catalogue()


@CATALOGUE.exercise("double", chapter=1, points=2, difficulty=1, minutes=1, asks=["double"], hints=["a?", "b", "c"])
def double(answer, draw):
    """Double it

    Write `double(x)`.
    """
    n = draw.integer(2, 9)
    if n == 0:
        raise ZeroDivisionError
    found = answer.call("double", n, seconds=0.5)
    if found == "crash the judge":
        raise ZeroDivisionError("a bug in the check")
    if found != 2 * n:
        raise Wrong("not-double", "This is not double.", earned=1)
    return "Twice as much."


CATALOGUE.question("which", chapter=1, ask="Which?", a=("this", "No."), b=("that", "Yes."), right="b")


def verdict_of(value):
    return judge(CATALOGUE.find("double"), Answer(Respondent({"double": value}).serve), Draw("s", "double"))


def test_right():
    verdict = verdict_of(lambda x: x + x)
    assert verdict.outcome is Outcome.RIGHT and verdict.points == 2 and verdict.message == "Twice as much."


def test_wrong_keeps_partial_credit():
    verdict = verdict_of(lambda x: x)
    assert (verdict.outcome, verdict.mistake, verdict.points) == (Outcome.WRONG, "not-double", 1)


def test_not_attempted_by_placeholder_or_by_stub():
    def stub(x):
        raise NotImplementedError

    assert verdict_of(...).outcome is verdict_of(stub).outcome is Outcome.NOT_ATTEMPTED


def test_a_librarys_own_not_implemented_is_an_error_not_a_stub():
    def on_meta(x):
        raise NotImplementedError("Cannot copy out of meta tensor")

    assert verdict_of(on_meta).mistake == "raised"


def test_an_error_of_the_answer_is_wrong_and_named():
    verdict = verdict_of(lambda x: 1 / 0)
    assert verdict.mistake == "raised" and "ZeroDivisionError" in verdict.got
    assert verdict_of(3).mistake == "not-a-function"
    assert verdict_of(lambda x: [0] * 600_000).mistake == "cannot-travel"


def test_an_error_of_the_check_is_our_fault():
    verdict = verdict_of(lambda x: "crash the judge")
    assert verdict.outcome is Outcome.OUR_FAULT and "a bug in the check" in verdict.got and verdict.points == 0


def test_a_function_that_never_ends():
    def hang(x):
        while True:
            pass

    assert verdict_of(hang).mistake == "too-slow"


class Nasty:
    def __getattr__(self, name):
        raise RuntimeError(name)


def quiz_verdict(chosen):
    return judge_quiz(CATALOGUE.find("which"), Answer(Respondent({"quiz_which": chosen}).serve))


def test_quiz_outcomes():
    assert quiz_verdict("b").is_right and quiz_verdict(" B ").points == 1
    assert quiz_verdict("a").message == "No." and quiz_verdict("a").mistake == "option-a"
    assert quiz_verdict("").outcome is quiz_verdict(...).outcome is Outcome.NOT_ATTEMPTED
    assert quiz_verdict(np.array([1, 2])).mistake == quiz_verdict(Nasty()).mistake == "not-an-option"
    assert quiz_verdict("z").mistake == quiz_verdict(2).mistake == quiz_verdict(print).mistake == "not-an-option"


def test_draws_repeat_for_a_seed_and_differ_between_seeds():
    import torch

    def drawn(seed):
        draw = Draw(seed, "double")
        return draw.integers(3, 0, 10**6), draw.tensor(2, 2), draw.sample("abcdef", 3)

    one, again, other = drawn("s"), drawn("s"), drawn("t")
    assert one[0] == again[0] and torch.equal(one[1], again[1]) and one[2] == again[2]
    assert one[0] != other[0] and not torch.equal(one[1], other[1])
