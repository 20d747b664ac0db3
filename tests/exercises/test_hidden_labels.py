"""The labels that the judge keeps for SST-2's test split are those which the practice hub hides."""

import json
from importlib import resources

import pytest

from grader.exercises import references
from grader.exercises.chapter3 import sst2
from grader.hub.stock.glue import hidden_test_labels
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong


def test_stored_labels_are_the_hidden_ones_of_the_sentences_that_are_served():
    stored = json.loads(resources.files("grader.exercises.chapter3").joinpath("sst2_test_labels.json").read_text())
    split = references.glue("sst2")["test"]
    assert set(split["label"]) == {-1}
    assert stored == sst2.as_stored(split["sentence"], hidden_test_labels("sst2"))
    assert sst2.known_labels()["labels"] == hidden_test_labels("sst2")


def test_labels_that_nobody_knows_are_replaced_by_the_sentiment_checkpoint(monkeypatch):
    labels = hidden_test_labels("sst2")
    monkeypatch.setattr(sst2, "known_labels", lambda: {"digest": "of other sentences", "labels": []})
    monkeypatch.setattr(sst2, "_judged", lambda sentences, places: [labels[place] for place in places])
    assert sst2.judge_predictions(labels, "x", Draw("s", "x")) == 1
    with pytest.raises(Wrong, match="upside down"):
        sst2.judge_predictions([1 - label for label in labels], "x", Draw("s", "x"))
