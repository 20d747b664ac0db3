"""The hub over plain HTTP: what the clients rely on, and what is refused with which code."""

from __future__ import annotations

import base64
import hashlib

import pytest

from grader.hub.accounts import Accounts
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
        ("GET", "/course/tiny-bert.git/info/refs"),
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
    assert ask("POST", f"/api/models/{repo_id}/commit/main?create_pr=1", commit_body()).status == 404
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
    assert ask("POST", f"/api/models/{repo_id}/preupload/main", {"files": [{"path": "x"}]}).status == 400


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
