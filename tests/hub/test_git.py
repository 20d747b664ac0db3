"""The real git and git-lfs against a running hub; and pushes that no git would make, with objects made by hand."""

from __future__ import annotations

import base64
import errno
import gzip
import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from dulwich.object_format import SHA1
from dulwich.objects import Blob, Commit, ShaFile, Tag, Tree
from dulwich.pack import write_pack_object, write_pack_objects
from dulwich.protocol import pkt_line

from grader.hub.accounts.accounts import Accounts
from grader.hub.api import git as git_api
from grader.hub.errors import TooLarge
from grader.hub.server.running import RunningHub
from grader.hub.store import durable, packs
from tests.hub.conftest import commit_body, file_line
from tests.hub.test_durability import assert_sound

needs_lfs = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")


class Git:
    """The git of one person: with a home folder of its own, and nothing from the machine's settings."""

    def __init__(self, home: Path):
        home.mkdir(parents=True)
        self.home = home
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "HF_"))} | {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
        }
        for key, value in {"user.name": "A", "user.email": "a@localhost", "init.defaultBranch": "main"}.items():
            self("config", "--global", key, value)

    def __call__(self, *arguments: object, cwd: Path | None = None, input: str | None = None) -> str:
        """What git says, when it must not fail."""
        done = self.run(*arguments, cwd=cwd, input=input)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run(
        self, *arguments: object, cwd: Path | None = None, trace: bool = False, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run git, and look oneself at how it went; `trace` shows its requests too."""
        return subprocess.run(
            ["git", *map(str, arguments)],
            cwd=cwd or self.home,
            env=self.environment | ({"GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1"} if trace else {}),
            capture_output=True,
            text=True,
            timeout=120,
            input=input,
        )

    def commit(self, folder: Path, **files: bytes | str) -> str:
        """Write files (`__` in a name is a dot) and commit all; gives the sha."""
        for name, content in files.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self("add", "-A", cwd=folder)
        self("commit", "-q", "-m", "change", cwd=folder)
        return self("rev-parse", "HEAD", cwd=folder)


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A git without git-lfs set up."""
    return Git(tmp_path / "home")


@pytest.fixture
def address(hub: RunningHub) -> Callable[..., str]:
    """The address of a repository with a token in it, as a password."""
    return lambda repo_id, token=hub.token: f"http://any:{token}@127.0.0.1:{hub.port}/{repo_id}"


@pytest.fixture
def bare(hub: RunningHub, repo_id: str) -> Iterator[Path]:
    """The repository on the hub's disk, which must be in order after the test, with nothing left over."""
    overlay = hub.hf_home.parent / "hub"
    path = overlay / "repos" / "models" / f"{repo_id}.git"
    yield path
    done = subprocess.run(["git", "-C", path, "fsck", "--strict", "--full"], capture_output=True, text=True)
    assert done.returncode == 0 and "error" not in done.stderr and "missing" not in done.stdout, done
    assert not list((overlay / "tmp").iterdir())


@pytest.fixture
def clone(git: Git, address: Callable[..., str], repo_id: str, bare: Path) -> Path:
    """A working copy of the test's repository."""
    git("clone", "-q", address(repo_id), "work")
    return git.home / "work"


def listed(bare: Path) -> set[str]:
    """All objects that the hub keeps for the repository."""
    command = ["git", "-C", bare, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_clone_push_fetch(git, clone, address, repo_id, ask, bare):
    many = {f"{number}__txt": f"{number}" for number in range(120)}  # so many that they stay the pack that they come in
    sha = git.commit(clone, README__md="---\nlicense: mit\n---\n# Hi\n", notes__txt="one\n", **many)
    git("tag", "v1", cwd=clone)
    git("tag", "-a", "v2", "-m", "annotated", cwd=clone)
    git("push", "origin", "main", "main:exp/one", "v1", "v2", cwd=clone)

    assert ask("GET", f"/api/models/{repo_id}/revision/{sha[:7]}").json["sha"] == sha, "the API shows it at once"
    assert len(list((bare / "objects" / "pack").glob("*.idx"))) == 1
    assert ask("GET", f"/{repo_id}/resolve/v2/notes.txt").body == b"one\n"
    assert ask("GET", f"/api/models/{repo_id}").json["cardData"] == {"license": "mit"}
    refs = ask("GET", f"/api/models/{repo_id}/refs").json
    assert [branch["name"] for branch in refs["branches"]] == ["exp/one", "main"]
    assert [tag["targetCommit"] for tag in refs["tags"]] == [sha, sha]

    git("clone", "-q", address(repo_id) + ".git", "again")
    again = git.home / "again"
    assert git("rev-parse", "HEAD", "origin/exp/one", "v1^{}", "v2^{}", cwd=again).split() == [sha] * 4
    newer = git.commit(clone, notes__txt="two\n")
    git("push", cwd=clone)
    git("pull", cwd=again)
    assert git("rev-parse", "HEAD", cwd=again) == newer
    git("push", "origin", ":exp/one", ":v1", cwd=clone)
    refs = ask("GET", f"/api/models/{repo_id}/refs").json
    assert [branch["name"] for branch in refs["branches"]] == ["main"] and [tag["name"] for tag in refs["tags"]] == [
        "v2"
    ]
    assert "up-to-date" in git.run("push", cwd=clone).stderr


def test_commits_by_api_and_pushes_mix(git, clone, repo_id, ask):
    git("config", "pull.rebase", "true", cwd=clone)
    assert ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(file_line("api.txt", b"1"))).status == 200
    git.commit(clone, git__txt="1")
    stale = git.run("push", cwd=clone)
    assert stale.returncode and "fetch first" in stale.stderr
    git("pull", cwd=clone)
    git("push", cwd=clone)
    assert ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(file_line("api.txt", b"2"))).status == 200
    git("pull", cwd=clone)
    assert (clone / "api.txt").read_text() == "2" and (clone / "git.txt").read_text() == "1"
    git("commit", "--amend", "-q", "-m", "rewritten", cwd=clone)
    sha = git("rev-parse", "HEAD", cwd=clone)
    git("push", "--force", cwd=clone)
    assert ask("GET", f"/api/models/{repo_id}").json["sha"] == sha


