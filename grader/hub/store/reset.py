"""Back to the start: what was pushed to a hub is removed, so that the stock alone is served again."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.hub.errors import RepoNotFound
from grader.hub.store.repos import Repo, RepoStore


def pushed(root: Path) -> list[Repo]:
    """All repositories of a writable root."""
    return RepoStore(root).all()


def pushed_as(root: Path, repo_type: str, repo_id: str) -> Repo:
    """The repository of this name in a writable root; raises `RepoNotFound`."""
    try:
        return RepoStore(root).find(repo_type, repo_id)
    except RepoNotFound:
        raise RepoNotFound(
            f"Nothing was pushed to {repo_id!r} among the {repo_type} of this hub, so there is nothing to reset. "
            "For data sets and spaces write datasets/... or spaces/... before the name."
        ) from None


def remove(root: Path, repo: Repo) -> None:
    """Remove one repository for good, whether or not a hub serves it."""
    RepoStore(root).delete(repo)


def remove_all(root: Path) -> None:
    """Remove all repositories, large files and old names for good; no hub may serve them meanwhile. Accounts stay."""
    store = RepoStore(root)
    for repo in store.all():
        store.delete(repo)
    (root / "aliases.json").unlink(missing_ok=True)
    shutil.rmtree(root / "lfs")
    (root / "lfs").mkdir()
    store.clear_leftovers()
