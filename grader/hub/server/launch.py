"""Starting, finding and stopping the practice hub of a course folder.

There is one hub for each course folder: whoever calls `start` gets the one that runs, or starts it. It is a process of
its own, so it outlives the notebook that started it, and several notebooks use it at once. It lives in `.course/`:
`hub.json` says where it is to be found, `hub/` is what was pushed to it, `hf/` is the `HF_HOME` of its clients.
"""

from __future__ import annotations

import math
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from grader import settings
from grader.hub.errors import HubError
from grader.hub.server.joining import JoinedHub, direct_hosts
from grader.hub.server.running import RunningHub, take_lock

__all__ = ["RunningHub", "client_environment", "overlay", "serve_command", "start", "status", "stop"]

Hub = RunningHub | JoinedHub

_START_WITHIN = 30.0  # seconds: a busy machine may need longer than the half second that it takes
_PROJECT = Path(__file__).resolve().parents[3]

# The servers that this process started: kept, so that one that has ended is reaped and does not stay as a zombie.
_children: list[subprocess.Popen] = []


def start(
    home: Path | None = None,
    *,
    stock: Sequence[Path] | None = None,
    ephemeral: bool = False,
    idle_minutes: float = 60,
    port: int = 0,
) -> RunningHub:
    """The hub of the course folder `home` (default: the one we are in): the one that runs, or a new one.

    `stock`: the read-only roots to serve; a hub that runs with others is started anew. By default a hub that runs is
    taken as it is, and a new one serves all that the course brings, built when missing.
    `port`: the wanted one; 0 for that of last time or any other. The result's `notice` says if it could not be had.
    A hub stops by itself after `idle_minutes` without a request.
    `ephemeral`: a hub of our own with an empty overlay, its own token and its own `HF_HOME`. It ends with this process,
    and what was pushed to it is gone then.
    Raises `HubError` when the hub cannot start.
    """
    if ephemeral:
        roots = _stock(stock)
        with _explained(Path(tempfile.gettempdir())):
            folder = Path(tempfile.mkdtemp(prefix="practice-hub-"))
        return _launch(folder, roots, port, idle_minutes, owner=os.getpid())
    folder = _folder(home)
    with _locked(folder):
        known = RunningHub.read(folder)
        if known and known.process():
            if known.is_class_hub:
                raise HubError(_in_use_by_a_class(known))
            if known.answers() and known.takes_its_token() and (stock is None or known.serves(stock)):
                return replace(known, notice=_notice(known, port))
            # It hangs, or the learner revoked the token that only a start renews, or the course brings another stock by
            # now; and two servers must not write to one overlay.
            known.stop()
        # The port of last time, because notebooks that still run know the hub under it.
        hub = _launch(folder, _stock(stock), port or (known.port if known else 0), idle_minutes)
        return replace(hub, notice=_notice(hub, port))


def stop(home: Path | None = None) -> bool:
    """Stop the hub of a course folder; False when none was running. What was pushed to it is kept."""
    folder = _folder(home)
    if not folder.exists():
        return False
    with _locked(folder):
        known = RunningHub.read(folder)
        return known.stop() if known else False


def status(home: Path | None = None) -> RunningHub | None:
    """The hub of a course folder if it runs and answers, else None."""
    known = RunningHub.read(_folder(home))
    return known if known and known.process() and known.answers() else None


def serve_command(
    host: str, port: int, url: str | None, stock: Sequence[Path], *, idle_minutes: float = math.inf
) -> list[str]:
    """The command that serves the hub of this course folder from a terminal, to others too if it has accounts."""
    folder = _folder(None)
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    command = _command(folder, secrets.token_hex(8), stock, port, idle_minutes)
    return [*command, "--foreground", "--host", host, *(["--url", url] if url else [])]


def overlay(home: Path | None = None) -> Path:
    """Where the hub of a course folder keeps what is pushed to it, and its accounts."""
    return _folder(home) / "hub"