def test_pull_request_can_be_fetched(git, clone, repo_id, ask):
    proposed = commit_body(file_line("idea.txt", b"1"))
    assert ask("POST", f"/api/models/{repo_id}/commit/main?create_pr=1", proposed).status == 200
    git("fetch", "origin", "refs/pr/1:idea", cwd=clone)
    assert git("show", "idea:idea.txt", cwd=clone) == "1"
    assert "neither a branch nor a tag" in git.run("push", "origin", "HEAD:refs/pr/1", cwd=clone).stderr


def test_shallow_clone_goes_on(git, clone, address, repo_id):
    for number in range(5):
        git.commit(clone, notes__txt=f"{number}\n")
    git("push", cwd=clone)
    git("clone", "-q", "--depth", 2, address(repo_id), "shallow")
    shallow = git.home / "shallow"
    assert git("rev-list", "--count", "HEAD", cwd=shallow) == "2"
    git.commit(clone, notes__txt="five\n")
    git("push", cwd=clone)
    git("pull", cwd=shallow)
    assert git("rev-list", "--count", "HEAD", cwd=shallow) == "3"
    git.commit(shallow, more__txt="from a shallow clone\n")
    git("push", cwd=shallow)
    git("fetch", "--depth", 5, cwd=shallow)
    assert git("rev-list", "--count", "HEAD", cwd=shallow) == "5"
    git("fetch", "--unshallow", cwd=shallow)
    assert git("rev-list", "--count", "HEAD", cwd=shallow) == "8"
    git("fsck", "--strict", cwd=shallow)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_versions_of_the_protocol(version, git, address, stock):
    git("config", "--global", "protocol.version", version)
    git("clone", "-q", address("tiny-bert"), "model")  # an old name, served in place
    assert '"bert"' in (git.home / "model" / "config.json").read_text()
    git("clone", "-q", address("datasets/nyu-mll/glue"), "glue")
    assert "Tiny GLUE" in (git.home / "glue" / "README.md").read_text()
    git("clone", "-q", address("spaces/evaluate-metric/f1"), "f1")


def test_wanted_commit_may_have_been_overtaken(git, clone, address, repo_id):
    old = git.commit(clone, notes__txt="old\n")
    git.commit(clone, notes__txt="new\n")
    git("push", cwd=clone)
    git("init", "-q", "fresh")
    git("fetch", "-q", address(repo_id), old, cwd=git.home / "fresh")
    hidden = git.run("fetch", address(repo_id), "1" * 40, cwd=git.home / "fresh")
    assert hidden.returncode and "1111" in hidden.stderr


def test_large_pushes_and_long_requests(git, clone, address, repo_id):
    git.commit(clone, **{f"part{number}__txt": os.urandom(1_500_000).hex() for number in range(3)})
    sent = git.run("push", cwd=clone, trace=True).stderr
    assert "chunked" in sent, "more than git sends in one piece"
    git("clone", "-q", address(repo_id), "again")
    again = git.home / "again"
    git.commit(clone, notes__txt="new\n")
    git("push", cwd=clone)
    messages = [f"only here: {number}" for number in range(200)]
    commits = [
        f"commit refs/heads/main\ncommitter A <a@b> {2_000_000_000 + number} +0000\ndata {len(messages[number])}\n{messages[number]}\n"
        for number in range(200)
    ]
    commits[0] += "from refs/heads/main^0\n"
    git("fast-import", "--quiet", cwd=again, input="".join(commits))
    sent = git.run("fetch", cwd=again, trace=True).stderr
    assert "content-encoding: gzip" in sent.lower(), "so many commits to tell of that git compresses them"
    assert git("rev-parse", "origin/main", cwd=again) == git("rev-parse", "HEAD", cwd=clone)


