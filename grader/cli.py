"""The `course` command: each command calls one function of the rooms below and says what came of it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from grader.settings import course_home

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The Transformers course: build, run, teach, grade.")
class_app = typer.Typer(no_args_is_help=True, help="The instructor's side: classes.")
hub_app = typer.Typer(no_args_is_help=True, help="The practice hub.")
app.add_typer(class_app, name="class")
app.add_typer(hub_app, name="hub")
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Chapters = Annotated[list[int] | None, typer.Option("--chapter", "-c", help="Only this chapter; may be repeated.")]


def _say(message: str) -> None:
    # Without markup: a path or a message may hold square brackets.
    console.print(message, markup=False)


def explained(command: Callable) -> Callable:
    """Ends a command with one clear line instead of a traceback when something foreseen is wrong."""

    @functools.wraps(command)
    def run_explained(*args: Any, **kwargs: Any) -> None:
        from grader.hub.errors import HubError

        try:
            command(*args, **kwargs)
        # A missing device is a RuntimeError of its own; wrong settings and stale sources are ValueErrors.
        except (HubError, OSError, ValueError, _device_error()) as error:
            errors.print("[bold red]Error[/]", end=" ")
            errors.print(str(error), markup=False)
            raise typer.Exit(2) from None

    return run_explained


def _device_error() -> type[Exception]:
    from grader.learning.devices import DeviceError

    return DeviceError


@app.command()
@explained
def build(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a chapter is stale.")] = False,
):
    """Make chapters/ from solutions/."""
    from grader.notebooks.build import build as build_chapters
    from grader.notebooks.build import check_build

    if not check:
        for path in build_chapters(course_home()):
            _say(str(path.relative_to(course_home())))
        return
    problems = check_build(course_home())
    for problem in problems:
        errors.print(problem, markup=False)
    if problems:
        raise typer.Exit(1)
    _say("chapters/ is what solutions/ makes of it.")


@app.command()
@explained
def run(chapter: Chapters = None):
    """Run the chapters, with their solutions, through papermill."""
    from grader.hub.stock.stocking import ensure_stock
    from grader.learning.devices import pick_device
    from grader.notebooks.run import run_chapters
    from grader.settings import hub_choice

    pick_device()
    if hub_choice() == "practice":
        ensure_stock(_say)
    runs = run_chapters(course_home(), chapters=chapter, console=console)
    if any(run.failure or run.exercises_passed < run.exercises for run in runs):
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@explained
def lab(context: typer.Context):
    """Open JupyterLab on the chapters, with the practice hub up. More options go to JupyterLab."""
    from grader.learning.lab import lab_command, lab_environment

    command = lab_command(course_home(), context.args)
    environment = lab_environment(course_home())
    os.chdir(course_home())
    os.execvpe(command[0], command, environment)


@class_app.command("new")
@explained
def class_new(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it becomes an ordinary nbgrader course.")],
    seed: Annotated[str | None, typer.Option(help="The secret from which checks draw their inputs.")] = None,
    chapter: Chapters = None,
):
    """Make an nbgrader course from the chapters."""
    from grader.classroom.course import new_class

    names = new_class(folder, course_home(), seed=seed, chapters=chapter)
    _say(f"{folder} is a class with {len(names)} assignments: {', '.join(names)}.")
    _say(f"Next: cd {folder} && nbgrader generate_assignment {names[0]} && nbgrader release_assignment {names[0]}")


@hub_app.command("start")
@explained
def hub_start(port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 0):
    """Start the practice hub of this course folder, or find the one that runs."""
    from grader.hub.launch import start
    from grader.hub.stock.stocking import ensure_stock

    hub = start(stock=ensure_stock(_say), port=port)
    _say(f'Practice hub at {hub.url}, you are "{hub.account}". {hub.notice}'.rstrip())


@hub_app.command("stop")
@explained
def hub_stop():
    """Stop the practice hub of this course folder."""
    from grader.hub.launch import stop

    _say("Stopped." if stop() else "No practice hub was running.")


@hub_app.command("status")
@explained
def hub_status():
    """Say whether the practice hub of this course folder runs, and where."""
    from grader.hub.launch import status

    hub = status()
    _say(f'Practice hub at {hub.url}, you are "{hub.account}".' if hub else "No practice hub is running.")


@hub_app.command("stock")
@explained
def hub_stock():
    """Fetch and assemble what the practice hub serves from the start."""
    from grader.hub.stock.stocking import ensure_stock

    _say(f"{len(ensure_stock(_say))} repositories are in stock.")


@hub_app.command("list")
@explained
def hub_list():
    """List what the practice hub serves from the start, and which of it is a stand-in."""
    from grader.hub.stock.recipes import RECIPES

    table = Table("repository", "kind", "license", "")
    for recipe in RECIPES:
        kind = recipe.repo_type.removesuffix("s")
        table.add_row(recipe.repo_id, kind, recipe.license, "stand-in" if recipe.stand_in else "")
    console.print(table)


@hub_app.command("evaluate")
@explained
def hub_evaluate(
    data: Annotated[Path | None, typer.Option(help="Folder of copies of the held-out data; default: by id.")] = None,
    model: Annotated[list[str] | None, typer.Option("--model", "-m", help="Only this one; may be repeated.")] = None,
    everyday: Annotated[bool, typer.Option("--everyday", help="Also show answers to everyday sentences.")] = False,
):
    """Score the stand-ins on real held-out data, beside what is known of the models that they stand for."""
    from grader.hub.stock.evaluation import report

    chosen = report.names(model)
    report.scores(chosen, data, console)
    if everyday:
        report.behavior(chosen, console)
