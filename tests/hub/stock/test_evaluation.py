"""How answers and names are counted."""

from __future__ import annotations

import pytest
import torch

from grader.hub.stock.evaluation import report
from grader.hub.stock.evaluation.answers import best_span, exact, f1
from grader.hub.stock.evaluation.entities import capitals
from grader.hub.stock.evaluation.entities import f1 as names_f1
from grader.hub.stock.evaluation.scores import Score, majority
from grader.hub.stock.training.tagged import Entity, Tagged


def test_answers_are_compared_without_articles_and_marks() -> None:
    assert exact("The Eiffel Tower.", "eiffel tower") and not exact("Paris", "in Paris")
    assert f1("in Paris", "Paris") == pytest.approx(2 / 3)
    assert f1("Rome", "Paris") == 0
    assert f1("", "Paris") == 0


def test_best_span_is_in_the_context_in_order_and_short() -> None:
    start = torch.tensor([9.0, 0.0, 1.0, 5.0, 0.0])
    end = torch.tensor([9.0, 6.0, 0.0, 2.0, 4.0])
    allowed = torch.tensor([False, True, True, True, True])
    assert best_span(start, end, allowed) == (3, 4)  # not the first token, and not an end before its start


def test_a_name_counts_when_words_and_type_are_right() -> None:
    truth = [(Entity(0, 2, "PER"), Entity(3, 4, "LOC"))]
    assert names_f1(truth, truth) == 1
    assert names_f1(truth, [(Entity(0, 2, "ORG"), Entity(3, 4, "LOC"))]) == 0.5
    assert names_f1(truth, [(Entity(0, 1, "PER"),)]) == 0
    assert names_f1([()], [()]) == 0


def test_capitals_are_what_knows_nothing_else() -> None:
    sentence = Tagged(("Then", "Ann", "Lee", "left"), ())
    assert capitals([sentence]) == [(Entity(1, 3, "PER"),)]


def test_scores_are_rounded_for_people() -> None:
    score = Score("x", "accuracy", 91.2345, majority([0, 1, 1]), "always 1", 3)
    assert (score.value, score.baseline) == (91.2, 66.7)


def test_an_unknown_model_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'sentimant'.*sentiment, zero_shot"):
        report.names(["sentimant"])
    assert report.names(["french"]) == ["french"] and "translation" in report.names(None)
