"""What a mirror is about to do, to be shown before it does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.hub.mirror.selection import label
from grader.hub.mirror.upstream import RemoteFile, Snapshot, Upstream


@dataclass(frozen=True)
class Plan:
    """What is to come: the chosen files of a snapshot, and how many bytes of them are still to be fetched."""

    upstream: Upstream
    snapshot: Snapshot
    files: Sequence[RemoteFile]
    missing: int

    @property
    def size(self) -> int:
        """Bytes of all chosen files."""
        return sum(file.size for file in self.files)

    @property
    def name(self) -> str:
        """The repository, as people write it."""
        return label(self.snapshot.repo_type, self.snapshot.repo_id)
