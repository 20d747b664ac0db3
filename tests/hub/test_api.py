"""The hub over plain HTTP: what the clients rely on, and what is refused with which code."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from grader.hub.accounts.accounts import Accounts
from tests.hub.conftest import F1_MODULE, commit_body, file_line

TINY = "/course/tiny-bert/resolve/main"
GLUE = "/datasets/nyu-mll/glue/resolve/main/mrpc/train-00000-of-00001.parquet"


@pytest.fixture(scope="session")
def accounts(hub) -> Accounts:
    return Accounts(hub.hf_home.parent / "hub")


def commit(ask, repo_id, *operations, **options):
    return ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(*operations), **options)


# Files


def test_head_of_a_regular_file(ask):
    answer = ask("HEAD", f"{TINY}/config.json", token=None)
    assert answer.status == 200 and answer.body == b""
    assert len(answer.headers["X-Repo-Commit"]) == 40 and len(answer.headers["ETag"]) == 42
    assert answer.headers["Content-Length"] == str(len(ask("GET", f"{TINY}/config.json").body))


def test_head_of_a_large_file(ask):
    content = ask("GET", GLUE).body
    answer = ask("HEAD", GLUE)
    assert answer.headers["X-Linked-Etag"] == answer.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["X-Linked-Size"] == answer.headers["Content-Length"] == str(len(content))
    assert "X-Xet-Hash" not in answer.headers and "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/spaces/evaluate-metric/f1/resolve/main/f1.py", GLUE], ids=["regular", "large"])
def test_parts_of_a_file(ask, path):
    whole = ask("GET", path).body
    size = len(whole)
    assert path != GLUE or whole.startswith(b"PAR1")
    for asked, part, told in [
        ("bytes=0-3", whole[:4], f"bytes 0-3/{size}"),
        ("bytes=10-", whole[10:], f"bytes 10-{size - 1}/{size}"),
        ("bytes=-8", whole[-8:], f"bytes {size - 8}-{size - 1}/{size}"),
        (f"bytes=5-{size * 2}", whole[5:], f"bytes 5-{size - 1}/{size}"),
    ]:
        answer = ask("GET", path, headers={"Range": asked})
        assert (answer.status, answer.body, answer.headers["Content-Range"]) == (206, part, told)
    answer = ask("GET", path, headers={"Range": f"bytes={size}-"})
    assert answer.status == 416 and answer.headers["Content-Range"] == f"bytes */{size}"


def test_html_is_no_page(ask, repo_id):
    commit(ask, repo_id, file_line("x.html", b"<script>alert(1)</script>"))
    answer = ask("GET", f"/{repo_id}/resolve/main/x.html")
    assert (
        answer.headers["Content-Type"].startswith("text/plain")
        and answer.headers["X-Content-Type-Options"] == "nosniff"
    )


def test_old_name_is_served_in_place(ask):
    assert ask("HEAD", "/tiny-bert/resolve/main/config.json").status == 200
    assert ask("GET", "/api/models/tiny-bert/revision/714eb0f").json["id"] == "course/tiny-bert"
    assert ask("GET", "/api/models/tiny-bert/tree/main").status == 200


# What is not there


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{TINY}/no.txt", "EntryNotFound"),
        ("/course/tiny-bert/resolve/no/config.json", "RevisionNotFound"),
        ("/course/no/resolve/main/config.json", "RepoNotFound"),
        ("/api/models/course/tiny-bert/tree/main/no", "EntryNotFound"),
        ("/api/models/course/tiny-bert/revision/no", "RevisionNotFound"),
        ("/api/datasets/course/tiny-bert", "RepoNotFound"),
        # nothing of this may reach the file system
        (f"{TINY}/..%2f..%2f..%2fhub.json", "EntryNotFound"),
        (f"{TINY}/../../../../../../../../etc/passwd", "EntryNotFound"),
        (f"{TINY}/%00", "EntryNotFound"),
        (f"{TINY}/%ff%fe", "EntryNotFound"),
        (f"{TINY}/config.json/x", "EntryNotFound"),
        ("/course/tiny-bert/resolve/..%2f..%2fhub.json/x", "RevisionNotFound"),
        ("/course/tiny-bert/resolve/refs%2Fheads%2F..%2F..%2Fhub.json/x", "RevisionNotFound"),
        ("/course/tiny-bert/resolve/%00/x", "RevisionNotFound"),
        ("/course%2f..%2f..%2fx/tiny-bert/resolve/main/x", "RepoNotFound"),
        ("/..%2f..%2fetc/resolve/main/x", "RepoNotFound"),
        ("/api/models/..%2f../tiny-bert", "RepoNotFound"),
        ("/api/models/%00/%00", "RepoNotFound"),
        (f"/api/models/{'x' * 5000}/y", "RepoNotFound"),
    ],
)
def test_missing(ask, path, code):
    answer = ask("GET", path)
    assert (answer.status, answer.code) == (404, code)
    assert answer.json["error"] and answer.headers["X-Error-Message"]


def test_missing_file_names_its_commit(ask):
    assert len(ask("HEAD", f"{TINY}/no.txt").headers["X-Repo-Commit"]) == 40


def test_near_miss_is_pointed_out(ask):
    assert "Did you mean 'course/tiny-bert'?" in ask("GET", "/api/models/course/tiny-brt").json["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/models/course/tiny-bert/xet-write-token/main"),
        ("GET", "/api/daily_papers"),
        ("POST", "/api/models"),
        ("PATCH", "/"),
    ],
)
def test_what_is_not_offered_is_404_so_that_no_client_tries_again(ask, method, path):
    answer = ask(method, path)
    assert answer.status == 404 and "does not offer" in answer.json["error"]


# Who may do what


def test_anonymous_and_wrong_token(ask):
    answer = ask("GET", "/api/spaces/course/no", token=None)
    assert (answer.status, answer.code) == (401, "RepoNotFound"), "evaluate needs 401 here"
    for path in ("/api/whoami-v2", "/api/models/course/tiny-bert"):
        answer = ask("GET", path, token="hf_wrong")
        assert (answer.status, answer.code) == (401, None)
        assert answer.headers["X-Error-Message"] == "Invalid credentials in Authorization header"
    assert ask("GET", "/api/whoami-v2", token=None).status == 401
    assert ask("POST", "/api/repos/create", {"name": "x"}, token=None).status == 401


def test_read_token_reads_only(ask, accounts, repo_id):
    token = accounts.issue("learner", "reader", "read")
    assert ask("GET", "/api/whoami-v2", token=token).json["auth"]["accessToken"]["role"] == "read"
    answer = commit(ask, repo_id, file_line("x", b""), token=token)
    assert answer.status == 403 and "role 'read'" in answer.headers["X-Error-Message"]


def test_private_repository_of_somebody_else_looks_missing(ask, accounts, repo_id):
    other = accounts.issue("somebody", "x")
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"visibility": "private"}).status == 200
    for token, status in ((other, 404), (None, 401)):
        for path in (f"/api/models/{repo_id}", f"/{repo_id}/resolve/main/.gitattributes"):
            answer = ask("GET", path, token=token)
            assert (answer.status, answer.code) == (status, "RepoNotFound")
        name = repo_id.rpartition("/")[2]
        assert ask("DELETE", "/api/repos/delete", {"name": repo_id}, token=token).status == status
        assert name not in str(ask("GET", f"/api/models?search={name}", token=token).json)
    assert ask("GET", f"/api/models/{repo_id}").json["private"]
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"visibility": "public"}).status == 200
    answer = commit(ask, repo_id, file_line("x", b""), token=other)
    assert answer.status == 403 and "may not write" in answer.json["error"]


def test_existing_repository_is_told_with_its_address(ask, hub, repo_id):
    answer = ask("POST", "/api/repos/create", {"name": repo_id.partition("/")[2]})
    assert (answer.status, answer.json["url"]) == (409, f"{hub.url}/{repo_id}")


@pytest.mark.parametrize("name", ["../x", "a--b", ".x", "x.git", "tree", "x/y/z", "", "x" * 200, "ünï"])
def test_bad_name(ask, name):
    assert ask("POST", "/api/repos/create", {"name": name, "type": "model"}).status in (400, 403)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", b"[" * 50_000, {"name": 3}, {"name": "x", "type": "y"}, {"name": "x", "sdk": "\ud800"}],
)
def test_bad_body(ask, body):
    assert ask("POST", "/api/repos/create", body).status == 400


# Commits


@pytest.mark.parametrize(
    "operation",
    [
        file_line("../x", b""),
        file_line(".git/config", b""),
        file_line("/x", b""),
        ("file", {"path": "x", "content": "no base64!"}),
        ("file", {"path": 3, "content": ""}),
        ("file", {"content": ""}),
        file_line("README.md", b"---\ntags: {a: 1}\n---\n"),
        ("lfsFile", {"path": "x.bin", "oid": "../../x", "size": 3}),
        ("lfsFile", {"path": "x.bin", "oid": "0" * 64, "size": 3}),
        ("lfsFile", {"path": "x.bin", "oid": "0" * 64, "size": "3"}),
        ("file", {"path": "x", "content": "", "encoding": 3}),
        ("rename", {"path": "x"}),
        ("header", {}),
        ("header", {"summary": "x", "parentCommit": 3}),
        ("header", {"summary": ["x"]}),
    ],
)
def test_bad_commit_changes_nothing(ask, repo_id, operation):
    before = ask("GET", f"/api/models/{repo_id}").json["sha"]
    assert commit(ask, repo_id, file_line("good.txt", b""), operation).status == 400
    assert ask("GET", f"/api/models/{repo_id}").json["sha"] == before


def test_commit_errors_have_their_codes(ask, repo_id):
    head = ask("GET", f"/api/models/{repo_id}").json["sha"]
    assert commit(ask, repo_id, ("deletedFile", {"path": "no"})).code == "EntryNotFound"
    assert ask("POST", f"/api/models/{repo_id}/commit/no", commit_body()).code == "RevisionNotFound"
    assert ask("POST", f"/api/models/{repo_id}/commit/refs%2Fpr%2F1", commit_body()).status == 404
    assert ask("POST", f"/api/models/{repo_id}/commit/other?create_pr=1", commit_body()).status == 400
    assert ask("POST", f"/api/models/{repo_id}/commit/main", b"not json\n").status == 400
    assert commit(ask, repo_id, file_line("x", b"")).status == 200
    late = commit_body(file_line("y", b""), parentCommit=head)
    answer = ask("POST", f"/api/models/{repo_id}/commit/main", late)
    assert answer.status == 412 and "Nothing was written" in answer.json["error"]


def test_oversized_bodies(ask, repo_id):
    answer = commit(ask, repo_id, file_line("x.txt", b"x" * 10_500_000))
    assert answer.status == 413 and "LFS" in answer.json["error"]
    assert ask("POST", "/api/validate-yaml", b"x" * (17 << 20)).status == 413


def test_preupload_tells_mode_and_present_id(ask, repo_id):
    commit(ask, repo_id, file_line("a.txt", b"a"))
    sample = base64.b64encode(b"a").decode()
    files = [
        {"path": path, "size": size, "sample": sample} for path, size in (("a.txt", 1), ("w.bin", 1), ("big", 11**9))
    ]
    told = ask("POST", f"/api/models/{repo_id}/preupload/main", {"files": files}).json["files"]
    assert [file["uploadMode"] for file in told] == ["regular", "lfs", "lfs"]
    assert told[0]["oid"] == hashlib.sha1(b"blob 1\0a").hexdigest() and "oid" not in told[1]
    for bad in ([{"path": "x"}], [files[0] | {"path": "../x"}], [files[0] | {"path": "\ud800"}], files * 400, {}):
        assert ask("POST", f"/api/models/{repo_id}/preupload/main", {"files": bad}).status == 400


def test_validate_yaml_needs_no_token(ask):
    good = ask("POST", "/api/validate-yaml", {"content": "---\nlicense: mit\n---\n", "repoType": "model"}, token=None)
    assert (good.status, good.json) == (200, {"errors": [], "warnings": []})
    bare = ask("POST", "/api/validate-yaml", {"content": "# no metadata"}, token=None)
    assert bare.status == 200 and bare.json["warnings"]
    bad = ask("POST", "/api/validate-yaml", {"content": "---\nlanguage: no\n---\n"}, token=None)
    assert bad.status == 400 and "quotes" in bad.json["errors"][0]["message"]


def test_front_page_and_health(ask, hub):
    assert b"practice hub" in ask("GET", "/", token=None).body
    health = ask("GET", "/healthz", token=None).json
    assert health["account"] == "learner" and health["instance"] == hub.instance and health["version"]


def test_module_of_the_metric_is_served_as_it_is(ask):
    assert ask("GET", "/spaces/evaluate-metric/f1/resolve/main/f1.py").body == F1_MODULE


# Long lists


def all_pages(ask, path) -> list[list]:
    """The items page by page, as the clients follow the links."""
    pages = []
    while path:
        answer = ask("GET", path)
        assert answer.status == 200, answer.body
        pages.append(answer.json)
        link = re.fullmatch(r'<http://[^/]+(/.*)>; rel="next"', answer.headers["Link"] or "<http://x/>")
        path = link and link[1]
    return pages


def test_pages_of_files_and_commits(ask, repo_id):
    for number in range(3):
        commit(ask, repo_id, *[file_line(f"a b/{number}{letter}.txt", b"") for letter in "xy"])
    base = f"/api/models/{repo_id}"
    pages = all_pages(ask, f"{base}/tree/main/a%20b?limit=4&expand=True")
    assert [[file["path"] for file in page] for page in pages] == [
        ["a b/0x.txt", "a b/0y.txt", "a b/1x.txt", "a b/1y.txt"],
        ["a b/2x.txt", "a b/2y.txt"],
    ]
    assert all(file["lastCommit"]["title"] == "a commit" for page in pages for file in page)
    pages = all_pages(ask, f"{base}/commits/main?limit=3")
    assert [len(page) for page in pages] == [3, 1] and pages[1][0]["title"] == "initial commit"
    assert len({item["id"] for page in pages for item in page}) == 4


def test_pages_stay_at_one_commit(ask, repo_id):
    commit(ask, repo_id, *[file_line(f"{letter}.txt", b"") for letter in "abc"])
    first = ask("GET", f"/api/models/{repo_id}/tree/main?limit=2")
    commit(ask, repo_id, ("deletedFile", {"path": "a.txt"}))
    rest = ask("GET", "/" + first.headers["Link"].split(">")[0].split("/", 3)[3]).json
    assert [file["path"] for file in first.json + rest] == [".gitattributes", "a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize("asked", ["limit=1", "limit=1&sort=createdAt&full=true", "limit=1&search=e&direction=1"])
def test_pages_of_repositories(ask, asked):
    pages = all_pages(ask, f"/api/models?{asked}")
    ids = [model["id"] for page in pages for model in page]
    assert "course/tiny-bert" in ids and len(ids) == len(set(ids)) == len(pages)


@pytest.mark.parametrize("asked", ["limit=0", "limit=-1", "limit=x", "skip=x&limit=1e3", "limit=" + "9" * 5000])
def test_odd_limits(ask, asked):
    assert ask("GET", f"/api/models?{asked}").status == 200


@pytest.mark.parametrize("asked", ["sort=size", "apps=ollama", "inference=warm", "num_parameters=many"])
def test_what_the_hub_cannot_filter_by_is_told(ask, asked):
    assert ask("GET", f"/api/models?{asked}").status == 400


def test_only_what_expand_names(ask):
    for asked in ("expand=sha&expand=likes", "expand%5B%5D=sha&expand%5B%5D=likes"):
        for answer in (ask("GET", f"/api/models?{asked}").json[0], ask("GET", f"/api/models/tiny-bert?{asked}").json):
            assert set(answer) == {"_id", "id", "sha", "likes"}


def test_formatted_commits_are_no_html(ask, repo_id):
    body = commit_body(file_line("x", b""), summary="<b>bold</b>")
    ask("POST", f"/api/models/{repo_id}/commit/main", body)
    told = ask("GET", f"/api/models/{repo_id}/commits/main?expand%5B%5D=formatted").json[0]
    assert told["title"] == "<b>bold</b>" and told["formatted"]["title"] == "&lt;b&gt;bold&lt;/b&gt;"


# Gated repositories


def test_gate_closes_every_way_to_the_files(ask, accounts, repo_id):
    other = accounts.issue("somebody", "gate")
    sha256 = hashlib.sha256(b"\0secret").hexdigest()
    objects = {"operation": "upload", "objects": [{"oid": sha256, "size": 7}]}
    href = ask("POST", f"/{repo_id}.git/info/lfs/objects/batch", objects).json["objects"][0]["actions"]["upload"][
        "href"
    ]
    assert ask("PUT", "/" + href.split("/", 3)[3], b"\0secret", token=None).status == 200
    commit(ask, repo_id, ("lfsFile", {"path": "w.bin", "oid": sha256, "size": 7}))
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"gated": "manual"}).json["gated"] == "manual"

    def seen_by(token: str | None) -> str:
        answers = [
            ask("GET", f"/api/models/{repo_id}?blobs=true", token=token),
            ask("GET", f"/api/models/{repo_id}/tree/main?recursive=true", token=token),
            ask("POST", f"/api/models/{repo_id}/paths-info/main", b"paths=w.bin", token=token),
        ]
        assert all(answer.status == 200 and b"w.bin" in answer.body for answer in answers)
        if token:
            files = {"files": [{"path": "w.bin", "size": 7, "sample": ""}]}
            answers.append(ask("POST", f"/api/models/{repo_id}/preupload/main?create_pr=1", files, token=token))
            assert answers[-1].status == 200
        return "".join(str(answer.json) for answer in answers)

    for token, status in ((None, 401), (other, 403)):
        for path in (f"/{repo_id}/resolve/main/w.bin", f"/{repo_id}/resolve/main/.gitattributes"):
            answer = ask("GET", path, token=token)
            assert (answer.status, answer.code) == (status, "GatedRepo")
        assert sha256 not in seen_by(token), "with it anybody could put the file into a repository of one's own"
    assert sha256 in seen_by("the hub's")
    assert ask("POST", f"/{repo_id}/ask-access", token=None).status == 401
    assert ask("POST", f"/{repo_id}/ask-access", token=other).json == {"status": "pending"}
    assert ask("GET", f"/{repo_id}/resolve/main/w.bin", token=other).code == "GatedRepo"
    decision = {"user": "somebody", "status": "accepted"}
    path = f"/api/models/{repo_id}/user-access-request/handle"
    assert ask("POST", path, decision, token=other).status == 403
    assert ask("POST", path, decision).status == 200
    assert ask("GET", f"/{repo_id}/resolve/main/w.bin", token=other).body == b"\0secret"


@pytest.mark.parametrize("gated", ["yes", True, 3, ["auto"], {}])
def test_bad_gate(ask, repo_id, gated):
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"gated": gated}).status == 400


def test_asking_for_what_is_open_or_not_there(ask, repo_id):
    assert ask("POST", f"/{repo_id}/ask-access").status == 400
    assert ask("POST", "/course/tiny-bert/ask-access").status in (400, 403)
    assert ask("POST", "/course/no/ask-access").code == "RepoNotFound"
    assert ask("GET", f"/api/models/{repo_id}/user-access-request/pending").status == 400


# Moving


def test_old_name_after_a_move(ask, accounts, repo_id):
    other = accounts.issue("somebody", "move")
    moved = f"{repo_id}-moved"
    body = {"fromRepo": repo_id, "toRepo": moved, "type": "model"}
    assert ask("POST", "/api/repos/move", body, token=other).status == 403
    assert ask("POST", "/api/repos/move", body | {"toRepo": "learner/../x"}).status == 400
    assert ask("POST", "/api/repos/move", body | {"toRepo": "somebody/x"}).status == 403
    assert ask("POST", "/api/repos/move", body | {"fromRepo": "course/tiny-bert"}).status == 403
    assert ask("POST", "/api/repos/move", body).status == 200
    assert commit(ask, repo_id, file_line("x", b"1")).status == 200
    assert ask("GET", f"/{repo_id}/resolve/main/x").body == ask("GET", f"/{moved}/resolve/main/x").body == b"1"
    ask("PUT", f"/api/models/{moved}/settings", {"visibility": "private"})
    assert ask("GET", f"/api/models/{repo_id}", token=other).code == "RepoNotFound"
    assert ask("POST", "/api/repos/move", {"fromRepo": moved, "toRepo": repo_id}).status == 200
