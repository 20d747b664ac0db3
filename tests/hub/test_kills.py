"""A hub that is killed again and again while several clients push: whatever it acknowledged is there afterwards."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from pathlib import Path

import pytest

from grader.hub.server import launch
from grader.hub.server.launch import RunningHub
from grader.hub.store.repos import RepoStore
from tests.hub.conftest import commit_body, file_line, send

KILLS = 50
REPOS = ("one", "two")
LONGEST_LIFE = 0.4  # seconds from the first push on


@dataclass
class Acknowledged:
    """What the hub said it has."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=lambda: {name: {} for name in REPOS})  # sha: content
    repos: set[str] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)  # name: sha
    branches: dict[str, str] = field(default_factory=dict)  # those pushed by git; name: sha


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_in_fifty_kills(tmp_path):
    choose, told = random.Random(0), Acknowledged()
    try:
        for turn in range(KILLS):
            hub = launch.start(tmp_path, stock=[])
            killer = threading.Timer(choose.uniform(0, LONGEST_LIFE), hub.process().kill)
            killer.start()
            jobs = [repeat(push_small, hub, told, turn, name) for name in REPOS]
            jobs += [repeat(push_large, hub, told, turn, REPOS[0]), repeat(make_repo, hub, told, turn, "")]
            jobs += [lambda hub=hub, turn=turn: push_by_git(hub, told, turn, tmp_path / "work")]
            with ThreadPoolExecutor(len(jobs)) as pool:
                for job in [pool.submit(job) for job in jobs]:
                    job.result()
            killer.join()
            assert_all_there(tmp_path / ".course" / "hub", told)
        hub = launch.start(tmp_path, stock=[])
        tmp = tmp_path / ".course" / "hub" / "tmp"
        assert not list(tmp.iterdir()), "what was left half written is cleared away"
        assert send(hub, "POST", f"/api/models/learner/{REPOS[0]}/commit/main", commit_body()).status == 200
    finally:
        launch.stop(tmp_path)
    assert all(len(commits) > KILLS / 2 for commits in told.commits.values()), "the kills came while it was at work"
    assert len(told.repos) > len(REPOS) and told.tags and told.branches


def repeat(push: Callable, hub: RunningHub, told: Acknowledged, turn: int, name: str) -> Callable[[], None]:
    """A job that pushes until the hub is gone."""

    def job() -> None:
        number = 0
        try:
            send(hub, "POST", "/api/repos/create", {"name": name}) if name else None
            while True:
                push(hub, told, f"turn{turn}-{number}", name)
                number += 1
        except (OSError, HTTPException):
            return

    return job


def push_small(hub: RunningHub, told: Acknowledged, label: str, name: str) -> None:
    content = label.encode()
    body = commit_body(file_line(f"small/{label}.txt", content))
    answer = send(hub, "POST", f"/api/models/learner/{name}/commit/main", body)
    assert answer.status == 200, answer.body
    told.repos.add(name)
    sha = answer.json["commitOid"]
    told.commits[name][sha] = content
    tag = f"{name}-{label}"
    if send(hub, "POST", f"/api/models/learner/{name}/tag/{sha}", {"tag": tag}).status == 201:
        told.tags[tag] = sha


def push_large(hub: RunningHub, told: Acknowledged, label: str, name: str) -> None:
    content = hashlib.sha256(label.encode()).digest() * 4000
    oid = hashlib.sha256(content).hexdigest()
    wanted = {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}
    (batch,) = send(hub, "POST", f"/learner/{name}.git/info/lfs/objects/batch", wanted).json["objects"]
    address = batch["actions"]["upload"]["href"].removeprefix(hub.url)
    assert send(hub, "PUT", address, content, token=None).status == 200
    line = ("lfsFile", {"path": f"large/{label}.bin", "algo": "sha256", "oid": oid, "size": len(content)})
    answer = send(hub, "POST", f"/api/models/learner/{name}/commit/main", commit_body(line))
    assert answer.status == 200, answer.body
    told.commits[name][answer.json["commitOid"]] = content


def make_repo(hub: RunningHub, told: Acknowledged, label: str, _: str) -> None:
    assert send(hub, "POST", "/api/repos/create", {"name": label}).status == 200
    told.repos.add(label)
    time.sleep(0.05)


def push_by_git(hub: RunningHub, told: Acknowledged, turn: int, work: Path) -> None:
    """Pushes new branches, each with a commit of its own, until the hub is gone."""
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        me = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
        return subprocess.run(["git", *me, *words], cwd=work, env=environment, capture_output=True, text=True)

    if not work.exists():
        work.mkdir()
        git("init", "--quiet")
    address = f"http://learner:{hub.token}@127.0.0.1:{hub.port}/learner/{REPOS[1]}"
    for number in count():
        branch = f"git-{turn}-{number}"
        git("commit", "--allow-empty", "--quiet", "-m", branch)
        if git("push", "--quiet", address, f"HEAD:refs/heads/{branch}").returncode:
            return
        told.branches[branch] = git("rev-parse", "HEAD").stdout.strip()


def assert_all_there(root: Path, told: Acknowledged) -> None:
    store = RepoStore(root)
    found = {repo.id.partition("/")[2]: repo for repo in store.all("models")}
    assert told.repos <= set(found)
    for repo in found.values():
        fsck = subprocess.run(["git", "-C", repo.path, "fsck", "--full", "--strict"], capture_output=True, text=True)
        assert fsck.returncode == 0 and "error" not in fsck.stderr, fsck.stderr
    for name, commits in told.commits.items():
        if not commits:
            continue
        repo = found[name]
        assert set(commits) <= {commit.id.decode() for commit in repo.log(repo.resolve())}
        held = set(commits.values())
        for entry in repo.tree(repo.resolve(), recursive=True):
            if not entry.is_folder:
                held.discard(store.lfs.find(entry.pointer.sha256).read_bytes() if entry.pointer else repo.read(entry))
        assert not held
    every_tag = {name: sha for repo in found.values() for name, sha in repo.tags().items()}
    assert told.tags.items() <= every_tag.items()
    assert not told.branches or told.branches.items() <= found[REPOS[1]].branches().items()
