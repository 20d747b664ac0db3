"""Bare git repositories on the disk: building commits, and writing objects and refs durably.

Whoever calls this holds the repository's lock, so a `.lock` file of git's own protocol that is found then was left
by a process that was killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from dulwich.index import commit_tree
from dulwich.object_store import MemoryObjectStore
from dulwich.objects import ZERO_SHA, Commit, ShaFile, Tag
from dulwich.repo import Repo as GitRepo

from grader.hub.errors import AlreadyExists
from grader.hub.store import durable
from grader.hub.store.operations import Staged


def init_bare(path: Path) -> GitRepo:
    """Make an empty bare repository with the default branch `main`."""
    return GitRepo.init_bare(str(path), mkdir=True, default_branch=b"main")


def build_commit(
    staged: Staged, parents: Sequence[bytes], *, message: str, author: str, when: int
) -> tuple[bytes, list[ShaFile]]:
    """The id of a commit of the staged files, and all objects that it needs beyond its parents', itself last."""
    trees = MemoryObjectStore()
    commit = Commit()
    commit.tree = commit_tree(trees, [(path, oid, mode) for path, (mode, oid) in staged.files.items()])
    commit.parents = list(parents)
    commit.author = commit.committer = _identity(author)
    commit.author_time = commit.commit_time = when
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = message.encode("utf-8", errors="replace")
    return commit.id, [*staged.blobs.values(), *(trees[oid] for oid in trees), commit]


def build_tag(name: bytes, target: bytes, *, message: str, author: str, when: int) -> Tag:
    """An annotated tag on the commit `target`."""
    tag = Tag()
    tag.name, tag.message, tag.object = name, message.encode("utf-8", errors="replace"), (Commit, target)
    tag.tagger, tag.tag_time, tag.tag_timezone = _identity(author), when, 0
    return tag


def write_objects(git: GitRepo, objects: Iterable[ShaFile], *, tmp: Path) -> None:
    """Put the objects that are new on the disk; returns when they are safe there."""
    folders = set()
    for item in objects:
        name = item.id.decode()
        if item.id in git.object_store:
            continue
        place = Path(git.path) / "objects" / name[:2] / name[2:]
        durable.write(place, item.as_legacy_object(), tmp=tmp, mode=0o444)
        folders.add(place.parent)
    for folder in folders:
        durable.sync_folder(folder)


def move_ref(git: GitRepo, ref: bytes, old: bytes | None, new: bytes) -> bool:
    """Let `ref` name `new` if it still names `old` (None: if there is none yet); False when it does not."""
    try:
        moved = git.refs.set_if_equals(ref, old or ZERO_SHA, new)
    except (NotADirectoryError, IsADirectoryError, FileExistsError):
        raise AlreadyExists(f"{ref.decode()} clashes with a branch or tag that is a part of its name.") from None
    _sync_names(git, ref)
    return moved


def delete_ref(git: GitRepo, ref: bytes, old: bytes | None) -> bool:
    """Remove `ref` if it still names `old` (None: whatever it names); False when it does not."""
    deleted = git.refs.remove_if_equals(ref, old)
    _sync_names(git, ref)
    return deleted


def _sync_names(git: GitRepo, ref: bytes) -> None:
    """Return when the folders above a ref are on the disk, those that came or went with it included."""
    refs = Path(git.path) / "refs"
    for folder in (refs / ref.decode().removeprefix("refs/")).parents:
        if folder.exists():
            durable.sync_folder(folder)
        if folder == refs:
            break


def remove_stale_locks(git: GitRepo) -> None:
    """Remove what a killed writer left, else the ref could never be written again."""
    for lock in [*(Path(git.path) / "refs").rglob("*.lock"), *Path(git.path).glob("*.lock")]:
        lock.unlink(missing_ok=True)


def _identity(author: str) -> bytes:
    """The author as git writes it; the accounts of a practice hub have no mail address."""
    return f"{author} <{author}@localhost>".encode()
