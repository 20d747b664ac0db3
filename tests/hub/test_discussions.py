"""Discussions and pull requests: on the disk, merged or in conflict, and over plain HTTP with hostile content."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.errors import BadRequest, Conflict, EntryNotFound, Forbidden, NotFound, RevisionNotFound
from grader.hub.info.diffs import patch
from grader.hub.store import discussions
from grader.hub.store.repos import Add, Delete, Operation, Repo, RepoStore
from tests.hub.conftest import commit_body, file_line

NO_LFS = {"GIT_LFS_SKIP_SMUDGE": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin"}


@pytest.fixture
def repo(store: RepoStore) -> Repo:
    repo = store.create("models", "a/b")
    repo.commit([Add("x", b"1"), Add("y", b"1"), Add("d/z", b"1")], "files")
    return repo


def proposed(repo: Repo, *operations: Operation) -> int:
    return discussions.propose(repo, operations, "Change", "", author="b")[0].number


def content(repo: Repo, path: str) -> bytes | None:
    return repo.read_small(repo.resolve(), path)


def git(repo: Repo, *arguments: str) -> str:
    return subprocess.run(["git", "-C", repo.path, *arguments], capture_output=True, text=True, check=True).stdout


# On the disk


def test_what_was_said_is_there_after_a_restart(store, repo):
    discussions.start(repo, "Title", "Text", author="b")
    said = discussions.comment(repo, 1, "More", author="c")
    discussions.rename(repo, 1, "Better title", author="b")
    discussions.set_status(repo, 1, "closed", author="a")
    (found,) = discussions.all_of(RepoStore(store.root).find("models", "a/b"))
    assert (found.title, found.author, found.status) == ("Better title", "b", "closed")
    assert [(event.type, event.author, event.text) for event in found.events] == [
        ("comment", "b", "Text"),
        ("comment", "c", "More"),
        ("title-change", "b", "Better title"),
        ("status-change", "a", "closed"),
    ]
    assert discussions.comment_of(found, said.id) == said
    assert not list((store.root / "tmp").iterdir())


def test_a_move_takes_them_along(store, repo):
    number = proposed(repo, Add("x", b"2"))
    moved = store.move(repo, "a/c")
    discussions.merge(moved, number, author="a")
    assert content(moved, "x") == b"2"


def test_many_at_once_get_numbers_of_their_own(store, repo):
    def open_one(turn: int) -> int:
        mine = RepoStore(store.root).find("models", "a/b")
        if turn % 2:
            return proposed(mine, Add(f"{turn}.txt", b""))
        return discussions.start(mine, "Title", "", author="b").number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(open_one, range(8))) == list(range(1, 9))
    assert len(repo.pull_requests()) == 4


def test_a_commit_that_cannot_be_made_opens_nothing(repo):
    with pytest.raises(EntryNotFound):
        proposed(repo, Delete("no"))
    assert discussions.all_of(repo) == [] and repo.pull_requests() == {}


def test_a_number_is_not_given_twice_when_its_opener_was_killed(repo):
    number = proposed(repo, Add("x", b"2"))
    (repo.path / f"discussions/{number}.json").unlink()  # the commit came first
    assert proposed(repo, Add("x", b"3")) == number + 1


@pytest.mark.parametrize(("title", "text"), [("", ""), (" \n", ""), ("x" * 256, ""), ("x", "y" * 64_001)])
def test_too_much_or_too_little(repo, title, text):
    with pytest.raises(BadRequest):
        discussions.start(repo, title, text, author="b")
    assert discussions.all_of(repo) == []


def test_stock_takes_none(tmp_path):
    RepoStore(tmp_path / "stock").create("models", "a/b")
    repo = RepoStore(tmp_path / "overlay", [tmp_path / "stock"]).find("models", "a/b")
    for attempt in (
        lambda: discussions.start(repo, "Title", "", author="b"),
        lambda: proposed(repo, Add("x", b"")),
    ):
        with pytest.raises(Forbidden, match="read-only stock"):
            attempt()
    assert discussions.all_of(repo) == []


# Merging


def test_merge_without_anything_in_between_is_the_commit_itself(repo):
    number = proposed(repo, Add("x", b"2"), Delete("y"))
    head = repo.resolve(f"refs/pr/{number}")
    assert discussions.merge(repo, number, author="a").merged_as == head == repo.resolve()
    assert content(repo, "x") == b"2" and content(repo, "y") is None
    with pytest.raises(Conflict, match="merged"):
        discussions.merge(repo, number, author="a")


def test_merge_brings_both_sides_together(repo):
    number = proposed(repo, Add("x", b"2"), Delete("y"), Add("new", b"2"), Add("same", b"s"))
    repo.commit([Add("d/z", b"3"), Add("other", b"3"), Add("same", b"s")], "meanwhile")
    main, head = repo.resolve(), repo.resolve(f"refs/pr/{number}")
    merged = discussions.merge(repo, number, author="a").merged_as
    assert {path: content(repo, path) for path in ("x", "y", "new", "d/z", "other")} == {
        "x": b"2", "y": None, "new": b"2", "d/z": b"3", "other": b"3",
    }  # fmt: skip
    assert git(repo, "log", "-1", "--format=%P|%an|%s", merged) == f"{main} {head}|a|Change (#{number})\n"
    git(repo, "fsck", "--strict")
    history = [commit.message.decode() for commit in repo.log(merged)]
    assert history[0] == f"Change (#{number})" and history[-2:] == ["files", "initial commit"], "all in one second"


@pytest.mark.parametrize(
    ("theirs", "ours", "clashing"),
    [
        (Add("x", b"2"), Add("x", b"3"), ["x"]),
        (Add("x", b"2"), Delete("x"), ["x"]),
        (Delete("x"), Add("x", b"3"), ["x"]),
        (Add("n", b"2"), Add("n", b"3"), ["n"]),
        (Add("n/m", b"2"), Add("n", b"3"), ["n", "n/m"]),
    ],
)
def test_conflict_changes_nothing_and_names_the_files(repo, theirs, ours, clashing):
    number = proposed(repo, theirs)
    repo.commit([ours], "meanwhile")
    main = repo.resolve()
    assert discussions.conflicts(repo, discussions.find(repo, number)) == clashing
    with pytest.raises(Conflict, match=clashing[0]):
        discussions.merge(repo, number, author="a")
    assert repo.resolve() == main and discussions.find(repo, number).status == "open"


def test_merge_after_main_was_squashed(repo):
    number = proposed(repo, Add("x", b"2"), Delete("y"))
    repo.squash("main", "all in one")
    discussions.merge(repo, number, author="a")
    assert content(repo, "x") == b"2" and content(repo, "y") is None


def test_merge_that_was_killed_is_finished(repo):
    number = proposed(repo, Add("x", b"2"))
    before = (repo.path / f"discussions/{number}.json").read_bytes()
    discussions.merge(repo, number, author="a")
    (repo.path / f"discussions/{number}.json").write_bytes(before)  # main had moved, and nobody had been told
    merged = repo.resolve()
    assert discussions.merge(repo, number, author="a").merged_as == merged == repo.resolve()


@pytest.mark.parametrize("status", ["closed", "draft"])
def test_only_what_is_open_can_be_merged(repo, status):
    number = discussions.start(repo, "Empty", "", author="b", pull_request=True).number
    if status == "closed":
        discussions.set_status(repo, number, "closed", author="b")
    with pytest.raises(Conflict, match=status):
        discussions.merge(repo, number, author="a")


def test_a_discussion_cannot_be_merged(repo):
    discussions.start(repo, "Only words", "", author="b")
    with pytest.raises(BadRequest):
        discussions.merge(repo, 1, author="a")
    with pytest.raises(NotFound):
        discussions.merge(repo, 2, author="a")
    with pytest.raises(RevisionNotFound):
        repo.commit([Add("x", b"")], "to no pull request", branch="refs/pr/1")


def test_last_word_comes_with_the_change_or_not_at_all(repo, monkeypatch):
    number = proposed(repo, Add("x", b"2"))
    with pytest.raises(BadRequest):
        discussions.merge(repo, number, author="a", last_word=" ")
    assert content(repo, "x") == b"1"
    monkeypatch.setattr(discussions, "_MOST_EVENTS", 0)
    discussions.merge(repo, number, author="a", last_word="Thanks")  # also in one that takes no more comments
    before = discussions.find(repo, number)
    assert [event.text for event in before.events] == ["merged", "Thanks"] and content(repo, "x") == b"2"
    with pytest.raises(Conflict):
        discussions.set_status(repo, number, "closed", author="a", last_word="Too late")
    assert discussions.find(repo, number) == before


def test_patch_is_what_git_applies(repo, tmp_path):
    base = repo.resolve()
    repo.commit([Add("n/ü.txt", "ü\n".encode())], "before the second")
    number = discussions.propose(
        repo,
        [Add("x", b"1\n2"), Delete("y"), Add("new.txt", b"a\rb\r\nc\n"), Add("w.bin", bytes(9)), Add("\x85", b"x")],
        "C",
        "",
        author="b",
    )[0].number
    found = discussions.find(repo, number)
    text = patch(repo, found.base, repo.resolve(found.ref))
    assert "+2" in text and "deleted file" in text and "+oid sha256:" in text
    subprocess.run(["git", "clone", "-q", repo.path, tmp_path / "clone"], check=True, env=NO_LFS)
    subprocess.run(
        ["git", "apply", "--index", "-"], input=text, text=True, check=True, cwd=tmp_path / "clone", env=NO_LFS
    )
    written = subprocess.run(
        ["git", "write-tree"], capture_output=True, text=True, cwd=tmp_path / "clone"
    ).stdout.strip()
    assert written == git(repo, "rev-parse", f"{found.ref}^{{tree}}").strip() and base != found.base


def test_patch_names_what_is_too_long(repo):
    operations = [Add("long.txt", b"\n" * 3000), Add("wide.txt", b"x" * 300_000), Add("z.txt", b"short\n")]
    operations += [Add(f"zz/{number:03}.txt", b"") for number in range(120)]
    discussion, sha = discussions.propose(repo, operations, "C", "", author="b")
    text = patch(repo, discussion.base, sha)
    assert len(text) < 30_000 and "+short" in text and "23 more files" in text
    assert all(f"b/{name}.txt\nToo long" in text for name in ("long", "wide"))


# Over HTTP


@pytest.fixture(scope="module")
def tokens(hub) -> dict[str, str]:
    accounts = Accounts(hub.hf_home.parent / "hub")
    return {name: accounts.issue(name, "discussions") for name in ("author", "bystander")}


def test_who_may_do_what(ask, repo_id, tokens):
    base = f"/api/models/{repo_id}"
    author, bystander = tokens["author"], tokens["bystander"]
    body = commit_body(file_line("x", b"1"))
    opened = ask("POST", f"{base}/commit/main?create_pr=1", body, token=author)
    assert opened.status == 200 and opened.json["pullRequestUrl"].endswith(f"{repo_id}/discussions/1")
    one = f"{base}/discussions/1"
    for path, body, allowed in [
        (f"{one}/comment", {"comment": "hello"}, {"owner", "author", "bystander"}),
        (f"{one}/title", {"title": "x"}, {"owner", "author"}),
        (f"{one}/status", {"status": "closed"}, {"owner", "author"}),
        (f"{one}/status", {"status": "open"}, {"owner", "author"}),
        (f"{base}/commit/refs%2Fpr%2F1", commit_body(file_line("y", b"1")), {"owner", "author"}),
        (f"{base}/commit/main", commit_body(file_line("z", b"1")), {"owner"}),
        (f"{one}/merge", {}, {"owner"}),
    ]:
        for name, token in (("nobody", None), ("bystander", bystander), ("author", author), ("owner", "the hub's")):
            status = ask("POST", path, body, token=token).status
            assert status == (200 if name in allowed else 401 if name == "nobody" else 403), (path, name)
    assert ask("GET", one, token=None).json["status"] == "merged"
    late = ask("POST", f"{base}/commit/refs%2Fpr%2F1", commit_body(), token=author)
    assert late.status == 409 and "takes no more commits" in late.json["error"]
    ask("PUT", f"{base}/settings", {"visibility": "private"})
    assert ask("GET", one, token=author).code == ask("POST", f"{one}/comment", {}, token=author).code == "RepoNotFound"


def test_hostile_words_come_back_as_words(ask, repo_id):
    base = f"/api/models/{repo_id}/discussions"
    title, text = "<img src=x onerror=alert(1)> \u202e ../../x", "</script>\x00 \ud800 [x](javascript:alert(1))"
    assert ask("POST", base, {"title": title, "description": text}).status == 200
    told = ask("GET", f"{base}/1").json
    assert told["title"] == title
    comment = told["events"][0]["data"]["latest"]
    assert comment["raw"].startswith("</script>") and "<" not in comment["html"].removeprefix("<p>").removesuffix(
        "</p>"
    )


@pytest.mark.parametrize("number", ["0", "-1", "x", "01", "9" * 5000, "1.0", "%2e%2e%2f%2e%2e%2fhub", "1%00", "٣"])
def test_odd_number(ask, repo_id, number):
    if number == "٣":
        number = "%D9%A3"
    answer = ask("GET", f"/api/models/{repo_id}/discussions/{number}")
    assert answer.status == 404 and "discussion" in answer.json["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}),
        ("", {"title": 3}),
        ("", {"title": "x", "description": ["y"]}),
        ("/1/comment", {"comment": " "}),
        ("/1/comment", b"[]"),
        ("/1/title", {"title": ""}),
        ("/1/status", {"status": "merged"}),
        ("/1/status", {"status": "draft"}),
        ("/1/merge", {}),
    ],
)
def test_bad_request(ask, repo_id, path, body):
    base = f"/api/models/{repo_id}/discussions"
    ask("POST", base, {"title": "One"})
    before = ask("GET", f"{base}/1").json
    assert ask("POST", base + path, body).status == 400
    assert ask("GET", f"{base}/1").json == before


def test_pages(ask, repo_id, hub):
    folder = hub.hf_home.parent / f"hub/repos/models/{repo_id}.git/discussions"
    base = f"/api/models/{repo_id}/discussions"
    ask("POST", base, {"title": "One"})
    one = json.loads((folder / "1.json").read_bytes())
    for number in range(2, 55):
        (folder / f"{number}.json").write_text(json.dumps(one | {"number": number}))
    first, second = (ask("GET", f"{base}?p={page}").json for page in (0, 1))
    assert (first["count"], first["start"], second["start"]) == (54, 0, 50)
    assert [item["num"] for item in first["discussions"] + second["discussions"]] == list(range(54, 0, -1))
    assert ask("GET", f"{base}?p=9999999999999").status == 200
