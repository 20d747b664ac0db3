"""Reading a repository: from a revision to its commit, from a commit to its files. Nothing here changes anything."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, TypedDict

from dulwich.errors import NotTreeError
from dulwich.object_store import tree_lookup_path
from dulwich.objects import S_ISGITLINK, Blob, Commit, Tag
from dulwich.refs import check_ref_format
from dulwich.repo import Repo as GitRepo
from dulwich.walk import ORDER_TOPO

from grader.hub.errors import EntryNotFound, RevisionNotFound
from grader.hub.store.lfs import LONGEST_POINTER, LfsStore, Pointer, parse_pointer
from grader.hub.store.names import is_full_sha

_SHORTEST_SHA = 4
_REMEMBERED = 1000  # answers of each kind


Gate = Literal["auto", "manual"]


class Access(TypedDict):
    """What became of an account's request for the files of a gated repository. `when`: Unix seconds."""

    status: Literal["accepted", "pending", "rejected"]
    when: int


@dataclass(frozen=True)
class Settings:
    """What a repository is besides its files, kept in `hub.json` beside git's own files. `created`: Unix seconds.

    The files of a `gated` one are for those who asked for them; with "auto" asking is enough, with "manual" the owner
    decides.
    """

    created: int
    private: bool = False
    sdk: str | None = None
    gated: Gate | Literal[False] = False
    access: dict[str, Access] = field(default_factory=dict)  # by account


@dataclass(frozen=True)
class Entry:
    """A file or folder of a commit: `oid` is git's name for it; `size` (bytes) is the file's own, not its pointer's."""

    path: str
    oid: str
    size: int = 0
    is_folder: bool = False
    pointer: Pointer | None = None


def commit_told(revision: str, sha: str) -> str:
    """The commit `sha` under the id that a client knows which asked for `revision`: a mirrored one keeps its own.

    The clients file what they get under this id, and look for it under the one that they asked for.
    """
    return revision if is_full_sha(revision) else sha


