"""From fetched files to a mirrored commit: one commit without a past, under the names that it has upstream.

Its ids upstream, the long one and the short one of seven digits, are refs below `refs/mirror/`, where they are in
nobody's way. A new repository is built aside and moved to its place in one step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from dulwich.objects import Blob
from dulwich.refs import check_ref_format
from dulwich.repo import Repo as GitRepo

from grader.hub.errors import HeadMoved
from grader.hub.mirror.plans import Plan
from grader.hub.mirror.records import Record, records_of, write_records
from grader.hub.mirror.upstream import RemoteFile, Snapshot
from grader.hub.store import durable, gitfiles
from grader.hub.store.lfs import Pointer
from grader.hub.store.operations import REGULAR_FILE, Staged
from grader.hub.store.repos import Settings
from grader.hub.store.repository import AUTHOR, repo_lock, write_settings

_REFS = b"refs/mirror/"

Part = Callable[[RemoteFile], Path]  # where a file that is no large one lies, unless git has it already


def commit(root: Path, path: Path, plan: Plan, part: Part) -> Record:
    """Make the commit in the repository at `path` below `root`, a new one if need be, for the hub to see."""
    with repo_lock(root, plan.snapshot.repo_type, plan.snapshot.repo_id):
        if path.exists():
            return _write(root, path, plan, part)
        with durable.built_aside(path, tmp=root / "tmp") as aside:
            gitfiles.init_bare(aside).close()
            write_settings(aside, Settings(plan.snapshot.modified), tmp=root / "tmp")
            record = _write(root, aside, plan, part)
    return record


def _write(root: Path, path: Path, plan: Plan, part: Part) -> Record:
    """Add all objects to the repository at `path`, then the names of the commit."""
    snapshot, git, tmp = plan.snapshot, GitRepo(str(path)), root / "tmp"
    files = {}
    for file in plan.files:
        oid = file.oid.encode()
        if blob := _blob(file, part(file)):
            gitfiles.write_objects(git, [blob], tmp=tmp)
            oid = blob.id
        files[file.path.encode()] = (REGULAR_FILE, oid)
    message = f"{snapshot.repo_id} at {snapshot.sha}"
    sha, objects = gitfiles.build_commit(Staged(files), [], message=message, author=AUTHOR, when=snapshot.modified)
    gitfiles.write_objects(git, objects, tmp=tmp)
    known, named = records_of(path), git.get_refs()
    for ref in _names(snapshot, is_first=not known):
        if named.get(ref) != sha and not gitfiles.move_ref(git, ref, named.get(ref), sha):
            raise HeadMoved(f"Another program changes {plan.name}. Give the same command once more.")
    git.close()
    record = Record(
        upstream=plan.upstream.endpoint,
        revision=snapshot.revision,
        sha=snapshot.sha,
        commit=sha.decode(),
        size=plan.size,
        mirrored=int(time.time()),
        left_out=len(snapshot.files) - len(plan.files),
    )
    write_records(path, [*known, record], tmp=tmp)
    return record


def _blob(file: RemoteFile, part: Path) -> Blob | None:
    """What git is to hold for a file; None when it holds it already."""
    if file.is_large:
        return Blob.from_string(Pointer(file.oid, file.size).text())
    return Blob.from_string(part.read_bytes()) if part.exists() else None


def _names(snapshot: Snapshot, *, is_first: bool) -> list[bytes]:
    """The refs that are to name the commit; `main` only if that was asked for, or if there is none yet."""
    asked, sha = snapshot.revision.encode(), snapshot.sha.encode()
    refs = [_REFS + sha, _REFS + sha[:7]]
    if sha.startswith(asked.lower()):
        refs.append(_REFS + asked)
    elif asked != b"main":
        refs.append(asked if asked.startswith(b"refs/") else b"refs/tags/" + asked)
    if asked == b"main" or is_first:
        refs.append(b"refs/heads/main")
    return [ref for ref in dict.fromkeys(refs) if check_ref_format(ref)]