def test_who_may_clone_and_push(git, clone, address, repo_id, ask, hub):
    accounts = Accounts(hub.hf_home.parent / "hub")
    reader, other = accounts.issue("learner", "git-reader", "read"), accounts.issue("other", "git")
    anonymous = f"http://127.0.0.1:{hub.port}/{repo_id}"
    git("clone", "-q", anonymous, "anonymous")
    git.commit(clone, notes__txt="1")

    def refused(*command: object, cwd: Path = clone) -> str:
        done = git.run(*command, cwd=cwd)
        assert done.returncode
        return done.stderr

    assert "remote: This needs a token" in refused("push", anonymous)
    told = ask("GET", f"/{repo_id}/info/refs?service=git-receive-pack", token=None)
    assert (told.status, told.headers["WWW-Authenticate"]) == (401, 'Basic realm="practice hub"')
    assert "Authentication failed" in refused("push", address(repo_id, token="hf_wrong"))
    for token, reason in ((reader, "has the role 'read'"), (other, "You are 'other' and may not write")):
        told = refused("push", address(repo_id, token=token))
        assert f"remote: {reason}" in told.replace("Your token 'git-reader' ", "") and "403" in told
    assert "'course'" in refused("push", address("course/tiny-bert"), "HEAD:refs/heads/x"), "the stock"

    assert ask("PUT", f"/api/models/{repo_id}/settings", {"gated": "manual"}).status == 200
    assert "only for those who asked" in refused("clone", address(repo_id, token=other), "x", cwd=git.home)
    batch = {"operation": "download", "objects": []}
    told = ask("POST", f"/{repo_id}.git/info/lfs/objects/batch", batch, token=other)
    assert told.status == 403 and "only for those who asked" in told.json["message"]
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"private": True, "gated": False}).status == 200
    assert "not found" in refused("clone", address(repo_id, token=other), "x", cwd=git.home)
    assert "not found" in refused("clone", address("learner/no-such"), "x", cwd=git.home)
    assert "log in first" in refused("clone", anonymous, "x", cwd=git.home)
    git("clone", "-q", address(repo_id, token=reader), "mine")

    # Basic credentials are for git alone: a browser would send them with whatever a page makes it ask for.
    basic = {"Authorization": "Basic " + base64.b64encode(f"any:{hub.token}".encode()).decode()}
    assert ask("GET", "/api/whoami-v2", token=None, headers=basic).status == 401
    for broken in ("Basic", "Basic x", "Basic " + base64.b64encode(b"\xff").decode()):
        path = f"/{repo_id}/info/refs?service=git-upload-pack"
        assert ask("GET", path, token=None, headers={"Authorization": broken}).status == 401


def helper_with(token: str) -> str:
    """A credential helper for git's settings that knows just this."""
    return f"!f() {{ echo username=me; echo password={token}; }}; f"


def test_token_from_a_credential_helper(git, repo_id, hub, bare):
    git("config", "--global", "credential.helper", helper_with(hub.token))
    git("clone", "-q", f"http://127.0.0.1:{hub.port}/{repo_id}", "work")
    git.commit(git.home / "work", notes__txt="1")
    git("push", cwd=git.home / "work")


@pytest.fixture
def lfs(git: Git) -> Git:
    """A git with git-lfs set up."""
    git("lfs", "install", "--skip-repo")
    return git


@needs_lfs
def test_large_files_both_ways(lfs, clone, address, repo_id, ask, hub, bare):
    content = os.urandom(300_000)
    lfs.commit(clone, model__safetensors=content, notes__txt="1")
    told = lfs.run("push", cwd=clone)
    assert told.returncode == 0 and "lock" not in told.stderr
    assert ask("GET", f"/{repo_id}/resolve/main/model.safetensors").body == content
    lfs("clone", "-q", address(repo_id), "again")
    assert (lfs.home / "again" / "model.safetensors").read_bytes() == content
    lfs("lfs", "fsck", cwd=lfs.home / "again")
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"private": True}).status == 200
    lfs("config", "--global", "credential.helper", helper_with(hub.token))
    lfs("clone", "-q", f"http://127.0.0.1:{hub.port}/{repo_id}", "private")
    assert (lfs.home / "private" / "model.safetensors").read_bytes() == content
    lfs.commit(lfs.home / "private", model__safetensors=content + b"more")
    lfs("push", cwd=lfs.home / "private")
    assert ask("GET", f"/{repo_id}/resolve/main/model.safetensors").body == content + b"more"
    lfs("clone", "-q", address("datasets/nyu-mll/glue"), "glue")
    assert (lfs.home / "glue" / "mrpc" / "train-00000-of-00001.parquet").read_bytes().startswith(b"PAR1")


