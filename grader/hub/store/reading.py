"""Reading a repository: from a revision to its commit, from a commit to its files. Nothing here changes anything."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dulwich.errors import NotTreeError
from dulwich.object_store import tree_lookup_path
from dulwich.objects import S_ISGITLINK, Commit, Tag
from dulwich.refs import check_ref_format
from dulwich.repo import Repo as GitRepo

from grader.hub.errors import EntryNotFound, RevisionNotFound
from grader.hub.store.lfs import LONGEST_POINTER, LfsStore, Pointer, parse_pointer

_SHORTEST_SHA = 4


@dataclass(frozen=True)
class Settings:
    """What a repository is besides its files, kept in `hub.json` beside git's own files. `created`: Unix seconds."""

    created: int
    private: bool = False
    sdk: str | None = None


@dataclass(frozen=True)
class Entry:
    """A file or folder of a commit: `oid` is git's name for it; `size` (bytes) is the file's own, not its pointer's."""

    path: str
    oid: str
    size: int = 0
    is_folder: bool = False
    pointer: Pointer | None = None


class RepoReader:
    """The reading half of a repository; `id` is its canonical `namespace/name`, `path` the bare git repository."""

    def __init__(self, path: Path, repo_type: str, repo_id: str, lfs: LfsStore):
        self.path = path
        self.type = repo_type
        self.id = repo_id
        self.lfs = lfs
        self._sizes: dict[bytes, tuple[int, Pointer | None]] = {}  # by object id: objects never change

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
        return Settings(**json.loads((self.path / "hub.json").read_bytes()))

    def resolve(self, revision: str = "main") -> str:
        """The commit (40 hex) that a branch, tag, full ref or whole or short sha names; else `RevisionNotFound`."""
        raw = revision.encode("utf-8", errors="replace")
        for ref in (b"refs/heads/" + raw, b"refs/tags/" + raw, raw):
            if ref.startswith(b"refs/") and (sha := self.read_ref(ref)) and (commit := self._peel(sha)):
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

    def log(self, sha: str) -> Iterator[Commit]:
        """The commit `sha` and all before it, newest first."""
        return (step.commit for step in self.git.get_walker(include=[sha.encode()]))

    def tree(self, sha: str, folder: str = "", *, recursive: bool = False) -> list[Entry]:
        """What lies in `folder` of the commit `sha`, with `recursive` also all below; raises `EntryNotFound`."""
        mode, oid = self._look_up(sha, folder)
        if not stat.S_ISDIR(mode):
            raise EntryNotFound(f"{folder!r} is a file, not a folder.", sha)
        prefix = folder.strip("/").encode()
        return list(self._walk(oid, prefix + b"/" if prefix else b"", recursive))

    def entry(self, sha: str, path: str) -> Entry:
        """The file or folder at `path` of the commit `sha`; raises `EntryNotFound`."""
        return self._entry(path.strip("/").encode(), *self._look_up(sha, path))

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
            if (oid := self.read_ref(base + b"/" + name)) and (commit := self._peel(oid)):
                named[name.decode("utf-8", errors="replace")] = commit
        return named

    def _look_up(self, sha: str, path: str) -> tuple[int, bytes]:
        """Mode and object id of what lies at `path`."""
        objects = self.git.object_store
        root = objects[sha.encode()].tree
        raw = path.strip("/").encode("utf-8", errors="replace")
        if not raw:
            return stat.S_IFDIR, root
        try:
            return tree_lookup_path(objects.__getitem__, root, raw)
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
