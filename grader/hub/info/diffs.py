"""What changed between two commits, file by file; with limits, so that nobody keeps the hub busy."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Literal

from dulwich.diff_tree import tree_changes
from dulwich.objects import S_ISGITLINK, TreeEntry
from dulwich.patch import gen_diff_header, unified_diff

from grader.hub.store.lfs import LONGEST_POINTER, Pointer, parse_pointer
from grader.hub.store.reading import RepoReader

_MOST_FILES = 100
_MOST_BYTES = 400_000  # of all files that are compared, before and after
_LONGEST = 200_000  # bytes of one side of a file
_MOST_LINES = 2000  # of one side of a file
_MOST_SHOWN = 5000  # lines of all files together


@dataclass(frozen=True)
class Side:
    """A file before or after the change; for a large one `content` (bytes) is its pointer."""

    entry: TreeEntry
    content: bytes

    @property
    def pointer(self) -> Pointer | None:
        """Of a large file."""
        return parse_pointer(self.content) if len(self.content) < LONGEST_POINTER else None


@dataclass(frozen=True)
class FileDiff:
    """One changed file. `lines` are those of a unified diff from its first `@@` on, without line ends.

    There are none for a file that is `left_out`: it is binary, too long, or those before it took all the room.
    """

    path: str
    before: Side | None
    after: Side | None
    lines: list[str]
    left_out: Literal["binary", "long", "no room"] | None = None

    @property
    def what(self) -> Literal["added", "removed", "changed"]:
        """What happened to it."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def diffs(repo: RepoReader, before: str | None, after: str) -> tuple[list[FileDiff], int]:
    """The files that changed from the commit `before` (None: from nothing) to `after` (40 hex), and how many more."""
    objects = repo.git.object_store
    base = objects[before.encode()].tree if before else None
    changes = tree_changes(objects, base, objects[after.encode()].tree)
    found, bytes_left, lines_left = [], _MOST_BYTES, _MOST_SHOWN
    for change in islice(changes, _MOST_FILES):
        sides = [_side(repo, entry) for entry in (change.old, change.new)]
        told = _compare(*sides, bytes_left, lines_left)
        if told.left_out not in ("long", "binary"):  # also where comparing was in vain: that takes time too
            bytes_left -= sum(len(side.content) for side in sides if side)
        lines_left -= len(told.lines)
        found.append(told)
    return found, sum(1 for _ in changes)


def patch(repo: RepoReader, before: str, after: str) -> str:
    """The changes from the commit `before` to `after` (40 hex) for `git apply`; what is left out is named."""
    found, more = diffs(repo, before, after)
    written = [line for file in found for line in _git_lines(file)]
    written += [f"{more} more files are not shown."] * bool(more)
    return "".join(f"{line}\n" for line in written)


def _compare(before: Side | None, after: Side | None, bytes_left: int, lines_left: int) -> FileDiff:
    contents = [side.content if side else b"" for side in (before, after)]
    path = (after or before).entry.path.decode("utf-8", errors="replace")
    if any(len(content) > _LONGEST or content.count(b"\n") > _MOST_LINES for content in contents):
        return FileDiff(path, before, after, [], "long")
    if any(b"\0" in content for content in contents):
        return FileDiff(path, before, after, [], "binary")
    if sum(map(len, contents)) > bytes_left:
        return FileDiff(path, before, after, [], "no room")
    old, new = (BytesIO(content).readlines() for content in contents)  # as in git, a lone "\r" ends no line
    hunks = b"".join(islice(unified_diff(old, new), 2, None)).decode("utf-8", errors="replace")
    lines = hunks.removesuffix("\n").split("\n") if hunks else []
    return FileDiff(path, before, after, *(([], "no room") if len(lines) > lines_left else (lines, None)))


def _side(repo: RepoReader, entry: TreeEntry | None) -> Side | None:
    if entry is None or entry.sha is None:
        return None
    is_other_repo = S_ISGITLINK(entry.mode)
    return Side(entry, b"Subproject commit %s\n" % entry.sha if is_other_repo else repo.read_blob(entry.sha))


def _git_lines(file: FileDiff) -> list[str]:
    """As git writes them, with the modes and ids that it needs to apply them."""
    old, new = (tuple(side.entry) if side else (None, None, None) for side in (file.before, file.after))
    header = b"".join(gen_diff_header(*zip(old, new, strict=True))).decode("utf-8", errors="replace").split("\n")[:-1]
    if file.left_out == "binary":
        return [*header, f"Binary files a/{file.path} and b/{file.path} differ"]
    if file.left_out:
        return [header[0], "Too long to be shown."]  # with the rest of the header it would be an empty file
    names = [f"{mark}/{file.path}" if side else "/dev/null" for mark, side in (("a", file.before), ("b", file.after))]
    return [*header, *([f"--- {names[0]}", f"+++ {names[1]}", *file.lines] if file.lines else [])]
