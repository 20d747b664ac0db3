"""A hub for a class: nobody is let in without accounts, learners find it and push to it, and an instructor reads all."""

from __future__ import annotations

import csv
import functools
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.errors import HubError, Unauthorized
from grader.hub.server import joining, launch
from grader.hub.server.hosts import KnownHosts, host_of, own_addresses
from grader.hub.server.joining import join
from grader.settings import checked_url, hub_choice
from tests.hub.conftest import Answer, commit_body, file_line, quiet_environment, send

COURSE = [sys.executable, "-c", "from grader.cli import app; app()"]
EVERYWHERE = ["hub", "serve", "--host", "0.0.0.0", "--port", "0"]


def course(home: Path, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COURSE, *map(str, arguments)], env=environment(home), cwd=home, capture_output=True, text=True, timeout=120
    )


def environment(home: Path) -> dict[str, str]:
    return quiet_environment() | {"COURSE_HOME": str(home), "COLUMNS": "120"}


@dataclass
class ClassHub:
    """A class hub that runs, started as an instructor does."""

    home: Path
    process: subprocess.Popen
    printed: str
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        """What the learners are told."""
        return next(line for line in self.printed.splitlines() if "COURSE_HUB=" in line).partition("=")[2]


def serve(home: Path, *arguments: str) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen(
        [*COURSE, *arguments],
        env=environment(home),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    printed = ""
    while line := process.stdout.readline():
        printed += line
        if "Each learner" in line or "Ctrl-C" in line and "Class" not in printed:
            break
    return process, printed


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassHub]:
    home = tmp_path_factory.mktemp("class")
    (home / "roster.csv").write_text("id,name\nada,Ada Lovelace\nbob,Bob Ross\n")
    assert course(home, "hub", "users", "roster.csv").returncode == 0
    made = course(home, "hub", "users", "--instructor", "prof")
    with (home / "tokens.csv").open(newline="") as file:
        tokens = {row["account"]: row["token"] for row in csv.DictReader(file)}
    process, printed = serve(home, *EVERYWHERE)
    yield ClassHub(home, process, printed, tokens | {"prof": made.stdout.split()[-1]})
    process.kill()
    process.communicate()


@pytest.fixture
def ask(classroom: ClassHub) -> Callable[..., Answer]:
    """Send a request with the token of `by`, or without any."""
    hub = launch.status(classroom.home)

    def ask(method: str, path: str, body: object = None, *, by: str | None = None, headers=()) -> Answer:
        return send(hub, method, path, body, token=classroom.tokens[by] if by else None, headers=headers)

    return ask


@pytest.mark.parametrize("way_in", [["--host", "0.0.0.0"], ["--host", ""], ["--url", "http://hub.example"]])
def test_nobody_is_let_in_without_accounts(tmp_path, way_in):
    done = course(tmp_path, "hub", "serve", "--port", "0", *way_in)
    assert done.returncode == 2 and "course hub users ROSTER.csv" in done.stderr and "Traceback" not in done.stderr
    assert launch.status(tmp_path) is None


def test_the_automatic_account_opens_no_door(tmp_path):
    launch.start(tmp_path, stock=[])
    launch.stop(tmp_path)
    assert course(tmp_path, *EVERYWHERE).returncode == 2


def test_in_the_foreground_for_oneself(tmp_path):
    process, printed = serve(tmp_path, "hub", "serve", "--port", "0")
    hub = launch.status(tmp_path)
    assert hub.url in printed and hub.account == "learner" and hub.token and not hub.is_class_hub
    assert launch.start(tmp_path) == hub, "notebooks of this folder use it"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0 and process.stderr.read() == ""


def test_what_is_printed_is_what_a_learner_types(classroom):
    assert host_of(classroom.url) in own_addresses()
    assert f'os.environ["COURSE_HUB"] = "{classroom.url}"' in classroom.printed
    assert "with 3 accounts" in classroom.printed and not any(
        token in classroom.printed for token in classroom.tokens.values()
    )
    hub = launch.status(classroom.home)
    assert hub.is_class_hub and (hub.account, hub.token) == ("", "") and not hub.token_file.exists()


