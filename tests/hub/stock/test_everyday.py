"""The everyday sentences that the models' behavior is tested with: each file is sound."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import grader.hub.stock

FOLDER = Path(grader.hub.stock.__file__).parent / "evaluation" / "everyday"
SIZES = {
    "sentiment": 60,
    "zero_shot": 60,
    "ner": 60,
    "question_answering": 60,
    "fill_mask": 60,
    "translation": 60,
    "fill_mask_fr": 60,
    "summarization": 20,
    "text_generation": 20,
}


def entries(task: str) -> list[dict]:
    return tomllib.loads((FOLDER / f"{task}.toml").read_text("utf-8"))["entry"]


def test_there_is_a_file_for_each_task_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*SIZES, "course"}


@pytest.mark.parametrize("task", SIZES)
def test_size_keys_and_no_duplicates(task: str) -> None:
    found = entries(task)
    assert len(found) == SIZES[task]
    assert {frozenset(entry) for entry in found} == {frozenset(found[0])}, "entries with different keys"
    main = ("context", "question") if task == "question_answering" else ("text",)
    seen = Counter(" ".join(entry[key] for key in main).casefold() for entry in found)
    assert max(seen.values()) == 1, seen.most_common(1)
    for entry in found:
        text = json.dumps(entry, ensure_ascii=False)
        assert "  " not in text and all(value == value.strip() for value in entry.values() if isinstance(value, str))


def test_sentiment_is_balanced() -> None:
    assert Counter(entry["expect"] for entry in entries("sentiment")) == {"POSITIVE": 30, "NEGATIVE": 30}


def test_zero_shot_expects_one_of_its_labels() -> None:
    found = entries("zero_shot")
    for entry in found:
        assert entry["expect"] in entry["labels"]
        assert 3 <= len(set(entry["labels"])) == len(entry["labels"]) <= 5
    assert len({label for entry in found for label in entry["labels"]}) >= 35


def test_entities_are_in_their_texts_in_order() -> None:
    found = entries("ner")
    for entry in found:
        start = 0
        for entity in entry["expect"]:
            assert set(entity) == {"text", "type"} and entity["type"] in ("PER", "ORG", "LOC", "MISC")
            start = entry["text"].index(entity["text"], start) + len(entity["text"])
        assert len(entry["expect"]) <= 4
        assert not any(name in entry["text"] for name in ("Sylvain", "Hugging Face", "Brooklyn"))
    assert sum(not entry["expect"] for entry in found) == 6


def test_answers_are_verbatim_in_their_contexts() -> None:
    for entry in entries("question_answering"):
        assert 20 <= len(entry["context"].split()) <= 80
        assert entry["expect"] and len(set(entry["expect"])) == len(entry["expect"])
        assert all(answer in entry["context"] for answer in entry["expect"]), entry


@pytest.mark.parametrize(("task", "mask"), [("fill_mask", "[MASK]"), ("fill_mask_fr", "<mask>")])
def test_one_mask_and_enough_words_for_it(task: str, mask: str) -> None:
    for entry in entries(task):
        assert entry["text"].count(mask) == 1
        assert 8 <= len(set(entry["accept"])) == len(entry["accept"]) <= 25
        assert all(word.isalpha() and word == word.lower() for word in entry["accept"] if word != "rendez-vous")


def test_french_sentences_are_short() -> None:
    assert all(4 <= len(entry["text"].split()) <= 15 and entry["reference"] for entry in entries("translation"))


def test_facts_are_in_their_texts() -> None:
    for entry in entries("summarization"):
        assert 60 <= len(entry["text"].split()) <= 110
        assert len(entry["facts"]) == 2 and all(fact == fact.lower() for fact in entry["facts"])
        assert all(fact in entry["text"].lower() for fact in entry["facts"])


def test_prompts_are_short() -> None:
    assert all(4 <= len(entry["text"].split()) <= 12 for entry in entries("text_generation"))
