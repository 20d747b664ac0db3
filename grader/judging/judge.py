"""The judge: from an exercise and an answer to a verdict. Whatever the answer does, a verdict comes out."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace

from grader.judging.answer import Answer, LearnerRaised, NotCallable, StillMissing, TooSlow
from grader.judging.catalogue import Exercise, Question
from grader.judging.draw import Draw
from grader.judging.errors import advice_for, brief
from grader.judging.parts import PartlyWrong
from grader.judging.verdict import Outcome, Verdict, Wrong
from grader.judging.wire import Opaque, WireError


def judge(exercise: Exercise, answer: Answer, draw: Draw) -> Verdict:
    """Judges an answer to a "Try it out" exercise."""
    missing: list[str] = []
    try:
        missing += [name for name in exercise.asks if answer.is_missing(name)]
        if len(missing) == len(exercise.asks):
            return _not_attempted(missing)
        with _plain_torch():
            praise = exercise.check(answer, draw)
    except PartlyWrong as partly:
        verdict = _verdict_on(partly.trouble, exercise, missing)
        return replace(verdict, points=verdict.points + partly.earned)
    except Exception as trouble:
        return _verdict_on(trouble, exercise, missing)
    return Verdict(Outcome.RIGHT, praise, points=exercise.points)


def _verdict_on(trouble: Exception, exercise: Exercise, missing: list[str]) -> Verdict:
    """What to say when a check ended with an exception; `missing` are the answers not filled in yet."""
    match trouble:
        case StillMissing():
            return _partly_attempted(missing)
        case Wrong():
            return trouble.verdict
        # The stub raises without a text; libraries say what they have not implemented.
        case LearnerRaised(error="NotImplementedError", text=""):
            return _stub_left(trouble.name)
        case LearnerRaised():
            return _raised(trouble)
        case NotCallable():
            return Verdict(
                Outcome.WRONG,
                f"`{trouble.name}` is not a function.",
                got=f"a value of type {trouble.type_name}",
                wanted=f"the function itself: `def {trouble.name}(…):`",
                advice="Keep the `def` line of the stub, and hand in the function, not its result.",
                mistake="not-a-function",
            )
        case TooSlow():
            return Verdict(
                Outcome.WRONG,
                f"`{trouble.name}` did not come back.",
                got=f"no result after {trouble.seconds:g} seconds on a small input",
                advice="Look for a loop that never ends, or for work that can be done once, outside the function.",
                mistake="too-slow",
            )
        case WireError():
            return Verdict(
                Outcome.WRONG,
                "Your answer could not be read.",
                got=str(trouble),
                advice="Hand in plain values: numbers, texts, lists, dictionaries, tensors.",
                mistake="cannot-travel",
            )
    return _our_fault(exercise, "".join(traceback.format_exception(trouble, limit=-3)))


def judge_quiz(question: Question, answer: Answer) -> Verdict:
    """Judges the letter chosen for a quiz question."""
    letters = ", ".join(f'"{letter}"' for letter in question.options)
    try:
        chosen = "" if answer.is_missing(question.variable) else answer.value(question.variable)
    except (WireError, LearnerRaised):
        chosen = Opaque("unreadable value")
    if chosen is None or (isinstance(chosen, str) and not chosen.strip()):
        return Verdict(Outcome.NOT_ATTEMPTED, f"Assign one of {letters}.", mistake="not-attempted")
    letter = chosen.strip().lower() if isinstance(chosen, str) else ""
    if letter not in question.options:
        return Verdict(
            Outcome.WRONG,
            "That is not one of the options.",
            got=shorten(chosen),
            wanted=f"one letter: {letters}",
            mistake="not-an-option",
        )
    why = question.options[letter].why
    if letter == question.right:
        return Verdict(Outcome.RIGHT, why, points=question.points)
    return Verdict(Outcome.WRONG, why, got=f'option "{letter}"', mistake=f"option-{letter}")


@contextlib.contextmanager
def _plain_torch() -> Iterator[None]:
    """PyTorch's own defaults while a check computes: a learner may have set another dtype or device."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    torch.set_default_dtype(torch.float32)
    if device.type != "cpu":
        torch.set_default_device(None)
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        if device.type != "cpu":
            torch.set_default_device(device)


def shorten(value: object, limit: int = 120) -> str:
    """A value in a few words, for a message: never more than `limit` characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _not_attempted(names: list[str]) -> Verdict:
    return Verdict(
        Outcome.NOT_ATTEMPTED,
        f"Fill in {_listed(names)}.",
        advice="Replace the `...` with your answer, run that cell, then run this one again.",
        mistake="not-attempted",
    )


def _partly_attempted(names: list[str]) -> Verdict:
    return Verdict(
        Outcome.NOT_ATTEMPTED,
        f"Still to be filled in: {_listed(names)}.",
        advice="Replace the `...` with your answer, run that cell, then run this one again.",
        mistake="partly-attempted",
    )


def _stub_left(name: str) -> Verdict:
    return Verdict(
        Outcome.NOT_ATTEMPTED,
        f"Fill in `{name}`.",
        advice="If you did write an answer, delete the line `raise NotImplementedError()` and run the cell again.",
        mistake="not-attempted",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _raised(raised: LearnerRaised) -> Verdict:
    where = f" in the line `{raised.line.strip()}`" if raised.line else ""
    advice = "Call it yourself on a small example in a new cell; the full traceback shows where it goes wrong."
    return Verdict(
        Outcome.WRONG,
        f"`{raised.name}` raised an error on one of our inputs.",
        got=f"{raised.error}: {brief(raised.text) or 'without a text'}{where}",
        advice=advice_for(raised.error, raised.text, raised.name) or advice,
        mistake="raised",
    )


def _our_fault(exercise: Exercise, details: str) -> Verdict:
    return Verdict(
        Outcome.OUR_FAULT,
        f"The check of `{exercise.id}` broke. This is our mistake, not yours.",
        got=details,
        advice="Go on with the next exercise. Please report this text; your answer is kept in the notebook.",
        mistake="our-fault",
    )
