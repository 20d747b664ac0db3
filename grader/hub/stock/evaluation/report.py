"""The two reports of `course hub evaluate`: a table of scores, and the answers to everyday sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.hub.stock.cards import STAND_INS
from grader.hub.stock.evaluation import everyday
from grader.hub.stock.evaluation.serving import served
from grader.hub.stock.evaluation.tasks import TASKS

# Real models that are served as they are: everyday sentences for them, but nothing of ours to score.
REAL = {"smollm2": ("summarization", "text_generation")}


def names(chosen: Sequence[str] | None) -> list[str]:
    """The stand-ins to report on; raises `ValueError` for a name that there is none of."""
    known = [*TASKS, *REAL]
    unknown = [name for name in chosen or [] if name not in known]
    if unknown:
        raise ValueError(f"There is no model {unknown[0]!r} to evaluate; it can be one of {', '.join(known)}.")
    return list(chosen or known)


def scores(chosen: Sequence[str], folder: Path | None, console: Console) -> None:
    """Prints how good the stand-ins are on held-out data, as one table at the end."""
    table = Table(
        "task", "stand-in", "size", "score", "without any skill", "the real one", "measured on", show_lines=True
    )
    for name in chosen:
        if name not in TASKS:
            continue
        with console.status(f"Scoring {TASKS[name].title}"), served(name) as checkpoint:
            size = sum(path.stat().st_size for path in checkpoint.rglob("*.safetensors"))
            results = TASKS[name].score(checkpoint, folder)
        for number, score in enumerate(results):
            first = number == 0
            table.add_row(
                TASKS[name].title if first else "",
                f"for {STAND_INS[name].name}" if first else "",
                f"{size / 1e6:.0f} MB" if first else "",
                f"{score.measure} {score.value}",
                f"{score.baseline} ({score.baseline_is})",
                (STAND_INS[name].published or "no such figure is published") if first else "",
                f"{score.measured_on} ({score.count})",
            )
    console.print(table)


def behavior(chosen: Sequence[str], console: Console) -> None:
    """Prints the answers to everyday sentences: `+` right, `-` not what was expected, `?` for a reader to judge."""
    for name in chosen:
        with served(name) as checkpoint:
            for task in [TASKS[name].everyday] if name in TASKS else REAL[name]:
                with console.status(f"Asking {name}"):
                    entries = everyday.entries(task)
                    answers = everyday.answers(task, checkpoint, entries)
                _print_answers(f"{name}: {task}", entries, answers, console)


def _print_answers(
    title: str, entries: Sequence[everyday.Entry], answers: Sequence[everyday.Answer], console: Console
) -> None:
    judged = [answer.right for answer in answers if answer.right is not None]
    verdict = f", {sum(judged)} of {len(judged)} as expected" if judged else ""
    console.print(f"\n[bold]{title}[/], {len(entries)} everyday inputs{verdict}")
    for entry, answer in zip(entries, answers, strict=True):
        mark = {True: "+", False: "-", None: "?"}[answer.right]
        console.print(f"{mark} {everyday.question(entry)}  ->  {answer.text}", markup=False, soft_wrap=True)
