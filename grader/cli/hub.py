"""`course hub ...`: the practice hub from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from grader.cli.output import console, explained, say

app = typer.Typer(no_args_is_help=True, help="The practice hub.")


@app.command("start")
@explained
def start(port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 0):
    """Start the practice hub of this course folder, or find the one that runs."""
    from grader.hub.launch import start
    from grader.hub.stock.stocking import ensure_stock

    hub = start(stock=ensure_stock(say), port=port)
    say(f'Practice hub at {hub.url}, you are "{hub.account}". {hub.notice}'.rstrip())


@app.command("stop")
@explained
def stop():
    """Stop the practice hub of this course folder."""
    from grader.hub.launch import stop

    say("Stopped." if stop() else "No practice hub was running.")


@app.command("status")
@explained
def status():
    """Say whether the practice hub of this course folder runs, and where."""
    from grader.hub.launch import status

    hub = status()
    say(f'Practice hub at {hub.url}, you are "{hub.account}".' if hub else "No practice hub is running.")


@app.command("stock")
@explained
def stock():
    """Fetch and assemble what the practice hub serves from the start."""
    from grader.hub.stock.stocking import ensure_stock

    say(f"{len(ensure_stock(say))} repositories are in stock.")


@app.command("list")
@explained
def list_stock():
    """List what the practice hub serves from the start, and which of it is a stand-in."""
    from grader.hub.stock.recipes import RECIPES

    table = Table("repository", "kind", "license", "")
    for recipe in RECIPES:
        kind = recipe.repo_type.removesuffix("s")
        table.add_row(recipe.repo_id, kind, recipe.license, "stand-in" if recipe.stand_in else "")
    console.print(table)


@app.command("evaluate")
@explained
def evaluate(
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
