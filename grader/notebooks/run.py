"""All chapters through papermill, with their solutions: does every cell run, is every exercise judged right?"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.notebooks.source import chosen_solutions, exercise_of, source_notebook

CELL_SECONDS = 900
# A kernel warns at each start that its connection is not encrypted; it is one on this machine.
QUIET_KERNEL = ["--log-level=ERROR"]
# Cells that papermill adds to a notebook: they are not the author's.
PAPERMILLS_OWN = {"papermill-error-cell-tag", "injected-parameters"}


@dataclass(frozen=True)
class ChapterRun:
    """What became of one chapter. `failure` is empty when every cell ran and every exercise was right."""

    chapter: str
    cells: int
    exercises_passed: int
    exercises: int
    points: int
    total_points: int
    seconds: float
    peak_bytes: int
    failure: str


def run_chapters(
    course: Path, *, chapters: list[int] | None = None, console: Console | None = None, parameters: dict | None = None
) -> list[ChapterRun]:
    """Runs the chapters one after the other; executed notebooks land in `build/`."""
    console = console or Console()
    solutions = chosen_solutions(course, chapters)
    runs = [run_chapter(path, course / "build" / f"{path.stem}.ipynb", parameters=parameters) for path in solutions]
    console.print(as_table(runs))
    for run in runs:
        if run.failure:
            console.print(Text(run.chapter, style="bold red"), run.failure, markup=False, highlight=False)
    return runs


def run_chapter(source: Path, target: Path, *, parameters: dict | None = None) -> ChapterRun:
    """Executes the complete notebook of one chapter into `target`."""
    notebook = source_notebook(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    started, failure = time.monotonic(), ""
    with _environment(COURSE_RUN="1", COURSE_HOME=str(source.resolve().parent.parent)), _peak_memory() as memory:
        try:
            executed = papermill.execute_notebook(
                notebook,
                str(target),
                parameters=parameters or {},
                kernel_name="python3",
                cwd=str(source.parent),
                execution_timeout=CELL_SECONDS,
                progress_bar={"desc": source.stem, "unit": "cell"},
                extra_arguments=QUIET_KERNEL,
            )
        except PapermillExecutionError as error:
            executed = nbformat.read(target, as_version=4)
            failure = _describe(executed, f"{error.ename}: {error.evalue}")
        except (DeadKernelError, CellTimeoutError) as error:
            executed = nbformat.read(target, as_version=4)
            failure = _describe(executed, f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}")
    passed = [cell for cell in executed.cells if _points(cell) and _ran_well(cell)]
    graded = [cell for cell in notebook.cells if _points(cell)]
    return ChapterRun(
        chapter=source.stem,
        cells=sum(cell.cell_type == "code" for cell in notebook.cells),
        exercises_passed=len(passed),
        exercises=len(graded),
        points=sum(map(_points, passed)),
        total_points=sum(map(_points, graded)),
        seconds=time.monotonic() - started,
        peak_bytes=memory["peak"],
        failure=failure,
    )


def as_table(runs: list[ChapterRun]) -> Table:
    table = Table(title="Chapters with their solutions", title_justify="left")
    table.add_column("chapter")
    for heading in ("cells", "exercises", "points", "seconds", "peak memory"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for run in runs:
        table.add_row(
            run.chapter,
            str(run.cells),
            f"{run.exercises_passed} / {run.exercises}",
            f"{run.points} / {run.total_points}",
            f"{run.seconds:.1f}",
            f"{run.peak_bytes / 1e9:.2f} GB",
            "[red]failed[/]" if run.failure else "[green]ok[/]",
        )
    table.add_section()
    table.add_row(
        "all",
        str(sum(run.cells for run in runs)),
        f"{sum(run.exercises_passed for run in runs)} / {sum(run.exercises for run in runs)}",
        f"{sum(run.points for run in runs)} / {sum(run.total_points for run in runs)}",
        f"{sum(run.seconds for run in runs):.1f}",
        f"{max(run.peak_bytes for run in runs) / 1e9:.2f} GB",
        "",
    )
    return table


def _points(cell: NotebookNode) -> int:
    nbgrader = cell.metadata.get("nbgrader", {})
    return int(nbgrader["points"]) if nbgrader.get("grade") else 0


def _ran_well(cell: NotebookNode) -> bool:
    executed = cell.get("execution_count") is not None
    return executed and not any(output.output_type == "error" for output in cell.outputs)


def _describe(executed: NotebookNode, error: str) -> str:
    """Cell, exercise and error in a line or two; the cell is counted as in the source."""
    cells = [cell for cell in executed.cells if PAPERMILLS_OWN.isdisjoint(cell.metadata.get("tags", []))]
    number = next((i for i, cell in enumerate(cells, 1) if _stopped(cell)), len(cells))
    cell = cells[number - 1]
    exercise = f", exercise {exercise_of(cell)}" if exercise_of(cell) else ""
    first_line = cell.source.strip().partition("\n")[0]
    return f"stopped at cell {number}{exercise} ({first_line})\n  {error}"


def _stopped(cell: NotebookNode) -> bool:
    """Whether a cell raised, or was being executed when its kernel died or its time was up."""
    raised = any(output.output_type == "error" for output in cell.get("outputs", []))
    return raised or cell.metadata.get("papermill", {}).get("status") in ("running", "failed")


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _peak_memory(every: float = 0.25) -> Iterator[dict[str, int]]:
    """The largest memory, in bytes, of all child processes together while this is open."""
    memory, done = {"peak": 0}, threading.Event()

    def watch() -> None:
        own = psutil.Process()
        while not done.wait(every):
            total = 0
            for child in own.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    # A forked process shares most of its pages with the kernel: Linux can say whose share is how large.
                    memory_now = child.memory_full_info() if psutil.LINUX else child.memory_info()
                    total += getattr(memory_now, "pss", memory_now.rss)
            memory["peak"] = max(memory["peak"], total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        done.set()
        watcher.join()
