"""Starting, finding and stopping: one hub for each course folder, whatever happened before."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.errors import HubError
from grader.hub.server import launch, running
from grader.hub.server.launch import RunningHub


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    launch.stop(tmp_path)


def wait_until(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_second_start_finds_the_first(home):
    assert launch.status(home) is None and not launch.stop(home)
    hub = launch.start(home, stock=[])
    assert launch.start(home, stock=[]) == launch.status(home) == hub
    assert hub.hf_home == home / ".course" / "hf" and hub.token_file.read_text() == hub.token
    for secret in (hub.token_file, home / ".course" / "hub.json"):
        assert secret.stat().st_mode & 0o077 == 0
    assert hub.token not in repr(hub)
    assert launch.stop(home) and launch.status(home) is None and not launch.stop(home)


def test_another_stock_starts_the_hub_anew(home, tmp_path):
    (tmp_path / "new-stock").mkdir()
    old = launch.start(home, stock=[])
    new = launch.start(home, stock=[tmp_path / "new-stock"])
    assert new.instance != old.instance and new.url == old.url and new.token == old.token
    assert launch.start(home, stock=[tmp_path / "new-stock"]).instance == new.instance
    assert launch.start(home).instance == new.instance


def test_two_folders_have_two_hubs(home, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    one, two = launch.start(home, stock=[]), launch.start(other, stock=[])
    launch.stop(other)
    assert one.pid != two.pid and one.url != two.url and one.token != two.token
    assert launch.status(home) == one and not two.answers()


def test_two_who_start_at_once_get_the_same(home):
    code = "import sys; from grader.hub.server import launch; print(launch.start(sys.argv[1], stock=[]).pid)"
    both = [subprocess.Popen([sys.executable, "-c", code, home], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert len({process.communicate(timeout=60)[0] for process in both}) == 1


def test_hub_outlives_its_starter_and_comes_back_the_same_after_a_kill(home):
    code = "import sys; from grader.hub.server import launch; launch.start(sys.argv[1], stock=[])"
    subprocess.run([sys.executable, "-c", code, home], check=True)
    hub = launch.status(home)
    hub.process().kill()
    assert wait_until(lambda: launch.status(home) is None)
    again = launch.start(home, stock=[])
    assert (again.url, again.token) == (hub.url, hub.token), "notebooks that still run find it again"
    assert again.pid != hub.pid and again.notice == ""


def test_foreign_process_with_the_old_pid_is_left_alone(home):
    hub = launch.start(home, stock=[])
    launch.stop(home)
    dataclasses.replace(hub, pid=os.getpid()).write(home / ".course")
    assert launch.status(home) is None and not launch.stop(home)
    assert launch.start(home, stock=[]).pid != os.getpid()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff"])
def test_damaged_state_file(home, content):
    (home / ".course").mkdir()
    (home / ".course" / "hub.json").write_bytes(content)
    assert launch.status(home) is None and not launch.stop(home)
    assert RunningHub.read(home / ".course") is None


def test_hub_that_hangs_is_replaced(home, monkeypatch):
    hub = launch.start(home, stock=[])
    monkeypatch.setattr(running, "_ANSWER_WITHIN", 0.5)
    monkeypatch.setattr(running, "_STOP_WITHIN", 0.5)
    hub.process().suspend()
    again = launch.start(home, stock=[])
    assert again.pid != hub.pid and again.answers() and hub.process() is None


def test_taken_port_is_said_and_another_one_used(home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        hub = launch.start(home, stock=[], port=taken)
        assert hub.port != taken and f"port {taken} was taken" in hub.notice
    assert launch.start(home, stock=[], port=hub.port).notice == ""
    assert "running already" in launch.start(home, stock=[], port=taken).notice


def test_new_token_when_the_stored_one_is_not_of_this_hub(home):
    hub = launch.start(home, stock=[])
    launch.stop(home)
    hub.token_file.write_text("hf_of_the_real_hub")
    again = launch.start(home, stock=[])
    assert again.token not in (hub.token, "hf_of_the_real_hub") and again.token_file.read_text() == again.token


def test_new_token_when_the_learner_revoked_the_old_one(home):
    old = launch.start(home, stock=[])
    Accounts(launch.overlay(home)).revoke(old.account, "course")
    assert not old.takes_its_token()
    new = launch.start(home)
    assert new.takes_its_token() and new.token != old.token and new.url == old.url
    assert new.token_file.read_text() == new.token


def test_idle_hub_stops(home):
    hub = launch.start(home, stock=[], idle_minutes=0.02)
    assert wait_until(lambda: hub.process() is None)
    assert launch.start(home, stock=[]).url == hub.url


def test_ephemeral_hub_ends_with_its_owner(tmp_path):
    code = (
        "import sys, time; from grader.hub.server import launch; hub = launch.start(sys.argv[1], stock=[], ephemeral=True)\n"
        "print(hub.pid, hub.hf_home, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
    pid, hf_home = owner.stdout.readline().split()
    assert psutil.pid_exists(int(pid)) and Path(hf_home, "token").exists()
    owner.kill()  # not yet reaped: a zombie counts as ended
    assert wait_until(lambda: not psutil.pid_exists(int(pid)) and not Path(hf_home).parent.exists())
    owner.communicate()
    assert not (tmp_path / ".course").exists()


def test_ephemeral_hubs_are_separate_and_can_be_stopped():
    one, two = (launch.start(stock=[], ephemeral=True) for _ in range(2))
    assert one.url != two.url and one.token_file != two.token_file
    assert one.stop() and not one.hf_home.parent.exists() and two.answers()
    assert two.stop() and not two.stop()


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / ".course").write_text("a file where the folder should be")
    with pytest.raises(HubError, match="cannot write to .*kept.*start again"):
        launch.start(tmp_path, stock=[])


def test_server_that_cannot_start_says_why(home):
    (home / ".course").mkdir()
    (home / ".course" / "hub").write_text("a file where the overlay should be")
    with pytest.raises(HubError, match="did not start: .*(Exists|NotADirectory)(.|\n)*hub.log"):
        launch.start(home, stock=[])


def test_environment_keeps_the_users_own_proxy_exceptions(home, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intern.example")
    monkeypatch.delenv("no_proxy", raising=False)
    variables = launch.client_environment(launch.start(home, stock=[]))
    assert variables["NO_PROXY"] == variables["no_proxy"] == "intern.example,127.0.0.1,localhost"


def test_hub_stops_when_its_folder_is_deleted(home):
    hub = launch.start(home, stock=[])
    shutil.rmtree(home / ".course")
    assert wait_until(lambda: hub.process() is None)


def test_neither_server_nor_launcher_imports_what_it_does_not_need():
    for module, unwanted in [
        ("serve", "torch transformers datasets huggingface_hub numpy"),
        ("launch", "torch transformers datasets huggingface_hub numpy starlette uvicorn dulwich yaml"),
    ]:
        code = f"import sys, grader.hub.server.{module}; print(sorted(set(sys.argv[1:]) & set(sys.modules)))"
        told = subprocess.run(
            [sys.executable, "-c", code, *unwanted.split()], capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == "[]"