@needs_lfs
def test_pointer_without_its_content_is_refused(git, lfs, clone, ask, repo_id, bare):
    lfs.commit(clone, model__bin=os.urandom(1000))
    before = listed(bare)
    told = lfs.run("push", "--no-verify", cwd=clone)  # without the hook that uploads
    assert "'model.bin'" in told.stderr and "was never uploaded" in told.stderr and "git lfs push" in told.stderr
    assert listed(bare) == before
    lfs("lfs", "push", "--all", "origin", cwd=clone)
    lfs("push", cwd=clone)
    oid = hashlib.sha256((clone / "model.bin").read_bytes()).hexdigest()
    batch = {"operation": "download", "objects": [{"oid": oid, "size": 1000}, {"oid": "0" * 64, "size": 1}]}
    known, unknown = ask("POST", f"/{repo_id}.git/info/lfs/objects/batch", batch, token=None).json["objects"]
    elsewhere, _ = ask("POST", "/tiny-bert.git/info/lfs/objects/batch", batch, token=None).json["objects"]
    assert elsewhere["error"]["code"] == 404, "what is in this repository may be private"
    assert unknown["error"]["code"] == 404 and "actions" not in unknown
    href = known["actions"]["download"]["href"].partition(str(bare.parent.name))[2]
    href = "/" + bare.parent.name + href
    part = ask("GET", href, token=None, headers={"Range": "bytes=10-19"})
    assert (part.status, part.body) == (206, (clone / "model.bin").read_bytes()[10:20])
    assert ask("PUT", href, b"x" * 1000, token=None).status == 403, "the address is for one direction"
    assert ask("GET", href.replace("size=1000", "size=1001"), token=None).status == 403
    locks = ask("POST", f"/{repo_id}.git/info/lfs/locks/verify", {})
    assert locks.status == 404 and locks.json


@needs_lfs
def test_large_file_outside_of_lfs_is_refused(lfs, clone, bare):
    before = listed(bare)
    lfs.commit(clone, data__csv=b"1,2,3\n" * 2_000_000)
    told = lfs.run("push", cwd=clone)
    assert "remote: 'data.csv' has 12,000,000 bytes" in told.stderr and "git lfs track" in told.stderr
    assert listed(bare) == before
    lfs("lfs", "migrate", "import", "--above=10MB", cwd=clone)  # as the message says
    lfs("push", cwd=clone)


def test_links_and_submodules_are_refused_on_the_screen(git, clone, bare):
    before = listed(bare)
    (clone / "passwords").symlink_to("/etc/passwd")
    git.commit(clone)
    told = git.run("push", cwd=clone).stderr
    assert "remote: 'passwords' is a symbolic link. Nothing was stored" in told
    assert "! [remote rejected] main -> main ('passwords' is a symbolic link." in told
    git("reset", "-q", "--hard", "HEAD~1", cwd=clone)
    git("init", "-q", clone / "inner")
    git.commit(clone / "inner", a="1")
    git.commit(clone)
    assert "remote: 'inner' belongs to a submodule." in git.run("push", cwd=clone).stderr
    assert listed(bare) == before


def test_hooks_in_a_push_are_files_that_nobody_runs(git, clone, bare, tmp_path):
    (clone / "hooks").mkdir()
    for name in ("pre-receive", "update", "post-receive", "post-update"):
        hook = clone / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    git.commit(clone)
    git("push", cwd=clone)
    git.commit(clone, after__txt="1")
    git("push", cwd=clone)
    assert not (tmp_path / "ran").exists() and not (bare / "hooks" / "pre-receive").exists()


def commit_of(tree: bytes, *parents: bytes, message: bytes = b"by hand", who: bytes = b"A <a@localhost>") -> ShaFile:
    """A commit as it is on the wire."""
    lines = [b"tree " + tree, *(b"parent " + parent for parent in parents)]
    lines += [b"author %s 0 +0000" % who, b"committer %s 0 +0000" % who, b"", message]
    return ShaFile.from_raw_string(Commit.type_num, b"\n".join(lines))


