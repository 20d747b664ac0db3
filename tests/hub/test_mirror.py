"""Copying from another hub: what was there is here, verified, whatever happened on the way."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grader.hub.errors import BadRequest, HubError, OutOfSpace
from grader.hub.mirror import download, upstream
from grader.hub.mirror import mirror as mirror_module
from grader.hub.mirror.checking import check
from grader.hub.mirror.mirror import Mirror
from grader.hub.mirror.records import records_of
from grader.hub.mirror.selection import Selection, Wanted, of_the_course
from grader.hub.mirror.upstream import REAL_HUB, Interrupted, RemoteFile, Upstream, token_for
from grader.hub.server import launch
from grader.hub.server.launch import RunningHub
from grader.hub.store.repos import Add, Repo, RepoStore
from tests.hub.conftest import WHEN, quiet_environment

WEIGHTS = bytes(range(256)) * 8192  # 2 MB
SMALL = {"config.json": b'{"model_type": "bert"}', "empty.txt": b"", "copy/config.json": b'{"model_type": "bert"}'}
LARGE = {"model.safetensors": WEIGHTS, "pytorch_model.bin": WEIGHTS[::-1], "2_Dense/pytorch_model.bin": b"\0" * 999}


@pytest.fixture(scope="module")
def there(hub: RunningHub) -> RepoStore:
    """The repositories of the hub that is copied from."""
    store = RepoStore(hub.hf_home.parent / "hub")
    model = store.create("models", "org/model", when=WHEN)
    model.commit([Add("config.json", b"old")], "first", when=WHEN)
    model.tag("v1")
    model.commit([Add(path, content) for path, content in (SMALL | LARGE).items()], "second", when=WHEN + 60)
    store.alias("models", "old-model", "org/model")
    data = store.create("datasets", "org/data", when=WHEN)
    data.commit([Add("data/train 1.parquet", b"\0PAR1" * 100), Add("README.md", b"# Data\n")], "data", when=WHEN)
    store.create("models", "learner/secret", private=True).commit([Add("config.json", b"{}")], "secret")
    return store


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """An empty mirror."""
    return Mirror(tmp_path / "mirror")


class Relay:
    """A hub that passes everything on to another one, and fails as it is told to. `asked`: (path, headers)."""

    def __init__(self, port: int):
        self.cut: list[int] = []  # after so many bytes of the weights, once each
        self.damage = 0  # so many times
        self.ignore_range = False
        self.hold = threading.Event()  # while it is not set, a cut one waits before it ends
        self.hold.set()
        self.reached = threading.Event()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, port))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def starts(self, name: str) -> list[str]:
        """The ranges asked for of a file, "" for all of it."""
        return [headers.get("Range", "") for path, headers in self.asked if path.endswith(name)]


def _handler(relay: Relay, port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            relay.asked.append((self.path, dict(self.headers)))
            connection = http.client.HTTPConnection("127.0.0.1", port)
            sent = {key: value for key, value in self.headers.items() if key != "Host"}
            if relay.ignore_range:
                sent.pop("Range", None)
            connection.request("GET", self.path, headers=sent)
            answer = connection.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            if self.path.endswith("/model.safetensors"):
                if relay.damage:
                    relay.damage -= 1
                    body = b"?" + body[1:]
                if relay.cut:
                    self.wfile.write(body[: relay.cut.pop(0)])
                    self.wfile.flush()
                    relay.reached.set()
                    relay.hold.wait(60)
                    self.close_connection = True
                    return
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def relay(hub: RunningHub, there: RepoStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    monkeypatch.setattr(download, "_PAUSES", (0.0, 0.0))
    made = Relay(hub.port)
    yield made
    made.hold.set()
    made.server.shutdown()
    made.server.server_close()


def bring(mirror: Mirror, source: str, name: str, *, token: str | None = None, **selection) -> Repo:
    """Mirror `name` and give the repository, opened as the hub opens it."""
    plan = mirror.plan(Upstream(source, token), Wanted.parse(name), Selection(**selection))
    mirror.bring(plan, lambda path, count: None)
    assert not list((mirror.root / "parts").iterdir()) and not list((mirror.root / "tmp").iterdir())
    return served(mirror).find(plan.snapshot.repo_type, plan.snapshot.asked_id)


def served(mirror: Mirror) -> RepoStore:
    return RepoStore(mirror.root.parent / "overlay", [mirror.root])


def contents(repo: Repo, sha: str) -> dict[str, bytes]:
    """All files of a commit."""
    files = [entry for entry in repo.tree(sha, recursive=True) if not entry.is_folder]
    return {
        entry.path: repo.lfs.find(entry.pointer.sha256).read_bytes() if entry.pointer else repo.read(entry)
        for entry in files
    }


def test_a_commit_is_here_under_all_its_names(hub, there, mirror):
    original = there.find("models", "org/model")
    sha = original.resolve()
    repo = bring(mirror, hub.url, "old-model", all_files=True)
    assert repo.id == "org/model" and not repo.writable
    for name in ("main", sha, sha[:7]):
        assert contents(repo, repo.resolve(name)) == contents(original, sha)
    assert len(list(repo.log(repo.resolve()))) == 1 and next(repo.log(repo.resolve())).commit_time == WHEN + 60
    assert subprocess.run(["git", "-C", repo.path, "fsck", "--strict"], capture_output=True).returncode == 0

    bring(mirror, hub.url, "org/model@v1")
    assert contents(repo, repo.resolve("v1"))["config.json"] == b"old"
    assert repo.resolve(original.resolve("v1")) == repo.resolve("v1") != repo.resolve("main"), "main is left alone"
    assert [record.revision for record in records_of(repo.path)] == ["main", "v1"]
    with pytest.raises(HubError, match="has no branch"):
        repo.resolve(sha[:6])


def test_data_sets_spaces_and_a_pinned_commit_first(hub, there, mirror):
    data = bring(mirror, hub.url, "datasets/org/data")
    assert contents(data, data.resolve())["data/train 1.parquet"] == b"\0PAR1" * 100
    assert bring(mirror, hub.url, "spaces/evaluate-metric/f1").type == "spaces"
    old = there.find("models", "org/model").resolve("v1")
    repo = bring(mirror, hub.url, f"org/model@{old[:9]}")
    assert repo.resolve("main") == repo.resolve(old) == repo.resolve(old[:9]) == repo.resolve(old[:7])
    newer = bring(mirror, hub.url, "org/model")
    assert newer.resolve("main") != newer.resolve(old), "main is what was asked for as main"


CLIENT = """
import sys
from huggingface_hub import hf_hub_download, model_info, snapshot_download
from transformers import AutoConfig

