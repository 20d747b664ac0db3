"""A pack of git objects from outside: measured before anything in it is unpacked, then completed and indexed.

Two passes. The first streams through the pack and keeps nothing, so that a file of gigabytes, or a few bytes that claim
to become gigabytes, are known before they are in memory. The second resolves the deltas, which are then small.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from dulwich.errors import ApplyDeltaError, ChecksumMismatch, ObjectFormatException
from dulwich.object_format import SHA1
from dulwich.object_store import BaseObjectStore
from dulwich.objects import Blob, Commit, Tag, Tree, sha_to_hex
from dulwich.pack import (
    OFS_DELTA,
    REF_DELTA,
    PackData,
    UnpackedObject,
    UnpackedObjectIterator,
    UnresolvedDeltas,
    extend_pack,
    write_pack_index,
)

from grader.hub.errors import BadRequest, TooLarge
from grader.hub.store import durable
from grader.hub.store.lfs import LARGEST_REGULAR, Pointer, parse_pointer

LARGEST_PACK = 2 << 30  # bytes
_LARGEST_UNPACKED = 4 << 30  # bytes of all objects of a pack together
_MOST_OBJECTS = 300_000
_TYPES = {kind.type_num: kind.type_name for kind in (Commit, Tree, Blob, Tag)}
_HEADER = 12  # bytes before the first object
_CHECKSUM = 20  # bytes after the last one
_PIECE = 1 << 16  # bytes
_DELTA_HEADER = 20  # bytes: two numbers
_DAMAGED = (
    ApplyDeltaError,
    AssertionError,
    ChecksumMismatch,
    LookupError,
    ObjectFormatException,
    UnresolvedDeltas,
    ValueError,
    zlib.error,
)


@dataclass
class IncomingPack:
    """What a pack holds, once it is complete and indexed as `{base}.pack` and `{base}.idx`."""

    base: Path
    kinds: dict[bytes, int] = field(default_factory=dict)  # object id to type number; of what was sent
    pointers: dict[bytes, Pointer] = field(default_factory=dict)  # by the id of their blob

    def move_into(self, git_path: Path) -> None:
        """Make its objects the repository's; returns when they are safe there."""
        folder = git_path / "objects" / "pack"
        durable.make_folder(folder)
        for suffix in (".pack", ".idx"):  # git looks for the index, so that comes last
            target = folder / (self.base.name + suffix)
            if not target.exists():  # the same objects may have come before
                os.chmod(self.base.with_name(target.name), 0o444)
                os.replace(self.base.with_name(target.name), target)
        durable.sync_folder(folder)


def unpack(source: IO[bytes], folder: Path, objects: BaseObjectStore) -> IncomingPack | None:
    """Complete and index the pack that is the rest of `source` in `folder`; None when it holds no objects.

    `objects` are those that its deltas may build upon. Raises `BadRequest` for a damaged one, for a file that is too
    large for git and for what would become too large; `TooLarge` beyond `LARGEST_PACK`.
    """
    arrived = folder / "arrived.pack"
    with arrived.open("w+b") as file:
        _copy(source, file)
        try:
            with PackData(str(arrived), SHA1, file=file) as data:
                if not len(data):
                    return None
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as packed:
                    measured = {found.offset: found for found in _measure(packed, len(data))}
                incoming, entries, bases = _index(data, measured, objects)
            checksum, added = extend_pack(file, bases, objects.get_raw, SHA1)
        except _DAMAGED as error:
            raise BadRequest(
                f"The objects arrived damaged or incomplete ({type(error).__name__}). Nothing was stored; push again."
            ) from None
        file.flush()
        durable.sync_file(file.fileno())
    entries = sorted([*entries, *added])
    names = hashlib.sha1(b"".join(name for name, _, _ in entries), usedforsecurity=False)
    incoming.base = folder / f"pack-{names.hexdigest()}"
    os.replace(arrived, incoming.base.with_suffix(".pack"))
    with incoming.base.with_suffix(".idx").open("wb") as file:
        write_pack_index(file, entries, checksum, version=2)
        file.flush()
        durable.sync_file(file.fileno())
    return incoming


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    size = 0
    while piece := source.read(1 << 20):
        size += len(piece)
        if size > LARGEST_PACK:
            raise TooLarge(
                f"The push is larger than {LARGEST_PACK:,} bytes. Nothing was stored; push in smaller steps."
            )
        target.write(piece)
    target.flush()


def _index(
    data: PackData, measured: dict[int, _Measured], objects: BaseObjectStore
) -> tuple[IncomingPack, list[tuple[bytes, int, int]], set[bytes]]:
    """The objects of the pack, where each lies (id, offset, crc32), and the ids of those that it builds upon."""
    incoming, entries = IncomingPack(Path(data.path)), []
    resolved = UnpackedObjectIterator(None, SHA1.hash_func, resolve_ext_ref=objects.get_raw)
    resolved.set_pack_data(data)
    too_large = {found.oid: found.size for found in measured.values() if found.size > LARGEST_REGULAR}
    for found in measured.values():
        if found.size <= LARGEST_REGULAR:
            resolved.record(UnpackedObject(found.kind, delta_base=found.delta_base, offset=found.offset))
    try:
        for unpacked in resolved:
            name, kind, content = unpacked.sha(), unpacked.obj_type_num, b"".join(unpacked.obj_chunks)
            if too_large and kind == Tree.type_num:
                _refuse_large_in(Tree.from_string(content), too_large)
            oid = sha_to_hex(name)
            if oid in incoming.kinds:
                raise ValueError("an object twice")
            incoming.kinds[oid] = kind
            if kind == Blob.type_num and (pointer := parse_pointer(content)):
                incoming.pointers[oid] = pointer
            entries.append((name, unpacked.offset, measured[unpacked.offset].crc32))
    except _DAMAGED:
        if not too_large:  # deltas of what was left out cannot be resolved
            raise
    if too_large:
        raise _too_large("A file of this push", max(too_large.values()))
    if len(entries) != len(measured):
        raise ValueError("a delta of nothing")
    return incoming, entries, set(resolved.ext_refs())


