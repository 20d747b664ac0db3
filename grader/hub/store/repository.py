"""One repository, to read and to write: an ordinary bare git repository with its large files in an LFS store."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from filelock import FileLock

from grader.hub.errors import AlreadyExists, Forbidden, HeadMoved, RepoNotFound, RevisionNotFound
from grader.hub.store import durable, gitfiles
from grader.hub.store.lfs import LfsStore
from grader.hub.store.names import check_branch, check_ref_name
from grader.hub.store.operations import Operation, Staged, stage
from grader.hub.store.reading import RepoReader, Settings

AUTHOR = "practice-hub"


class Repo(RepoReader):
    """A repository of a `RepoStore`, which makes these objects. One in the stock can only be read.

    Writing happens under a lock that also holds between processes. All objects are on the disk before a branch moves,
    and it moves only from the commit that the new one was built on.
    """

    def __init__(self, root: Path, repo_type: str, repo_id: str, lfs: LfsStore, *, path: Path, writable: bool):
        super().__init__(path, repo_type, repo_id, lfs)
        self.writable = writable
        self._root = root

    def commit(
        self,
        operations: Sequence[Operation],
        message: str,
        *,
        branch: str = "main",
        parent: str | None = None,
        author: str = AUTHOR,
        when: int | None = None,
    ) -> str:
        """Write one commit on `branch` and return its sha (40 hex), the same one for the same inputs.

        `branch` may also be a pull request (`refs/pr/1`). `parent` (whole or short sha) is the newest commit that the
        caller knows, `when` is in Unix seconds (default: now). Raises `HeadMoved` if the branch is not at `parent`,
        `RevisionNotFound` if there is no such branch,
        `BadRequest` or `EntryNotFound` for an operation that cannot be done; then nothing has changed.
        """
        with self.writing():
            return self.commit_unlocked(
                operations, message, branch=branch, parent=parent, author=author, when=now() if when is None else when
            )

    def commit_unlocked(
        self,
        operations: Sequence[Operation],
        message: str,
        *,
        branch: str = "main",
        parent: str | None = None,
        onto: str | None = None,
        author: str,
        when: int,
    ) -> str:
        """As `commit`, for one who holds the lock (`writing`) or is the only one to know the repository yet.

        `onto` is the commit (40 hex) that a branch which is not there yet starts from.
        """
        ref = check_branch(branch)
        head = self.read_ref(ref)
        if head is None and onto is None and self.branches():
            raise RevisionNotFound(f"{self.id} has no branch {branch!r}; create the branch first.")
        if parent is not None and not (head or b"").decode().startswith(parent.lower()):
            raise HeadMoved(
                f"The branch {branch!r} of {self.id} is not at commit {parent[:12]} any more. Nothing was written; "
                "look at the newer commits, then send yours again."
            )
        start = head.decode() if head else onto
        staged = stage(operations, self.files(start), self.lfs, self.read_blob)
        return self.record(staged, ref, [start] if start else [], message=message, author=author, when=when)

    def record(
        self, staged: Staged, ref: bytes, parents: Sequence[str], *, message: str, author: str, when: int
    ) -> str:
        """Write a commit of the staged files and let `ref` name it; for one who holds the lock."""
        before = self.read_ref(ref)
        commit, objects = gitfiles.build_commit(
            staged, [parent.encode() for parent in parents], message=message, author=author, when=when
        )
        gitfiles.write_objects(self.git, objects, tmp=self._root / "tmp")
        if not gitfiles.move_ref(self.git, ref, before, commit):
            raise HeadMoved(f"{ref.decode()} of {self.id} moved meanwhile. Send the commit again.")
        return commit.decode()

    def squash(self, branch: str, message: str, *, author: str = AUTHOR) -> str:
        """Replace the history of a branch for good by one commit with the same files; returns its sha (40 hex)."""
        ref = b"refs/heads/" + check_ref_name(branch.removeprefix("refs/heads/"))
        with self.writing():
            head = self.read_ref(ref)
            if head is None:
                raise RevisionNotFound(f"{self.id} has no branch {branch!r}.")
            return self.record(Staged(self.files(head.decode())), ref, [], message=message, author=author, when=now())

    def tag(self, name: str, revision: str = "main", *, message: str = "", when: int | None = None) -> None:
        """Name a revision for good, with a `message` as an annotated tag; raises `AlreadyExists`."""
        raw = check_ref_name(name)
        with self.writing():
            target = self.resolve(revision).encode()
            if message:
                dated = now() if when is None else when
                annotated = gitfiles.build_tag(raw, target, message=message, author=AUTHOR, when=dated)
                gitfiles.write_objects(self.git, [annotated], tmp=self._root / "tmp")
                target = annotated.id
            self._new_ref(b"refs/tags/" + raw, target)

    def create_branch(self, name: str, revision: str = "main") -> None:
        """Start a branch at a revision; raises `AlreadyExists`."""
        raw = check_ref_name(name)
        with self.writing():
            self._new_ref(b"refs/heads/" + raw, self.resolve(revision).encode())

    def delete_branch(self, name: str) -> None:
        """Remove a branch other than `main`."""
        if name == "main":
            raise Forbidden("The branch 'main' is the one that everybody gets; it cannot be deleted.")
        self._delete_ref(b"refs/heads/" + check_ref_name(name))

    def delete_tag(self, name: str) -> None:
        """Remove a tag; the commit stays."""
        self._delete_ref(b"refs/tags/" + check_ref_name(name))

    def set_private(self, private: bool) -> None:
        """Show the repository to its owner only, or to everybody."""
        self.change_settings(lambda settings: replace(settings, private=private))

    def change_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        """Store what `change` makes of the settings as they are now."""
        with self.writing():
            settings = change(self.settings)
            write_settings(self.path, settings, tmp=self._root / "tmp")
        return settings

    def write_beside(self, name: str, content: bytes) -> None:
        """Keep `content` in the file `name` beside git's own files; for one who holds the lock."""
        durable.write(self.path / name, content, tmp=self._root / "tmp")
        durable.sync_folder((self.path / name).parent)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The right to write to this repository, held by one thread of one process at a time."""
        self.refuse_stock()
        with repo_lock(self._root, self.type, self.id):
            if not self.path.exists():
                raise RepoNotFound(f"{self.id} was deleted meanwhile.")
            gitfiles.remove_stale_locks(self.git)
            yield

    def refuse_stock(self) -> None:
        """Raises `Forbidden` if the repository can only be read."""
        if not self.writable:
            raise Forbidden(
                f"{self.id} belongs to the hub's read-only stock: nothing can be pushed to it, changed or discussed "
                "there. Use a repository of your own."
            )

    def _new_ref(self, ref: bytes, target: bytes) -> None:
        if not gitfiles.move_ref(self.git, ref, None, target):
            raise AlreadyExists(f"{self.id} has {ref.decode()} already.")

    def _delete_ref(self, ref: bytes) -> None:
        with self.writing():
            if self.read_ref(ref) is None:
                raise RevisionNotFound(f"{self.id} has no {ref.decode()}.")
            gitfiles.delete_ref(self.git, ref, None)


def repo_lock(root: Path, repo_type: str, repo_id: str) -> FileLock:
    """The lock of one repository name. Each call makes a new one, so that it also holds between threads."""
    name = f"{repo_type}--{repo_id.replace('/', '--')}.lock"
    return FileLock(root / "locks" / name, poll_interval=0.005)


def write_settings(path: Path, settings: Settings, *, tmp: Path) -> None:
    """Put `settings` into the repository at `path`."""
    durable.write(path / "hub.json", json.dumps(asdict(settings), indent=1).encode(), tmp=tmp)


def now() -> int:
    """Unix seconds."""
    return int(time.time())
