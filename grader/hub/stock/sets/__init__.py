"""Small data sets that exercises of the course need, written for it.

The practice hub serves each of `NAMES` as `course/NAME`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pyarrow as pa
import yaml

from grader.hub.stock import parquet_splits
from grader.hub.stock.sets import rows
from grader.hub.stock.sets.columns import Columns, card_features, schema

__all__ = ["NAMES", "card", "splits", "write"]


@dataclass(frozen=True)
class _Set:
    title: str
    languages: tuple[str, ...]
    task: str
    columns: Columns
    rows: Callable[[], rows.Rows]
    card: str  # the file with the text of its card


_SETS = {
    "french-sentences": _Set(
        title="French sentences of the course",
        languages=("fr", "en"),
        task="translation",
        columns={"id": "int32", "fr": "string", "en": ["string"]},
        rows=rows.french_sentences,
        card="french_sentences.md",
    ),
    "entities": _Set(
        title="Entities of the course",
        languages=("en",),
        task="token-classification",
        columns={
            "id": "int32",
            "text": "string",
            "entities": [{"text": "string", "type": "string", "start": "int32", "end": "int32"}],
        },
        rows=rows.entities,
        card="entities.md",
    ),
    "long-documents": _Set(
        title="Long documents of the course",
        languages=("en",),
        task="question-answering",
        columns={
            "id": "int32",
            "title": "string",
            "text": "string",
            "questions": [{"question": "string", "answer": "string"}],
        },
        rows=rows.long_documents,
        card="long_documents.md",
    ),
}
NAMES = tuple(_SETS)
_DATA = "data"  # the folder of the files


def write(name: str, folder: Path) -> None:
    """Fills `folder` with the repository of a set: one Parquet file a split, and the card.

    Raises `ValueError` for a name that is not one of `NAMES`.
    """
    parquet_splits.write(splits(name), folder / _DATA)
    (folder / "README.md").write_text(card(name), encoding="utf-8", newline="\n")


def splits(name: str) -> dict[str, pa.Table]:
    """The tables of a set by split, as `datasets` would write them; raises `ValueError` for an unknown name."""
    chosen = _set(name)
    return {split: pa.Table.from_pylist(found, schema=schema(chosen.columns)) for split, found in chosen.rows().items()}


def card(name: str) -> str:
    """README.md of a set: its front matter, then what the data is; raises `ValueError` for an unknown name."""
    chosen = _set(name)
    tables = splits(name)
    header = {
        "annotations_creators": ["machine-generated"],
        "language": list(chosen.languages),
        "license": "cc-by-4.0",
        "task_categories": [chosen.task],
        "pretty_name": f"{chosen.title} (synthetic)",
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"{_DATA}/{parquet_splits.filename(split)}"} for split in tables
                ],
            }
        ],
        "dataset_info": {"features": card_features(chosen.columns)} | parquet_splits.sizes(tables),
    }
    text = resources.files(__package__).joinpath(chosen.card).read_text("utf-8")
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n{text}"


def _set(name: str) -> _Set:
    if name not in _SETS:
        raise ValueError(f"There is no set {name!r} here; it can be one of {', '.join(NAMES)}.")
    return _SETS[name]
