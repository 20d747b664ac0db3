"""`course hub ...`: the practice hub from a terminal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from grader.cli import archive, class_hub, mirror
from grader.cli.output import console, explained, say

if TYPE_CHECKING:
    from grader.hub.inventory import Holding
    from grader.hub.server.running import RunningHub
    from grader.hub.stock.recipes import Recipe

app = typer.Typer(no_args_is_help=True, help="The practice hub.")
app.add_typer(mirror.app)
app.add_typer(archive.app)
app.add_typer(class_hub.app)


@app.command("start")
@explained
def start(port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 0):
    """Start the practice hub of this course folder, or find the one that runs."""
    from grader.hub.server.launch import start
    from grader.hub.stock.stocking import ensure_stock

    hub = start(stock=ensure_stock(say), port=port)
    say(f'Practice hub at {hub.url}, you are "{hub.account}". {hub.notice}'.rstrip())


@app.command("stop")
@explained
def stop():
    """Stop the practice hub of this course folder."""
    from grader.hub.server.launch import stop

    say("Stopped." if stop() else "No practice hub was running.")


@app.command("status")
@explained
def status():
    """Say whether the practice hub of this course folder runs, and where."""
    from grader.hub.server.launch import status

    if not (hub := status()):
        say("No practice hub is running.")
        return
    for name, value in _facts(hub).items():
        say(f"{name:<23}{value}")


def _facts(hub: RunningHub) -> dict[str, str]:
    from grader.hub.inventory import disk_use, holdings
    from grader.hub.server.launch import overlay

    mirror = overlay().with_name("mirror")
    pushed, mirrored = len(holdings(overlay())), len(holdings(mirror))
    served = len(holdings(overlay(), [mirror, *hub.stock]))
    started = datetime.fromtimestamp(process.create_time()) if (process := hub.process()) else None
    return {
        "class hub at" if hub.is_class_hub else "practice hub at": hub.url,
        "account": hub.account or "everybody their own: course hub users --list",
        "version": hub.ask("/healthz")["version"],
        "running since": f"{started:%Y-%m-%d %H:%M}" if started else "it has just stopped",
        "repositories pushed": f"{pushed}, {_in_mb(disk_use(overlay()))} MB in {overlay()}",
        "repositories mirrored": f"{mirrored}, {_in_mb(disk_use(mirror))} MB",
        "repositories in stock": f"{served - pushed - mirrored}, {_in_mb(sum(map(disk_use, hub.stock)))} MB",
    }


def _in_mb(size: int) -> str:
    return f"{size / 1e6:,.1f}"


@app.command("open")
@explained
def open_pages():
    """Open the practice hub's web pages in the browser, logged in."""
    import webbrowser

    from grader.hub.server.launch import overlay, start, status
    from grader.hub.stock.stocking import ensure_stock

    # A hub that runs is taken as it is, but for a token that it does not take any more.
    known = status()
    hub = known if known and known.is_class_hub else start(stock=None if known else ensure_stock(say))
    page = hub.page()
    webbrowser.open(page)
    say(f"This is the hub of the course folder {overlay().parent.parent}.")
    say(f"If no browser opens, open this address yourself; it works once:\n{page}")


@app.command("stock")
@explained
def stock(
    prune: Annotated[
        bool, typer.Option("--prune", help="Also remove what only other versions of the course serve. Stop hubs first.")
    ] = False,
):
    """Fetch and assemble what the practice hub serves from the start."""
    from grader.hub.stock import stocking

    roots = stocking.ensure_stock(say)
    say(f"{len(roots)} repositories are in stock.")
    if old := stocking.unused(roots):
        size = _in_mb(sum(map(stocking.size_of, old)))
        if prune:
            stocking.prune(roots)
            say(f"{len(old)} of other versions of the course were removed: {size} MB.")
        else:
            say(f"{len(old)} of other versions of the course take {size} MB; course hub stock --prune removes them.")


@app.command("list")
@explained
def list_stock():
    """List what was pushed to the practice hub and what it serves from the start, and which of it is a stand-in."""
    from grader.hub.inventory import holdings
    from grader.hub.server.launch import overlay
    from grader.hub.stock.recipes import RECIPES

    table = Table(
        Column("repository", overflow="fold"),
        *("kind", "", Column("MB", justify="right"), "license"),
        box=None,
        padding=(0, 1, 0, 0),
    )
    for title, root in {"Pushed": overlay(), "\nMirrored": overlay().with_name("mirror")}.items():
        held = holdings(root)
        table.add_row(f"[bold]{title}: {len(held)}[/]")
        for one in held:
            table.add_row(one.repo_id, _kind(one), "private" if one.private else "public", _in_mb(one.size))
    table.add_row(f"\n[bold]In stock: {len(RECIPES)}[/]")
    for recipe in RECIPES:
        note = "stand-in" if recipe.stand_in else ""
        table.add_row(recipe.repo_id, _kind(recipe), note, _in_mb(recipe.size), recipe.license)
    console.print(table)


def _kind(repository: Holding | Recipe) -> str:
    return repository.repo_type.removesuffix("s")


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
