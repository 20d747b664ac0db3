"""Many writers at once, and writers that are killed: whatever was acknowledged is there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from grader.hub.store.repos import RepoStore
from tests.hub.conftest import commit_body, file_line, send

# Commits until it is done or killed; says each sha only after `commit` has returned.
WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from grader.hub.store.repos import Add, RepoStore

root, name, count, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
repo = RepoStore(Path(root)).find("models", "a/b")
print("ready", flush=True)

def write(number):
    sha = repo.commit([Add(f"{name}/{number}.txt", b"%d" % number), Add(f"{name}.bin", bytes(300 + number))], name)
    print(sha, flush=True)

with ThreadPoolExecutor(threads) as pool:
    list(pool.map(write, range(count)))
"""


def writer(store: RepoStore, name: str, count: int, threads: int = 1) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, str(store.root), name, str(count), str(threads)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def assert_sound(store: RepoStore, acknowledged: set[str]) -> None:
    """Real git finds nothing wrong, and every acknowledged commit with its large file is there."""
    repo = RepoStore(store.root).find("models", "a/b")
    fsck = subprocess.run(["git", "-C", repo.path, "fsck", "--full"], capture_output=True, text=True)
    assert fsck.returncode == 0 and "error" not in fsck.stderr, fsck.stderr
    assert acknowledged <= {commit.id.decode() for commit in repo.log(repo.resolve())}
    for entry in repo.tree(repo.resolve(), recursive=True):
        assert entry.pointer is None or store.lfs.find(entry.pointer.sha256).stat().st_size == entry.size


def test_two_processes_with_threads_lose_no_commit(store):
    repo = store.create("models", "a/b")
    writers = [writer(store, name, count=8, threads=2) for name in ("one", "two")]
    acknowledged = {sha for process in writers for sha in process.communicate(timeout=60)[0].split()}
    assert len(acknowledged) == 16
    assert_sound(store, acknowledged)
    assert len(list(repo.log(repo.resolve()))) == 17, "no commit was built on an old one"
    assert len(repo.tree(repo.resolve(), "one")) == 8


def test_killed_writers_lose_no_acknowledged_commit(store):
    store.create("models", "a/b")
    acknowledged: set[str] = set()
    delays = random.Random(0)
    for turn in range(6):
        process = writer(store, f"turn{turn}", count=10_000)
        # Half of them live to a first commit: on a busy machine all might be killed before.
        told = process.stdout.readline() if turn % 2 else ""
        time.sleep(delays.uniform(0.02, 0.3))
        process.kill()
        told += process.communicate()[0]
        acknowledged |= {line for line in told.split("\n") if len(line) == 40}
        assert_sound(store, acknowledged)
    assert acknowledged


def test_only_one_of_many_makes_a_repository(store):
    def make(_: int) -> bool:
        try:
            RepoStore(store.root).create("models", "a/b")
        except Exception as error:
            assert type(error).__name__ == "AlreadyExists", error
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(make, range(8))) == 1


def test_twenty_clients_at_once_each_land_or_are_told(hub, ask, repo_id):
    commit, history = f"/api/models/{repo_id}/commit/main", f"/api/models/{repo_id}/commits/main"
    start = ask("GET", history).json[0]["id"]

    def push(client: int) -> list[tuple[int, str | None]]:
        """A commit on whatever is newest, then one that must follow the first commit of all."""
        free = send(hub, "POST", commit, commit_body(file_line(f"free/{client}.txt", b"%d" % client)))
        strict = commit_body(file_line(f"strict/{client}.txt", b"%d" % client), parentCommit=start)
        told = send(hub, "POST", commit, strict)
        return [(answer.status, answer.json.get("commitOid")) for answer in (free, told)]

    with ThreadPoolExecutor(20) as pool:
        answers = [answer for pair in pool.map(push, range(20)) for answer in pair]
    landed = {sha for status, sha in answers if status == 200}
    assert sorted(status for status, _ in answers if status != 200) == [412] * (40 - len(landed))
    assert len(landed) == 20, "each free one landed, and no strict one was first"
    pages = [ask("GET", f"{history}?p={page}").json for page in range(2)]
    assert landed | {start} == {commit["id"] for page in pages for commit in page}
