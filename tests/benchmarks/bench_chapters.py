"""How long all chapters take with their solutions, and how much memory: what `make run` does after its set-up."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.notebooks.run import run_chapter
from grader.notebooks.source import solutions_in

ROOT = Path(__file__).parents[2]


def measure() -> dict[str, float]:
    """Seconds for each chapter and for all, and the largest memory of a chapter's processes in GB."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [run_chapter(path, Path(folder) / f"{path.stem}.ipynb") for path in solutions_in(ROOT)]
    if failed := [f"{run.chapter} {run.failure}" for run in runs if run.failure]:
        raise RuntimeError("\n".join(failed))
    seconds = {f"{run.chapter} (s)": run.seconds for run in runs}
    return {
        **seconds,
        "all chapters (s)": sum(seconds.values()),
        "peak memory (GB)": max(run.peak_bytes for run in runs) / 1e9,
    }
