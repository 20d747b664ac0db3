"""What can be changed in a browser: each form does its work once, and gives back what was entered when it cannot."""

from __future__ import annotations

import hashlib
from html import unescape

import pytest

from grader.hub.accounts.accounts import Accounts
from tests.hub.conftest import commit_body, file_line
from tests.hub.pages.conftest import Parsed, parsed

NEW = {"repo_type": "models", "visibility": "public", "license": ""}


@pytest.fixture
def edited(visitor, ask, repo_id):
    """A repository with a file, and the address of its editor, which the visitor has just opened."""
    ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(file_line("a.txt", b"one\r\ntwo\r\n")))
    address = f"/{repo_id}/edit/main/a.txt"
    assert visitor.get(address).status == 200
    return address


def parsed_text(html: str) -> str:
    """What a browser puts into the editor: it drops the first line end."""
    return unescape(html.partition('name="content"')[2].partition(">")[2].partition("</textarea>")[0]).removeprefix(
        "\n"
    )


def content(ask, repo_id: str, path: str) -> bytes:
    answer = ask("GET", f"/{repo_id}/resolve/main/{path}")
    assert answer.status == 200
    return answer.body


def test_new_repository(visitor, ask):
    made = visitor.post("/new", NEW | {"name": "by-form", "visibility": "private", "license": "mit"})
    assert made.status == 303 and made.headers["Location"] == "/learner/by-form"
    info = ask("GET", "/api/models/learner/by-form").json
    assert info["private"] and info["cardData"] == {"license": "mit"}
    twice = visitor.post("/new", NEW | {"name": "by-form"})
    assert twice.status == 409 and b"already" in twice.body and b'value="by-form"' in twice.body
    ask("DELETE", "/api/repos/delete", {"name": "by-form"})


@pytest.mark.parametrize(
    "wrong",
    [{"name": "../up"}, {"name": 'a"><b>'}, {"name": ""}, {"repo_type": "x"}, {"license": "x"}, {"visibility": ""}],
)
def test_new_repository_with_a_mistake(visitor, wrong):
    answer = visitor.post("/new", NEW | {"name": "fine"} | wrong)
    assert answer.status == 400 and b'role="alert"' in answer.body
    assert (wrong | {"name": wrong.get("name", "fine")})["name"] in Parsed(visitor.last).all("input", "value")


def test_upload(visitor, ask, repo_id):
    weights = bytes(range(256)) * 20_000
    files = {"notes.txt": b"hello\r\n", "C:\\Users\\me\\w.bin": weights, "ünï.md": b"x", "empty.bin": b""}
    page = f"/{repo_id}/upload/main"
    visitor.get(page)
    done = visitor.upload(page, {"folder": "sub dir/", "message": "My files", "description": "four"}, files)
    assert done.headers["Location"] == f"/{repo_id}/tree/main/sub%20dir"
    tree = {entry["path"]: entry for entry in ask("GET", f"/api/models/{repo_id}/tree/main/sub%20dir").json}
    assert set(tree) == {f"sub dir/{name}" for name in ("notes.txt", "w.bin", "ünï.md", "empty.bin")}
    assert tree["sub dir/w.bin"]["lfs"]["oid"] == hashlib.sha256(weights).hexdigest()
    assert "lfs" not in tree["sub dir/notes.txt"] and "lfs" not in tree["sub dir/empty.bin"]
    assert content(ask, repo_id, "sub%20dir/notes.txt") == b"hello\r\n"
    newest = ask("GET", f"/api/models/{repo_id}/commits/main").json[0]
    assert (newest["title"], newest["message"], newest["authors"]) == ("My files", "four", [{"user": "learner"}])


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({}, {}),
        ({"folder": "../up"}, {"a.txt": b"x"}),
        ({"folder": ".git"}, {"config": b"x"}),
        ({}, {"README.md": b"---\nlicense: [no\n---\n"}),
        ({}, {f"{number}.txt": b"x" for number in range(101)}),
    ],
)
def test_upload_with_a_mistake_writes_nothing(visitor, ask, repo_id, fields, files):
    head = ask("GET", f"/api/models/{repo_id}").json["sha"]
    visitor.get(f"/{repo_id}/upload/main")
    answer = visitor.upload(f"/{repo_id}/upload/main", fields | {"message": "keep me"}, files)
    assert answer.status == 400 and ask("GET", f"/api/models/{repo_id}").json["sha"] == head
    assert len(files) > 100 or b'value="keep me"' in answer.body


