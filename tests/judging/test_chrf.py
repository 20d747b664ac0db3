"""Our chrF is sacrebleu's (Post 2018), which the course does not need at run time."""

import pytest
from sacrebleu import sentence_chrf

from grader.judging.chrf import chrf

PAIRS = [
    ("The cat sleeps.", ["The cat sleeps."]),
    ("The cat slept.", ["The cat sleeps.", "A cat is asleep."]),
    ("A cat is sleeping on a mat", ["The cat sleeps.", "A cat is asleep."]),
    ("Le chat dort.", ["The cat sleeps."]),
    ("cat", ["The cat sleeps."]),
    ("a", ["The cat sleeps."]),
    ("The cat sleeps. " * 4, ["The cat sleeps."]),
    ("Où est la gare ?", ["Where's the station?"]),
    ("xyz", ["abc"]),
]


@pytest.mark.parametrize(("text", "references"), PAIRS)
def test_it_is_sacrebleus(text, references):
    assert chrf(text, references) == pytest.approx(sentence_chrf(text, references).score, abs=1e-9)


def test_nothing_is_like_nothing():
    assert chrf("", ["The cat sleeps."]) == 0 and chrf("The cat sleeps.", [""]) == 0
