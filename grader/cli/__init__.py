"""The `course` command: each command calls one function of the rooms below and says what came of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import hub
from grader.cli.output import console, errors, explained, say
from grader.settings import course_home

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The Transformers course: build, run, teach, grade.")
class_app = typer.Typer(no_args_is_help=True, help="The instructor's side: classes.")
app.add_typer(class_app, name="class")
app.add_typer(hub.app, name="hub")

Chapters = Annotated[list[int] | None, typer.Option("--chapter", "-c", help="Only this chapter; may be repeated.")]


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
            say(str(path.relative_to(course_home())))
        return
    problems = check_build(course_home())
    for problem in problems:
        errors.print(problem, markup=False)
    if problems:
        raise typer.Exit(1)
    say("chapters/ is what solutions/ makes of it.")


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
        ensure_stock(say)
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
    say(f"{folder} is a class with {len(names)} assignments: {', '.join(names)}.")
    say(f"Next: cd {folder} && nbgrader generate_assignment {names[0]} && nbgrader release_assignment {names[0]}")