def test_everybody_reads_what_is_public_and_only_learners_write(ask):
    assert ask("GET", "/api/datasets/nyu-mll/glue").status == 200
    assert ask("POST", "/api/repos/create", {"name": "x"}).status == 401
    assert ask("POST", "/api/repos/create", {"name": "bob/x"}, by="ada").status == 403
    assert ask("POST", "/api/repos/create", {"name": "open"}, by="ada").status == 200
    change = commit_body(file_line("a.txt", b"a"))
    assert ask("POST", "/api/models/ada/open/commit/main", change).status == 401
    assert ask("POST", "/api/models/ada/open/commit/main", change, by="bob").status == 403
    assert ask("POST", "/api/models/ada/open/commit/main", change, by="ada").status == 200
    assert ask("GET", "/ada/open/resolve/main/a.txt").body == b"a"


def test_an_instructor_reads_what_is_private_and_changes_nothing(ask):
    assert ask("POST", "/api/repos/create", {"name": "mine", "private": True}, by="ada").status == 200
    repo = "/api/models/ada/mine"
    assert [ask("GET", repo, by=by).status for by in (None, "bob", "ada", "prof")] == [401, 404, 200, 200]
    assert "ada/mine" in {told["id"] for told in ask("GET", "/api/models", by="prof").json}
    assert "ada/mine" not in {told["id"] for told in ask("GET", "/api/models", by="bob").json}
    change = commit_body(file_line("a.txt", b"a"))
    assert ask("POST", f"{repo}/commit/main", change, by="prof").status == 403
    assert ask("PUT", f"{repo}/settings", {"visibility": "public"}, by="prof").status == 403
    assert ask("DELETE", "/api/repos/delete", {"name": "ada/mine"}, by="prof").status == 403


def test_an_account_counts_at_once_and_ends_at_once(classroom, ask):
    (classroom.home / "roster.csv").write_text("id\nada\nbob\ndora\n")
    done = course(classroom.home, "hub", "users", "roster.csv", "--out", "more.csv")
    assert "Accounts made: 1, there already: 2" in done.stdout
    classroom.tokens["dora"] = (classroom.home / "more.csv").read_text().split("\n")[1].split(",")[1]
    assert ask("GET", "/api/whoami-v2", by="dora").json["name"] == "dora"
    renewed = course(classroom.home, "hub", "users", "--renew", "dora").stdout.split()[-1]
    assert ask("GET", "/api/whoami-v2", by="dora").status == 401
    classroom.tokens["dora"] = renewed
    assert ask("GET", "/api/whoami-v2", by="dora").status == 200
    assert course(classroom.home, "hub", "users", "--remove", "dora").returncode == 0
    assert ask("GET", "/api/whoami-v2", by="dora").status == 401
    listed = course(classroom.home, "hub", "users", "--list").stdout
    assert "Ada Lovelace" in listed and "instructor" in listed and "dora" not in listed and "hf_" not in listed


def test_only_one_hub_in_a_folder(classroom):
    second = course(classroom.home, *EVERYWHERE)
    assert second.returncode == 2 and "runs already" in second.stderr
    with pytest.raises(HubError, match="serves a class now.*COURSE_HUB="):
        launch.start(classroom.home, stock=[])
    assert "class hub at" in course(classroom.home, "hub", "status").stdout
    assert classroom.process.poll() is None


def test_a_taken_port_is_said_and_no_other_one_used(tmp_path):
    Accounts(launch.overlay(tmp_path)).create("ada")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = course(tmp_path, "hub", "serve", "--port", other.getsockname()[1])
    assert done.returncode == 2 and "cannot listen at port" in done.stderr and "Traceback" not in done.stderr