class RepoReader:
    """The reading half of a repository; `id` is its canonical `namespace/name`, `path` the bare git repository."""

    def __init__(self, path: Path, repo_type: str, repo_id: str, lfs: LfsStore):
        self.path = path
        self.type = repo_type
        self.id = repo_id
        self.lfs = lfs
        # Git's objects never change, so what was read from them once need not be read again.
        self._sizes: dict[bytes, tuple[int, Pointer | None]] = {}  # by object id
        self._commit_behind = lru_cache(_REMEMBERED)(self._peel)
        self._place_in = lru_cache(_REMEMBERED)(self._look_up)

    @property
    def namespace(self) -> str:
        """The account that the repository belongs to."""
        return self.id.partition("/")[0]

    @cached_property
    def git(self) -> GitRepo:
        """The bare repository, opened."""
        return GitRepo(str(self.path))

    @property
    def settings(self) -> Settings:
        """As they are on the disk now."""
        return _parse_settings((self.path / "hub.json").read_bytes())

    def resolve(self, revision: str = "main") -> str:
        """The commit (40 hex) that a branch, tag, full ref or whole or short sha names; else `RevisionNotFound`."""
        raw = revision.encode("utf-8", errors="replace")
        # Under refs/mirror/ a mirrored commit keeps the ids that it has upstream.
        for ref in (b"refs/heads/" + raw, b"refs/tags/" + raw, b"refs/mirror/" + raw, raw):
            if ref.startswith(b"refs/") and (sha := self.read_ref(ref)) and (commit := self._commit_behind(sha)):
                return commit
        if commit := self._commit_starting(revision):
            return commit
        raise RevisionNotFound(f"{self.id} has no branch, tag or commit {revision!r}.")

    def read_ref(self, ref: bytes) -> bytes | None:
        """What a full ref names, or None when there is no such ref."""
        if not check_ref_format(ref):  # a name from outside must not become a path
            return None
        try:
            return self.git.refs[ref]
        except (KeyError, OSError):  # unknown, or a folder of refs
            return None

    def branches(self) -> dict[str, str]:
        """Branch name to commit (40 hex), by name."""
        return self._refs(b"refs/heads")

    def tags(self) -> dict[str, str]:
        """Tag name to commit (40 hex), by name."""
        return self._refs(b"refs/tags")

    def pull_requests(self) -> dict[str, str]:
        """Number of a pull request to its newest commit (40 hex)."""
        return self._refs(b"refs/pr")

    def log(self, sha: str) -> Iterator[Commit]:
        """The commit `sha` and all before it, newest first, and none before one that was built on it."""
        return (step.commit for step in self.git.get_walker(include=[sha.encode()], order=ORDER_TOPO))

    def files(self, sha: str | None) -> dict[bytes, tuple[int, bytes]]:
        """All files of a commit as git has them: path to mode and object id; none without a commit."""
        if sha is None:
            return {}
        objects = self.git.object_store
        found = objects.iter_tree_contents(objects[sha.encode()].tree)
        return {entry.path: (entry.mode, entry.sha) for entry in found}

    def tree(self, sha: str, folder: str = "", *, recursive: bool = False) -> list[Entry]:
        """What lies in `folder` of the commit `sha`, with `recursive` also all below; raises `EntryNotFound`."""
        path = folder.strip("/")
        mode, oid = self._place_in(sha, path)
        if not stat.S_ISDIR(mode):
            raise EntryNotFound(f"{folder!r} is a file, not a folder.", sha)
        return list(self._walk(oid, path.encode() + b"/" if path else b"", recursive))

    def entry(self, sha: str, path: str) -> Entry:
        """The file or folder at `path` of the commit `sha`; raises `EntryNotFound`."""
        path = path.strip("/")
        return self._entry(path.encode(), *self._place_in(sha, path))

    def read(self, entry: Entry) -> bytes:
        """The bytes that git holds for a file: for a large file its pointer."""
        return self.read_blob(entry.oid.encode())

    def read_blob(self, oid: bytes) -> bytes:
        """The bytes of a git blob."""
        return self.git.object_store.get_raw(oid)[1]

    def read_small(self, sha: str, path: str) -> bytes | None:
        """The content of a file that git holds itself, or None when there is none at `path`."""
        try:
            entry = self.entry(sha, path)
        except EntryNotFound:
            return None
        return None if entry.is_folder or entry.pointer else self.read(entry)

    def holds(self, pointer: Pointer) -> bool:
        """Is this large file, with its content, in any commit of this repository?"""
        found = self.lfs.find(pointer.sha256)
        if found is None or found.stat().st_size != pointer.size:
            return False
        return Blob.from_string(pointer.text()).id in self.git.object_store

    def _peel(self, oid: bytes) -> str | None:
        """The commit behind an annotated tag, or the commit itself; None for anything else."""
        item = self.git.object_store[oid]
        while isinstance(item, Tag):
            item = self.git.object_store[item.object[1]]
        return item.id.decode() if isinstance(item, Commit) else None

    def _commit_starting(self, digits: str) -> str | None:
        """The one commit whose sha starts with these digits, or None when there is none or more than one."""
        if not re.fullmatch(rf"[0-9a-fA-F]{{{_SHORTEST_SHA},40}}", digits):
            return None
        objects = self.git.object_store
        found = {oid for oid in objects.iter_prefix(digits.lower().encode()) if isinstance(objects[oid], Commit)}
        return found.pop().decode() if len(found) == 1 else None

    def _refs(self, base: bytes) -> dict[str, str]:
        named = {}
        for name in sorted(self.git.refs.subkeys(base)):
            if (oid := self.read_ref(base + b"/" + name)) and (commit := self._commit_behind(oid)):
                named[name.decode("utf-8", errors="replace")] = commit
        return named

    def _look_up(self, sha: str, path: str) -> tuple[int, bytes]:
        """Mode and object id of what lies at `path`."""
        objects = self.git.object_store
        root = objects[sha.encode()].tree
        if not path:
            return stat.S_IFDIR, root
        try:
            return tree_lookup_path(objects.__getitem__, root, path.encode("utf-8", errors="replace"))
        except (KeyError, ValueError, NotTreeError):  # not there, an empty name, below a file
            raise EntryNotFound(f"{self.id} has no {path!r} at revision {sha[:12]}.", sha) from None

    def _walk(self, tree: bytes, prefix: bytes, recursive: bool) -> Iterator[Entry]:
        objects = self.git.object_store
        found = objects.iter_tree_contents(tree, include_trees=True) if recursive else objects[tree].iteritems()
        for path, mode, oid in found:
            if path and not S_ISGITLINK(mode):  # not the folder itself; and a submodule has no file here
                yield self._entry(prefix + path, mode, oid)

    def _entry(self, path: bytes, mode: int, oid: bytes) -> Entry:
        name = path.decode("utf-8", errors="replace")
        if stat.S_ISDIR(mode):
            return Entry(name, oid.decode(), is_folder=True)
        if oid not in self._sizes:
            content = self.read_blob(oid)
            pointer = parse_pointer(content) if len(content) < LONGEST_POINTER else None
            self._sizes[oid] = (pointer.size if pointer else len(content), pointer)
        size, pointer = self._sizes[oid]
        return Entry(name, oid.decode(), size, pointer=pointer)


@lru_cache(_REMEMBERED)
def _parse_settings(text: bytes) -> Settings:
    return Settings(**json.loads(text))
