"""Changed files as a page shows them: each line with what became of it, or a note in place of the lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.hub.info.diffs import FileDiff, Side, diffs
from grader.hub.pages.frame import size
from grader.hub.store.repos import Repo

_KINDS = {"+": "plus", "-": "minus", " ": "same", "@": "hunk", "\\": "same"}
_LEFT_OUT = {
    "binary": "Not a text file.",
    "long": "Too long to show here.",
    "no room": "Left out: more lines changed than one page can show.",
}


@dataclass(frozen=True)
class FileChange:
    """One file that changed; `note` stands in place of lines that cannot or need not be shown."""

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


def changes_of(repo: Repo, before: str | None, after: str) -> tuple[list[FileChange], int]:
    """The files that changed from one commit (None: from nothing) to another, and how many more are left out."""
    found, more = diffs(repo, before, after)
    return [_shown(file) for file in found], more


def _shown(file: FileDiff) -> FileChange:
    lines = [_line(text) for text in file.lines]
    if note := _large_file_note(file.before, file.after) or _LEFT_OUT.get(file.left_out, ""):
        return FileChange(file.path, file.what, note)
    if not lines:
        return FileChange(
            file.path, file.what, "Only its mode changed." if file.what == "changed" else "An empty file."
        )
    if _texts(lines, "plus") == _texts(lines, "minus"):
        return FileChange(file.path, file.what, "Only line ends changed.")
    return FileChange(file.path, file.what, lines=lines)


def _line(text: str) -> tuple[str, str, str]:
    sign, rest = text[:1], text[1:].rstrip("\r")
    return _KINDS.get(sign, "same"), sign, text.strip("@ ") if sign == "@" else rest


def _texts(lines: list[tuple[str, str, str]], wanted: str) -> list[str]:
    return [text for kind, _, text in lines if kind == wanted]


def _large_file_note(before: Side | None, after: Side | None) -> str:
    """For a change from or to a large file: only the sizes."""
    if not any(side and side.pointer for side in (before, after)):
        return ""
    old, new = (
        "" if side is None else size(side.pointer.size if side.pointer else len(side.content))
        for side in (before, after)
    )
    if old and new:
        return f"Large file (LFS): {old} before, {new} now."
    return f"Large file (LFS) of {new or old}."