def test_behind_a_proxy_the_told_address_counts(tmp_path):
    Accounts(launch.overlay(tmp_path)).create("ada")
    process, printed = serve(tmp_path, "hub", "serve", "--port", "0", "--url", "https://hub.example/")
    assert "COURSE_HUB=https://hub.example\n" in printed
    hub = launch.status(tmp_path)
    for host, status in {"hub.example": 200, "hub.example:443": 200, "hub.invalid": 421}.items():
        assert send(hub, "GET", "/healthz", token=None, headers={"Host": host}).status == status
    assert launch.stop(tmp_path) and process.wait(20) == 0


HOSTILE = [
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "[",
    ":80",
    "10.0.0.9",
]


@pytest.mark.parametrize("path", ["/", "/api/models", "/healthz", "/course/tiny-bert/resolve/main/config.json"])
def test_requests_for_another_host_are_refused(hub, path):
    get = functools.partial(send, hub, "GET")
    assert {get(path, headers={"Host": host}).status for host in HOSTILE} <= {400, 421}
    for host in ("localhost", "LOCALHOST:1", f"127.0.0.1:{hub.port}", "[::1]"):
        assert get(path, headers={"Host": host}).status == 200


def test_a_class_hub_is_known_by_all_addresses_of_its_machine(ask):
    for host in (*(address for address in own_addresses() if ":" not in address), socket.gethostname(), "localhost"):
        assert ask("GET", "/healthz", headers={"Host": host}).status == 200
    assert ask("GET", "/healthz", headers={"Host": "evil.example"}).status == 421


def test_two_hosts_are_none(hub):
    for hosts in (["evil.example", "localhost"], ["localhost", "evil.example"], ["localhost", "localhost"]):
        connection = HTTPConnection("127.0.0.1", hub.port)
        connection.putrequest("GET", "/healthz", skip_host=True)
        for host in hosts:
            connection.putheader("Host", host)
        connection.endheaders()
        assert connection.getresponse().status == 421
        connection.close()


def test_client_that_names_no_host_is_served():
    passed = []

    async def app(scope, receive, send):
        passed.append(scope)

    import asyncio

    asyncio.run(KnownHosts(app, {"localhost"})({"type": "http", "headers": []}, None, None))
    assert passed


def learner(code: str, home: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run a notebook's code in a process of its own, as a kernel is."""
    clean = {name: value for name, value in environment(home).items() if not name.startswith(("HF_", "NBGRADER"))}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean | variables, cwd=home, capture_output=True, text=True, timeout=200
    )


def test_a_learners_notebook(classroom, tmp_path):
    code = (
        "import os\n"
        f"os.environ['COURSE_HUB'] = '{classroom.url}/'\n"
        f"os.environ['COURSE_HUB_TOKEN'] = '{classroom.tokens['ada']}'\n"
        "import grader; grader.start(chapter=4)\n"
        "from huggingface_hub import HfApi, constants\nfrom transformers import AutoTokenizer\n"
        "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')\n"
        "tokenizer.push_to_hub('my-tokenizer')\n"
        "print('AT', constants.ENDPOINT, HfApi().whoami()['name'], constants.HF_HOME)"
    )
    done = learner(code, tmp_path, HF_TOKEN="hf_of_the_real_hub", COURSE_DEVICE="cpu")
    first, second, *_ = done.stdout.splitlines()
    assert f'class hub at {classroom.url}; you are "ada" there' in first and second.startswith("Models"), done.stderr
    assert f"AT {classroom.url} ada {tmp_path}" in done.stdout
    assert not (tmp_path / ".course" / "hub").exists(), "no practice hub was started"
    assert "ada/my-tokenizer" in course(classroom.home, "hub", "list").stdout


def test_a_graded_notebook_leaves_the_class_hub_alone(classroom, tmp_path):
    code = "import grader, os; grader.start(chapter=4); print('AT', os.environ['HF_ENDPOINT'])"
    done = learner(code, tmp_path, COURSE_HUB=classroom.url, NBGRADER_EXECUTION="autograde")
    assert "practice hub" in done.stdout and f"AT {classroom.url}" not in done.stdout, done.stderr


