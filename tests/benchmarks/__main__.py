"""Prints every measurement beside its goal; ends with 1 when a goal is missed."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from tests.benchmarks import bench_chapters, bench_hub, bench_import, bench_repository

# Upper limits, for two quiet cores.
GOALS = {
    "import grader and its vocabulary (s)": 0.2,
    "hub start (s)": 1.0,
    "hub memory (MB)": 120,
    "all chapters (s)": 300,
    "peak memory (GB)": 4,
    "tracked files (MB)": 60,
    "history (MB)": 60,
}


def main() -> int:
    table = Table(title="Speed and size", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("goal", justify="right")
    missed = []
    for bench in (bench_import, bench_hub, bench_repository, bench_chapters):
        for name, value in bench.measure().items():
            goal = GOALS.get(name)
            if goal is not None and value > goal:
                missed.append(name)
            table.add_row(name, f"{value:.2f}", "" if goal is None else f"≤ {goal:g}")
    Console().print(table)
    if missed:
        print("Missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
