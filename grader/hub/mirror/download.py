"""One file from upstream: continued where an earlier try ended, and verified."""

from __future__ import annotations

import hashlib
import http.client
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from grader.hub.errors import HubError
from grader.hub.mirror.upstream import Interrupted, RemoteFile, Snapshot, Upstream
from grader.hub.store.lfs import sha256_of

Advance = Callable[[int], None]  # called with the number of bytes that came in; negative when they must come again

_PIECE = 1 << 20  # bytes
_PAUSES = (1.0, 4.0, 10.0)  # seconds before the next try, as long as nothing comes in


def fetch(upstream: Upstream, snapshot: Snapshot, file: RemoteFile, part: Path, advance: Advance) -> None:
    """Complete `part`, which may hold the beginning already, and verify it.

    One that is wrong is fetched again once. Raises `Interrupted` (what came in stays) or `HubError`.
    """
    for _ in range(2):
        _complete(upstream, snapshot, file, part, advance)
        if digest(part, file) == file.oid:
            return
        advance(-part.stat().st_size)
        part.unlink()
    raise HubError(
        f"{file.path} of {snapshot.repo_id} came twice with another content than {upstream.endpoint} announced "
        f"({'sha256' if file.is_large else 'git sha1'} {file.oid}). It was thrown away; the other files are kept. "
        "Something on the way damages it: try again later or in another network."
    )


def digest(path: Path, file: RemoteFile) -> str:
    """The checksum of a file on the disk, of the kind that `file.oid` is."""
    if file.is_large:
        return sha256_of(path)
    with path.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.sha1(b"blob %d\0" % path.stat().st_size)).hexdigest()


def _complete(upstream: Upstream, snapshot: Snapshot, file: RemoteFile, part: Path, advance: Advance) -> None:
    part.touch()
    failures = 0
    while (have := part.stat().st_size) < file.size:
        try:
            _go_on(upstream, snapshot, file, part, advance)
        except Interrupted as error:
            failures = 0 if part.stat().st_size > have else failures + 1
            if failures > len(_PAUSES):
                raise Interrupted(
                    f"{error} {file.path} is here up to {part.stat().st_size:,} of {file.size:,} bytes, and all files "
                    "before it; nothing of it is fetched again. Give the same command once more to go on."
                ) from error
            time.sleep(_PAUSES[max(0, failures - 1)])


def _go_on(upstream: Upstream, snapshot: Snapshot, file: RemoteFile, part: Path, advance: Advance) -> None:
    """Append what comes until the connection ends, but no more than is due."""
    have = part.stat().st_size
    with upstream.open(snapshot, file, have) as response, part.open("ab") as kept:
        if have and response.status != 206:  # it has sent all from the start
            advance(-have)
            kept.truncate(have := 0)
        try:
            while piece := response.read1(min(_PIECE, file.size - have)):
                kept.write(piece)
                have += len(piece)
                advance(len(piece))
        except (TimeoutError, ConnectionError, ssl.SSLError, http.client.HTTPException) as error:
            raise Interrupted(
                f"The connection to {upstream.endpoint} broke ({error or type(error).__name__})."
            ) from error
    if have < file.size:
        raise Interrupted(f"{upstream.endpoint} ended the connection early.")
