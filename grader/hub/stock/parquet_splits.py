"""The splits of a served data set: one Parquet file each, and what its card says of their sizes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def filename(split: str) -> str:
    """What the Hub calls the only file of a split."""
    return f"{split}-00000-of-00001.parquet"


def write(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Writes the tables of all splits into `folder`."""
    import pyarrow.parquet as parquet  # slow to import, and not needed once the hub is stocked

    folder.mkdir(parents=True, exist_ok=True)
    for split, table in tables.items():
        parquet.write_table(table, folder / filename(split), compression="zstd")


def sizes(tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """`splits` and `dataset_size` of the `dataset_info` in a card's front matter."""
    return {
        "splits": [
            {"name": split, "num_bytes": table.nbytes, "num_examples": table.num_rows}
            for split, table in tables.items()
        ],
        "dataset_size": sum(table.nbytes for table in tables.values()),
    }
