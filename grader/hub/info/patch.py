"""What changed between two commits, as text that `git apply` takes; with limits, so that nobody keeps the hub busy."""

from __future__ import annotations

import io
from itertools import islice

from dulwich.diff_tree import TreeChange, tree_changes
from dulwich.objects import S_ISGITLINK, TreeEntry
from dulwich.patch import write_object_diff

from grader.hub.store.reading import RepoReader

_MOST_FILES = 100
_MOST_BYTES = 200_000  # of all files that are compared, before and after
_MOST_LINES = 2000  # of one side of a file


def patch(repo: RepoReader, before: str, after: str) -> str:
    """The changes from the commit `before` to `after` (40 hex); what is too long is named and not shown."""
    objects = repo.git.object_store
    changes = tree_changes(objects, objects[before.encode()].tree, objects[after.encode()].tree)
    written, room = io.BytesIO(), _MOST_BYTES
    for change in islice(changes, _MOST_FILES):
        contents = [repo.read_blob(side.sha) for side in (change.old, change.new) if _is_file(side)]
        room -= sum(map(len, contents))
        if room < 0 or any(content.count(b"\n") > _MOST_LINES for content in contents):
            room += sum(map(len, contents))
            written.write(_not_shown(change))
        else:
            old, new = (tuple(side) if _is_file(side) else (None, None, None) for side in (change.old, change.new))
            write_object_diff(written, objects, old, new)
    if left := sum(1 for _ in changes):
        written.write(b"%d more files are not shown.\n" % left)
    return written.getvalue().decode("utf-8", errors="replace")


def _is_file(side: TreeEntry | None) -> bool:
    return side is not None and side.sha is not None and not S_ISGITLINK(side.mode)


def _not_shown(change: TreeChange) -> bytes:
    named = change.new if _is_file(change.new) else change.old
    return b"diff --git a/%s b/%s\nToo long to be shown.\n" % (named.path, named.path)
