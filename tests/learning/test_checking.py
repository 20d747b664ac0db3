"""check, hint, quiz and progress as a notebook calls them: for a learner, under nbgrader, and with bad input."""

import json
import os
import sys
import warnings

import pytest
import torch

import grader
from grader.learning import checking, progress
from grader.learning.checking import AnswerError


@pytest.fixture(autouse=True)
def shown(monkeypatch, tmp_path):
    """The cards that were displayed; the progress goes to a folder of the test."""
    cards = []
    monkeypatch.setattr(checking, "display", cards.append)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    for name in ("NBGRADER_EXECUTION", "COURSE_RUN"):
        monkeypatch.delenv(name, raising=False)
    return cards


def tril(n):
    return torch.ones(n, n, dtype=torch.bool).tril()


def triu(n):
    return torch.ones(n, n, dtype=torch.bool).triu()


def masked_wrong(q, k, v, mask=None):
    return torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1) @ v


def test_a_learner_gets_a_card_and_nothing_stops(shown):
    assert grader.check("causal-mask", tril) is None
    assert grader.check("causal-mask", triu) is None
    assert [card.look.word for card in shown] == ["Correct", "Not yet"]


@pytest.mark.parametrize("execution", ["autograde", "validate"])
def test_under_nbgrader_right_is_nothing_partial_is_a_number_wrong_raises(monkeypatch, execution):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert grader.check("causal-mask", tril) is None
    assert grader.check("attention-by-hand", masked_wrong) == 2
    with pytest.raises(AnswerError, match="look ahead"):
        grader.check("causal-mask", triu)
    with pytest.raises(AnswerError, match="not attempted"):
        grader.quiz("pipeline-steps", "")


def test_in_a_run_of_the_course_partly_right_is_not_enough(monkeypatch):
    monkeypatch.setenv("COURSE_RUN", "1")
    with pytest.raises(AnswerError):
        grader.check("attention-by-hand", masked_wrong)


def test_an_answer_that_writes_to_standard_error_is_still_right_and_silent(capfd, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    def noisy(n):
        warnings.warn("careful", stacklevel=1)
        print("to stderr", file=sys.stderr)
        os.write(2, b"from C\n")
        return tril(n)

    assert grader.check("causal-mask", noisy) is None
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "call",
    [
        lambda: grader.check("causal-maks", tril),
        lambda: grader.check("pipeline-steps", "b"),
        lambda: grader.quiz("causal-mask", "b"),
        lambda: grader.hint("nonsense"),
        lambda: grader.check(None, tril),
    ],
)
def test_an_unknown_id_says_so_and_raises_only_while_grading(call, shown, monkeypatch):
    call()
    assert len(shown) == 1 and ("no exercise" in shown[0].as_text() or "belongs to" in shown[0].as_text())
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(AnswerError):
        call()


def test_too_few_answers_shows_the_right_call(shown):
    grader.check("count-parameters", print)
    assert "1 of 2 answers" in shown[0].as_text()
    assert 'check("count-parameters", count_parameters, kept_share)' in shown[0].as_text()


def test_hints_come_one_by_one_and_the_last_stays(shown):
    for _ in range(4):
        grader.hint("attention-by-hand")
    assert [card.points for card in shown] == ["1 of 3", "2 of 3", "3 of 3", "3 of 3"]
    assert len({card.as_text() for card in shown}) == 3


def test_progress_remembers_verdicts_and_survives_damage(tmp_path):
    grader.check("causal-mask", tril)
    grader.quiz("pipeline-steps", "a")
    earned, total, todo = progress.summary(progress.load(), 1)
    assert earned == 2 and total > 10 and todo.id == "zero-shot-own-labels"
    (tmp_path / ".course" / "progress.json").write_text("[1, 2")
    assert progress.load() == {}
    (tmp_path / ".course" / "progress.json").write_text(json.dumps({"causal-mask": 3}))
    assert progress.summary(progress.load(), 1)[0] == 0


def test_grading_leaves_no_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    grader.check("causal-mask", tril)
    assert not (tmp_path / ".course").exists()


def test_a_folder_that_cannot_be_written_costs_no_feedback(tmp_path, shown):
    (tmp_path / ".course").write_text("a file where the folder should be")
    grader.check("causal-mask", tril)
    assert shown[0].look.word == "Correct"


def test_without_start_nothing_is_judged_and_a_grading_run_raises(shown, monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT")
    assert grader.check("causal-mask", tril) is None
    assert "grader.start" in shown[0].as_text() and "Correct" not in shown[0].as_text()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(AnswerError, match=r"grader\.start"):
        grader.check("causal-mask", tril)


def test_the_best_result_stays(shown):
    for function in (tril, triu):
        grader.check("causal-mask", function)
    grader.check("causal-mask", ...)
    assert progress.load()["causal-mask"] == {"outcome": "right", "points": 2}


def test_a_chapter_that_does_not_exist():
    with pytest.raises(ValueError, match="no chapter 9; the course has the chapters 1, 2, 3, 4"):
        progress.ProgressPanel({}, 9)
