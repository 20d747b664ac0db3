"""Logging in: by token, by one-time link, and a program by its code; and what ends a session."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import urlencode, urlsplit

from grader.hub.server import launch
from tests.hub.conftest import USERS_OWN, quiet_environment
from tests.hub.pages.conftest import Visitor, parsed

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LOGIN = """
import pathlib, os
from huggingface_hub import login, whoami
login(skip_if_logged_in=False)
print("NOW", whoami()["name"], pathlib.Path(os.environ["HF_TOKEN_PATH"]).read_text(), flush=True)
"""


def login_link(ask) -> str:
    return ask("POST", "/api/login-link").json["url"]


def test_token_opens_a_session(stranger, hub):
    assert stranger.get("/new").headers["Location"] == "/login?next=%2Fnew"
    stranger.get("/login?next=/new")
    wrong = stranger.post("/login", {"token": "hf_wrong"})
    assert wrong.status == 401 and b"no token of this hub" in wrong.body and b"hf_wrong" not in wrong.body
    right = stranger.post("/login", {"token": hub.token, "next": "/new"})
    assert right.headers["Location"] == "/new"
    cookie = right.headers["Set-Cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and hub.token not in cookie
    assert stranger.get("/new").status == 200


def test_login_leads_to_pages_of_this_hub_only(stranger, hub):
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb"):
        stranger.get("/login")
        assert stranger.post("/login", {"token": hub.token, "next": target}).headers["Location"] == "/"
        stranger.cookies.clear()


def test_link_logs_in_once(stranger, hub, ask):
    link = urlsplit(login_link(ask))
    address = f"{link.path}?{link.query}"
    answer = stranger.get(address)
    assert answer.status == 200 and answer.headers["Refresh"] == "0; url=/" and b"learner" in answer.body
    assert stranger.get("/new").status == 200
    again = Visitor(hub).get(address)
    assert again.status == 401 and b"used already" in again.body
    assert ask("POST", "/api/login-link", token=None).status == 401


def test_session_ends_with_its_token(new_visitor, visitor, ask):
    visitor.get("/settings/tokens")
    made = parsed(visitor.post("/settings/tokens", {"name": "for a day", "role": "write"}))
    (token,) = [value for value in made.all("input", "value") if value.startswith("hf_")]
    other = new_visitor(token)
    assert other.get("/new").status == 200
    assert token.encode() not in visitor.get("/settings/tokens").body, "a token is shown once"
    assert visitor.post("/settings/tokens/revoke", {"name": "for a day"}).status == 303
    assert other.get("/new").status == 303 and ask("GET", "/api/whoami-v2", token=token).status == 401


def test_logout_and_forged_sessions(visitor, hub):
    ((name, value),) = visitor.cookies.items()
    other_end = value[:-1] + ("1" if value.endswith("0") else "0")
    for forged in (other_end, value.replace(".", ".9", 1), "x", "..", f"{'0' * 64}.9999999999.{'0' * 64}"):
        assert Visitor(hub, {name: forged}).get("/new").status == 303
    assert visitor.post("/logout", {}).headers["Location"] == "/"
    assert visitor.get("/new").status == 303


def test_session_outlives_a_hub_that_was_idle(stock, tmp_path):
    hub = launch.start(tmp_path, stock=[stock])
    visitor = Visitor(hub)
    visitor.get(hub.page().removeprefix(hub.url))
    assert visitor.get("/new").status == 200
    launch.stop(tmp_path)
    assert launch.start(tmp_path, stock=[stock]).port == hub.port
    assert visitor.get("/new").status == 200
    key = tmp_path / ".course" / "hub" / "signing.key"
    assert key.stat().st_mode & 0o077 == 0
    launch.stop(tmp_path)


def test_forms_from_elsewhere_change_nothing(visitor, hub, ask):
    fields = {"name": "forged", "repo_type": "models", "visibility": "public"}
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{hub.port + 1}"):
        assert visitor.post("/new", fields, Origin=origin).status == 403
    assert visitor.post("/new", fields | {"form_token": "0" * 64}).status == 403
    assert visitor.post("/new", fields | {"form_token": "é"}).status == 403
    assert ask("GET", "/api/models/learner/forged").status == 404
    # Nor may a page of another server on this machine use the cookie, which it gets too, to call the API.
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
    assert ask("POST", "/api/repos/create", {"name": "forged"}, token=None, headers=cookies).status == 401
    visitor.get("/new")
    assert visitor.post("/new", fields, Origin=hub.url).status == 303
    ask("DELETE", "/api/repos/delete", {"name": "forged"})


def test_session_with_a_read_token_changes_nothing(visitor, new_visitor):
    visitor.get("/settings/tokens")
    made = parsed(visitor.post("/settings/tokens", {"name": "reading", "role": "read"}))
    reader = new_visitor(next(value for value in made.all("input", "value") if value.startswith("hf_")))
    refused = reader.post("/new", {"name": "by-reader", "repo_type": "models", "visibility": "public"})
    assert refused.status == 403 and b"role" in refused.body and b'value="by-reader"' in refused.body
    assert reader.post("/settings/tokens", {"name": "more", "role": "write"}).status == 403
    visitor.get("/settings/tokens")
    assert visitor.post("/settings/tokens/revoke", {"name": "reading"}).status == 303


def test_token_needs_a_name_of_its_own(visitor):
    visitor.get("/settings/tokens")
    twice = visitor.post("/settings/tokens", {"name": "course", "role": "write"})
    assert twice.status == 400 and b"already" in twice.body and b'value="course"' in twice.body
    assert visitor.post("/settings/tokens", {"name": "", "role": "write"}).status == 400
    assert visitor.post("/settings/tokens", {"name": "x", "role": "admin"}).status == 400


def test_hub_answers_no_foreign_host_name(stranger):
    assert stranger.get("/", Host="evil.example").status == 421


def ask_for_token(ask, device_code: str) -> dict:
    body = urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device_code})
    return ask("POST", "/oauth/token", body.encode(), token=None, headers=FORM).json


def test_program_gets_a_token_once_its_user_says_yes(stranger, visitor, ask):
    asked = ask("POST", "/oauth/device", b"", token=None, headers=FORM).json
    assert ask_for_token(ask, asked["device_code"]) == {"error": "authorization_pending"}
    address = urlsplit(asked["verification_uri_complete"])
    assert stranger.get(f"{address.path}?{address.query}").headers["Location"].startswith("/login?next=%2Fdevice%3F")
    page = parsed(visitor.get(f"{address.path}?{address.query}"))
    assert asked["user_code"] in page.text and "Log in as learner" in page.text
    confirmed = visitor.post("/device", {"code": asked["user_code"].lower(), "answer": "yes"})
    assert confirmed.status == 200 and b"Done" in confirmed.body
    token = ask_for_token(ask, asked["device_code"])["access_token"]
    assert ask("GET", "/api/whoami-v2", token=token).json["name"] == "learner"
    assert ask_for_token(ask, asked["device_code"]) == {"error": "expired_token"}, "it is given out once"
    assert visitor.post("/device", {"code": asked["user_code"], "answer": "yes"}).status == 404


def test_program_is_refused(visitor, ask):
    asked = ask("POST", "/oauth/device", b"", token=None, headers=FORM).json
    visitor.get(f"/device?code={asked['user_code']}")
    assert visitor.post("/device", {"code": asked["user_code"], "answer": "no"}).status == 200
    assert ask_for_token(ask, asked["device_code"]) == {"error": "access_denied"}
    assert ask_for_token(ask, "unknown") == {"error": "expired_token"}
    assert ask("POST", "/oauth/token", b"grant_type=password", token=None, headers=FORM).json == {
        "error": "unsupported_grant_type"
    }
    assert b"No program waits" in visitor.get("/device?code=AAAA-AAAA").body


def test_login_of_the_client_library(hub, visitor, ask, tmp_path):
    places = {"HF_TOKEN_PATH": str(tmp_path / "token"), "HF_STORED_TOKENS_PATH": str(tmp_path / "stored")}
    environment = quiet_environment() | USERS_OWN | launch.client_environment(hub) | places
    with subprocess.Popen(
        [sys.executable, "-u", "-c", LOGIN],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
    ) as client:
        seen = ""
        while not (code := re.search(r"/device\?code=(\S+)", seen)):
            line = client.stdout.readline()
            assert line, seen
            seen += line
        visitor.get(f"/device?code={code[1]}")
        assert visitor.post("/device", {"code": code[1], "answer": "yes"}).status == 200
        rest = client.communicate(timeout=120)[0]
    assert client.returncode == 0, seen + rest
    name, token = re.search(r"NOW (\S+) (\S+)", rest).groups()
    assert name == "learner" and ask("GET", "/api/whoami-v2", token=token).status == 200
