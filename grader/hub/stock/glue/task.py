"""What a GLUE configuration is: its columns, its labels, its splits, and where its rows come from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

Row = dict[str, str | int | float]
Rows = dict[str, list[Row]]

HIDDEN = -1


@dataclass(frozen=True)
class Task:
    """A configuration: `rows(seed)` gives every split its texts and true `label`s.

    `labels` are the names of the classes; without them, a label is a score, a float. The labels of test splits are
    hidden.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...] | None
    sizes: dict[str, int]
    rows: Callable[[int], Rows]

    @property
    def tests(self) -> list[str]:
        """The names of the splits whose labels are hidden."""
        return [split for split in self.sizes if split.startswith("test")]

    def table(self, split: str, rows: list[Row]) -> pa.Table:
        """`rows` with their `idx`, as `datasets` would write them to a Parquet file: it reads the label names back."""
        hidden = {"label": HIDDEN} if split in self.tests else {}
        return pa.Table.from_pylist([row | {"idx": idx} | hidden for idx, row in enumerate(rows)], schema=self._schema)

    def card_features(self) -> list[dict]:
        """The `features` of the front matter of a dataset card."""
        label = {"dtype": "float32"}
        if self.labels:
            names = {str(number): name for number, name in enumerate(self.labels)}
            label = {"dtype": {"class_label": {"names": names}}}
        texts = [{"name": text, "dtype": "string"} for text in self.texts]
        return [*texts, {"name": "label"} | label, {"name": "idx", "dtype": "int32"}]

    @property
    def _schema(self) -> pa.Schema:
        features = {text: {"dtype": "string", "_type": "Value"} for text in self.texts}
        if self.labels:
            features["label"] = {"names": list(self.labels), "_type": "ClassLabel"}
        else:
            features["label"] = {"dtype": "float32", "_type": "Value"}
        features["idx"] = {"dtype": "int32", "_type": "Value"}
        types = [*(pa.string() for _ in self.texts), pa.int64() if self.labels else pa.float32(), pa.int32()]
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        return pa.schema(list(zip(features, types, strict=True)), metadata=metadata)


def distinct_rows(
    sizes: dict[str, int],
    texts: Sequence[str],
    new_label: Callable[[], int],
    new_row: Callable[[str, int], Row],
) -> Rows:
    """As many rows for every split as `sizes` says: `new_row(split, label)`, and no two of them with the same texts.

    The label is drawn once, so that rows which have to be drawn again do not shift the balance. A row whose texts are
    equal to each other is drawn again, too.
    """
    seen: set[tuple] = set()

    def distinct_row(split: str) -> Row:
        label = new_label()
        while True:
            row = new_row(split, label)
            # In any order: a pair turned around would be the same pair.
            key = tuple(sorted(row[text].lower() for text in texts))
            if key not in seen and len(set(key)) == len(texts):
                seen.add(key)
                return row

    return {split: [distinct_row(split) for _ in range(size)] for split, size in sizes.items()}