def test_edit_keeps_the_line_ends_of_the_file(visitor, ask, repo_id, edited):
    assert parsed_text(visitor.last) == "one\r\ntwo\r\n"
    assert visitor.post(edited, {"content": "\r\none\r\n2 < 3\r\n", "message": "Count"}).status == 303
    assert content(ask, repo_id, "a.txt") == b"\r\none\r\n2 < 3\r\n"
    assert ask("GET", f"/api/models/{repo_id}/commits/main").json[0]["title"] == "Count"
    visitor.get(edited)
    same = visitor.post(edited, {"content": "\r\none\r\n2 < 3\r\n"})
    assert same.status == 400 and b"same as before" in same.body


def test_lost_race_is_told_and_nothing_is_lost(visitor, ask, repo_id, edited):
    ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(file_line("a.txt", b"theirs"), summary="Theirs"))
    mine = "mine </textarea><b>\r\nmore"
    lost = visitor.post(edited, {"content": mine, "message": "My words", "description": "why"})
    assert lost.status == 412 and b"Theirs" in lost.body and b'value="My words"' in lost.body
    assert parsed_text(visitor.last) == mine and content(ask, repo_id, "a.txt") == b"theirs"
    assert visitor.post(edited, {"content": mine}).status == 303
    assert content(ask, repo_id, "a.txt") == b"mine </textarea><b>\nmore"


def test_card_is_written_in_the_browser(visitor, ask, repo_id):
    address = f"/{repo_id}/edit/main/README.md"
    assert b"new file" in visitor.get(address).body
    broken = visitor.post(address, {"content": "---\nlicense: [mit\n---\n"})
    assert broken.status == 400 and b"YAML" in broken.body and "license: [mit" in parsed_text(visitor.last)
    assert visitor.post(address, {"content": "---\nlicense: mit\n---\n# Mine\n"}).headers["Location"] == f"/{repo_id}"
    assert ask("GET", f"/api/models/{repo_id}").json["cardData"] == {"license": "mit"}


def test_what_is_no_text_cannot_be_edited(visitor, ask, repo_id):
    visitor.get(f"/{repo_id}/upload/main")
    visitor.upload(f"/{repo_id}/upload/main", {}, {"w.bin": b"\0" * 3000})
    assert visitor.get(f"/{repo_id}/edit/main/w.bin").status == 400
    head = ask("GET", f"/api/models/{repo_id}").json["sha"]
    assert visitor.get(f"/{repo_id}/edit/{head}/new.txt").status == 404, "only on a branch"


def test_delete_a_file(visitor, ask, repo_id, edited):
    address = edited.replace("/edit/", "/delete/")
    assert b"a.txt" in visitor.get(address).body
    ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(file_line("b/c.txt", b"x")))
    late = visitor.post(address, {"message": "Away"})
    assert late.status == 412 and b'value="Away"' in late.body
    assert visitor.post(address, {"message": "Away"}).status == 303
    assert ask("GET", f"/{repo_id}/resolve/main/a.txt").code == "EntryNotFound"
    nested = f"/{repo_id}/delete/main/b/c.txt"
    visitor.get(nested)
    assert visitor.post(nested, {}).headers["Location"] == f"/{repo_id}/tree/main", "the folder is gone with it"


def test_settings(visitor, ask, repo_id):
    address = f"/{repo_id}/settings"
    visitor.get(address)
    assert visitor.post(address, {"action": "visibility", "visibility": "private"}).status == 303
    assert ask("GET", f"/api/models/{repo_id}").json["private"]
    assert visitor.post(address, {"action": "visibility", "visibility": "x"}).status == 400
    wrong = visitor.post(address, {"action": "delete", "typed": "learner/other"})
    assert wrong.status == 400 and b"Nothing was deleted" in wrong.body and b'value="learner/other"' in wrong.body
    assert visitor.post(address, {"action": "delete", "typed": repo_id}).headers["Location"] == "/models"
    assert ask("GET", f"/api/models/{repo_id}").status == 404