def test_a_token_is_kept_for_its_own_hub_and_its_user(classroom, tmp_path):
    assert join(classroom.url, home=tmp_path).account == "", "without a token one can only read"
    joined = join(classroom.url, classroom.tokens["bob"], tmp_path)
    assert joined.account == "bob" and joined.token_file.read_text() == classroom.tokens["bob"]
    assert joined.token_file.stat().st_mode & 0o077 == 0
    assert join(classroom.url, home=tmp_path) == joined, "remembered"
    variables = launch.client_environment(joined)
    assert variables["HF_ENDPOINT"] == classroom.url and variables["HF_TOKEN_PATH"] == str(joined.token_file)
    assert host_of(classroom.url) in variables["NO_PROXY"].split(",") and variables["HF_TOKEN"] == ""
    port = classroom.url.rpartition(":")[2]
    assert join(f"http://127.0.0.1:{port}", home=tmp_path).account == "", "another address has no token yet"


@pytest.mark.parametrize("token", ["hf_wrong", "hf_\u00e4", "a\nb"])
def test_wrong_token(classroom, tmp_path, token):
    with pytest.raises(Unauthorized, match="does not know your token.*--renew"):
        join(classroom.url, token, tmp_path)
    assert not (tmp_path / ".course").exists()


def test_nobody_there(tmp_path, monkeypatch):
    monkeypatch.setattr(joining, "_ANSWER_WITHIN", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(HubError, match=f"No class hub answers at {url}.*course hub serve"):
            join(url, "hf_x", tmp_path)
        silent.listen()
        started = time.monotonic()
        with pytest.raises(HubError, match="timed out"):
            join(url, "hf_x", tmp_path)
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("answer", ["redirect", "page", "list"])
def test_what_is_no_class_hub_gets_no_token(tmp_path, answer):
    seen = []

    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["Authorization"]))
            if answer == "redirect" and self.path == "/healthz":
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(
                {"page": b"<html>", "list": b"[]", "redirect": b'{"instance": "x", "name": "eve"}'}[answer]
            )

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(HubError, match="No class hub answers"):
            join(f"http://127.0.0.1:{other.server_port}", "hf_x", tmp_path)
        other.shutdown()
    assert seen == [("/healthz", None)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("practice", "practice"),
        ("Real", "real"),
        ("http://10.0.0.5:8080/", "http://10.0.0.5:8080"),
        (" https://hub.example ", "https://hub.example"),
        ("http://[fd00::2]:8080", "http://[fd00::2]:8080"),
    ],
)
def test_choices_of_a_hub(monkeypatch, text, meant):
    monkeypatch.setenv("COURSE_HUB", text)
    assert hub_choice() == meant


@pytest.mark.parametrize(
    "text",
    [
        "toy",
        "http://",
        "ftp://h",
        "http://h/path",
        "http://h?q",
        "http://a:b@h",
        "http://h:0",
        "http://h:99999",
        "http://h:x",
        "http://[::1",
        "10.0.0.5:8080",
    ],
)
def test_what_is_no_address_of_a_hub(monkeypatch, text):
    with pytest.raises(ValueError):
        checked_url(text)
    monkeypatch.setenv("COURSE_HUB", text)
    with pytest.raises(ValueError, match="'practice' or 'real', or the address"):
        hub_choice()


def test_ctrl_c_ends_it_cleanly_and_keeps_what_was_pushed(tmp_path):
    accounts = Accounts(launch.overlay(tmp_path))
    accounts.create("ada")
    token = accounts.issue("ada", "class")
    process, _ = serve(tmp_path, *EVERYWHERE)
    hub = launch.status(tmp_path)
    assert send(hub, "POST", "/api/repos/create", {"name": "kept"}, token=token).status == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0 and process.stderr.read() == ""
    assert launch.status(tmp_path) is None and not launch.stop(tmp_path)
    own = launch.start(tmp_path, stock=[])
    assert own.account == "learner" and send(own, "GET", "/api/models/ada/kept").status == 200
    launch.stop(tmp_path)
    assert os.listdir(tmp_path) == [".course"]
