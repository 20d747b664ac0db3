"""What `.gitattributes` and `.gitignore` say about a file, in a time that nobody's patterns can stretch.

Git's patterns as regular expressions would let a few `*` in one line keep the hub busy for hours.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from dulwich.attrs import parse_git_attributes

_LONGEST = 16_000  # bytes; what comes after is not looked at


def filter_of(path: bytes, gitattributes: bytes) -> bytes | bool | None:
    """The attribute `filter` of the file at `path`: the last line that fits and names it counts."""
    for pattern, value in _rules(gitattributes[:_LONGEST]):
        if _fits(pattern, path.split(b"/")):
            return value
    return None


def is_ignored(path: bytes, gitignore: bytes) -> bool:
    """Does `.gitignore` leave out the file at `path`, or a folder that it is in?"""
    parts = path.split(b"/")
    return any(_ignores(parts[:end], end < len(parts), gitignore[:_LONGEST]) for end in range(1, len(parts) + 1))


def _ignores(parts: list[bytes], is_folder: bool, gitignore: bytes) -> bool:
    for pattern, only_folders, ignored in _ignore_rules(gitignore):
        if (is_folder or not only_folders) and _fits(pattern, parts):
            return ignored
    return False


@lru_cache(maxsize=64)
def _ignore_rules(gitignore: bytes) -> list[tuple[tuple[bytes, ...], bool, bool]]:
    """The lines, last one first: the pattern, whether it is for folders only, whether it leaves out or takes back."""
    rules = []
    for line in map(bytes.strip, gitignore.split(b"\n")):
        if line and not line.startswith(b"#"):
            pattern = line.removeprefix(b"!")
            rules.append((_pieces(pattern.rstrip(b"/")), pattern.endswith(b"/"), not line.startswith(b"!")))
    return rules[::-1]


@lru_cache(maxsize=64)
def _rules(gitattributes: bytes) -> list[tuple[tuple[bytes, ...], bytes | bool | None]]:
    """The patterns of lines that name a filter, last one first, in the pieces between their slashes."""
    rules = []
    for pattern, attributes in parse_git_attributes(io.BytesIO(gitattributes)):
        if b"filter" in attributes and not pattern.endswith(b"/"):
            rules.append((_pieces(pattern), attributes[b"filter"]))
    return rules[::-1]


def _pieces(pattern: bytes) -> tuple[bytes, ...]:
    """A pattern between its slashes; one without a slash is for names in any folder."""
    pieces = tuple(pattern.removeprefix(b"/").split(b"/"))
    return pieces if b"/" in pattern else (b"**", *pieces)


def _fits(pattern: Sequence[bytes], parts: Sequence[bytes]) -> bool:
    """Do the parts of a path fit a pattern, in which `**` stands for any number of folders?"""
    here = there = 0
    back: tuple[int, int] | None = None  # after the last `**`, and where the path goes on if it takes one part more
    while there < len(parts):
        if here < len(pattern) and pattern[here] == b"**":
            here += 1
            back = (here, there + 1)
        elif here < len(pattern) and fnmatchcase(parts[there], pattern[here]):
            here, there = here + 1, there + 1
        elif back:
            here, there = back
            back = (here, there + 1)
        else:
            return False
    return all(piece == b"**" for piece in pattern[here:])
