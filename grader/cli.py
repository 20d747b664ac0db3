"""The `course` command: each command calls one function of the rooms below and says what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from grader.settings import course_home

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The Transformers course: build, run, teach, grade.")
class_app = typer.Typer(no_args_is_help=True, help="The instructor's side: classes.")
hub_app = typer.Typer(no_args_is_help=True, help="The practice hub.")
app.add_typer(class_app, name="class")
app.add_typer(hub_app, name="hub")
console = Console()
errors = Console(stderr=True, highlight=False)

Chapters = Annotated[list[int] | None, typer.Option("--chapter", "-c", help="Only this chapter; may be repeated.")]


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a chapter is stale.")] = False,
):
    """Make chapters/ from solutions/."""
    from grader.notebooks.build import build as build_chapters
    from grader.notebooks.build import check_build
    from grader.notebooks.source import SourceError

    try:
        if not check:
            for path in build_chapters(course_home()):
                console.print(path.relative_to(course_home()))
            return
        problems = check_build(course_home())
    except SourceError as error:
        _stop(str(error))
    for problem in problems:
        errors.print(problem)
    if problems:
        raise typer.Exit(1)
    console.print("chapters/ is what solutions/ makes of it.")


@app.command()
def run(chapter: Chapters = None):
    """Run the chapters, with their solutions, through papermill."""
    from grader.hub.errors import HubError
    from grader.hub.stock.stocking import ensure_stock
    from grader.learning.devices import DeviceError, pick_device
    from grader.notebooks.run import run_chapters
    from grader.settings import hub_choice

    try:
        pick_device()
        if hub_choice() == "practice":
            ensure_stock(console.print)
        runs = run_chapters(course_home(), chapters=chapter, console=console)
    except (DeviceError, FileNotFoundError, HubError, ValueError) as error:
        _stop(str(error))
    if any(run.failure or run.exercises_passed < run.exercises for run in runs):
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context):
    """Open JupyterLab on the chapters, with the practice hub up. More options go to JupyterLab."""
    from grader.learning.lab import lab_command, lab_environment

    command = lab_command(course_home(), context.args)
    os.chdir(course_home())
    os.execvpe(command[0], command, lab_environment(course_home()))


@class_app.command("new")
def class_new(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it becomes an ordinary nbgrader course.")],
    seed: Annotated[str | None, typer.Option(help="The secret from which checks draw their inputs.")] = None,
    chapter: Chapters = None,
):
    """Make an nbgrader course from the chapters."""
    from grader.classroom.course import ClassExists, new_class

    try:
        names = new_class(folder, course_home(), seed=seed, chapters=chapter)
    except (ClassExists, FileNotFoundError) as error:
        _stop(str(error))
    console.print(f"{folder} is a class with {len(names)} assignments: {', '.join(names)}.")
    console.print(
        f"Next: cd {folder} && nbgrader generate_assignment {names[0]} && nbgrader release_assignment {names[0]}"
    )


@hub_app.command("start")
def hub_start(port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 0):
    """Start the practice hub of this course folder, or find the one that runs."""
    from grader.hub.errors import HubError
    from grader.hub.launch import start
    from grader.hub.stock.stocking import ensure_stock

    try:
        hub = start(stock=ensure_stock(console.print), port=port)
    except HubError as error:
        _stop(str(error))
    console.print(f'Practice hub at {hub.url}, you are "{hub.account}".')


@hub_app.command("stop")
def hub_stop():
    """Stop the practice hub of this course folder."""
    from grader.hub.launch import stop

    console.print("Stopped." if stop() else "No practice hub was running.")


@hub_app.command("status")
def hub_status():
    """Say whether the practice hub of this course folder runs, and where."""
    from grader.hub.launch import status

    hub = status()
    console.print(f'Practice hub at {hub.url}, you are "{hub.account}".' if hub else "No practice hub is running.")


@hub_app.command("stock")
def hub_stock():
    """Fetch and assemble what the practice hub serves from the start."""
    from grader.hub.errors import HubError
    from grader.hub.stock.stocking import ensure_stock

    try:
        roots = ensure_stock(console.print)
    except HubError as error:
        _stop(str(error))
    console.print(f"{len(roots)} repositories are in stock.")


@hub_app.command("list")
def hub_list():
    """List what the practice hub serves from the start, and which of it is a stand-in."""
    from grader.hub.stock.recipes import RECIPES

    table = Table()
    for heading in ("repository", "kind", "license", ""):
        table.add_column(heading)
    for recipe in RECIPES:
        table.add_row(
            recipe.repo_id, recipe.repo_type.removesuffix("s"), recipe.license, "stand-in" if recipe.stand_in else ""
        )
    console.print(table)


def _stop(message: str) -> None:
    errors.print(f"[bold red]Error[/] {message}")
    sys.exit(2)
