"""The mirrored repositories of a course folder: bringing, listing, checking and removing them.

What arrives is collected in `parts/` by its checksum, so a command that was interrupted goes on where it ended. The hub
serves all of a commit or nothing.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dulwich.errors import ObjectFormatException
from dulwich.objects import Blob
from dulwich.repo import Repo as GitRepo
from filelock import FileLock, Timeout

from grader.hub.errors import HubError, OutOfSpace, RepoNotFound
from grader.hub.mirror import download
from grader.hub.mirror.commits import commit
from grader.hub.mirror.plans import Plan
from grader.hub.mirror.records import Record, records_of
from grader.hub.mirror.selection import Selection, Wanted, label
from grader.hub.mirror.upstream import RemoteFile, Snapshot, Upstream
from grader.hub.store.lfs import megabytes, parse_pointer, sha256_of
from grader.hub.store.repos import Repo, RepoStore

_RESERVE = 200_000_000  # bytes of the disk that are left alone
_UNREADABLE = (KeyError, ValueError, OSError, ObjectFormatException, zlib.error)

Progress = Callable[[str, int], None]  # called with the path of a file and the number of bytes that came in


class Mirror:
    """The mirrored repositories in `root`, a root like that of the stock."""

    def __init__(self, root: Path):
        self.root = Path(root)
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)  # some of it may be private upstream
        self.store = RepoStore(self.root)
        self._parts = self.root / "parts"
        self._parts.mkdir(exist_ok=True)

    def plan(self, upstream: Upstream, wanted: Wanted, selection: Selection) -> Plan:
        """Ask upstream what there is; raises `HubError` when there is nothing to take."""
        snapshot = upstream.snapshot(wanted.repo_type, wanted.repo_id, wanted.revision)
        files = selection.of(snapshot.files)
        if not files:
            raise HubError(f"{wanted} has no file that the patterns choose. Nothing was fetched.")
        git = self._git(snapshot)
        return Plan(upstream, snapshot, files, sum(self._missing(file, git) for file in _distinct(files)))

    def require_space(self, plans: Sequence[Plan]) -> None:
        """Raises `OutOfSpace` when the disk has no room for what the plans are to fetch."""
        missing, free = sum(plan.missing for plan in plans), shutil.disk_usage(self.root).free
        if missing + _RESERVE > free:
            raise OutOfSpace(
                f"{megabytes(missing)} are to be fetched, and {megabytes(_RESERVE)} of the disk stay free; there are "
                f"{megabytes(free)} ({self.root}). Nothing was fetched. Free some space, or leave files out with "
                "--exclude."
            )

    def bring(self, plan: Plan, progress: Progress) -> Record:
        """Fetch and verify what is missing and let the hub serve it.

        Files that are here already are verified too, and fetched anew when they are damaged. Whatever ends this, what
        came in is kept. Raises `OutOfSpace` before anything is fetched, `HubError` when upstream fails.
        """
        self.require_space([plan])
        with self._alone(), self._disk_full_explained():
            self.store.clear_leftovers()
            for file in _distinct(plan.files):
                self._fetch(plan, file, progress)
            snapshot = plan.snapshot
            try:
                record = commit(self.root, self._path(snapshot), plan, self._part)
            except (ObjectFormatException, zlib.error):
                raise HubError(
                    f"What is here of {plan.name} is damaged beyond its files. Remove it "
                    f"(course hub mirror --remove {plan.name}), then mirror it again."
                ) from None
            if snapshot.asked_id != snapshot.repo_id:
                self.store.alias(snapshot.repo_type, snapshot.asked_id, snapshot.repo_id)
            for file in plan.files:
                self._part(file).unlink(missing_ok=True)
        return record

    def all(self) -> Iterator[tuple[Repo, list[Record]]]:
        """Every mirrored repository with its commits, oldest first."""
        for repo in self.store.all():
            yield repo, records_of(repo.path)

    def remove(self, wanted: Wanted) -> int:
        """Remove a repository with all its mirrored commits; returns how many bytes of large files that freed."""
        with self._alone():
            try:
                self.store.delete(self.store.find(wanted.repo_type, wanted.repo_id))
            except RepoNotFound:
                raise RepoNotFound(f"{label(wanted.repo_type, wanted.repo_id)} is not mirrored here.") from None
            return self._sweep()

    def damaged(self, repo: Repo, record: Record) -> list[str]:
        """Read all files of a mirrored commit; the paths of those that are not what they were."""
        try:
            files = repo.files(record.commit)
        except _UNREADABLE:
            return ["git's list of the files"]
        return [path.decode() for path, (_, oid) in files.items() if not self._is_whole(repo, oid)]

    def _is_whole(self, repo: Repo, oid: bytes) -> bool:
        """Is the blob what it was, and the large file that it may stand for, too?"""
        if (blob := _sound_blob(repo.git, oid)) is None:
            return False
        if not (pointer := parse_pointer(blob.data)):
            return True
        place = self.store.lfs.find(pointer.sha256)
        return place is not None and sha256_of(place) == pointer.sha256

    def _git(self, snapshot: Snapshot) -> GitRepo | None:
        path = self._path(snapshot)
        return GitRepo(str(path)) if path.exists() else None

    def _path(self, snapshot: Snapshot) -> Path:
        return self.root / "repos" / snapshot.repo_type / f"{snapshot.repo_id}.git"

    def _part(self, file: RemoteFile) -> Path:
        return self._parts / file.oid

    def _missing(self, file: RemoteFile, git: GitRepo | None) -> int:
        """Bytes of a file that are not here; whether the others are right is seen when it is brought."""
        if file.is_large:
            place = self.store.lfs.find(file.oid)
            if place and place.stat().st_size == file.size:
                return 0
        elif git and _sound_blob(git, file.oid.encode()):
            return 0
        with suppress(FileNotFoundError):
            return max(0, file.size - self._part(file).stat().st_size)
        return file.size

    def _fetch(self, plan: Plan, file: RemoteFile, progress: Progress) -> None:
        """Afterwards a large file is in the LFS store, another one in `parts/` or in the repository."""
        progress(file.path, 0)
        if file.is_large and (place := self.store.lfs.find(file.oid)):
            if download.digest(place, file) == file.oid:
                return
            place.unlink()
        if not file.is_large and (git := self._git(plan.snapshot)):
            if _sound_blob(git, file.oid.encode()):
                return
            # A damaged one would not be written again.
            (Path(git.path) / "objects" / file.oid[:2] / file.oid[2:]).unlink(missing_ok=True)
        part = self._part(file)
        download.fetch(plan.upstream, plan.snapshot, file, part, lambda count: progress(file.path, count))
        if file.is_large:
            self.store.lfs.take(part, file.oid)

    def _sweep(self) -> int:
        """Remove the large files that no repository names, and what came in for them."""
        used = set()
        for repo, records in self.all():
            for record in records:
                blobs = (_sound_blob(repo.git, oid) for _, oid in repo.files(record.commit).values())
                used |= {pointer.sha256 for blob in blobs if blob and (pointer := parse_pointer(blob.data))}
        freed = 0
        unused = [path for path in (self.root / "lfs").glob("*/*/*") if path.name not in used]
        for path in (*unused, *self._parts.iterdir()):
            freed += path.stat().st_size
            path.unlink()
        return freed

    @contextmanager
    def _disk_full_explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutOfSpace(
                f"The mirror cannot write to {self.root} ({error.strerror or error}). What came in is kept. Free some "
                "space or make the folder writable, then give the same command once more."
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two that bring the same file would write into each other's."""
        try:
            with FileLock(self.root / "locks" / "mirror.lock", timeout=0.2):
                yield
        except Timeout:
            raise HubError(
                "Another `course hub mirror` is at work in this course folder. Wait for its end, then try again."
            ) from None


def _sound_blob(git: GitRepo, oid: bytes) -> Blob | None:
    """The blob, or None when git does not hold it undamaged."""
    try:
        blob = Blob.from_string(git.object_store.get_raw(oid)[1])
    except _UNREADABLE:
        return None
    return blob if blob.id == oid else None


def _distinct(files: Sequence[RemoteFile]) -> list[RemoteFile]:
    """One of each content."""
    return list({file.oid: file for file in files}.values())
