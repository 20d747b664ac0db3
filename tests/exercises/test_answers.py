"""The table exercise x case: every recorded answer gets its verdict, for inputs drawn from several seeds."""

from collections import Counter

import numpy as np
import pytest
import torch

from grader.exercises import CATALOGUE
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import judge
from grader.judging.respondent import Respondent
from grader.judging.verdict import Outcome
from tests.wrong_answers import (  # noqa: F401  (they fill CASES)
    CASES,
    chapter1,
    chapter2,
    chapter3,
    chapter3_data,
    chapter3_training,
    chapter4,
    chapter4_safety,
)


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


ODD = {
    "none": None,
    "nan": float("nan"),
    "text": "x",
    "bytes": b"x",
    "zero-d": torch.tensor(5),
    "empty": torch.zeros(0),
    "nan tensor": torch.full((2, 2), float("nan")),
    "nested": [[1, [2]], 3],
    "ragged": [[1, 2], [3]],
    "list of dicts": [{}, {"label": 1, "score": [1]}],
    "array in a dict": {
        key: np.array([1, 2]) for key in ("sequence", "labels", "scores", "input_ids", "attention_mask")
    },
    "numbers in a dict": {key: 3 for key in ("sequence", "labels", "scores", "accuracy", "f1", "label", "score")},
    "none in a dict": dict.fromkeys(("sequence", "labels", "scores", "accuracy", "f1", "input_ids", "attention_mask")),
    "array of texts": np.array(["equivalent", "x"]),
    "set": {1, 2},
    "huge integer": 10**40,
    "object": object(),
    "type": int,
}


@pytest.mark.parametrize("exercise", CATALOGUE.exercises(), ids=lambda exercise: exercise.id)
@pytest.mark.parametrize("name", ODD)
def test_no_answer_is_our_fault(exercise, name):
    """Odd values in every place, as themselves and as what a function returns, get a verdict about the answer."""
    value = ODD[name]
    for given in (value, lambda *args, **kwargs: value):
        answers = dict.fromkeys(exercise.asks, given)
        verdict = judge(exercise, Answer(Respondent(answers).serve), Draw("s", exercise.id))
        assert verdict.outcome is Outcome.WRONG, verdict.as_text()


def test_a_learners_torch_defaults_change_no_verdict():
    import tests.wrong_answers.chapter1 as answers

    torch.set_default_dtype(torch.bfloat16)
    torch.set_default_device("meta")
    try:
        for id, given in (
            ("attention-by-hand", answers.with_masked_fill()),
            ("causal-mask", answers.tril_of_booleans()),
        ):
            exercise = CATALOGUE.find(id)
            verdict = judge(
                exercise, Answer(Respondent(dict(zip(exercise.asks, given, strict=True))).serve), Draw("s", id)
            )
            assert verdict.is_right, verdict.as_text()
        assert torch.get_default_dtype() is torch.bfloat16 and torch.get_default_device().type == "meta"
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)


def test_every_exercise_has_right_ways_and_mistakes_of_its_own():
    rights = Counter(case.exercise for case in CASES if not case.mistake)
    mistakes = {exercise.id: set() for exercise in CATALOGUE.exercises()}
    for case in CASES:
        mistakes[case.exercise].add(case.mistake)
    for exercise in CATALOGUE.exercises():
        assert rights[exercise.id] >= 2, f"{exercise.id} has fewer than two right ways"
        assert len(mistakes[exercise.id] - {""}) >= 5, f"{exercise.id} has fewer than five recorded mistakes"