def test_what_is_not_yours_cannot_be_changed(stranger, visitor, ask, repo_id):
    for page in ("upload/main", "edit/main/README.md", "delete/main/README.md", "settings"):
        assert stranger.get(f"/{repo_id}/{page}").headers["Location"].startswith("/login?next=")
        assert stranger.post(f"/{repo_id}/{page}", {}).status == 401
        assert visitor.get(f"/course/tiny-bert/{page}").status == 403
        visitor.get("/new")
        assert visitor.post(f"/course/tiny-bert/{page}", {}).status == 403
    assert "Settings" not in parsed(visitor.get("/course/tiny-bert")).text


def test_form_that_is_no_form(visitor, stranger, repo_id):
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert visitor.post(f"/{repo_id}/upload/main", {}, **broken).status in (400, 403)
    assert visitor.post("/new", {}, **{"Content-Type": "application/json"}).status == 403
    stranger.get("/login")
    assert stranger.upload("/login", {"token": "x"}, {"big.bin": b"x"}).status == 400
    assert stranger.post("/login", {"token": "x" * 3_000_000}).status == 400


def test_access_to_a_gated_repository_is_asked_for_on_its_page(hub, stranger, visitor, new_visitor, ask, repo_id):
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"gated": "manual"}).status == 200
    reader = new_visitor(Accounts(hub.hf_home.parent / "hub").issue("reader", "pages"))
    assert b"to ask for it" in stranger.get(f"/{repo_id}").body
    for page in ("tree/main", "blob/main/.gitattributes", "raw/main/.gitattributes", "commits/main"):
        assert b"for those who asked" in reader.get(f"/{repo_id}/{page}").body
        assert visitor.get(f"/{repo_id}/{page}").status == 200
    assert b"Ask for access" in reader.get(f"/{repo_id}").body
    assert reader.post(f"/{repo_id}/settings/ask-access", {}).status == 303
    assert b"has not decided yet" in reader.get(f"/{repo_id}").body
    handled = ask("POST", f"/api/models/{repo_id}/user-access-request/handle", {"user": "reader", "status": "accepted"})
    assert handled.status == 200 and reader.get(f"/{repo_id}/tree/main").status == 200


def test_owner_decides_who_gets_the_files(hub, visitor, new_visitor, ask, repo_id):
    address = f"/{repo_id}/settings"
    reader = new_visitor(Accounts(hub.hf_home.parent / "hub").issue("reader", "gates"))
    visitor.get(address)
    assert "Requests" not in parsed(visitor.get(address)).text
    assert visitor.post(address, {"action": "gate", "gate": "manual"}).status == 303
    assert ask("GET", f"/api/models/{repo_id}").json["gated"] == "manual"
    assert visitor.post(address, {"action": "decide", "user": "reader", "state": "accepted"}).status == 404
    assert reader.get(f"/{repo_id}") and reader.post(f"/{repo_id}/settings/ask-access", {}).status == 303
    assert reader.get("/new") and reader.post(address, {"action": "gate", "gate": "none"}).status == 403
    assert "waits for you" in parsed(visitor.get(address)).text
    for state, status in (("accepted", 200), ("rejected", 403), ("accepted", 200)):
        assert f'value="{state}"' in visitor.get(address).body.decode()
        assert visitor.post(address, {"action": "decide", "user": "reader", "state": state}).status == 303
        assert reader.get(f"/{repo_id}/tree/main").status == status
        assert f'value="{state}"' not in visitor.get(address).body.decode(), "that is decided already"
    for wrong in ({"action": "gate", "gate": "x"}, {"action": "decide", "user": "reader", "state": "x"}, {}):
        assert visitor.post(address, wrong).status == 400 and 'role="alert"' in visitor.last
    visitor.get(address)
    assert visitor.post(address, {"action": "gate", "gate": "none"}).status == 303
    late = visitor.get(address) and visitor.post(address, {"action": "decide", "user": "reader", "state": "rejected"})
    assert late.status == 400 and b"not gated" in late.body
