"""Large files: kept once under their sha256 beside the git repositories, which hold only a pointer to them.

Layout of a root: `lfs/aa/bb/<sha256>`, shared by all its repositories, so equal files are stored once.
Which files are large follows the Hub: what `.gitattributes` says, more than 10 MB, or binary.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.hub.errors import BadRequest
from grader.hub.store import durable
from grader.hub.store.patterns import filter_of

LARGEST_REGULAR = 10 * 1000 * 1000  # bytes
SAMPLE = 512  # bytes at a file's start that tell text from binary
_PIECE = 1 << 20  # bytes read at a time

_WEIGHTS_AND_ARCHIVES = """
*.7z *.arrow *.avro *.bin *.bz2 *.ckpt *.ftz *.gguf *.gz *.h5 *.joblib *.mlmodel *.model *.msgpack *.npy *.npz *.onnx
*.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors *.tar *.tar.* *.tflite *.tgz *.wasm *.xz *.zip *.zst
*tfevents* saved_model/**/*
"""
_MEDIA = "*.aac *.bmp *.flac *.gif *.jpeg *.jpg *.m4a *.mp3 *.mp4 *.ogg *.pcm *.png *.sam *.tiff *.wav *.webm *.webp"


def standard_gitattributes(repo_type: str) -> bytes:
    """The `.gitattributes` of a new repository: weights and archives are large files, in data sets media too."""
    patterns = _WEIGHTS_AND_ARCHIVES.split() + (_MEDIA.split() if repo_type == "datasets" else [])
    return "".join(f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in patterns).encode()


def megabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 1e6:,.1f} MB"


def is_large(path: bytes, size: int, sample: bytes, gitattributes: bytes) -> bool:
    """The Hub's rule: does a file with this path, size (bytes) and beginning become an LFS object?"""
    if size == 0:
        return False
    if size > LARGEST_REGULAR or b"\0" in sample[:SAMPLE]:
        return True
    return filter_of(path, gitattributes) == b"lfs"


@dataclass(frozen=True)
class Pointer:
    """What git holds in place of a large file: the file's sha256 (hex) and size in bytes."""

    sha256: str
    size: int

    def text(self) -> bytes:
        """The pointer file, byte for byte as git-lfs writes it."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {self.size}\n".encode()


_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n"
)
LONGEST_POINTER = 1024  # bytes, the limit of the git-lfs specification


def parse_pointer(content: bytes) -> Pointer | None:
    """The pointer that `content` is, or None when it is a file of its own."""
    if len(content) >= LONGEST_POINTER or not (match := _POINTER.fullmatch(content)):
        return None
    return Pointer(match[1].decode(), int(match[2]))


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_sha256(text: str) -> bool:
    """True for 64 lower-case hexadecimal digits."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


class LfsStore:
    """The large files of a writable root, and to be read those of the stock below it."""

    def __init__(self, root: Path, stock: Sequence[Path] = ()):
        self.root = root
        self._stock = tuple(stock)

    def find(self, sha256: str) -> Path | None:
        """Where the object lies, or None when no root has it."""
        return next((path for root in (self.root, *self._stock) if (path := _place(root, sha256)).exists()), None)

    def adopt(self, sha256: str) -> Path | None:
        """As `find`, but afterwards the writable root holds the object itself: the stock may change one day."""
        found, own = self.find(sha256), _place(self.root, sha256)
        if found is None or found == own:
            return found
        durable.make_folder(own.parent)
        try:
            os.link(found, own)
        except FileExistsError:
            pass
        except OSError:  # another file system, or one without links
            self.add(found)
        durable.sync_folder(own.parent)
        return own

    def add(self, source: bytes | Path) -> Pointer:
        """Store a copy of `source`."""
        with (
            self.incoming() as incoming,
            io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file,
        ):
            while piece := file.read(_PIECE):
                incoming.write(piece)
            return incoming.keep()

    def take(self, file: Path, sha256: str) -> None:
        """Move in a `file` on the same disk, whose sha256 the caller has made sure of."""
        _move_in(file, _place(self.root, sha256))

    def incoming(self) -> Incoming:
        """A file that is about to arrive in pieces; to be used in a `with` block."""
        return Incoming(self.root)


class Incoming:
    """A large file that arrives in pieces: hashed while it is written, stored only by `keep`, else removed."""

    def __init__(self, root: Path):
        self._root = root
        self._sha = hashlib.sha256()
        self._size = 0

    def __enter__(self) -> Incoming:
        handle, name = tempfile.mkstemp(dir=self._root / "tmp")
        self._file, self._tmp = open(handle, "wb"), Path(name)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # a full disk may refuse to flush what is to be removed anyway
            self._file.close()
        self._tmp.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self._sha.update(piece)
        self._size += len(piece)
        self._file.write(piece)

    def keep(self, expected: Pointer | None = None) -> Pointer:
        """Store what arrived; raises `BadRequest` (nothing is stored) when it is not what was `expected`."""
        pointer = Pointer(self._sha.hexdigest(), self._size)
        if expected is not None and pointer != expected:
            raise BadRequest(
                f"The upload has sha256 {pointer.sha256} and {pointer.size} bytes; announced were sha256 "
                f"{expected.sha256} and {expected.size} bytes. Nothing was stored; upload the file again."
            )
        place = _place(self._root, pointer.sha256)
        if not place.exists():
            self._file.close()  # before the move, which Windows refuses for an open file
            _move_in(self._tmp, place)
        return pointer


def _move_in(file: Path, place: Path) -> None:
    """Returns when the file is safe at its place."""
    durable.make_folder(place.parent)
    with file.open("r+b") as content:
        durable.sync_file(content.fileno())
    os.chmod(file, 0o644)
    os.replace(file, place)
    durable.sync_folder(place.parent)


def _place(root: Path, sha256: str) -> Path:
    return root / f"lfs/{sha256[:2]}/{sha256[2:4]}/{sha256}"
