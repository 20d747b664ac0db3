"""What a commit changed, file by file, within limits: a hostile diff must not keep the hub busy."""

from __future__ import annotations

import difflib
import stat
from dataclasses import dataclass, field
from itertools import islice

from dulwich.diff_tree import tree_changes
from dulwich.objects import Commit, TreeEntry

from grader.hub.pages.frame import size
from grader.hub.store.lfs import LONGEST_POINTER, Pointer, parse_pointer
from grader.hub.store.repos import Repo

_MOST_FILES = 100
_LARGEST = 200_000  # bytes of a file that is compared
_MOST_LINES = 3000  # of a file that is compared
_MOST_SHOWN = 5000  # lines of all files together
_SIGNS = {"+": "plus", "-": "minus", " ": "same", "@": "hunk"}


@dataclass(frozen=True)
class FileChange:
    """One file that a commit changed; `note` stands in place of lines that cannot or need not be shown."""

    path: str
    what: str  # added, removed or changed
    note: str = ""
    lines: list[tuple[str, str, str]] = field(default_factory=list)  # class, sign, text

    @property
    def added(self) -> int:
        """How many lines came."""
        return sum(kind == "plus" for kind, _, _ in self.lines)

    @property
    def removed(self) -> int:
        """How many lines went."""
        return sum(kind == "minus" for kind, _, _ in self.lines)


@dataclass(frozen=True)
class _Side:
    """A file before or after the commit."""

    size: int
    pointer: Pointer | None
    lines: list[str] | None  # None: not text, or too much of it


def changes_of(repo: Repo, commit: Commit) -> tuple[list[FileChange], int]:
    """The files that a commit changed against its first parent, and how many more are left out."""
    objects = repo.git.object_store
    before = objects[commit.parents[0]].tree if commit.parents else None
    found = tree_changes(objects, before, commit.tree, change_type_same=True)
    changes, room = [], _MOST_SHOWN
    for change in islice(found, _MOST_FILES):
        told = _compare(repo, change.old, change.new, room)
        room -= len(told.lines)
        changes.append(told)
    return changes, sum(1 for _ in found)


def _compare(repo: Repo, old: TreeEntry | None, new: TreeEntry | None, room: int) -> FileChange:
    named = new if new is not None and new.path is not None else old
    path = named.path.decode("utf-8", errors="replace")
    before, after = _side(repo, old), _side(repo, new)
    what = "added" if before is None else "removed" if after is None else "changed"
    if note := _large_file_note(before, after):
        return FileChange(path, what, note)
    sides = [side for side in (before, after) if side is not None]
    if any(side.lines is None for side in sides):
        is_long = any(side.size > _LARGEST for side in sides)
        return FileChange(path, what, "Too long to show here." if is_long else "Not a text file, or too long to show.")
    if before and after and before.lines == after.lines:
        return FileChange(path, what, "Only line ends or file modes changed.")
    lines = list(islice(_unified(before, after), 2, None))
    if len(lines) > room:
        return FileChange(path, what, "Left out: this commit changes more lines than one page can show.")
    return FileChange(path, what, "" if lines else "An empty file.", lines)


def _unified(before: _Side | None, after: _Side | None):
    old, new = (side.lines or [] if side else [] for side in (before, after))
    for line in difflib.unified_diff(old, new, lineterm=""):
        sign, text = line[:1], line[1:]
        yield (_SIGNS.get(sign, "same"), sign, line.strip("@ ") if sign == "@" else text)


def _side(repo: Repo, entry: TreeEntry | None) -> _Side | None:
    if entry is None or entry.sha is None:
        return None
    if not (stat.S_ISREG(entry.mode) or stat.S_ISLNK(entry.mode)):
        return _Side(0, None, None)
    content = repo.read_blob(entry.sha)
    pointer = parse_pointer(content) if len(content) < LONGEST_POINTER else None
    if pointer or len(content) > _LARGEST or b"\0" in content or content.count(b"\n") > _MOST_LINES:
        return _Side(pointer.size if pointer else len(content), pointer, None)
    try:
        return _Side(len(content), None, content.decode("utf-8").splitlines())
    except UnicodeDecodeError:
        return _Side(len(content), None, None)


def _large_file_note(before: _Side | None, after: _Side | None) -> str:
    """For a change from or to a large file: only the sizes."""
    if not any(side and side.pointer for side in (before, after)):
        return ""
    old, new = ("" if side is None else size(side.size) for side in (before, after))
    if old and new:
        return f"Large file (LFS): {old} before, {new} now."
    return f"Large file (LFS) of {new or old}."
