"""`course hub mirror`: real repositories for the practice hub."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Column, Table

from grader.cli.output import console, explained, say
from grader.settings import state_dir

if TYPE_CHECKING:
    from grader.hub.mirror.mirror import Mirror
    from grader.hub.mirror.plans import Plan

_REAL_HUB = "https://huggingface.co"
_NAME = Column("repository", overflow="fold")


app = typer.Typer()


@app.command("mirror")
@explained
def mirror(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID[@REVISION]]...", help="ns/name, datasets/ns/name, spaces/ns/name."),
    ] = None,
    course: Annotated[bool, typer.Option("--course", help="All that the stand-ins of the course stand for.")] = False,
    source: Annotated[str, typer.Option("--from", metavar="URL", help="The hub to copy from.")] = _REAL_HUB,
    token: Annotated[
        str | None, typer.Option(help="A token of that hub. For the real Hub, HF_TOKEN is used by itself.")
    ] = None,
    include: Annotated[list[str] | None, typer.Option(help="Only files like this; may be repeated.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="No files like this; may be repeated.")] = None,
    all_files: Annotated[
        bool, typer.Option("--all-files", help="Also weights in other formats where there are safetensors.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Say what is mirrored.")] = False,
    checked: Annotated[
        bool, typer.Option("--check", help="Read it all again, and compare with where it is from.")
    ] = False,
    removed: Annotated[list[str] | None, typer.Option("--remove", metavar="ID", help="Remove one again.")] = None,
):
    """Copy models, data sets and spaces of the real Hub into the practice hub, each at one commit.

    They win over the stand-ins of the same names. A download that was interrupted goes on where it ended.
    """
    from grader.hub.mirror import selection
    from grader.hub.mirror.mirror import Mirror
    from grader.hub.mirror.upstream import Upstream, token_for
    from grader.hub.store.lfs import megabytes

    here = Mirror(state_dir() / "mirror")
    for text in removed or []:
        wanted = selection.Wanted.parse(text)
        say(f"{wanted} is removed; that freed {megabytes(here.remove(wanted))}.")
    wanted = [selection.Wanted.parse(text) for text in ids or []] + (selection.of_the_course() if course else [])
    if wanted:
        upstream = Upstream(source, token_for(source, token))
        chosen = selection.Selection(include or (), exclude or (), all_files)
        _bring(here, [here.plan(upstream, one, chosen) for one in wanted], yes)
    if listed:
        _list(here)
    if checked:
        _check(here, lambda endpoint: token_for(endpoint, token if endpoint == source.rstrip("/") else None))
    if not (wanted or listed or checked or removed):
        raise ValueError("Say what to mirror, as in: course hub mirror google-bert/bert-base-uncased. Or: --list")


def _bring(here: Mirror, plans: list[Plan], yes: bool) -> None:
    from grader.hub.store.lfs import megabytes

    table = Table(_NAME, "commit", "files", "size", "to fetch", "")
    for plan in plans:
        snapshot = plan.snapshot
        files = f"{len(plan.files)} of {len(snapshot.files)}"
        note = "not open to everybody there" if snapshot.restricted else ""
        table.add_row(plan.name, snapshot.sha[:7], files, megabytes(plan.size), megabytes(plan.missing), note)
    console.print(table)
    here.require_space(plans)
    missing = sum(plan.missing for plan in plans)
    if missing and not yes:
        typer.confirm(f"Fetch {megabytes(missing)}?", default=True, abort=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=missing)
        for plan in plans:
            here.bring(plan, lambda path, count: bar.update(task, description=escape(path), advance=count))
    for plan in plans:
        say(f"{plan.name} is mirrored at {plan.snapshot.sha}.")
    say("The practice hub of this course folder serves it from now on, in place of a stand-in of the same name.")


def _list(here: Mirror) -> None:
    from grader.hub.mirror.selection import label
    from grader.hub.store.lfs import megabytes

    table = Table(_NAME, "revision", "commit", "size", "mirrored", Column("from", overflow="fold"))
    for repo, records in here.all():
        for record in records:
            day = time.strftime("%Y-%m-%d", time.localtime(record.mirrored))
            name, size = label(repo.type, repo.id), megabytes(record.size)
            table.add_row(name, escape(record.revision), record.sha[:7], size, day, record.upstream)
    console.print(table if table.row_count else "Nothing is mirrored in this course folder.")


def _check(here: Mirror, token_for: Callable[[str], str | None]) -> None:
    from grader.hub.mirror.checking import check

    damaged = False
    for finding in check(here, token_for):
        name = f"{finding.name}@{finding.record.sha[:7]}"
        say(f"{name}: {'damaged' if finding.damaged else 'whole'}; upstream: {finding.upstream}")
        for path in finding.damaged:
            say(f"  damaged: {path}")
        damaged |= bool(finding.damaged)
    if damaged:
        say("Mirror what is damaged once more, as named above; only the damaged files are fetched.")
        raise typer.Exit(1)