def _refuse_large_in(tree: Tree, too_large: dict[bytes | None, int]) -> None:
    for entry in tree.iteritems():
        if entry.sha in too_large:
            raise _too_large(repr(entry.path.decode(errors="replace")), too_large[entry.sha])


def _too_large(what: str, size: int) -> BadRequest:
    return BadRequest(
        f"{what} has {size:,} bytes; what has more than {LARGEST_REGULAR:,} belongs in Git LFS. Nothing was stored. "
        f"Run `git lfs migrate import --above={LARGEST_REGULAR // 10**6}MB`, which does `git lfs track` for the files "
        "of all your new commits, and push again."
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """An object in the pack; `size` is in bytes when unpacked, for a delta of it or of what it makes, the larger."""

    offset: int
    kind: int
    delta_base: int | bytes | None
    size: int
    crc32: int
    oid: bytes | None  # None for a delta


def _measure(packed: mmap.mmap, count: int) -> Iterator[_Measured]:
    """All objects of the pack, in constant memory; raises one of `_DAMAGED` when it is not sound."""
    if count > _MOST_OBJECTS:
        raise _too_much()
    total, end = 0, len(packed) - _CHECKSUM
    checksum = hashlib.sha1(usedforsecurity=False)
    for piece in _pieces(packed, 0, end):
        checksum.update(piece)
    if checksum.digest() != packed[end:]:
        raise ValueError("checksum")
    position = _HEADER
    for _ in range(count):
        found, position = _measure_one(packed, position)
        total += found.size
        if total > _LARGEST_UNPACKED:
            raise _too_much()
        yield found
    if position != end:
        raise ValueError("more than announced")


def _too_much() -> TooLarge:
    return TooLarge(
        f"A push may hold at most {_MOST_OBJECTS:,} objects, of {_LARGEST_UNPACKED:,} bytes in all when unpacked. "
        "Nothing was stored; push in smaller steps."
    )


def _measure_one(packed: mmap.mmap, start: int) -> tuple[_Measured, int]:
    """The object at `start`, and where the next one begins."""
    kind, size, position = packed[start] >> 4 & 7, packed[start] & 15, start + 1
    if packed[start] & 128:
        rest, position = _number(packed, position)
        size |= rest << 4
    base: int | bytes | None = None
    if kind == OFS_DELTA:
        base, position = _distance(packed, position)
        if not _HEADER <= start - base < start:
            raise ValueError("a delta of nothing")
    elif kind == REF_DELTA:
        base = packed[position : position + _CHECKSUM]
        position += _CHECKSUM
    elif kind not in _TYPES:
        raise ValueError("an unknown type")
    if size > _LARGEST_UNPACKED:
        raise _too_much()
    digest = hashlib.sha1(b"%s %d\0" % (_TYPES.get(kind, b"delta"), size), usedforsecurity=False)
    beginning, position = _inflate(packed, position, size, digest.update)
    crc32 = 0
    for piece in _pieces(packed, start, position):
        crc32 = zlib.crc32(piece, crc32)
    oid = digest.hexdigest().encode()
    if base is not None:
        _, after = _number(beginning, 0)  # the size of the base
        oid, size = None, max(size, _number(beginning, after)[0])
    return _Measured(start, kind, base, size, crc32, oid), position


def _inflate(packed: mmap.mmap, position: int, size: int, update: Callable[[bytes], None]) -> tuple[bytes, int]:
    """Unpack `size` bytes piece by piece into `update`; the first of them, and where the packed ones end."""
    inflater, done, beginning = zlib.decompressobj(), 0, b""
    step = min(size + 64, _PIECE)  # no more than this object, as far as one can know
    while not inflater.eof:
        waiting = packed[position : position + step]  # beyond the last object there is the checksum
        if not waiting:
            raise ValueError("the end is missing")
        position += len(waiting)
        while waiting and not inflater.eof:
            piece = inflater.decompress(waiting, _PIECE)
            done += len(piece)
            if done > size:
                raise ValueError("larger than announced")
            if len(beginning) < _DELTA_HEADER:
                beginning += piece[:_DELTA_HEADER]
            update(piece)
            waiting = inflater.unconsumed_tail
    if done != size:
        raise ValueError("smaller than announced")
    return beginning, position - len(inflater.unused_data)


def _pieces(packed: mmap.mmap, start: int, end: int) -> Iterator[bytes]:
    for position in range(start, end, _PIECE):
        yield packed[position : min(position + _PIECE, end)]


def _number(packed: mmap.mmap | bytes, position: int) -> tuple[int, int]:
    """A number in pieces of 7 bits, the lowest first, and where it ends."""
    value = shift = 0
    while shift < 63:
        byte = packed[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, position
    raise ValueError("a number without end")


def _distance(packed: mmap.mmap, position: int) -> tuple[int, int]:
    """How far back the base of a delta lies: pieces of 7 bits, the highest first, no value written in two ways."""
    value = packed[position] & 127
    while packed[position] & 128 and value < LARGEST_PACK:
        position += 1
        value = (value + 1 << 7) | packed[position] & 127
    return value, position + 1
