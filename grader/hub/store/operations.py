"""What a commit consists of, and the step from a commit's files to the next commit's files."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dulwich.objects import Blob

from grader.hub.errors import BadRequest, EntryNotFound
from grader.hub.store.lfs import SAMPLE, LfsStore, Pointer, is_large
from grader.hub.store.names import check_path

REGULAR_FILE = 0o100644

Files = Mapping[bytes, tuple[int, bytes]]  # path -> (mode, object id), as git's trees hold them


@dataclass(frozen=True)
class Add:
    """One file, new or replaced; large or binary content becomes an LFS object by the rule of the Hub."""

    path: str
    content: bytes | Path


@dataclass(frozen=True)
class AddLarge:
    """One file whose content is in the LFS store already; `size` in bytes, None when the caller does not say it."""

    path: str
    sha256: str
    size: int | None = None


@dataclass(frozen=True)
class Delete:
    """A file, or a folder with all that is in it."""

    path: str


Operation = Add | AddLarge | Delete


@dataclass
class Staged:
    """The files of a commit that is about to be written, and the blobs among them that may be new."""

    files: dict[bytes, tuple[int, bytes]]
    blobs: dict[bytes, Blob] = field(default_factory=dict)  # by object id


def stage(operations: Sequence[Operation], files: Files, lfs: LfsStore, read_blob: Callable[[bytes], bytes]) -> Staged:
    """Apply the operations in their order to `files`; raises `BadRequest` or `EntryNotFound` for an impossible one."""
    staged = Staged(dict(files))
    gitattributes = _gitattributes(operations, files, read_blob)
    for operation in operations:
        if isinstance(operation, Delete):
            _delete(operation, staged.files)
            continue
        path = check_path(operation.path)
        blob = Blob.from_string(_content(operation, path, gitattributes, lfs))
        mode = staged.files.get(path, (REGULAR_FILE, b""))[0]
        staged.files[path] = (mode if stat.S_ISREG(mode) else REGULAR_FILE, blob.id)
        staged.blobs[blob.id] = blob
    if clash := name_clash(staged.files):
        folder, path = (name.decode(errors="replace") for name in clash)
        raise BadRequest(
            f"{folder!r} cannot be a file and the folder of {path!r} at once. "
            "Nothing was written; delete or rename one of them."
        )
    return staged


def _gitattributes(operations: Sequence[Operation], files: Files, read_blob: Callable[[bytes], bytes]) -> bytes:
    """The rules for large files: those of this very commit if it has some, else those of the repository."""
    for operation in operations:
        if isinstance(operation, Add) and operation.path == ".gitattributes":
            return _read(operation.content)
    if b".gitattributes" in files:
        return read_blob(files[b".gitattributes"][1])
    return b""


def _content(operation: Add | AddLarge, path: bytes, gitattributes: bytes, lfs: LfsStore) -> bytes:
    """What git is to hold for this file: its content, or the pointer to a large one, which is then in the store."""
    if isinstance(operation, AddLarge):
        found = lfs.adopt(operation.sha256)
        pointer = Pointer(operation.sha256, found.stat().st_size) if found else None
        if pointer is None or operation.size not in (None, pointer.size):
            raise BadRequest(
                f"The large file {operation.path!r} (sha256 {operation.sha256[:12]}..., {operation.size} bytes) "
                "was never uploaded. Nothing was written; upload it, then commit."
            )
        return pointer.text()
    content = operation.content
    if isinstance(content, Path):
        with content.open("rb") as file:
            size, sample = content.stat().st_size, file.read(SAMPLE)
    else:
        size, sample = len(content), content[:SAMPLE]
    if is_large(path, size, sample, gitattributes):
        return lfs.add(content).text()
    return _read(content)


def _read(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content


def _delete(operation: Delete, files: dict[bytes, tuple[int, bytes]]) -> None:
    path = operation.path.strip("/").encode("utf-8", errors="replace")
    gone = [path] if path in files else [name for name in files if name.startswith(path + b"/")]
    if not gone:
        raise EntryNotFound(f"{operation.path!r} cannot be deleted: there is no such file or folder.")
    for name in gone:
        del files[name]


def name_clash(files: Files) -> tuple[bytes, ...]:
    """A file that is the folder of another one at once, and that other one; empty when there is none."""
    for path in files:
        folder = path
        while b"/" in folder:
            folder = folder.rpartition(b"/")[0]
            if folder in files:
                return folder, path
    return ()
