"""Answer and Respondent: two ends of one wire; the judge's end survives whatever the learner's end does."""

import contextlib
import signal
import sys
import time

import pytest
import torch

from grader.judging.answer import Answer, LearnerRaised, NotCallable, TooSlow
from grader.judging.respondent import Respondent
from grader.judging.wire import WireError


def answer_with(**values):
    return Answer(Respondent(values).serve)


def test_values_and_calls():
    answer = answer_with(number=3, double=lambda x: x * 2)
    assert answer.value("number") == 3
    assert answer.call("double", [1, 2]) == [1, 2, 1, 2]


def test_a_function_cannot_change_the_judges_inputs():
    def spoil(x):
        x.zero_()
        return 0

    given = torch.ones(3)
    answer_with(spoil=spoil).call("spoil", given)
    assert given.sum() == 3


def test_a_value_is_asked_for_once():
    values = {"x": 1}
    answer = answer_with(**values)
    respondent_values = answer._ask.__self__._values
    assert answer.value("x") == 1
    respondent_values["x"] = 2
    assert answer.value("x") == 1


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(0), GeneratorExit(), RecursionError()], ids=repr)
def test_whatever_is_raised_is_reported(error):
    def fail():
        raise error

    with pytest.raises(LearnerRaised) as caught:
        answer_with(fail=fail).call("fail")
    assert caught.value.error == type(error).__name__


def test_an_exception_that_cannot_be_printed():
    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError

    def fail():
        raise Nasty

    with pytest.raises(LearnerRaised, match="cannot be printed"):
        answer_with(fail=fail).call("fail")


def hang_in_a_bare_except():
    while True:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except:  # noqa: E722
            pass


def hang_in_suppress():
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.01)


def hang_without_a_pause():
    n = 0
    while True:
        try:
            n += 1
        except BaseException:
            n = 0


def hang_in_nested_handlers():
    while True:
        try:
            try:
                time.sleep(0.01)
            finally:
                time.sleep(0.01)
        except BaseException:
            with contextlib.suppress(BaseException):
                time.sleep(0.01)


def hang_asleep():
    time.sleep(1000)


HANGS = [hang_in_a_bare_except, hang_in_suppress, hang_without_a_pause, hang_in_nested_handlers, hang_asleep]


@pytest.mark.parametrize("hang", HANGS, ids=lambda hang: hang.__name__)
def test_a_loop_without_end_is_stopped_whatever_it_catches(hang):
    tracer, answer = sys.gettrace(), answer_with(hang=hang, fine=lambda: 1)
    with pytest.raises(TooSlow):
        answer.call("hang", seconds=0.2)
    assert sys.gettrace() is tracer and answer.call("fine") == 1


def test_the_limit_leaves_another_timer_running():
    fired = []
    before = signal.signal(signal.SIGALRM, lambda *_: fired.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    answer_with(f=lambda: 1).call("f", seconds=5)
    time.sleep(0.5)
    signal.signal(signal.SIGALRM, before)
    assert fired


def test_source_is_what_was_written_or_nothing():
    def twice(x):
        return 2 * x

    assert "return 2 * x" in answer_with(twice=twice).source("twice")
    assert answer_with(value=3).source("value") == "" and answer_with(f=print).source("f") == ""


def test_what_is_no_function_is_said_to_be_none():
    with pytest.raises(NotCallable, match="int"):
        answer_with(double=3).call("double")


def test_a_result_that_contains_itself():
    def loop():
        x = []
        x.append(x)
        return x

    with pytest.raises(WireError):
        answer_with(loop=loop).call("loop")


@pytest.mark.parametrize("reply", ["", "not json", "[]", '{"ok": {"$bad": 1}}', '{"raised": [1, 2, 3]}', "[" * 100_000])
def test_a_reply_in_another_form_is_refused(reply):
    with pytest.raises(WireError):
        Answer(lambda request: reply).value("x")


def test_trace_sees_parameters_in_memory_and_none_on_meta():
    def real():
        return sum(p.numel() for p in torch.nn.Linear(100, 100).parameters())

    def meta():
        with torch.device("meta"):
            return real()

    answer = answer_with(real=real, meta=meta)
    assert answer.trace("real").parameters_alive == answer.trace("real").value == 10_100
    assert answer.trace("meta").parameters_alive == 0