def tree_of(*entries: tuple[int | str, bytes, bytes]) -> ShaFile:
    """A tree of (mode, name, id) in just this order."""
    modes = [f"{mode:o}" if isinstance(mode, int) else mode for mode, _, _ in entries]
    raw = [
        b"%s %s\0%s" % (mode.encode(), name, bytes.fromhex(oid.decode()))
        for mode, (_, name, oid) in zip(modes, entries, strict=True)
    ]
    return ShaFile.from_raw_string(Tree.type_num, b"".join(raw))


def pack_of(*objects: ShaFile) -> bytes:
    """A pack as a client sends it."""
    pack = io.BytesIO()
    write_pack_objects(pack, [(item, None) for item in objects], object_format=SHA1)
    return pack.getvalue()


@pytest.fixture
def push(ask, repo_id, bare) -> Callable[..., str]:
    """Send a push made by hand, as a client that does not look at it; gives the report, without its framing."""

    def send(
        pack: bytes, new: bytes, ref: bytes = b"refs/heads/by-hand", old: bytes = b"0" * 40, more: bytes = b""
    ) -> str:
        command = pkt_line(b"%s %s %s\0report-status side-band-64k\n" % (old, new, ref)) + more + pkt_line(None)
        told = ask(
            "POST",
            f"/{repo_id}/git-receive-pack",
            command + pack,
            headers={"Content-Type": "application/x-git-receive-pack-request"},
        )
        assert told.status == 200, told.body
        return told.body.decode(errors="replace")

    return send


FILE = Blob.from_string(b"content")
BLOB, FOLDER = 0o100644, 0o40000
BAD_NAMES = (
    b".git",
    b".GIT",
    b"git~1",
    b".git.",
    b".git ",
    ".g\u200cit".encode(),
    b"..",
    b".",
    b"",
    b"a\\b",
    b"a/b",
    b"a\nb",
    b"\xff",
    b".gitmodules",
    b"x" * 300,
)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_could_harm_a_checkout(name, push, bare):
    before = listed(bare)
    for path in (name, b"hooks"), (b"folder", name):
        inner = tree_of((BLOB, path[1], FILE.id))
        outer = tree_of((FOLDER, path[0], inner.id))
        commit = commit_of(outer.id)
        told = push(pack_of(FILE, inner, outer, commit), commit.id)
        assert "ng refs/heads/by-hand" in told and "Nothing was stored" in told
    assert listed(bare) == before


BAD_TREES = {
    "a link": [(0o120000, b"a", FILE.id)],
    "a submodule": [(0o160000, b"a", b"1" * 40)],
    "writable by a group": [(0o100664, b"a", FILE.id)],
    "setuid": [(0o104755, b"a", FILE.id)],
    "a device": [(0o060000, b"a", FILE.id)],
    "a mode with a zero before it": [("0100644", b"a", FILE.id)],
    "a mode with a sign": [("+100644", b"a", FILE.id)],
    "a file as a folder": [(FOLDER, b"a", FILE.id)],
    "out of order": [(BLOB, b"b", FILE.id), (BLOB, b"a", FILE.id)],
    "a name twice": [(BLOB, b"a", FILE.id), (BLOB, b"a", FILE.id)],
    "file and folder": [(BLOB, b"a", FILE.id), (BLOB, b"a-", FILE.id), (FOLDER, b"a", tree_of().id)],
    "a missing file": [(BLOB, b"a", b"1" * 40)],
    "a missing folder": [(FOLDER, b"a", b"1" * 40)],
}


@pytest.mark.parametrize("tree", BAD_TREES.values(), ids=BAD_TREES)
def test_trees_that_are_not_files_in_folders(tree, push, bare):
    before, tree = listed(bare), tree_of(*tree)
    commit = commit_of(tree.id)
    told = push(pack_of(FILE, tree_of(), tree, commit), commit.id)
    assert "ng refs/heads/by-hand" in told and "Nothing was stored" in told
    assert listed(bare) == before


