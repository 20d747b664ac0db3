"""What a hub holds, read off its roots: for the person who looks after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.hub.errors import RevisionNotFound
from grader.hub.store.repos import Repo, RepoStore


@dataclass(frozen=True)
class Holding:
    """A repository: whether it was pushed (or is in the read-only stock), and the bytes of its files on `main`."""

    repo_type: str
    repo_id: str
    private: bool
    is_pushed: bool
    size: int


def holdings(overlay: Path, stock: Sequence[Path] = ()) -> list[Holding]:
    """All repositories that a hub with these roots serves, those that were pushed first."""
    if not overlay.is_dir():  # nothing was ever pushed, and to look must not make it
        return []
    store = RepoStore(overlay, stock)
    found = [Holding(repo.type, repo.id, repo.settings.private, repo.writable, _size(repo)) for repo in store.all()]
    return sorted(found, key=lambda holding: not holding.is_pushed)


def disk_use(root: Path) -> int:
    """Bytes that the files below `root` take; a file with several names counts once."""
    sizes = {}
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            facts = path.stat()
            sizes[facts.st_dev, facts.st_ino] = facts.st_size
    return sum(sizes.values())


def _size(repo: Repo) -> int:
    try:
        return sum(entry.size for entry in repo.tree(repo.resolve(), recursive=True))
    except RevisionNotFound:  # all its branches have other names
        return 0
