"""What is in each served data set repository."""

from __future__ import annotations

from pathlib import Path

from grader.hub.stock.materials import Materials


def glue(materials: Materials, folder: Path) -> None:
    """GLUE with the real configurations, splits and columns: one parquet file a split, and the card."""
    import pyarrow.parquet as parquet  # slow to import, and not needed once the hub is stocked

    from grader.hub.stock import glue

    for config in glue.CONFIGS:
        (folder / config).mkdir(parents=True, exist_ok=True)
        for split, table in glue.splits(config).items():
            parquet.write_table(table, folder / config / f"{split}-00000-of-00001.parquet", compression="zstd")
    (folder / "README.md").write_text(glue.card(), encoding="utf-8", newline="\n")


def small(name: str, folder: Path) -> None:
    """One of the small sets that exercises need."""
    from grader.hub.stock import sets  # imports pyarrow, too

    sets.write(name, folder)