def test_incomplete_and_malformed_commits_and_tags(push, bare):
    before, tree = listed(bare), tree_of((BLOB, b"a", FILE.id))
    good = commit_of(tree.id)
    for commit, missing in (
        (commit_of(b"1" * 40), "is missing"),
        (commit_of(tree.id, b"1" * 40), "is missing"),
        (commit_of(FILE.id), "is no tree"),
        (commit_of(tree.id, tree.id), "is no commit"),
        (commit_of(tree.id, who=b"nobody"), "is malformed"),
        (commit_of(tree.id, who=b"A<a@localhost>"), "is malformed"),
        (commit_of(tree.id, message=b"a\0b"), "is malformed"),
        (ShaFile.from_raw_string(Commit.type_num, good.as_raw_string().replace(b"\n\n", b"\n")), "is malformed"),
        (
            ShaFile.from_raw_string(Commit.type_num, good.as_raw_string().replace(b" 0 +", b" 300000000000 +")),
            "malformed",
        ),
    ):
        assert missing in push(pack_of(FILE, tree, commit), commit.id)
        assert missing in push(pack_of(FILE, tree, good, commit), good.id), "nobody may use what is not whole later"
    assert "is missing" in push(pack_of(FILE, tree), b"1" * 40)
    assert "is no commit" in push(pack_of(FILE, tree), tree.id)
    tag = ShaFile.from_raw_string(Tag.type_num, b"object %s\ntype commit\ntag t\ntagger A <a@b> 0 +0000\n\nx" % tree.id)
    assert "is no commit" in push(pack_of(FILE, tree, tag), tag.id, b"refs/tags/t")
    of_file = ShaFile.from_raw_string(
        Tag.type_num, b"object %s\ntype blob\ntag t\ntagger A <a@b> 0 +0000\n\nx" % FILE.id
    )
    assert "is no commit" in push(pack_of(FILE, of_file), of_file.id, b"refs/tags/t")
    assert "ok refs" not in push(pack_of(FILE, tree, good, of_file), of_file.id), "a branch is a commit"
    assert listed(bare) == before


def test_damaged_packs(push, bare):
    before, tree = listed(bare), tree_of((BLOB, b"a", FILE.id))
    commit = commit_of(tree.id)
    pack = pack_of(FILE, tree, commit)
    for cut in (0, 3, 12, 31, 32, 40, len(pack) - 20, len(pack) - 1):
        assert "arrived damaged" in push(pack[:cut], commit.id)
    for place in range(0, len(pack) - 20, 7):
        damaged = pack[:place] + bytes([pack[place] ^ 0x55]) + pack[place + 1 :]
        assert "arrived damaged" in push(damaged, commit.id)
        body = damaged[:-20]
        sealed = body + hashlib.sha1(body).digest()  # damaged on purpose
        assert "ok refs" not in push(sealed, commit.id)
    for body in (pack + b"more", pack[:-20] + b"more" + hashlib.sha1(pack[:-20] + b"more").digest()):
        assert "arrived damaged" in push(body, commit.id)
    assert "arrived damaged" in push(pack_of(FILE, FILE, tree, commit), commit.id)
    assert listed(bare) == before


def delta_pack(*entries: tuple[int, object]) -> bytes:
    """A pack of (type, content), where the content of a delta is (base, instructions)."""
    pack = io.BytesIO()
    digest = hashlib.sha1()
    for chunk in (b"PACK" + (2).to_bytes(4, "big") + len(entries).to_bytes(4, "big"),):
        pack.write(chunk)
        digest.update(chunk)
    for kind, content in entries:
        write_pack_object(pack.write, kind, content, sha=digest, object_format=SHA1)
    return pack.getvalue() + digest.digest()


def test_packs_that_claim_too_much(push, bare, hub):
    before = listed(bare)
    memory = hub.process().memory_info
    used = memory().rss
    size = 200_000_000
    bomb = Blob.from_string(bytes(size))
    assert f"has {size:,} bytes" in push(pack_of(bomb), bomb.id)
    # A delta of a few bytes that makes 16 MB out of one kilobyte, by copying it again and again.
    base = Blob.from_string(bytes(1024))
    grow = b"\x80\x08" + b"\x80\x80\x80\x08" + b"\xb0\x00\x04" * 16384
    assert "16,777,216 bytes" in push(
        delta_pack((3, [base.data]), (7, (bytes.fromhex(base.id.decode()), [grow]))), base.id
    )
    # Deltas of each other, of themselves and of nothing.
    for other in (b"\1" * 20, b"\2" * 20):
        assert "arrived damaged" in push(delta_pack((7, (other, [b"\1\1\1a"])), (7, (other, [b"\1\1\1b"]))), base.id)
    assert "arrived damaged" in push(delta_pack((6, (5, [b"\1\1\1a"]))), base.id)
    assert listed(bare) == before
    assert memory().rss - used < size // 2, "it was never in memory as a whole"


