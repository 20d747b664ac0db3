"""Sentences with named entities, from sets that each have tags of their own, brought to those of CoNLL-2003."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.hub.stock.training.data import CROSSNER, WIKIGOLD, WNUT17, Source, load

HELD_OUT = 187  # sentences of WikiGold that are only for scores
SEED = 0

_TYPES = {
    "PER": "PER person politician scientist researcher writer musicalartist",
    "ORG": "ORG organisation corporation group politicalparty university band",
    "LOC": "LOC location country",
    "MISC": "MISC misc creative-work product election event astronomicalobject academicjournal award song album book "
    "poem magazine programlang conference",
}
_TYPE_OF = {name: kind for kind, names in _TYPES.items() for name in names.split()}


@dataclass(frozen=True)
class Entity:
    """A span of words, the end not included, and its type: PER, ORG, LOC or MISC."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Tagged:
    """A sentence as words, and the entities in it, in their order."""

    words: tuple[str, ...]
    entities: tuple[Entity, ...]


def entities_of(tags: Iterable[str]) -> tuple[Entity, ...]:
    """The entities that tags such as `B-PER`, `I-person` or `O` mark, but for types that CoNLL-2003 does not have."""
    found: list[Entity] = []
    for position, tag in enumerate(tags):
        prefix, _, name = tag.partition("-")
        kind = _TYPE_OF.get(name)
        if kind is None:
            continue
        last = found[-1] if found else None
        if last and last.end == position and last.kind == kind and prefix != "B":
            found[-1] = Entity(last.start, position + 1, kind)
        else:
            found.append(Entity(position, position + 1, kind))
    return tuple(found)


def wikigold(folder: Path | None) -> tuple[list[Tagged], list[Tagged]]:
    """WikiGold's sentences: those to learn from, and those that are held out for scores."""
    sentences = _read(WIKIGOLD, "train", folder)
    random.Random(SEED).shuffle(sentences)
    return sentences[HELD_OUT:], sentences[:HELD_OUT]


def crossner(split: str, folder: Path | None) -> list[Tagged]:
    """The sentences of CrossNER's five domains."""
    return [sentence for source in CROSSNER.values() for sentence in _read(source, split, folder)]


def wnut17(folder: Path | None) -> list[Tagged]:
    """Short messages from the web, without those that are mostly links and handles."""
    sentences = _read(WNUT17, "train", folder)
    return [sentence for sentence in sentences if not re.search(r"http|@\w|\bRT\b", " ".join(sentence.words))]


def _read(source: Source, split: str, folder: Path | None) -> list[Tagged]:
    rows: Sequence[dict] = load(source, split, folder)
    return [Tagged(tuple(row["tokens"]), entities_of(row["ner_tags"])) for row in rows]