def client_environment(hub: Hub) -> dict[str, str]:
    """The environment variables with which the Hub's clients use this hub, and nothing of it mixes with the real one.

    They count from the moment that `huggingface_hub`, `datasets` or `evaluate` is imported. Empty ones switch something
    off that the user's own environment may hold.
    """
    beside = {os.environ.get(name, "") for name in ("NO_PROXY", "no_proxy")}
    no_proxy = ",".join([*sorted(beside - {""}), *dict.fromkeys(["127.0.0.1", "localhost", *direct_hosts(hub.url)])])
    home = hub.hf_home
    return {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        # Each of these would win over HF_HOME if the user had set it.
        "HF_HUB_CACHE": str(home / "hub"),
        "HF_ASSETS_CACHE": str(home / "assets"),
        "HF_XET_CACHE": str(home / "xet"),
        "HF_DATASETS_CACHE": str(home / "datasets"),
        "HF_EVALUATE_CACHE": str(home / "evaluate"),
        "HF_METRICS_CACHE": str(home / "metrics"),
        "HF_MODULES_CACHE": str(home / "modules"),
        "HF_TOKEN_PATH": str(hub.token_file),
        "HF_TOKEN": "",  # the user's token for the real Hub is nothing to this one
        "HUGGING_FACE_HUB_TOKEN": "",
        "HF_HUB_OFFLINE": "0",
        "TRANSFORMERS_OFFLINE": "0",
        "HF_DATASETS_OFFLINE": "0",
        "HF_EVALUATE_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def _folder(home: Path | None) -> Path:
    return Path(home).resolve() / ".course" if home else settings.state_dir()


def _stock(stock: Sequence[Path] | None) -> Sequence[Path]:
    if stock is not None:
        return stock
    from grader.hub.stock.stocking import ensure_stock  # only a new hub needs what this imports

    return ensure_stock()


def _launch(
    folder: Path, stock: Sequence[Path], port: int, idle_minutes: float, *, owner: int | None = None
) -> RunningHub:
    """Start a server and wait until it answers."""
    instance = secrets.token_hex(8)
    command = _command(folder, instance, stock, port, idle_minutes) + (["--owner", str(owner)] if owner else [])
    with _explained(folder), (folder / "hub.log").open("w+b") as log:
        child = _spawn(command, folder, log)
        deadline = time.monotonic() + _START_WITHIN
        while child.poll() is None and time.monotonic() < deadline:
            hub = RunningHub.read(folder)
            if hub and hub.instance == instance and hub.answers():
                return hub
            time.sleep(0.01)
        child.kill()
        child.wait()
        log.seek(0)
        lines = log.read().decode(errors="replace").split("\n")
    if owner:
        shutil.rmtree(folder, ignore_errors=True)
    reason = next((line for line in reversed(lines) if line.strip()), f"no answer within {_START_WITHIN:.0f} seconds")
    raise HubError(
        f"The practice hub did not start: {reason}\nWhat was pushed to it before is kept. "
        f"The whole story is in {folder / 'hub.log'}; once the reason is removed, start again."
    )


def _command(folder: Path, instance: str, stock: Sequence[Path], port: int, idle_minutes: float) -> list[str]:
    hf_home = folder / "hf"
    command = [sys.executable, "-P", "-m", "grader.hub.server.serve", "--folder", folder, "--instance", instance]
    command += ["--hf-home", hf_home, "--token-file", hf_home / "token", "--port", port, "--idle-minutes", idle_minutes]
    command += [part for root in stock for part in ("--stock", Path(root).resolve())]
    return [str(part) for part in command]


def _spawn(command: list[str], folder: Path, log: IO[bytes]) -> subprocess.Popen:
    """A process that a Ctrl-C or the end of a notebook does not reach."""
    _children[:] = [child for child in _children if child.poll() is None]
    detached = (
        {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
        if os.name == "nt"
        else {"start_new_session": True}
    )
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=server_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        **detached,
    )
    _children.append(child)
    return child


def server_environment() -> dict[str, str]:
    """The environment of a server: ours, and it finds this very project."""
    path = os.pathsep.join(filter(None, [str(_PROJECT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path}


def _in_use_by_a_class(hub: RunningHub) -> str:
    return (
        f"The hub of this folder serves a class now, at {hub.url}. To work with it, set COURSE_HUB={hub.url} and "
        "COURSE_HUB_TOKEN to a token of yours, or stop it first with `course hub stop`. What was pushed to it is kept."
    )


def _notice(hub: RunningHub, wanted: int) -> str:
    if wanted in (0, hub.port):
        return ""
    return f"The practice hub is at port {hub.port}: port {wanted} was taken, or it was running already."


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The right to start or stop the hub of this folder: two who start it at once get the same one."""
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = take_lock(folder, within=2 * _START_WITHIN)
    with lock:
        yield


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HubError(
            f"The practice hub cannot write to {folder} ({error.strerror}). Nothing was changed, and what was pushed "
            "before is kept. Free some space or make the folder writable, then start again."
        ) from error