def test_thin_pack_of_a_client_without_side_band(ask, repo_id, bare):
    """A delta of a file that only the hub has; and a report without frames."""
    head = ask("GET", f"/api/models/{repo_id}").json["sha"].encode()
    old = Blob.from_string(ask("GET", f"/{repo_id}/resolve/main/.gitattributes").body)
    new = Blob.from_string(old.data + b"# more\n")
    size = [len(text) & 127 | 128 for text in (old.data, new.data)]
    header = bytes([size[0], len(old.data) >> 7, size[1], len(new.data) >> 7])
    copy = bytes([0xB0, len(old.data) & 255, len(old.data) >> 8]) + b"\x07# more\n"
    tree = tree_of((BLOB, b".gitattributes", new.id))
    commit = commit_of(tree.id, head)
    pack = delta_pack(
        (7, (bytes.fromhex(old.id.decode()), [header + copy])),
        (2, [tree.as_raw_string()]),
        (1, [commit.as_raw_string()]),
    )
    body = pkt_line(b"%s %s refs/heads/main\0report-status\n" % (head, commit.id)) + pkt_line(None) + pack
    sent = {"Content-Type": "application/x-git-receive-pack-request", "Content-Encoding": "gzip"}
    told = ask("POST", f"/{repo_id}/git-receive-pack", gzip.compress(body), headers=sent)
    assert told.body == pkt_line(b"unpack ok\n") + pkt_line(b"ok refs/heads/main\n") + pkt_line(None)
    assert ask("GET", f"/{repo_id}/resolve/main/.gitattributes").body == new.data


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        (b"refs/pr/1", "neither a branch nor a tag"),
        (b"refs/notes/commits", "neither a branch nor a tag"),
        (b"HEAD", "neither a branch nor a tag"),
        (b"refs/heads/../../config", "cannot be the name"),
        (b"refs/heads/a.lock", "cannot be the name"),
        (b"refs/heads/" + b"a" * 40, "cannot be the name"),
        (b"refs/heads/\xff", "not UTF-8"),
        (b"refs/heads/a\\b", "cannot be the name"),
        (b"refs/heads/", "cannot be the name"),
        (b"refs/heads/main/x", "clashes with"),
    ],
)
def test_refs_that_cannot_be_pushed(ref, reason, push, bare):
    tree = tree_of()
    commit = commit_of(tree.id)
    before = listed(bare)
    assert reason in push(pack_of(tree, commit), commit.id, ref)
    # Nor is anything else of that push done.
    fine = pkt_line(b"%s %s refs/heads/fine" % (b"0" * 40, commit.id))
    told = push(pack_of(tree, commit), commit.id, ref, more=fine)
    assert reason in told and "ng refs/heads/fine" in told
    assert listed(bare) == before


def test_main_stays(git, clone, bare):
    before = listed(bare)
    assert "cannot be deleted" in git.run("push", "origin", ":main", cwd=clone).stderr
    assert listed(bare) == before


def test_bad_card_is_refused_until_it_is_mended(git, clone, bare):
    before = listed(bare)
    git.commit(clone, README__md="---\nlicense: [\n---\n")
    told = git.run("push", cwd=clone).stderr
    assert "remote: README.md cannot be committed" in told and "YAML" in told
    bad = git("rev-parse", "HEAD", cwd=clone)
    assert listed(bare) == before
    git.commit(clone, README__md="---\nlicense: mit\n---\n")
    git("push", cwd=clone)
    assert "README.md" in git.run("push", "origin", f"{bad}:refs/heads/old", cwd=clone).stderr, "also one that is known"


def test_far_too_many_files(push, bare):
    """A few small folders, each many times in the next: nobody could ever list what is in them."""
    objects = [FILE, tree_of(*((BLOB, b"%02d" % number, FILE.id) for number in range(50)))]
    for _ in range(9):
        objects.append(tree_of(*((FOLDER, b"%02d" % number, objects[-1].id) for number in range(50))))
    commit = commit_of(objects[-1].id)
    assert "at most 100,000 files" in push(pack_of(*objects, commit), commit.id)
    deep = [tree_of((BLOB, b"a", FILE.id))]
    for _ in range(600):
        deep.append(tree_of((FOLDER, b"a", deep[-1].id)))
    commit = commit_of(deep[-1].id)
    assert "Nothing was stored" in push(pack_of(FILE, *deep, commit), commit.id)


def test_two_pushes_at_once(git, clone, address, repo_id, ask, bare):
    """One lands, the other is told, whoever comes first."""
    git("clone", "-q", address(repo_id), "other")
    folders = [clone, git.home / "other"]
    for turn in range(3):
        shas = [git.commit(folder, **{f"from_{folder.name}": f"{turn}"}) for folder in folders]
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda folder: git.run("push", cwd=folder), folders))
        head = ask("GET", f"/api/models/{repo_id}").json["sha"]
        assert [push.returncode == 0 for push in done] == [sha == head for sha in shas], done
        loser = folders[shas.index(head) - 1]
        assert any(word in done[shas.index(head) - 1].stderr for word in ("moved meanwhile", "fetch first"))
        git("pull", "--rebase", cwd=loser)
        git("push", cwd=loser)
        git("pull", "--rebase", cwd=folders[shas.index(head)])


