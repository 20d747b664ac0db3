"""Is what was mirrored still whole, and is it still what upstream has?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.hub.errors import HubError
from grader.hub.mirror.mirror import Mirror
from grader.hub.mirror.records import Record
from grader.hub.mirror.selection import label
from grader.hub.mirror.upstream import Interrupted, Upstream


@dataclass(frozen=True)
class Finding:
    """What a check found: the paths that are damaged here, and in a few words how upstream stands to it."""

    name: str
    record: Record
    damaged: list[str]
    upstream: str


def check(mirror: Mirror, token_for: Callable[[str], str | None]) -> Iterator[Finding]:
    """Read all mirrored files again and ask upstream; `token_for` gives the token for an endpoint."""
    unreachable: set[str] = set()
    for repo, records in mirror.all():
        for record in records:
            compared = "not reached"
            if record.upstream not in unreachable:
                try:
                    compared = _compared(repo.type, repo.id, record, token_for(record.upstream))
                except Interrupted:
                    unreachable.add(record.upstream)  # once is enough: it may take a minute
            yield Finding(label(repo.type, repo.id), record, mirror.damaged(repo, record), compared)


def _compared(repo_type: str, repo_id: str, record: Record, token: str | None) -> str:
    try:
        there = Upstream(record.upstream, token).snapshot(repo_type, repo_id, record.revision)
    except Interrupted:
        raise
    except HubError:
        return "not there any more"
    return "the same" if there.sha == record.sha else f"moved on to {there.sha[:7]}"
