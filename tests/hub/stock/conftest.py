"""What the tests of the stock share: an empty cache for building, and the real stock for looking at what is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.hub.stock.stocking import ensure_stock
from grader.hub.store.repos import Repo, RepoStore


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder that belongs to one test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def stocked() -> list[Path]:
    """The roots of the real stock, in the user's cache; the first call on a machine downloads and builds them."""
    return ensure_stock()


@pytest.fixture(scope="session")
def served(stocked: list[Path], tmp_path_factory: pytest.TempPathFactory):
    """A function that gives a folder with the files of a served repository: `served(type, id, revision="main")`."""
    store = RepoStore(tmp_path_factory.mktemp("overlay"), stocked)
    folders: dict[tuple[str, str, str], Path] = {}

    def checked_out(repo_type: str, repo_id: str, revision: str = "main") -> Path:
        key = (repo_type, repo_id, revision)
        if key not in folders:
            folders[key] = tmp_path_factory.mktemp("repo")
            _check_out(store.find(repo_type, repo_id), revision, folders[key])
        return folders[key]

    return checked_out


def _check_out(repo: Repo, revision: str, folder: Path) -> None:
    for entry in repo.tree(repo.resolve(revision), recursive=True):
        path = folder / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.pointer:
            path.symlink_to(repo.lfs.find(entry.pointer.sha256))
        elif not entry.is_folder:
            path.write_bytes(repo.read(entry))