def test_stale_push_is_told(push, ask, repo_id):
    tree = tree_of()
    commit = commit_of(tree.id)
    assert "moved meanwhile" in push(pack_of(tree, commit), commit.id, b"refs/heads/main")
    assert "moved meanwhile" in push(b"", b"0" * 40, b"refs/heads/none", old=commit.id)
    assert "ok refs/heads/by-hand" in push(pack_of(tree, commit), commit.id)
    assert "moved meanwhile" in push(pack_of(tree, commit), commit.id)


def test_requests_that_no_git_sends(ask, repo_id):
    path, body = f"/{repo_id}/git-receive-pack", pkt_line(b"nonsense") + pkt_line(None)
    typed = {"Content-Type": "application/x-git-receive-pack-request"}
    assert ask("POST", path, body, headers={"Content-Type": "text/plain"}).status == 400
    for broken in (body, b"zzzz", b"0003", b"00ff", pkt_line(b"a\0b\0c")):
        assert ask("POST", path, broken, headers=typed).status == 400
    assert ask("POST", path, b"0000", headers=typed).body == b""
    assert ask("POST", path, b"x" * 20, headers=typed | {"Content-Encoding": "gzip"}).status == 400
    path, typed = f"/{repo_id}/git-upload-pack", {"Content-Type": "application/x-git-upload-pack-request"}
    for broken in (b"want", b"want x", b"have x", b"deepen -1", b"deepen x", b"wish"):
        assert b"ERR " in ask("POST", path, pkt_line(broken), headers=typed).body
    bomb = gzip.compress(bytes(20 << 20))
    told = ask("POST", path, bomb, headers=typed | {"Content-Encoding": "gzip"})
    assert told.status == 413
    assert ask("GET", f"/{repo_id}/info/refs").status == 403


@pytest.mark.parametrize(("limit", "value"), [("LARGEST_PACK", 20), ("_MOST_OBJECTS", 1), ("_LARGEST_UNPACKED", 20)])
def test_limits_of_a_pack(limit, value, store, tmp_path, monkeypatch):
    repo = store.create("models", "a/b")
    monkeypatch.setattr(packs, limit, value)
    with pytest.raises(TooLarge, match="Nothing was stored; push in smaller steps"):
        packs.unpack(io.BytesIO(pack_of(FILE, tree_of((BLOB, b"a", FILE.id)))), tmp_path, repo.git.object_store)


def test_full_disk_is_told_in_the_push(store, monkeypatch):
    repo = store.create("models", "a/b")
    tree = tree_of((BLOB, b"a", FILE.id))
    commit = commit_of(tree.id)
    body = pkt_line(b"%s %s refs/heads/new\0report-status side-band-64k" % (b"0" * 40, commit.id)) + pkt_line(None)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable, "sync_file", full)
    request, sent = SimpleNamespace(headers={}), io.BytesIO(body + pack_of(FILE, tree, commit))
    told = git_api._receive_pack(request, repo, sent).body.decode()
    assert "ng refs/heads/new The practice hub cannot write to its disk (No space left" in told
    assert repo.branches().keys() == {"main"} and not list((store.root / "tmp").iterdir())


# Pushes until it is killed, few objects and many in turn; says each sha only after `receive` has returned.
PUSHER = """
import io, sys
from pathlib import Path
from dulwich.objects import Blob
from grader.hub.store.receiving import RefUpdate, receive
from grader.hub.store.repos import RepoStore
from tests.hub.test_git import BLOB, commit_of, pack_of, tree_of

repo = RepoStore(Path(sys.argv[1])).find("models", "a/b")
print("ready", flush=True)
for number in range(10_000):
    head = repo.resolve().encode()
    blobs = [Blob.from_string(b"%s %d %d" % (head, number, part)) for part in range(1 + number % 2 * 120)]
    tree = tree_of(*((BLOB, b"%03d" % part, blob.id) for part, blob in enumerate(blobs)))
    commit = commit_of(tree.id, head)
    receive(repo, [RefUpdate(b"refs/heads/main", head, commit.id)], io.BytesIO(pack_of(*blobs, tree, commit)))
    print(commit.id.decode(), flush=True)
"""


def test_killed_pushes_lose_nothing_that_was_acknowledged(store):
    store.create("models", "a/b")
    acknowledged: set[str] = set()
    delays = random.Random(0)
    for _ in range(5):
        command = [sys.executable, "-c", PUSHER, str(store.root)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        assert process.stdout.readline() == "ready\n"
        time.sleep(delays.uniform(0.1, 0.5))
        process.kill()
        acknowledged |= {line for line in process.communicate()[0].split("\n") if len(line) == 40}
        assert_sound(store, acknowledged)
    assert len(acknowledged) > 2
    store.clear_leftovers()
    assert list((store.root / "repos" / "models" / "a" / "b.git" / "objects" / "pack").glob("*.idx"))
