"""What is done, how many points that makes, and what comes next; kept in `.course/progress.json`."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from grader.exercises import CATALOGUE
from grader.judging.catalogue import Exercise, Question
from grader.judging.verdict import Outcome, Verdict
from grader.learning.cards import box_style, inline, points_of
from grader.settings import someone_depends_on_it, state_dir

GRAY = "120,124,130"  # red, green, blue


def progress(chapter: int | None = None) -> None:
    """Shows the points so far, chapter by chapter, and the next thing to do."""
    from IPython.display import display

    display(ProgressPanel(load(), chapter))


def record(item: Exercise | Question, verdict: Verdict) -> None:
    """Keeps the verdict of an answer; a grading run keeps nothing, since it is not the learner who works there."""
    if someone_depends_on_it() or verdict.outcome is Outcome.OUR_FAULT:
        return
    path = _path()
    # A full disk or a read-only folder must not cost the learner the feedback itself.
    with contextlib.suppress(OSError, Timeout):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two notebooks may finish an exercise at the same moment.
        with FileLock(path.with_suffix(".lock"), timeout=5):
            _keep_if_better(path, item.id, {"outcome": verdict.outcome.value, "points": verdict.points})


def _keep_if_better(path: Path, id: str, entry: dict) -> None:
    """The best result stays: going on to experiment, or opening a fresh copy of the chapter, costs nothing."""
    state = load()
    if id in state and entry["points"] <= state[id]["points"]:
        return
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(state | {id: entry}, indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(path)


def load() -> dict[str, dict]:
    """What is kept so far; a missing or damaged file counts as nothing done."""
    try:
        state = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {id: entry for id, entry in state.items() if _is_whole(entry)} if isinstance(state, dict) else {}


def _is_whole(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("points"), int | float) and "outcome" in entry


def chapters() -> list[int]:
    """The numbers of the chapters."""
    return sorted({item.chapter for item in CATALOGUE.items()})


def summary(state: dict[str, dict], chapter: int) -> tuple[float, int, Exercise | Question | None]:
    """Points earned and possible in a chapter, and its first item that is not right yet."""
    items = CATALOGUE.items(chapter)
    if not items:
        raise ValueError(
            f"There is no chapter {chapter!r}; the course has the chapters {', '.join(map(str, chapters()))}."
        )
    earned = sum(float(state.get(item.id, {}).get("points", 0)) for item in items)
    todo = next((item for item in items if state.get(item.id, {}).get("outcome") != Outcome.RIGHT.value), None)
    return earned, sum(item.points for item in items), todo


class ProgressPanel:
    """A table of the chapters as HTML and as plain text."""

    def __init__(self, state: dict[str, dict], chapter: int | None) -> None:
        chosen = chapters() if chapter is None else [chapter]
        self.rows = [(number, *summary(state, number)) for number in chosen]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.as_html(), "text/plain": self.as_text()}

    def __repr__(self) -> str:
        return self.as_text()

    def as_text(self) -> str:
        return "\n".join(
            f"Chapter {number}: {points_of(earned, total)}. {next_step(todo)}"
            for number, earned, total, todo in self.rows
        )

    def as_html(self) -> str:
        # JupyterLab aligns the cells of tables to the right and gives every second row a ground of its own.
        cell = '<td style="text-align:left;padding:2px 18px 2px 0">'
        rows = "".join(
            f'<tr style="background-color:transparent">{cell}Chapter {number}</td>'
            f'{cell}<progress value="{earned:g}" max="{total}"></progress></td>'
            f"{cell}{points_of(earned, total)}</td>{cell}{inline(next_step(todo))}</td></tr>"
            for number, earned, total, todo in self.rows
        )
        return (
            f'<div class="course-progress" style="{box_style(GRAY)}"><strong>Your progress</strong>'
            f'<table style="margin:4px 0 0">{rows}</table></div>'
        )


def next_step(todo: Exercise | Question | None) -> str:
    """What comes next, in words."""
    return f"Next: `{todo.id}`" if todo else "All done."


def _path() -> Path:
    return state_dir() / "progress.json"
