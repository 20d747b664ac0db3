"""Repositories on the disk: commits, revisions, large files, stock and overlay."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from grader.hub.errors import (
    AlreadyExists,
    BadRequest,
    EntryNotFound,
    Forbidden,
    HeadMoved,
    RepoNotFound,
    RevisionNotFound,
)
from grader.hub.store import durable
from grader.hub.store.lfs import is_large, parse_pointer, standard_gitattributes
from grader.hub.store.patterns import is_ignored
from grader.hub.store.repos import Add, AddLarge, Delete, Repo, RepoStore

WHEN = 1_700_000_000


def git(repo: Repo, *arguments: str) -> str:
    """What real git says about the repository."""
    done = subprocess.run(["git", "-C", str(repo.path), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def files(repo: Repo, revision: str = "main") -> dict[str, bytes]:
    sha = repo.resolve(revision)
    entries = [entry for entry in repo.tree(sha, recursive=True) if not entry.is_folder]
    return {entry.path: repo.read(entry) for entry in entries if entry.path != ".gitattributes"}


def test_same_inputs_give_the_same_shas(tmp_path):
    shas = []
    for root in ("one", "two"):
        repo = RepoStore(tmp_path / root).create("models", "a/b", when=WHEN)
        repo.commit([Add("x/y.txt", b"hello"), Add("w.bin", b"\0" * 10)], "first", when=WHEN + 1)
        repo.tag("v1", message="annotated", when=WHEN + 2)
        shas.append((repo.resolve(), repo.git.refs[b"refs/tags/v1"]))
    assert shas[0] == shas[1]


def test_real_git_reads_what_was_committed(store, tmp_path):
    repo = store.create("datasets", "a/b")
    repo.commit([Add("x/y.txt", b"hello\n"), Add("ü.bin", b"\0" * 10)], "first\n\nwith more words", author="learner")
    git(repo, "fsck", "--strict")
    subprocess.run(
        [
            "git",
            "-c",
            "filter.lfs.smudge=",
            "-c",
            "filter.lfs.required=false",
            "clone",
            "-q",
            repo.path,
            tmp_path / "clone",
        ],
        check=True,
        env={"GIT_LFS_SKIP_SMUDGE": "1", "PATH": "/usr/bin:/bin"},
    )
    assert (tmp_path / "clone/x/y.txt").read_bytes() == b"hello\n"
    assert parse_pointer((tmp_path / "clone/ü.bin").read_bytes()).size == 10
    assert git(repo, "log", "--format=%an %s", "main").splitlines() == ["learner first", "practice-hub initial commit"]


def test_operations_apply_in_order(store):
    repo = store.create("models", "a/b")
    repo.commit([Add("a.txt", b"1"), Add("d/e.txt", b"2"), Add("d/f/g.txt", b"3")], "first")
    repo.commit([Delete("d/f"), Add("a.txt", b"4"), Delete("d/e.txt"), Add("d", b"5")], "second")
    assert files(repo) == {"a.txt": b"4", "d": b"5"}


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (Delete("no.txt"), EntryNotFound),
        (Delete(""), EntryNotFound),
        (Add("d", b"d is a folder"), BadRequest),
        (Add("a.txt/b", b"a.txt is a file"), BadRequest),
        (AddLarge("w.bin", "0" * 64, 3), BadRequest),
        *[
            (Add(path, b""), BadRequest)
            for path in ("", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", ".git/config", "a/.GIT/b", "git~1/x")
        ],
        *[(Add(path, b""), BadRequest) for path in ("a\\b", "a\0b", "a\nb", "\ud800", "x" * 300, "y/" * 600 + "y")],
        (Add(".g\u200cit/config", b""), BadRequest),
    ],
)
def test_impossible_operation_changes_nothing(store, operation, error):
    repo = store.create("models", "a/b")
    head = repo.commit([Add("a.txt", b"1"), Add("d/e.txt", b"2")], "first")
    with pytest.raises(error):
        repo.commit([Add("new.txt", b""), operation], "second")
    assert repo.resolve() == head


def test_commit_on_an_old_parent_is_refused(store):
    repo = store.create("models", "a/b")
    first = repo.resolve()
    second = repo.commit([Add("a", b"1")], "second", parent=first[:7])
    with pytest.raises(HeadMoved, match="Nothing was written"):
        repo.commit([Add("a", b"2")], "third", parent=first)
    assert repo.resolve() == second


@pytest.mark.parametrize(
    "revision", ["main", "v1", "v2", "exp/one", "refs/heads/main", "refs/tags/v2", "refs/heads/exp/one"]
)
def test_revision_by_name(store, revision):
    repo = store.create("models", "a/b")
    repo.tag("v1")
    repo.tag("v2", message="annotated")
    repo.create_branch("exp/one", "v1")
    assert repo.resolve(revision) == repo.resolve(repo.resolve()) == repo.resolve(repo.resolve()[:7])


@pytest.mark.parametrize(
    "revision", ["", "no", "HEAD~1", "refs", "refs/heads", "exp", "../../hub.json", "a\0b", "123", "0" * 40, "x" * 5000]
)
def test_unknown_revision(store, revision):
    repo = store.create("models", "a/b")
    repo.create_branch("exp/one")
    with pytest.raises(RevisionNotFound):
        repo.resolve(revision)


@pytest.mark.parametrize("name", ["", "-x", "a..b", "a b", "refs/heads/x", "0" * 40, "x.lock", "a\0", "@{"])
def test_bad_ref_name(store, name):
    repo = store.create("models", "a/b")
    with pytest.raises(BadRequest):
        repo.create_branch(name)
    with pytest.raises(BadRequest):
        repo.tag(name)


def test_branch_names_that_clash(store):
    repo = store.create("models", "a/b")
    repo.create_branch("exp/one")
    for name in ("exp/one", "exp", "exp/one/two"):
        with pytest.raises(AlreadyExists):
            repo.create_branch(name)
    with pytest.raises(RevisionNotFound):
        repo.commit([], "to a branch that is not there", branch="other")


@pytest.mark.parametrize(
    ("path", "size", "sample", "large"),
    [
        ("model.safetensors", 10, b"x", True),
        ("deep/er/x.parquet", 10, b"x", True),
        ("saved_model/a/b", 10, b"x", True),
        ("events.out.tfevents.1", 10, b"x", True),
        ("notes.txt", 10, b"x", False),
        ("notes.txt", 10_000_001, b"x", True),
        ("odd.txt", 10, b"a\0b", True),
        ("late.txt", 600, b"a" * 512 + b"\0", False),
        ("empty.bin", 0, b"", False),
        ("photo.png", 10, b"x", False),
    ],
)
def test_which_files_are_large(path, size, sample, large):
    assert is_large(path.encode(), size, sample, standard_gitattributes("models")) is large


@pytest.mark.parametrize(
    ("rules", "path", "large"),
    [
        (b"/top.x filter=lfs", b"top.x", True),
        (b"/top.x filter=lfs", b"a/top.x", False),
        (b"a/*.x filter=lfs", b"a/1.x", True),
        (b"a/*.x filter=lfs", b"b/a/1.x", False),
        (b"a/*.x filter=lfs", b"a/b/1.x", False),
        (b"a/** filter=lfs", b"a/b/1.x", True),
        (b"**/b/*.x filter=lfs", b"a/a/b/1.x", True),
        (b"a/**/b/** filter=lfs", b"a/b/c/b/x/y", True),
        (b"a/**/b filter=lfs", b"a/b", True),
        (b"*.x filter=lfs\n*.y.x -filter", b"1.y.x", False),
        (b"*.x filter=lfs\n*.x -text", b"1.x", True),
        (b"[!a].x filter=lfs", b"b.x", True),
        (b"# *.x filter=lfs\n*.x\n\xff[ filter=lfs\n[ filter=lfs", b"1.x", False),
        (b"*a" * 100 + b"*b filter=lfs", b"a" * 250, False),
        (b"**/a/" * 100 + b"b filter=lfs", b"a/" * 250 + b"a", False),
    ],
)
def test_rules_for_large_files(rules, path, large):
    assert is_large(path, 10, b"x", rules) is large


@pytest.mark.parametrize(
    ("ignore", "path", "ignored"),
    [
        (b"*.tmp", b"a/b.tmp", True),
        (b"/a", b"a/b.tmp", True),
        (b"/b.tmp", b"a/b.tmp", False),
        (b"b.tmp/", b"a/b.tmp", False),
        (b"a/", b"a/b.tmp", True),
        (b"*.tmp\r\n!b.*\n", b"a/b.tmp", False),
        (b"!b.*\n*.tmp", b"a/b.tmp", True),
        (b"# *\n\n  \n/\n!", b"a/b.tmp", False),
        (b"**/b.tmp", b"a/b.tmp", True),
        (b"*a" * 100 + b"*b", b"a" * 250, False),
    ],
)
def test_what_is_left_out(ignore, path, ignored):
    assert is_ignored(path, ignore) is ignored


def test_data_sets_keep_media_as_large_files():
    assert is_large(b"photo.png", 10, b"x", standard_gitattributes("datasets"))


def test_rules_of_the_same_commit_count(store):
    repo = store.create("models", "a/b")
    repo.commit([Add("a.xyz", b"1"), Add(".gitattributes", b"*.xyz filter=lfs -text\n")], "own rules")
    assert repo.entry(repo.resolve(), "a.xyz").pointer


def test_large_file_is_stored_once(store, tmp_path):
    (tmp_path / "w.bin").write_bytes(b"\0" * 5000)
    for name in ("a/one", "a/two"):
        repo = store.create("models", name)
        repo.commit([Add("w.bin", tmp_path / "w.bin")], "weights")
    assert len([path for path in (store.root / "lfs").rglob("*") if path.is_file()]) == 1


def test_stock_is_read_only_and_seen_through(tmp_path):
    below = RepoStore(tmp_path / "stock")
    below.create("models", "big/model").commit([Add("w.bin", b"\0" * 100)], "weights")
    below.alias("models", "model", "big/model")
    store = RepoStore(tmp_path / "overlay", [tmp_path / "stock"])
    repo = store.find("models", "model")
    assert repo.id == "big/model"
    for change in (
        lambda: repo.commit([Add("x", b"")], "no"),
        lambda: repo.tag("v1"),
        lambda: repo.set_private(True),
        lambda: store.delete(repo),
        lambda: store.move(repo, "me/model"),
        lambda: repo.squash("main", "no"),
    ):
        with pytest.raises(Forbidden, match="read-only"):
            change()
    with pytest.raises(AlreadyExists):
        store.create("models", "big/model")


def test_large_file_from_the_stock_survives_the_stock(tmp_path):
    below = RepoStore(tmp_path / "stock")
    below.create("models", "big/model").commit([Add("w.bin", b"\0" * 100)], "weights")
    store = RepoStore(tmp_path / "overlay", [tmp_path / "stock"])
    pointer = store.find("models", "big/model").entry(store.find("models", "big/model").resolve(), "w.bin").pointer
    mine = store.create("models", "me/copy")
    mine.commit([AddLarge("w.bin", pointer.sha256)], "the same weights")
    shutil.rmtree(tmp_path / "stock")
    assert store.lfs.find(pointer.sha256).read_bytes() == b"\0" * 100


def test_creating_a_repository_ends_an_alias_of_its_name(store):
    store.create("models", "a/new")
    store.alias("models", "a/old", "a/new")
    assert store.find("models", "a/old").id == "a/new"
    assert store.create("models", "a/old").id == "a/old"
    assert store.find("models", "a/old").id == "a/old"


def test_moved_repository_answers_to_all_its_names(store):
    repo = store.create("models", "a/one")
    sha = repo.commit([Add("x", b"1")], "x")
    store.alias("models", "one", "a/one")
    repo.change_settings(lambda settings: replace(settings, private=True))
    repo = store.move(store.move(repo, "a/two"), "a/three")
    for name in ("one", "a/one", "a/two", "a/three"):
        found = RepoStore(store.root).find("models", name)
        assert (found.id, found.resolve(), found.settings.private) == ("a/three", sha, True)
    assert [repo.id for repo in store.all("models")] == ["a/three"]
    repo = store.move(repo, "a/one")  # back again
    assert {store.find("models", name).id for name in ("one", "a/one", "a/two", "a/three")} == {"a/one"}
    store.delete(repo)
    store.create("models", "a/three")
    with pytest.raises(RepoNotFound):
        store.find("models", "a/one")


def test_move_to_a_name_that_is_taken_or_impossible(tmp_path):
    RepoStore(tmp_path / "stock").create("models", "a/stock")
    store = RepoStore(tmp_path / "overlay", [tmp_path / "stock"])
    repo = store.create("models", "a/one")
    store.create("models", "a/two")
    for name in ("a/two", "a/one", "a/stock"):
        with pytest.raises(AlreadyExists):
            store.move(repo, name)
    for name in ("../x", "a", "a/tree", "a/x.git"):
        with pytest.raises(BadRequest):
            store.move(repo, name)
    assert store.find("models", "a/one").resolve()
    store.delete(repo)
    with pytest.raises(RepoNotFound):
        store.move(repo, "a/three")


def test_move_that_was_killed_changed_nothing(store, monkeypatch):
    repo = store.create("models", "a/one")
    sha = repo.commit([Add("x", b"1")], "x")

    def killed(*_: object) -> None:
        raise OSError(errno.EROFS, "stands for the end of the process")

    with monkeypatch.context() as dying:
        dying.setattr(os, "rename", killed)
        with pytest.raises(OSError, match="stands for"):
            store.move(repo, "a/two")
    again = RepoStore(store.root)
    assert again.find("models", "a/one").resolve() == sha
    with pytest.raises(RepoNotFound):
        again.find("models", "a/two")
    assert again.move(again.find("models", "a/one"), "a/two").resolve() == sha


def test_moves_that_cross_end(store):
    one, two = store.create("models", "a/one"), store.create("models", "a/two")

    def move(repo: Repo, name: str) -> bool:
        try:
            store.move(repo, name)
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert not any(pool.map(move, [one, two] * 5, ["a/two", "a/one"] * 5))


def test_squash_keeps_the_files_and_ends_the_history(store):
    repo = store.create("models", "a/b")
    repo.commit([Add("x", b"1"), Add("w.bin", bytes(10))], "first")
    repo.create_branch("other")
    repo.commit([Add("x", b"2")], "second")
    before = files(repo)
    sha = repo.squash("main", "all in one", author="learner")
    assert files(repo) == before and [commit.id.decode() for commit in repo.log(sha)] == [sha]
    assert git(repo, "log", "--format=%an %s", "main") == "learner all in one\n"
    assert len(list(repo.log(repo.resolve("other")))) == 2
    git(repo, "fsck", "--strict")
    with pytest.raises(RevisionNotFound):
        repo.squash("no", "x")


def test_settings_of_older_versions_are_read(store):
    repo = store.create("models", "a/b")
    (repo.path / "hub.json").write_text('{"created": 1, "private": true, "sdk": null}')
    assert repo.settings.private and repo.settings.gated is False and repo.settings.access == {}


def test_delete_and_make_again(store):
    first = store.create("models", "a/b")
    first.commit([Add("x", b"1")], "x")
    store.delete(first)
    with pytest.raises(RepoNotFound):
        store.find("models", "a/b")
    with pytest.raises(RepoNotFound):
        first.commit([Add("x", b"2")], "too late")
    assert files(store.create("models", "a/b")) == {}
    assert [repo.id for repo in store.all("models")] == ["a/b"] and not list((store.root / "tmp").iterdir())


@pytest.mark.parametrize(
    "repo_id",
    [
        "",
        "a",
        "a/",
        "/b",
        "a/b/c",
        "../b",
        "a/..",
        "a/b.git",
        "a/-b",
        "a/b--c",
        "a/tree",
        "api/b",
        "a/b\0",
        "a/" + "b" * 96,
    ],
)
def test_bad_repository_name(store, repo_id):
    with pytest.raises(BadRequest):
        store.create("models", repo_id)
    with pytest.raises(RepoNotFound):
        store.find("models", repo_id)


def test_what_a_killed_writer_left_is_mended(store):
    repo = store.create("models", "a/b")
    (repo.path / "refs/heads/main.lock").write_bytes(b"")
    repo.commit([Add("x", b"1")], "goes through")
    (store.root / "tmp" / "half").write_bytes(b"half a file")
    (store.root / "tmp" / "half a repo").mkdir()
    store.clear_leftovers()
    assert not list((store.root / "tmp").iterdir())


@pytest.mark.parametrize("content", [b"small", b"\0" * 2000], ids=["regular", "large"])
def test_full_disk_loses_nothing(store, monkeypatch, content):
    repo = store.create("models", "a/b")
    head = repo.commit([Add("x", b"1")], "first")

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(durable, "sync_file", no_space)
        with pytest.raises(OSError, match="No space"):
            repo.commit([Add("y", content)], "second")
    assert repo.resolve() == head and not list((store.root / "tmp").iterdir())
    repo.commit([Add("y", content)], "second")
    git(repo, "fsck", "--strict")
