"""The types of columns, written once and told in the three languages that need them: Arrow, `datasets` and the card.

A type is the name of a plain one ("string", "int32"), or a list with the type of its items; items with fields are a
dictionary: `[{"question": "string", "answer": "string"}]`.
"""

from __future__ import annotations

import json

import pyarrow as pa

Type = str | list[str] | list[dict[str, str]]
Columns = dict[str, Type]


def schema(columns: Columns) -> pa.Schema:
    """The Arrow schema, with the metadata that `datasets` writes to Parquet files."""
    features = {name: _feature(kind) for name, kind in columns.items()}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema([(name, _arrow(kind)) for name, kind in columns.items()], metadata=metadata)


def card_features(columns: Columns) -> list[dict]:
    """The `features` of the front matter of a dataset card."""
    return [
        {"name": name, "list" if isinstance(kind, list) else "dtype": _told(kind)} for name, kind in columns.items()
    ]


def _arrow(kind: Type | dict[str, str]) -> pa.DataType:
    if isinstance(kind, list):
        return pa.list_(_arrow(kind[0]))
    if isinstance(kind, dict):
        return pa.struct([(name, _arrow(inner)) for name, inner in kind.items()])
    return {"string": pa.string(), "int32": pa.int32()}[kind]


def _feature(kind: Type | dict[str, str]) -> dict:
    if isinstance(kind, list):
        return {"feature": _feature(kind[0]), "_type": "List"}
    if isinstance(kind, dict):
        return {name: _feature(inner) for name, inner in kind.items()}
    return {"dtype": kind, "_type": "Value"}


def _told(kind: Type) -> str | list[dict[str, str]]:
    if not isinstance(kind, list):
        return kind
    (item,) = kind
    return item if isinstance(item, str) else [{"name": name, "dtype": inner} for name, inner in item.items()]
