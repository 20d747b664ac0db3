"""The rows of each set, read from the files that they are written in."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

Rows = dict[str, list[dict]]  # by split

_NAME = re.compile(r"\[([^\]]+)\]\((PER|ORG|LOC)\)")


def french_sentences() -> Rows:
    """Sentences with two translations each; the ids go on from one split to the next."""
    splits: Rows = {}
    number = 0
    for split, sentences in _toml("french_sentences.toml").items():
        splits[split] = [{"id": number + place, **sentence} for place, sentence in enumerate(sentences)]
        number += len(sentences)
    return splits


def entities() -> Rows:
    """Texts with the names in them: in each row, `text[start:end]` of a name is its own text."""
    rows = [{"id": number, **unmark(marked)} for number, marked in enumerate(_toml("entities.toml")["texts"])]
    return {"train": rows}


def long_documents() -> Rows:
    """Documents of some two thousand words, each with questions whose answers are in it word for word."""
    rows = []
    for number, document in enumerate(_toml("long_documents/documents.toml")["document"]):
        text = _read(f"long_documents/{document['name']}.txt").strip()
        rows.append({"id": number, "title": document["title"], "text": text, "questions": document["questions"]})
    return {"train": rows}


def unmark(marked: str) -> dict[str, str | list[dict[str, str | int]]]:
    """The text without its marks, and the names that were marked in it as `[name](TYPE)`.

    Raises `ValueError` when a bracket is left over, because the mark around it was not written like that.
    """
    text, names, place = "", [], 0
    for mark in _NAME.finditer(marked):
        name, kind = mark.groups()
        text += marked[place : mark.start()]
        names.append({"text": name, "type": kind, "start": len(text), "end": len(text) + len(name)})
        text += name
        place = mark.end()
    text += marked[place:]
    if "[" in text or "]" in text:
        raise ValueError(f"A name is not marked as [name](PER), [name](ORG) or [name](LOC) in: {marked}")
    return {"text": text, "entities": names}


def _toml(path: str) -> dict:
    return tomllib.loads(_read(path))


def _read(path: str) -> str:
    return resources.files(__package__).joinpath(path).read_text("utf-8")
