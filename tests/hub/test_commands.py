"""`course hub ...` as it is typed: what it tells of the hub of a folder, and the tokens that it makes there."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.hub.inventory import disk_use, holdings
from grader.hub.server import launch
from grader.hub.server.launch import RunningHub
from grader.hub.stock import stocking
from grader.hub.store.repos import Add, RepoStore
from tests.hub.conftest import commit_body, file_line, send


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    yield tmp_path
    launch.stop(tmp_path)


def course(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["hub", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def started(home: Path, stock: Path) -> RunningHub:
    """A hub with the tiny stock, to which a private repository of 1.5 MB was pushed."""
    hub = launch.start(home, stock=[stock])
    assert send(hub, "POST", "/api/repos/create", {"name": "mine", "private": True}).status == 200
    change = commit_body(file_line("a.txt", b"a" * 1_500_000))
    assert send(hub, "POST", "/api/models/learner/mine/commit/main", change).status == 200
    return hub


def test_status_says_what_there_is_to_know(home, stock):
    assert course("status") == (0, "No practice hub is running.")
    hub = started(home, stock)
    said = course("status")[1]
    stocked = len(RepoStore(stock).all())  # a client script may have added one
    in_stock = f"repositories in stock {stocked},"
    for told in (hub.url, "learner", "repositories pushed 1,", in_stock, str(launch.overlay(home))):
        assert told in said
    assert hub.token not in said


def test_list_says_what_was_pushed(home, stock):
    assert "Pushed: 0" in course("list")[1] and not (home / ".course").exists(), "to look changes nothing"
    started(home, stock)
    assert "learner/mine model private 1.5" in course("list")[1]


def test_stock_tells_of_what_other_versions_left_and_removes_it_when_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    used, old = tmp_path / "stock" / "tiny-2", tmp_path / "stock" / "tiny-1"
    for root in (used, old):
        root.mkdir(parents=True)
        (root / "weights").write_bytes(b"0" * 1_500_000)
    monkeypatch.setattr(stocking, "ensure_stock", lambda report: [used])
    assert "1 of other versions of the course take 1.5 MB; course hub stock --prune removes them." in course("stock")[1]
    assert old.exists()
    assert "were removed: 1.5 MB" in course("stock", "--prune")[1] and used.exists() and not old.exists()
    assert course("stock") == (0, "1 repositories are in stock.")


def test_large_files_count_once_on_the_disk_and_in_each_repository(tmp_path):
    store = RepoStore(tmp_path)
    weights = b"\0" * 1_000_000
    for name in ("one", "two"):
        store.create("models", f"ada/{name}").commit([Add("model.safetensors", weights)], "Add")
    assert [held.size > 1_000_000 for held in holdings(tmp_path)] == [True, True]
    assert disk_use(tmp_path) < 1_200_000


def test_read_token_reads_and_does_not_write(home, stock):
    hub = started(home, stock)
    code, token = course("token", "--name", "reader", "--role", "read")
    assert code == 0 and send(hub, "GET", "/api/models/learner/mine", token=token).status == 200
    assert send(hub, "POST", "/api/repos/create", {"name": "x"}, token=token).status == 403
    listed = course("token", "--list")[1]
    assert "reader │ read" in listed and "course │ write" in listed and token not in listed
    assert course("token", "--revoke", "reader")[0] == 0
    assert send(hub, "GET", "/api/whoami-v2", token=token).status == 401
    assert course("token", "--revoke", "reader")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["token"], "Say one thing to do"),
        (["token", "--name", "x", "--list"], "Say one thing to do"),
        (["token", "--name", "course"], "your notebooks use"),
        (["token", "--revoke", "course"], "your notebooks use"),
        (["users"], "Say one thing to do"),
        (["users", "missing.csv"], "No such file"),
        (["users", "--renew", "nobody"], "no account 'nobody'"),
        (["users", "--remove", "nobody"], "no account 'nobody'"),
        (["users", "--instructor", "a/b"], "cannot be the name of an account"),
    ],
)
def test_what_cannot_be_done_is_said(home, arguments, said, monkeypatch):
    monkeypatch.chdir(home)
    code, told = course(*arguments)
    assert code == 2 and said in told


def test_open_logs_the_browser_in_once(home, stock, monkeypatch):
    hub = started(home, stock)
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    code, said = course("open")
    (page,) = opened
    assert code == 0 and page in said and page.startswith(f"{hub.url}/login?key=") and hub.token not in said
    path = page.removeprefix(hub.url)
    first = send(hub, "GET", path, token=None)
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    assert send(hub, "GET", "/api/models/learner/mine", token=None, headers={"Cookie": cookie}).status == 200
    assert "Set-Cookie" not in send(hub, "GET", path, token=None).headers
