"""The repositories of the practice hub: a writable overlay above read-only stock.

Layout of a root, the same for overlay and stock:

- `repos/{models|datasets|spaces}/{namespace}/{name}.git`: bare git repositories, with `hub.json` for what git has no
  place for;
- `lfs/`: the large files of all repositories of this root;
- `aliases.json`: old names: those of one segment such as `bert-base-uncased`, and those of moved repositories;
- `locks/`, `tmp/`: only in a root that is written to; `tmp` holds nothing but what is just being written.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grader.hub.errors import AlreadyExists, BadRequest, RepoNotFound
from grader.hub.store import durable, gitfiles
from grader.hub.store.lfs import LfsStore, standard_gitattributes
from grader.hub.store.names import REPO_TYPES, check_repo_id
from grader.hub.store.operations import Add, AddLarge, Delete, Operation
from grader.hub.store.reading import Entry, Settings
from grader.hub.store.repository import AUTHOR, Repo, repo_lock, write_settings

__all__ = ["Add", "AddLarge", "Delete", "Entry", "Operation", "Repo", "RepoStore", "Settings"]


class RepoStore:
    """All repositories: those of the writable `root`, then those of the read-only `stock` roots in their order."""

    def __init__(self, root: Path, stock: Sequence[Path] = ()):
        self.root = Path(root)
        self.stock = tuple(Path(path) for path in stock)
        self.lfs = LfsStore(self.root, self.stock)
        self._opened: dict[Path, Repo] = {}
        for folder in ("repos", "lfs", "locks", "tmp"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)

    def create(
        self,
        repo_type: str,
        repo_id: str,
        *,
        private: bool = False,
        sdk: str | None = None,
        author: str = AUTHOR,
        when: int | None = None,
    ) -> Repo:
        """Make a repository with its first commit, which holds the standard `.gitattributes`; raises `AlreadyExists`.

        `when` (Unix seconds, default now) dates the first commit: with it all shas of the repository are reproducible.
        """
        _check_type(repo_type)
        check_repo_id(repo_id)
        settings = Settings(int(time.time()) if when is None else when, private, sdk)
        with repo_lock(self.root, repo_type, repo_id):
            if self._open(repo_type, repo_id):
                raise AlreadyExists(f"There is a repository {repo_id} among the {repo_type} already.")
            with durable.built_aside(_place(self.root, repo_type, repo_id), tmp=self.root / "tmp") as path:
                self._build(path, repo_type, repo_id, settings, author)
        # A push to the new repository must not land in the one that the name stood for before.
        with self._changing_aliases(repo_type) as aliases:
            aliases.pop(repo_id, None)
        return self.find(repo_type, repo_id)

    def find(self, repo_type: str, repo_id: str) -> Repo:
        """The repository of this name or old name; raises `RepoNotFound`."""
        _check_type(repo_type)
        if found := self._open(repo_type, repo_id):
            return found
        for root in (self.root, *self.stock):
            aliases, known_as = _read_aliases(root).get(repo_type, {}), repo_id
            while known_as := aliases.pop(known_as, None):  # it may have moved more than once
                if found := self._open(repo_type, known_as):
                    return found
        raise RepoNotFound(f"There is no repository {repo_id!r} among the {repo_type} of this hub.")

    def all(self, repo_type: str | None = None) -> list[Repo]:
        """Every repository of this type, or of all types one after the other, by id."""
        if repo_type is None:
            return [repo for each in REPO_TYPES for repo in self.all(each)]
        _check_type(repo_type)
        ids = {
            f"{path.parent.name}/{path.name.removesuffix('.git')}"
            for root in (self.root, *self.stock)
            for path in (root / "repos" / repo_type).glob("*/*.git")
        }
        return [repo for repo_id in sorted(ids) if (repo := self._open(repo_type, repo_id))]

    def move(self, repo: Repo, new_id: str) -> Repo:
        """Rename a repository, which is served under its old name too from then on; raises `AlreadyExists`."""
        repo.refuse_stock()
        check_repo_id(new_id)
        with ExitStack() as locks:
            for repo_id in sorted({repo.id, new_id}):  # always in this order: two moves must not wait for each other
                locks.enter_context(repo_lock(self.root, repo.type, repo_id))
            if not repo.path.exists():
                raise RepoNotFound(f"{repo.id} was deleted or renamed meanwhile.")
            if self._open(repo.type, new_id):
                raise AlreadyExists(f"There is a repository {new_id} among the {repo.type} already. Nothing was moved.")
            # First the old name, which says nothing as long as there is a repository of that name.
            with self._changing_aliases(repo.type) as aliases:
                aliases[repo.id] = new_id
            repo.git.close()
            path = _place(self.root, repo.type, new_id)
            durable.make_folder(path.parent)
            os.rename(repo.path, path)
            durable.sync_folder(path.parent)
            durable.sync_folder(repo.path.parent)
            self._opened.pop(repo.path, None)
            with self._changing_aliases(repo.type) as aliases:
                aliases.pop(new_id, None)
        return self.find(repo.type, new_id)

    def delete(self, repo: Repo) -> None:
        """Remove a repository for good. Its large files stay: other repositories may hold the same ones."""
        with repo.writing():
            repo.git.close()
            doomed = Path(tempfile.mkdtemp(dir=self.root / "tmp"))
            os.rename(repo.path, doomed / "git")
            durable.sync_folder(repo.path.parent)
            self._opened.pop(repo.path, None)
        with self._changing_aliases(repo.type) as aliases:
            for old in [old for old, known_as in aliases.items() if known_as == repo.id]:
                del aliases[old]  # a later repository of this name is another one
        shutil.rmtree(doomed, ignore_errors=True)

    def alias(self, repo_type: str, old_id: str, repo_id: str) -> None:
        """Serve the repository `repo_id` under an old name too."""
        _check_type(repo_type)
        with self._changing_aliases(repo_type) as aliases:
            aliases[old_id] = repo_id

    def clear_leftovers(self) -> None:
        """Remove what killed processes left half written; only for the one process that is about to serve this root."""
        for leftover in (self.root / "tmp").iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)

    def _build(self, path: Path, repo_type: str, repo_id: str, settings: Settings, author: str) -> None:
        gitfiles.init_bare(path).close()
        write_settings(path, settings, tmp=self.root / "tmp")
        repo = Repo(self.root, repo_type, repo_id, self.lfs, path=path, writable=True)
        repo.commit_unlocked(
            [Add(".gitattributes", standard_gitattributes(repo_type))],
            "initial commit",
            author=author,
            when=settings.created,
        )
        repo.git.close()

    def _open(self, repo_type: str, repo_id: str) -> Repo | None:
        try:
            check_repo_id(repo_id)
        except BadRequest:  # nothing can have this name, and it must not become a path
            return None
        for root in (self.root, *self.stock):
            path = _place(root, repo_type, repo_id)
            if not os.path.exists(f"{path}/hub.json"):
                self._opened.pop(path, None)
                continue
            if path not in self._opened:
                writable = root == self.root
                self._opened[path] = Repo(root, repo_type, repo_id, self.lfs, path=path, writable=writable)
            return self._opened[path]
        return None

    @contextmanager
    def _changing_aliases(self, repo_type: str) -> Iterator[dict[str, str]]:
        """The old names of this type with what they stand for, to be changed inside and kept afterwards."""
        with repo_lock(self.root, "aliases", "all"):
            aliases = _read_aliases(self.root)
            known = aliases.setdefault(repo_type, {})
            before = dict(known)
            yield known
            if known != before:
                text = json.dumps(aliases, indent=1, sort_keys=True)
                durable.write(self.root / "aliases.json", text.encode(), tmp=self.root / "tmp")
                durable.sync_folder(self.root)


def _place(root: Path, repo_type: str, repo_id: str) -> Path:
    return root / f"repos/{repo_type}/{repo_id}.git"  # one step: a Path takes its time for each, and each request asks


def _read_aliases(root: Path) -> dict[str, dict[str, str]]:
    try:
        return json.loads((root / "aliases.json").read_bytes())
    except FileNotFoundError:
        return {}


def _check_type(repo_type: str) -> None:
    if repo_type not in REPO_TYPES:
        raise BadRequest(f"{repo_type!r} is no type of repository; there are {', '.join(REPO_TYPES)}.")
