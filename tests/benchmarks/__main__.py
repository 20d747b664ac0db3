"""Prints every measurement beside its goal; ends with 1 when a goal is missed."""

from __future__ import annotations

import math
import sys

from rich.console import Console
from rich.table import Table

from tests.benchmarks import bench_chapters, bench_hub, bench_import, bench_repository

# For two quiet cores.
AT_MOST = {
    "import grader and its vocabulary (s)": 0.2,
    "hub start (s)": 1.0,
    "hub memory (MB)": 120,
    "from_pretrained, 92 MB, warm cache / local folder": 1.15,
    "from_pretrained, 270 MB, warm cache / local folder": 1.15,
    "01_transformer_models (s)": 75,
    "02_using_transformers (s)": 75,
    "03_fine_tuning (s)": 360,
    "04_sharing (s)": 75,
    "peak memory (GB)": 3.5,
    "tracked files (MB)": 60,
    "history (MB)": 60,
}
AT_LEAST = {
    "download of 540 MB, share of cp's speed": 0.6,
    "HEAD resolve (requests/s)": 400,
}


def main() -> int:
    table = Table(title="Speed and size", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("goal", justify="right")
    figures, missed = {}, []
    for bench in (bench_import, bench_hub, bench_repository, bench_chapters):
        figures |= bench.measure()
    for name, value in figures.items():
        goal = f"≤ {AT_MOST[name]:g}" if name in AT_MOST else f"≥ {AT_LEAST[name]:g}" if name in AT_LEAST else ""
        if not AT_LEAST.get(name, 0) <= value <= AT_MOST.get(name, math.inf):
            missed.append(name)
        table.add_row(name, f"{value:.2f}", goal)
    Console().print(table)
    # A goal under a name that no measurement has would never be missed.
    if unmeasured := (AT_MOST.keys() | AT_LEAST.keys()) - figures.keys():
        raise KeyError(f"Nothing measures {sorted(unmeasured)}.")
    if missed:
        print("Missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
