"""`course hub export`, `import` and `reset`: all that was pushed to the practice hub, kept, brought back or removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.output import explained, say
from grader.settings import state_dir

if TYPE_CHECKING:
    from grader.hub.store.archive import Manifest
    from grader.hub.store.repos import Repo

app = typer.Typer()


@app.command("export")
@explained
def export(
    file: Annotated[Path, typer.Argument(help="The archive to write: FILE.tar or FILE.tar.gz.")],
    with_mirror: Annotated[bool, typer.Option("--with-mirror", help="Also what was mirrored.")] = False,
):
    """Write all that was pushed to the practice hub, and its accounts, into one archive. It may run meanwhile."""
    from grader.hub.store import archive

    roots = _roots() if with_mirror else {archive.OVERLAY: _roots()[archive.OVERLAY]}
    manifest = archive.export(file, roots)
    say(f"{file} holds {_contents(manifest)}.")
    if any(name.endswith("accounts.json") for name in manifest.files):
        say("It also holds the accounts and private repositories: keep it as you keep passwords.")


@app.command("import")
@explained
def import_(
    file: Annotated[Path, typer.Argument(help="An archive that `course hub export` wrote.")],
    into_existing: Annotated[
        bool, typer.Option("--into-existing", help="Add to what was pushed already; clashes of names are refused.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="With --into-existing: where names clash, the archive wins.")
    ] = False,
):
    """Bring back what `course hub export` wrote: all of it, or nothing if something is wrong."""
    from grader.hub.store.restore import restore

    if replace and not into_existing:
        raise ValueError("--replace goes with --into-existing. Nothing was changed.")
    manifest = restore(file, _roots(), merge=into_existing, replace=replace)
    say(f"Imported {_contents(manifest)}.")


@app.command("reset")
@explained
def reset(
    name: Annotated[str | None, typer.Argument(help="ns/name, datasets/ns/name or spaces/ns/name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was pushed. Accounts and tokens stay.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
):
    """Remove a repository that was pushed to the practice hub, or all. One of the stock is served as at first again."""
    from grader.hub.mirror.selection import Wanted
    from grader.hub.server.launch import stop
    from grader.hub.store import archive, reset

    if everything == bool(name):
        raise ValueError("Say which repository to reset, or --all. Nothing was changed.")
    overlay = _roots()[archive.OVERLAY]
    if name:
        wanted = Wanted.parse(name)
        doomed = [reset.pushed_as(overlay, wanted.repo_type, wanted.repo_id)]
    else:
        doomed = reset.pushed(overlay) if overlay.exists() else []
    if not doomed:
        say("Nothing was pushed to this practice hub, so there is nothing to reset.")
        return
    for repo in doomed:
        say(_line(repo))
    if not yes:
        typer.confirm("Remove this for good?", abort=True)
    if name:
        reset.remove(overlay, doomed[0])
        say("Removed.")
    else:
        stopped = stop()
        reset.remove_all(overlay)
        say(
            "Removed."
            + (" The practice hub was stopped for that; `course hub start` starts it again." if stopped else "")
        )


def _roots() -> dict[str, Path]:
    from grader.hub.store.archive import MIRROR, OVERLAY

    return {OVERLAY: state_dir() / "hub", MIRROR: state_dir() / "mirror"}


def _contents(manifest: Manifest) -> str:
    from grader.hub.store.lfs import megabytes

    counts = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in manifest.counts().items() if count)
    return f"{counts or 'no repository'} ({megabytes(manifest.size)})"


def _line(repo: Repo) -> str:
    from grader.hub.errors import RevisionNotFound
    from grader.hub.mirror.selection import label
    from grader.hub.store.lfs import megabytes

    try:
        sha = repo.resolve()
        commits, files = (
            len(list(repo.log(sha))),
            [item for item in repo.tree(sha, recursive=True) if not item.is_folder],
        )
        held = f"{commits} commits, {len(files)} files, {megabytes(sum(item.size for item in files))}"
    except RevisionNotFound:
        held = "no branch main"
    return f"  {label(repo.type, repo.id)}: {held}"
