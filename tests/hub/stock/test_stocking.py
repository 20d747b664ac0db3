"""Stocking: once, whole or not at all, and the same on every machine."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from grader.hub.errors import RepoNotFound
from grader.hub.stock.stocking import ensure_stock, prune
from grader.hub.stock.wheels import StockError
from grader.hub.store.repos import RepoStore


def start_stocking(**environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, tiny.__file__],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not appear"
        time.sleep(0.02)


def test_serves_what_was_built(cache: Path, tmp_path: Path) -> None:
    (root,) = ensure_stock(recipes=[tiny.TINY])
    store = RepoStore(tmp_path / "overlay", [root])
    repo = store.find("models", "tiny")  # the old name
    assert repo.id == "course/tiny"
    head = repo.resolve("main")
    assert repo.resolve("abc1234") == head
    entries = {entry.path: entry for entry in repo.tree(head, recursive=True) if not entry.is_folder}
    assert set(entries) == {".gitattributes", "README.md", "model.safetensors", "sub/config.json"}
    pointer = entries["model.safetensors"].pointer
    assert repo.lfs.find(pointer.sha256).read_bytes() == bytes(range(256))


def test_commits_are_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shas = []
    for machine in ("one", "two"):
        monkeypatch.setenv("COURSE_CACHE", str(tmp_path / machine))
        (root,) = ensure_stock(recipes=[tiny.TINY])
        repo = RepoStore(tmp_path / machine / "overlay", [root]).find("models", "course/tiny")
        shas.append([commit.id for commit in repo.log(repo.resolve("main"))])
    assert shas[0] == shas[1]


def test_is_quick_and_silent_when_everything_is_there(cache: Path) -> None:
    said: list[str] = []
    first = ensure_stock(said.append, [tiny.TINY])
    assert said == ["Stocking the practice hub 1/1: course/tiny"]
    started = time.perf_counter()
    assert ensure_stock(said.append, [tiny.TINY]) == first
    assert time.perf_counter() - started < 0.05
    assert len(said) == 1


def test_mends_what_a_killed_process_left(cache: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start_stocking(LOG=str(log), SECONDS="60")
    wait_for(log)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = {path.name.split("-")[0] for path in (cache / "stock").iterdir()}
    assert {".building", ".scratch"} <= left and "tiny" not in left
    (root,) = ensure_stock(recipes=[tiny.TINY])
    assert {path.name for path in (cache / "stock").iterdir()} == {root.name, ".lock"}
    assert RepoStore(tmp_path / "overlay", [root]).find("models", "course/tiny").resolve("main")


def test_two_at_once_build_once(cache: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [start_stocking(LOG=str(log), SECONDS="1") for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert outputs[0] == outputs[1]
    assert log.read_text() == "built\n"


def test_tells_that_it_waits_for_another_process(cache: Path, tmp_path: Path) -> None:
    log, said = tmp_path / "log", []
    process = start_stocking(LOG=str(log), SECONDS="1")
    wait_for(log)
    ensure_stock(said.append, [tiny.TINY])
    process.communicate(timeout=60)
    assert said == ["Another process is stocking the practice hub; waiting until it is done"]


def fail_with(code: int):
    def build(materials, folder):
        (folder / "half.bin").write_bytes(b"half")
        raise OSError(code, os.strerror(code))

    return build


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "too full"), (errno.EROFS, "cannot be written to")])
def test_keeps_what_is_finished_when_the_disk_refuses(cache: Path, code: int, words: str) -> None:
    broken = replace(tiny.TINY, name="broken", repo_id="course/broken", build=fail_with(code))
    with pytest.raises(StockError, match=f"(?s){words}.*COURSE_CACHE"):
        ensure_stock(recipes=[tiny.TINY, broken])
    assert {path.name.split("-")[0] for path in (cache / "stock").iterdir()} == {"tiny", ".lock"}


def test_looks_for_space_before_it_starts(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 99, 1))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    with pytest.raises(StockError, match="too full"):
        ensure_stock(recipes=[tiny.TINY])
    assert not (tmp_path / "log").exists()


def test_an_error_in_a_recipe_is_not_hidden(cache: Path) -> None:
    def build(materials, folder):
        raise ValueError("wrong recipe")

    with pytest.raises(ValueError, match="wrong recipe"):
        ensure_stock(recipes=[replace(tiny.TINY, build=build)])
    assert [path.name for path in (cache / "stock").iterdir()] == [".lock"]


def test_prune_removes_only_what_is_not_used(cache: Path, tmp_path: Path) -> None:
    older = replace(tiny.TINY, tags=())
    (old_root,) = ensure_stock(recipes=[older])
    (root,) = ensure_stock(recipes=[tiny.TINY])
    assert prune([root]) == [old_root]
    assert root.is_dir() and not old_root.exists()
    with pytest.raises(RepoNotFound):
        RepoStore(tmp_path / "overlay", [old_root]).find("models", "course/tiny")
