"""The course's own small data sets: they load as described, and what they say of their texts is true."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from datasets import DatasetDict, Features, List, Value, load_dataset

import grader.hub.stock
from grader.hub.stock import sets
from grader.hub.stock.sets.rows import unmark

STRING, NUMBER = Value("string"), Value("int32")
FEATURES = {
    "french-sentences": Features({"id": NUMBER, "fr": STRING, "en": List(STRING)}),
    "entities": Features(
        {
            "id": NUMBER,
            "text": STRING,
            "entities": List({"text": STRING, "type": STRING, "start": NUMBER, "end": NUMBER}),
        }
    ),
    "long-documents": Features(
        {"id": NUMBER, "title": STRING, "text": STRING, "questions": List({"question": STRING, "answer": STRING})}
    ),
}
SIZES = {
    "french-sentences": {"train": 80, "test": 40},
    "entities": {"train": 60},
    "long-documents": {"train": 6},
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DatasetDict]:
    """Each set as `load_dataset` reads it from the folder that was written."""
    found = {}
    for name in sets.NAMES:
        folder = tmp_path_factory.mktemp(name)
        sets.write(name, folder)
        found[name] = load_dataset(str(folder), cache_dir=str(tmp_path_factory.mktemp("cache")))
    return found


def normal(sentence: str) -> str:
    """The words alone, so that a sentence is found again with other punctuation and capitals."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in sentence.casefold()).split())


@pytest.mark.parametrize("name", sets.NAMES)
def test_columns_sizes_and_ids(name: str, loaded: dict[str, DatasetDict]) -> None:
    assert {split: rows.num_rows for split, rows in loaded[name].items()} == SIZES[name]
    assert all(rows.features == FEATURES[name] for rows in loaded[name].values())
    ids = [number for rows in loaded[name].values() for number in rows["id"]]
    assert ids == list(range(len(ids)))


@pytest.mark.parametrize("name", sets.NAMES)
def test_the_parquet_files_tell_their_columns_without_the_card(name: str, tmp_path: Path) -> None:
    sets.write(name, tmp_path)
    (tmp_path / "README.md").unlink()
    rows = load_dataset(str(tmp_path), split="train", cache_dir=str(tmp_path / "cache"))
    assert rows.features == FEATURES[name]


@pytest.mark.parametrize("name", sets.NAMES)
def test_card_says_what_it_is(name: str) -> None:
    _, header, text = sets.card(name).split("---\n", 2)
    title, beginning, *_ = text.strip().split("\n\n")
    assert title.startswith("# ")
    assert beginning.startswith("**Written for this course, synthetic and small.**")
    assert "license: cc-by-4.0\n" in header


def test_unknown_name() -> None:
    with pytest.raises(ValueError, match="french-sentences"):
        sets.card("dragons")


def test_french_sentences_have_two_translations_and_are_like_no_other(loaded: dict[str, DatasetDict]) -> None:
    rows = [row for split in loaded["french-sentences"].values() for row in split]
    sentences = [normal(row["fr"]) for row in rows]
    assert len(set(sentences)) == len(sentences)
    assert all(len(set(row["en"])) == 2 and all(row["en"]) for row in rows)
    assert not any("Ce cours est produit par" in row["fr"] for row in rows)
    evaluation = Path(grader.hub.stock.__file__).parent / "evaluation" / "everyday" / "translation.toml"
    tested = {normal(entry["text"]) for entry in tomllib.loads(evaluation.read_text("utf-8"))["entry"]}
    assert not tested & set(sentences)


def test_entities_are_where_they_are_said_to_be(loaded: dict[str, DatasetDict]) -> None:
    rows = list(loaded["entities"]["train"])
    assert len({row["text"] for row in rows}) == len(rows)
    for row in rows:
        place = 0
        for entity in row["entities"]:
            assert row["text"][entity["start"] : entity["end"]] == entity["text"]
            assert entity["start"] >= place and entity["type"] in ("PER", "ORG", "LOC")
            place = entity["end"]
        assert row["entities"]


def test_marks_become_offsets() -> None:
    assert unmark("In [Rome](LOC), [Al](PER).") == {
        "text": "In Rome, Al.",
        "entities": [
            {"text": "Rome", "type": "LOC", "start": 3, "end": 7},
            {"text": "Al", "type": "PER", "start": 9, "end": 11},
        ],
    }
    with pytest.raises(ValueError, match="not marked"):
        unmark("In [Rome](CITY).")


def test_long_documents_are_long_and_hold_their_answers(loaded: dict[str, DatasetDict]) -> None:
    for row in loaded["long-documents"]["train"]:
        words = row["text"].split()
        assert 1_600 <= len(words) <= 2_600
        assert "\r" not in row["text"] and "  " not in row["text"]
        assert len(row["questions"]) == 3
        assert all(row["text"].count(question["answer"]) == 1 for question in row["questions"])
        # A token is never longer than a word, so what comes after 512 words comes after 512 tokens.
        beginning = " ".join(words[:512])
        assert sum(question["answer"] in beginning for question in row["questions"]) == 1
