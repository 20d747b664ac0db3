"""What is known about mirrored commits: kept in `mirror.json` beside the git files of their repository."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.hub.store import durable

RECORDS = "mirror.json"


@dataclass(frozen=True)
class Record:
    """One mirrored commit: where it came from, what it is called there (`sha`) and here (`commit`), and its size.

    `size` in bytes, `mirrored` in Unix seconds; `left_out` is the number of files that were not taken.
    """

    upstream: str
    revision: str
    sha: str
    commit: str
    size: int
    mirrored: int
    left_out: int


def records_of(path: Path) -> list[Record]:
    """The mirrored commits of the repository at `path`, oldest first."""
    try:
        return [Record(**record) for record in json.loads((path / RECORDS).read_bytes())]
    except FileNotFoundError:
        return []


def write_records(path: Path, records: Sequence[Record], *, tmp: Path) -> None:
    """Put them beside the git files of the repository at `path`; those that a newer one replaces are left out."""
    newest = {(record.revision, record.sha): record for record in records}
    durable.write(
        path / RECORDS, json.dumps([asdict(record) for record in newest.values()], indent=1).encode(), tmp=tmp
    )