sha, weights = sys.argv[1], open(sys.argv[2], "rb").read()
info = model_info("old-model", revision=sha)
assert (info.id, info.sha) == ("org/model", sha)
assert open(hf_hub_download("org/model", "model.safetensors", revision=sha), "rb").read() == weights
assert open(hf_hub_download("old-model", "config.json", revision=sha[:7])).read() == '{"model_type": "bert"}'
assert AutoConfig.from_pretrained("old-model", revision=sha).model_type == "bert"
assert open(snapshot_download("org/model", revision=sha) + "/config.json").read() == '{"model_type": "bert"}'
"""


def test_a_running_hub_serves_it_in_place_of_a_stand_in(hub, there, tmp_path):
    stand_in = RepoStore(tmp_path / "stock").create("models", "org/model")
    stand_in.commit([Add("config.json", b"stand-in")], "a stand-in")
    here = launch.start(tmp_path, stock=[tmp_path / "stock"])
    try:
        repo = bring(Mirror(tmp_path / ".course" / "mirror"), hub.url, "old-model")
        (tmp_path / "weights").write_bytes(WEIGHTS)
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, records_of(repo.path)[0].sha, tmp_path / "weights"],
            env=quiet_environment() | launch.client_environment(here),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    finally:
        launch.stop(tmp_path)


def test_a_private_repository_needs_the_token_of_that_hub(hub, there, mirror, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_real_hub")
    for token in (None, "hf_wrong", token_for(hub.url, None)):
        with pytest.raises(HubError, match="has no learner/secret.*private"):
            bring(mirror, hub.url, "learner/secret", token=token)
    repo = bring(mirror, hub.url, "learner/secret", token=hub.token)
    assert contents(repo, repo.resolve())["config.json"] == b"{}"
    assert token_for(REAL_HUB + "/", None) == "hf_of_the_real_hub" and token_for(hub.url, "given") == "given"
    assert hub.token not in "".join(path.read_text() for path in mirror.root.rglob("*.json"))
    with pytest.raises(BadRequest, match="token"):
        Upstream(hub.url, "hf_x\r\nHost: elsewhere")


def test_the_token_does_not_follow_a_redirection(relay):
    """Both are on this machine, but at other ports, and so other origins."""
    elsewhere = Relay(relay.server.server_port)

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self):
            target = f"/again{self.path}" if not self.path.startswith("/again") else f"{elsewhere.url}/{self.path[7:]}"
            seen.append(self.headers["Authorization"])
            self.send_response(307)
            self.send_header("Location", target)
            self.end_headers()

        def log_message(self, *_):
            pass

    seen: list[str | None] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        Upstream(f"http://127.0.0.1:{server.server_port}", "hf_secret").snapshot("models", "org/model")
    finally:
        for each in (server, elsewhere.server):
            each.shutdown()
            each.server_close()
    assert seen == ["Bearer hf_secret"] * 2, "on the same origin it does"
    assert "Authorization" not in elsewhere.asked[0][1]


def test_a_broken_connection_goes_on_where_it_broke(relay, mirror):
    relay.cut = [500_000, 0, 700_000]
    repo = bring(mirror, relay.url, "org/model")
    assert contents(repo, repo.resolve())["model.safetensors"] == WEIGHTS
    assert relay.starts("/model.safetensors") == ["", "bytes=500000-", "bytes=500000-", "bytes=1200000-"]


def test_a_hub_without_ranges_starts_again(relay, mirror):
    relay.cut, relay.ignore_range = [500_000], True
    counted = []
    plan = mirror.plan(Upstream(relay.url), Wanted.parse("org/model"), Selection(include=["model.safetensors"]))
    mirror.bring(plan, lambda path, count: counted.append(count))
    assert sum(counted) == plan.missing == len(WEIGHTS) and min(counted) == -500_000


def test_what_came_in_is_kept_when_upstream_is_gone_for_longer(relay, mirror):
    relay.cut = [900_000, 0, 0, 0]
    with pytest.raises(Interrupted, match="900,000 of 2,097,152 bytes.*same command"):
        bring(mirror, relay.url, "org/model")
    assert not list(mirror.all()), "nothing of it is served"
    relay.asked.clear()
    plan = mirror.plan(Upstream(relay.url), Wanted.parse("org/model"), Selection())
    assert plan.missing < plan.size - 900_000
    repo = bring(mirror, relay.url, "org/model")
    assert contents(repo, repo.resolve())["model.safetensors"] == WEIGHTS
    assert relay.starts("/model.safetensors") == ["bytes=900000-"] and not relay.starts("/config.json")


def test_killed_in_the_middle(relay, tmp_path):
    environment = quiet_environment() | {"COURSE_HOME": str(tmp_path)}
    code = "from grader.cli import app; app()"
    command = [sys.executable, "-c", code, "hub", "mirror", "org/model", "--from", relay.url, "--yes"]
    relay.cut = [1_000_000]
    relay.hold.clear()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert relay.reached.wait(60)
    part = tmp_path / ".course" / "mirror" / "parts"
    while process.poll() is None and not any(path.stat().st_size >= 500_000 for path in part.glob("*")):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    relay.hold.set()
    assert not list(Mirror(tmp_path / ".course" / "mirror").all())
    again = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stdout + again.stderr
    assert relay.starts("/model.safetensors")[1].startswith("bytes="), "it was continued"
    repo = served(Mirror(tmp_path / ".course" / "mirror")).find("models", "org/model")
    assert contents(repo, repo.resolve())["model.safetensors"] == WEIGHTS


def test_a_damaged_file_is_fetched_again_once(relay, mirror):
    relay.damage = 2
    with pytest.raises(HubError, match=r"model\.safetensors.*twice with another content.*thrown away"):
        bring(mirror, relay.url, "org/model")
    assert not list(mirror.all())
    relay.damage = 1
    repo = bring(mirror, relay.url, "org/model")
    assert contents(repo, repo.resolve())["model.safetensors"] == WEIGHTS
    assert relay.starts("/model.safetensors") == [""] * 4 and len(relay.starts("/resolve/")) == 0
    assert len(relay.starts("/.gitattributes")) == 1, "the other files were kept"


def test_a_check_finds_what_was_damaged_here_and_a_second_call_mends_it(hub, there, mirror):
    repo = bring(mirror, hub.url, "org/model")
    [finding] = check(mirror, lambda endpoint: None)
    assert (finding.name, finding.damaged, finding.upstream) == ("org/model", [], "the same")
    weights = repo.lfs.find(repo.entry(repo.resolve(), "model.safetensors").pointer.sha256)
    weights.write_bytes(WEIGHTS[:-1] + b"?")
    oid = repo.entry(repo.resolve(), "config.json").oid
    blob = repo.path / "objects" / oid[:2] / oid[2:]
    blob.chmod(0o644)
    blob.write_bytes(b"damaged")
    records = [replace(record, upstream="http://127.0.0.1:9") for record in records_of(repo.path)]
    (repo.path / "mirror.json").write_text(json.dumps([vars(record) for record in records]))
    [finding] = check(mirror, lambda endpoint: None)
    assert set(finding.damaged) == {"model.safetensors", *(path for path in SMALL if path.endswith("config.json"))}
    assert finding.upstream == "not reached"
    sha = finding.record.sha
    bring(mirror, hub.url, f"org/model@{sha}")
    assert not any(finding.damaged for finding in check(mirror, lambda endpoint: None))
    there.find("datasets", "org/data")
    repo = bring(mirror, hub.url, "datasets/org/data")
    there.find("datasets", "org/data").commit([Add("new.txt", b"new")], "newer")
    assert [finding.upstream[:8] for finding in check(mirror, lambda endpoint: None)][-1] == "moved on"


def test_removing_frees_the_disk_but_not_what_others_need(hub, there, mirror):
    there.create("models", "org/twin").commit([Add("model.safetensors", WEIGHTS)], "the same weights")
    bring(mirror, hub.url, "old-model", all_files=True)
    twin = bring(mirror, hub.url, "org/twin")
    freed = mirror.remove(Wanted.parse("org/model"))
    assert freed == sum(map(len, LARGE.values())) - len(WEIGHTS)
    assert contents(twin, twin.resolve())["model.safetensors"] == WEIGHTS
    for name in ("org/model", "old-model"):
        with pytest.raises(HubError, match="is not mirrored here"):
            mirror.remove(Wanted.parse(name))
    assert mirror.remove(Wanted.parse("org/twin")) == len(WEIGHTS) and not list(mirror.all())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("org/nothing", "has no org/nothing.*Check the name"),
        ("datasets/org/model", "has no org/model"),
        ("org/model@v9", "has no org/model@v9.*no such branch, tag or commit"),
        ("org/model@", "names no revision"),
        ("../model", "cannot be the name"),
    ],
)
def test_names_that_are_wrong(hub, there, mirror, name, reason):
    with pytest.raises(HubError, match=reason):
        bring(mirror, hub.url, name)
    assert not list(mirror.all())


def test_no_room(hub, there, mirror, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 201_000_000))
    with pytest.raises(OutOfSpace, match=r"2\.1 MB are to be fetched.*201\.0 MB.*Nothing was fetched"):
        bring(mirror, hub.url, "org/model")
    assert not list((mirror.root / "parts").iterdir())
    assert bring(mirror, hub.url, "org/model@v1")


def test_a_disk_that_fills_up_meanwhile(hub, there, mirror, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mirror_module, "commit", full)
    with pytest.raises(OutOfSpace, match=r"No space left on device.*is kept.*same command once more"):
        bring(mirror, hub.url, "org/model")


def test_an_upstream_that_is_no_hub(mirror):
    with pytest.raises(BadRequest, match="not the address of a hub"):
        Upstream("file:///etc/passwd")
    with pytest.raises(Interrupted, match="cannot be reached"):
        Upstream("http://127.0.0.1:9").snapshot("models", "org/model")


GOOD = {
    "id": "org/model",
    "sha": "a" * 40,
    "lastModified": "2026-01-01T00:00:00.000Z",
    "siblings": [{"rfilename": "a.txt", "size": 1, "blobId": "b" * 40}],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "../../etc"},
        {"sha": "../" + "a" * 37},
        {"sha": None},
        {"siblings": [{"rfilename": "../../x", "size": 1, "blobId": "b" * 40}]},
        {"siblings": [{"rfilename": ".git/config", "size": 1, "blobId": "b" * 40}]},
        {"siblings": [{"rfilename": "a", "size": 1, "blobId": "../../x"}]},
        {"siblings": [{"rfilename": "a", "size": -1, "blobId": "b" * 40}]},
        {"siblings": [{"rfilename": "a", "size": 1, "lfs": {"sha256": "b" * 40, "size": 1}}]},
        {"siblings": GOOD["siblings"] * 2},
    ],
)
def test_a_hostile_answer_becomes_no_path(wrong):
    assert upstream._snapshot(GOOD, "models", "org/model", "main").files == (RemoteFile("a.txt", 1, "b" * 40, False),)
    with pytest.raises((BadRequest, ValueError, TypeError)):
        upstream._snapshot(GOOD | wrong, "models", "org/model", "main")


def test_which_files_are_taken():
    names = ["model.safetensors", "pytorch_model.bin", "tf_model.h5", "onnx/a/model.onnx", "2_Dense/pytorch_model.bin"]
    files = [RemoteFile(name, 1, "0" * 64, True) for name in names]

    def taken(**chosen) -> list[str]:
        return [file.path for file in Selection(**chosen).of(files)]

    assert taken() == ["model.safetensors", "2_Dense/pytorch_model.bin"]
    assert taken(all_files=True) == names
    assert taken(include=["*.bin"]) == ["pytorch_model.bin", "2_Dense/pytorch_model.bin"]
    assert taken(include=["*.bin"], exclude=["2_Dense/"]) == ["pytorch_model.bin"]
    assert Selection().of(files[1:]) == files[1:], "without safetensors all are needed"


def test_the_course_mirrors_what_its_stand_ins_stand_for():
    course = of_the_course()
    assert Wanted("models", "openai-community/gpt2", "607a30d") in course
    assert Wanted("datasets", "nyu-mll/glue") in course
    assert not any(wanted.repo_id.startswith(("course/", "evaluate-metric/")) for wanted in course)
