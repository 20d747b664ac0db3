"""Reading the archive of a hub, which comes from outside and is taken for hostile.

Nothing in it decides where a file goes: each name must be one of those that a hub has, and each file must be a plain
one of the size and sha256 that the manifest says.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from grader.hub.errors import BadRequest, OutOfSpace
from grader.hub.store.archive import MANIFEST, VERSION, Manifest, parse_name
from grader.hub.store.lfs import is_sha256, megabytes
from grader.hub.store.names import check_repo_id

_PIECE = 1 << 20  # bytes
_LARGEST_MANIFEST = 256 << 20  # bytes
_LARGEST_READ = 4 << 20  # bytes that tarfile may want at once: a header may claim to be of any length
_RESERVE = 200_000_000  # bytes of the disk that are left alone
_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError)


def unpack(archive: Path, aside: Path) -> Manifest:
    """Write the files of an archive below `aside`; raises `BadRequest` when it is not sound, `OutOfSpace`."""
    with archive.open("rb") as file:
        beginning = file.read(4)
    try:
        with _uncompressed(archive, beginning) as stream, tarfile.open(fileobj=_Bounded(stream), mode="r:") as tar:
            manifest = _read_manifest(tar)
            _require_space(aside, manifest)
            missing = dict(manifest.files)
            while (member := tar.next()) is not None:
                if member.name not in missing:
                    raise BadRequest(f"{member.name[:100]!r} is not in its manifest, or comes twice.")
                _extract(tar, member, *missing.pop(member.name), aside)
    except BadRequest as error:
        raise BadRequest(f"{archive} is not a sound archive of a hub: {error} Nothing was changed.") from None
    except _BROKEN as error:
        raise BadRequest(
            f"{archive} is no archive of a hub, or is damaged ({error or type(error).__name__}). Nothing was changed."
        ) from None
    if missing:
        raise BadRequest(f"{archive} is not whole: {len(missing)} files are missing. Nothing was changed.")
    return manifest


def _uncompressed(archive: Path, beginning: bytes) -> IO[bytes]:
    if beginning.startswith(_GZIP):
        return gzip.open(archive)
    if beginning.startswith(_ZSTANDARD):
        try:
            from compression import zstd
        except ImportError:
            raise BadRequest("it is packed with zstd, which needs Python 3.14 or newer.") from None
        return zstd.open(archive)
    return archive.open("rb")


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or not _is_plain(first) or first.size > _LARGEST_MANIFEST:
        raise BadRequest("it does not begin with a manifest.")
    try:
        told = json.loads(b"".join(_pieces(tar.extractfile(first))))
        version = told["version"]
        files = {name: (size, sha256) for name, (size, sha256) in told["files"].items()}
        created = int(told["created"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadRequest("its manifest is damaged.") from None
    if version != VERSION:
        raise BadRequest(f"it has version {version!r}; this course reads version {VERSION}.")
    for name, (size, sha256) in files.items():
        _check_repo_name(parse_name(name)["repo"])
        if type(size) is not int or size < 0 or not isinstance(sha256, str) or not is_sha256(sha256):
            raise BadRequest("its manifest is damaged.")
    return Manifest(created, files)


def _check_repo_name(repo: str | None) -> None:
    if repo:
        check_repo_id(repo.split("/", 2)[2])


def _require_space(aside: Path, manifest: Manifest) -> None:
    free = shutil.disk_usage(aside).free
    if free < manifest.size + _RESERVE:
        raise OutOfSpace(
            f"What is in the archive takes {megabytes(manifest.size)}; {megabytes(free)} are free "
            f"({aside.parent}). Nothing was changed. Free some space, then import it again."
        )


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, size: int, sha256: str, aside: Path) -> None:
    if not _is_plain(member) or member.size != size:
        raise BadRequest(f"{member.name!r} is not the plain file that its manifest says.")
    if (large := parse_name(member.name)["sha256"]) and large != sha256:
        raise BadRequest(f"{member.name!r} is a large file under another one's name.")
    target, sha = aside / member.name, hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        for piece in _pieces(tar.extractfile(member)):
            sha.update(piece)
            file.write(piece)
    if sha.hexdigest() != sha256:
        raise BadRequest(f"{member.name!r} is damaged.")


def _is_plain(member: tarfile.TarInfo) -> bool:
    return member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


class _Bounded:
    """A file for tarfile to read, which refuses to give very much at once."""

    def __init__(self, file: IO[bytes]):
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        if not 0 <= size <= _LARGEST_READ:
            raise tarfile.ReadError("a header is too long")
        return self._file.read(size)
