"""Writing files so that they survive: whole or not at all, and on the disk before anybody is told.

Every write goes to a temporary file in the same root, is flushed to the disk (`fsync`) and then moved to its place
in one step. A process that is killed leaves at most a temporary file behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

_syncing = ContextVar("syncing", default=True)


def write(target: Path, content: bytes, *, tmp: Path, mode: int = 0o644) -> None:
    """Put `content` at `target`, replacing what is there; `tmp` is a folder on the same file system."""
    make_folder(target.parent)
    handle, name = tempfile.mkstemp(dir=tmp)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            sync_file(file.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


@contextmanager
def unsynced() -> Iterator[None]:
    """Inside, nothing waits for the disk: for what is thrown away, or synced as a whole before anybody is told."""
    before = _syncing.set(False)
    try:
        yield
    finally:
        _syncing.reset(before)


@contextmanager
def built_aside(target: Path, *, tmp: Path) -> Iterator[Path]:
    """Where the folder `target` is to be built: it comes to its place in one step, and not at all if the block raises.

    A process that is killed leaves no half of it. `tmp` is a folder on the same file system.
    """
    aside = Path(tempfile.mkdtemp(dir=tmp))
    try:
        with unsynced():
            yield aside / "new"
        sync_tree(aside)
        make_folder(target.parent)
        os.rename(aside / "new", target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Make `folder`, and those above it that are missing, with their names on the disk."""
    if not folder.exists():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_file(descriptor: int) -> None:
    """Return when the file's content is on the disk."""
    if _syncing.get():
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on the disk. Windows cannot open folders and needs no such call."""
    if os.name != "nt":
        _sync(folder, os.O_RDONLY)


def sync_tree(folder: Path) -> None:
    """Return when `folder` with all its files and subfolders is on the disk."""
    for parent, _, names in os.walk(folder):
        for name in names:
            _sync(Path(parent, name), os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        sync_folder(Path(parent))


def _sync(path: Path, flags: int) -> None:
    if not _syncing.get():
        return
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
