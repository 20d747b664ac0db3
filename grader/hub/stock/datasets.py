"""What is in each served data set repository."""

from __future__ import annotations

from pathlib import Path

from grader.hub.stock import parquet_splits
from grader.hub.stock.materials import Materials


def glue(materials: Materials, folder: Path) -> None:
    """GLUE with the real configurations, splits and columns: one parquet file a split, and the card."""
    from grader.hub.stock import glue  # imports pyarrow: slow, and not needed once the hub is stocked

    for config in glue.CONFIGS:
        parquet_splits.write(glue.splits(config), folder / config)
    (folder / "README.md").write_text(glue.card(), encoding="utf-8", newline="\n")


def small(name: str, folder: Path) -> None:
    """One of the small sets that exercises need."""
    from grader.hub.stock import sets  # imports pyarrow, too

    sets.write(name, folder)
