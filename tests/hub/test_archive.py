"""A whole hub in one archive, and back: the same repositories, large files, discussions and accounts."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import tarfile
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.errors import AlreadyExists, BadRequest, HubError, OutOfSpace
from grader.hub.server import launch
from grader.hub.store import archive as archive_module
from grader.hub.store import discussions, reset, restore
from grader.hub.store.archive import MANIFEST, export
from grader.hub.store.repos import Add, RepoStore
from tests.hub.conftest import commit_body, file_line, send

LARGE = b"\0" + bytes(range(256)) * 100

Roots = dict[str, Path]


def roots_in(folder: Path) -> Roots:
    return {"hub": folder / ".course" / "hub", "mirror": folder / ".course" / "mirror"}


@pytest.fixture
def there(tmp_path: Path) -> Roots:
    """A hub with some of everything."""
    roots = roots_in(tmp_path / "there")
    store = RepoStore(roots["hub"])
    model = store.create("models", "learner/model")
    model.commit([Add("model.bin", LARGE), Add("config.json", b"{}")], "with weights")
    model.create_branch("wild/branch")
    model.tag("v1", message="the first")
    subprocess.run(["git", "-C", model.path, "gc", "--quiet"], check=True)  # packs, and packed refs
    model.commit([Add("new.txt", b"new")], "newer than the pack")
    discussions.start(model, "A question", "Why?", author="learner")
    discussions.propose(model, [Add("better.txt", b"better")], "A change", "", author="learner")
    store.create("datasets", "learner/data", private=True)
    store.move(store.create("models", "learner/before"), "learner/after")
    mirrored = RepoStore(roots["mirror"]).create("models", "org/mirrored")
    mirrored.commit([Add("model.bin", LARGE[::-1])], "mirrored")
    return roots


@pytest.fixture
def here(tmp_path: Path) -> Roots:
    """Where there is nothing yet."""
    return roots_in(tmp_path / "here")


def content_of(roots: Roots) -> dict[str, object]:
    """All that is to be the same afterwards; git itself finds nothing wrong."""
    told: dict[str, object] = {}
    for root_name, root in roots.items():
        store = RepoStore(root)
        for kind in ("models", "datasets", "spaces"):
            for repo in store.all(kind):
                git = ["git", "-C", str(repo.path)]
                fsck = subprocess.run([*git, "fsck", "--full", "--strict"], capture_output=True, text=True)
                assert fsck.returncode == 0 and "error" not in fsck.stderr, fsck.stderr
                refs = subprocess.run([*git, "show-ref", "--head"], capture_output=True, text=True).stdout
                large = {
                    entry.path: repo.lfs.find(entry.pointer.sha256).read_bytes()
                    for entry in repo.tree(repo.resolve(), recursive=True)
                    if entry.pointer
                }
                told[f"{root_name} {repo.type} {repo.id}"] = (refs, large, repo.settings, discussions.all_of(repo))
        told[f"{root_name} aliases"] = (
            json.loads((root / "aliases.json").read_bytes() or b"{}") if (root / "aliases.json").exists() else {}
        )
    return told


@pytest.mark.parametrize("name", ["hub.tar", "hub.tar.gz"])
def test_there_and_back(there, here, tmp_path, name):
    token = Accounts(there["hub"]).issue("learner", "course")
    manifest = export(tmp_path / name, there)
    assert manifest.counts() == {"models": 3, "datasets": 1, "spaces": 0, "large_files": 2}
    assert restore.restore(tmp_path / name, here).files == manifest.files
    assert content_of(here) == content_of(there)
    assert Accounts(here["hub"]).caller(token).name == "learner"
    assert RepoStore(here["hub"]).find("models", "learner/before").id == "learner/after"
    assert (tmp_path / name).stat().st_mode & 0o077 == 0 and (here["hub"] / "accounts.json").stat().st_mode & 0o077 == 0
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    model = RepoStore(here["hub"]).find("models", "learner/model")
    model.commit([Add("on.txt", b"it goes on")], "on")
    assert discussions.merge(model, 2, author="learner").status == "merged"
    for folder in (there, here):
        assert not list(folder["hub"].parent.glob(".archive-*")), "nothing is left behind"


def test_without_the_mirror(there, here, tmp_path):
    export(tmp_path / "hub.tar", {"hub": there["hub"]})
    restore.restore(tmp_path / "hub.tar", here)
    assert not here["mirror"].exists()


def test_what_is_mirrored_already_stays(there, here, tmp_path):
    export(tmp_path / "hub.tar", there)
    own = RepoStore(here["mirror"]).create("models", "org/mirrored")
    sha = own.commit([Add("newer.txt", b"newer")], "newer")
    restore.restore(tmp_path / "hub.tar", here)
    assert RepoStore(here["mirror"]).find("models", "org/mirrored").resolve() == sha
    restore.restore(tmp_path / "hub.tar", here, merge=True, replace=True)
    assert content_of(here) == content_of(there)


def test_hooks_and_configuration_do_not_travel(there, here, tmp_path):
    model = RepoStore(there["hub"]).find("models", "learner/model").path
    (model / "hooks" / "post-receive").write_text("#!/bin/sh\ntouch /tmp/ran\n")
    (model / "config").write_text("[core]\n\tbare = true\n\tfsmonitor = touch /tmp/ran\n")
    (model / "objects" / "info").mkdir(exist_ok=True)
    (model / "objects" / "info" / "alternates").write_text(str(tmp_path))
    (there["hub"] / "signing.key").write_text("a secret")
    manifest = export(tmp_path / "hub.tar", there)
    assert not any(word in name for name in manifest.files for word in ("hooks", "config", "alternates", "key"))
    restore.restore(tmp_path / "hub.tar", here)
    restored = RepoStore(here["hub"]).find("models", "learner/model").path
    assert "fsmonitor" not in (restored / "config").read_text() and not (restored / "hooks" / "post-receive").exists()


def test_while_a_hub_is_written_to(tmp_path, here):
    """Every commit in the archive has its files; what was acknowledged before is in it."""
    hub = launch.start(tmp_path, stock=[])
    stop, acknowledged = threading.Event(), []

    def push() -> None:
        number = 0
        while not stop.is_set():
            body = commit_body(file_line(f"{number}.txt", b"%d" % number))
            answer = send(hub, "POST", "/api/models/learner/busy/commit/main", body)
            assert answer.status == 200, answer.body
            acknowledged.append(answer.json["commitOid"])
            number += 1

    writer = threading.Thread(target=push)
    try:
        assert send(hub, "POST", "/api/repos/create", {"name": "busy"}).status == 200
        writer.start()
        while len(acknowledged) < 3:
            assert writer.is_alive()
            time.sleep(0.01)
        roots = roots_in(tmp_path)
        for turn in range(3):
            before = list(acknowledged)
            export(tmp_path / f"{turn}.tar", {"hub": roots["hub"]})
            restored = roots_in(tmp_path / str(turn))
            restore.restore(tmp_path / f"{turn}.tar", restored)
            repo = RepoStore(restored["hub"]).find("models", "learner/busy")
            assert set(before) <= {commit.id.decode() for commit in repo.log(repo.resolve())}
            assert subprocess.run(["git", "-C", repo.path, "fsck", "--full"], capture_output=True).returncode == 0
    finally:
        stop.set()
        writer.join()
        launch.stop(tmp_path)


def test_into_a_running_hub(there, tmp_path):
    export(tmp_path / "hub.tar", {"hub": there["hub"]})
    hub = launch.start(tmp_path, stock=[])
    try:
        restore.restore(tmp_path / "hub.tar", roots_in(tmp_path))
        assert send(hub, "GET", "/learner/model/resolve/v1/model.bin").body == LARGE
        assert send(hub, "GET", "/api/datasets/learner/data").status == 200, "its token is still good"
        store = RepoStore(there["hub"])
        store.find("models", "learner/model").commit([Add("config.json", b"replaced")], "newest")
        export(tmp_path / "newer.tar", {"hub": there["hub"]})
        restore.restore(tmp_path / "newer.tar", roots_in(tmp_path), merge=True, replace=True)
        assert send(hub, "GET", "/learner/model/resolve/main/config.json").body == b"replaced"
    finally:
        launch.stop(tmp_path)


def test_into_a_hub_that_holds_something(there, here, tmp_path):
    export(tmp_path / "hub.tar", there)
    store = RepoStore(here["hub"])
    own = store.create("models", "learner/model")
    sha = own.commit([Add("mine.txt", b"mine")], "mine")
    theirs = Accounts(there["hub"]).issue("learner", "course")
    Accounts(there["hub"]).issue("guest", "course")
    mine = Accounts(here["hub"]).issue("learner", "course")
    export(tmp_path / "more.tar", there)
    before = content_of({"hub": here["hub"]})
    with pytest.raises(AlreadyExists, match="holds something already.*Nothing was changed"):
        restore.restore(tmp_path / "more.tar", here)
    with pytest.raises(AlreadyExists, match="both have learner/model.*--replace"):
        restore.restore(tmp_path / "more.tar", here, merge=True)
    assert content_of({"hub": here["hub"]}) == before and not (here["mirror"] / "repos" / "models" / "org").exists()
    restore.restore(tmp_path / "more.tar", here, merge=True, replace=True)
    assert content_of(here) == content_of(there)
    with pytest.raises(HubError):
        RepoStore(here["hub"]).find("models", "learner/model").resolve(sha)
    accounts = Accounts(here["hub"])
    assert accounts.caller(mine) and not accounts.caller(theirs), "nobody else becomes the learner of this hub"
    assert [account.name for account in accounts.all()] == ["guest", "learner"]


def test_a_failure_at_the_last_step_changes_nothing(there, here, tmp_path, monkeypatch):
    store = RepoStore(here["hub"])
    store.create("models", "learner/model").commit([Add("mine.txt", b"mine")], "mine")
    before = content_of({"hub": here["hub"]})
    Accounts(there["hub"]).issue("learner", "course")
    export(tmp_path / "hub.tar", there)
    change = restore._change

    def full(root: Path, name: str, *arguments: object, **options: object) -> None:
        if name == "accounts.json":
            raise OSError(28, "No space left on device")
        change(root, name, *arguments, **options)

    monkeypatch.setattr(restore, "_change", full)
    with pytest.raises(OSError, match="No space"):
        restore.restore(tmp_path / "hub.tar", here, merge=True, replace=True)
    assert content_of({"hub": here["hub"]}) == before


def rewritten(source: Path, target: Path, change: Callable[[dict, dict[str, bytes]], None]) -> Path:
    """The archive with other contents and a manifest that fits them, as somebody could make it by hand."""
    with tarfile.open(source) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    told = json.loads(files.pop(MANIFEST))
    change(told, files)
    with tarfile.open(target, "w") as tar:
        for name, content in ({MANIFEST: json.dumps(told).encode()} | files).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target


def fitting(name: str, content: bytes) -> Callable[[dict, dict[str, bytes]], None]:
    """Adds a file, with its line in the manifest."""
    import hashlib

    def change(told: dict, files: dict[str, bytes]) -> None:
        files[name] = content
        told["files"][name] = [len(content), hashlib.sha256(content).hexdigest()]

    return change


def _cut(told: dict, files: dict[str, bytes]) -> None:
    files.popitem()


def _flip(told: dict, files: dict[str, bytes]) -> None:
    name = next(name for name in files if "/objects/" in name)
    files[name] = b"?" + files[name][1:]


def _unlisted(told: dict, files: dict[str, bytes]) -> None:
    files["hub/lfs/aa/bb/" + "aabb" + "0" * 60] = b"x"


REPO = "hub/repos/models/learner/model.git"
REFS = f"{REPO}/packed-refs"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
BOMB = gzip.zlib.compress(b"blob 99999999\0" + bytes(99_999_999))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_cut, "files are missing"),
        (_flip, "is damaged"),
        (_unlisted, "not in its manifest"),
        (lambda told, files: told.update(version=2), "version 2"),
        (lambda told, files: told.update(files=[1]), "manifest is damaged"),
        (lambda told, files: told.pop("created"), "manifest is damaged"),
        (fitting("hub/../../outside", b"x"), "does not belong"),
        (fitting("/etc/cron.d/x", b"x"), "does not belong"),
        (fitting("hub/repos/models/learner/../x.git/hub.json", b"{}"), "does not belong|cannot be the name"),
        (fitting("hub/repos/models/../..git/hub.json", b"{}"), "cannot be the name"),
        (fitting(f"{REPO}/hooks/post-receive", b"#!/bin/sh"), "does not belong"),
        (fitting(f"{REPO}/config", b"[core]"), "does not belong"),
        (fitting(f"{REPO}/objects/info/alternates", b"/"), "does not belong"),
        (fitting(f"{REPO}/hub.json", b"[]"), "learner/model in the archive is damaged"),
        (fitting(f"{REPO}/hub.json", b'{"created": "today"}'), "learner/model in the archive is damaged"),
        (fitting(f"{REPO}/discussions/1.json", b'{"number": 1}'), "learner/model in the archive is damaged"),
        (fitting(f"{REPO}/objects/ab/{'c' * 38}", BOMB), "too large"),
        (fitting(f"{REPO}/objects/pack/pack-{'a' * 40}.pack", b"PACK\0\0\0\2\0\0\0\1"), "learner/model.*is damaged"),
        (fitting(REFS, b"%b refs/heads/../../x\n" % (b"a" * 40)), "learner/model in the archive is damaged"),
        (fitting(REFS, b"%b refs/heads/main\n" % (b"a" * 40)), "learner/model in the archive is damaged"),
        (fitting(f"hub/lfs/aa/bb/aabb{'0' * 60}", b"not this"), "under another one's name"),
        (fitting(f"hub/lfs/00/00/{EMPTY}", b""), "does not belong"),
        (fitting("hub/aliases.json", b'{"models": {"../x": "a/b"}}'), "aliases in the archive are damaged"),
        (fitting("hub/accounts.json", b'{"learner": {"tokens": [{"sha256": 1}]}}'), "accounts in the archive"),
    ],
)
def test_hostile_and_damaged_archives(there, here, tmp_path, change, reason):
    export(tmp_path / "good.tar", there)
    archive = rewritten(tmp_path / "good.tar", tmp_path / "bad.tar", change)
    with pytest.raises(HubError, match=f"(?s){reason}.*Nothing was changed"):
        restore.restore(archive, here)
    assert not any((root / "repos").exists() and list((root / "repos").rglob("*.git")) for root in here.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tar", "good.tar", "here", "there"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_only_plain_files_come_out_of_an_archive(here, tmp_path, kind):
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        text = json.dumps({"version": 1, "created": 0, "files": {"hub/aliases.json": [0, EMPTY]}}).encode()
        manifest, member = tarfile.TarInfo(MANIFEST), tarfile.TarInfo("hub/aliases.json")
        manifest.size, member.type, member.linkname = len(text), kind, "/etc/passwd"
        tar.addfile(manifest, io.BytesIO(text))
        tar.addfile(member)
    with pytest.raises(BadRequest, match="not the plain file"):
        restore.restore(tmp_path / "bad.tar", here)


def test_a_header_of_a_gigabyte_is_not_read(here, tmp_path):
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    with gzip.open(tmp_path / "bad.tar.gz", "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 20))
    with pytest.raises(BadRequest, match="a header is too long"):
        restore.restore(tmp_path / "bad.tar.gz", here)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 not a tar", b"\x1f\x8b damaged", b"\0" * 10240])
def test_what_is_no_archive(here, tmp_path, content):
    (tmp_path / "bad.tar").write_bytes(content)
    with pytest.raises(BadRequest, match="bad.tar .*Nothing was changed"):
        restore.restore(tmp_path / "bad.tar", here)


def test_a_cut_archive(there, here, tmp_path):
    export(tmp_path / "good.tar.gz", there)
    whole = (tmp_path / "good.tar.gz").read_bytes()
    for length in (len(whole) // 2, len(whole) * 9 // 10):
        (tmp_path / "cut.tar.gz").write_bytes(whole[:length])
        with pytest.raises(BadRequest, match="damaged|not whole"):
            restore.restore(tmp_path / "cut.tar.gz", here)


def test_where_an_archive_cannot_be_written(there, here, tmp_path, monkeypatch):
    for name in ("hub.zip", "hub"):
        with pytest.raises(BadRequest, match="must end in .tar or .tar.gz"):
            export(tmp_path / name, there)
    export(tmp_path / "hub.tar", there)
    with pytest.raises(AlreadyExists, match="is there already"):
        export(tmp_path / "hub.tar", there)
    monkeypatch.setattr(archive_module, "_add", _raise(OSError(28, "No space left on device")))
    with pytest.raises(OutOfSpace, match="No space left.*as it was"):
        export(tmp_path / "full.tar", there)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1000))
    with pytest.raises(OutOfSpace, match="Nothing was written"):
        export(tmp_path / "full.tar", there)
    with pytest.raises(OutOfSpace, match="Nothing was changed"):
        restore.restore(tmp_path / "hub.tar", here)
    assert sorted(os.listdir(tmp_path)) == ["here", "hub.tar", "there"]


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_reset(there):
    root = there["hub"]
    token = Accounts(root).issue("learner", "course")
    with pytest.raises(HubError, match="Nothing was pushed to 'learner/data'.*datasets/"):
        reset.pushed_as(root, "models", "learner/data")
    reset.remove(root, reset.pushed_as(root, "models", "learner/before"))
    assert [repo.id for repo in reset.pushed(root)] == ["learner/model", "learner/data"]
    reset.remove_all(root)
    assert not reset.pushed(root) and not any((root / "lfs").iterdir()) and Accounts(root).caller(token)
    assert RepoStore(root).create("models", "learner/before").id == "learner/before"
