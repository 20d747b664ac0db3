"""What is known about a hub that runs: kept in `hub.json` of its folder by the server, read by whoever looks for it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from filelock import AcquireReturnProxy, FileLock, Timeout

from grader.hub.errors import HubError
from grader.hub.store import durable

STATE_FILE = "hub.json"
_ANSWER_WITHIN = 3.0  # seconds
_STOP_WITHIN = 5.0  # seconds


def take_lock(folder: Path, within: float) -> AcquireReturnProxy:
    """The right to start or stop the hub of this folder, for a `with` block; raises `HubError` after some seconds."""
    try:
        return FileLock(folder / "hub.lock", timeout=within).acquire(poll_interval=0.02)
    except Timeout:
        raise HubError(
            f"Another program has been starting or stopping the practice hub of {folder.parent} for {within:.0f} "
            "seconds. Wait for it to end, or end it, then start again."
        ) from None


@dataclass(frozen=True)
class RunningHub:
    """A hub that runs: where it is, whom its token makes you, and where its clients keep their things.

    `instance` tells this server from every other; `notice` is a line that the learner should read, mostly empty.
    A class hub makes nobody anybody: its `account` and `token` are empty. `local_url` is where it is found from this
    machine, if not at `url`.
    """

    url: str
    account: str
    token: str = field(repr=False)
    pid: int
    hf_home: Path
    token_file: Path
    instance: str
    notice: str = ""
    is_class_hub: bool = False
    local_url: str = ""

    @property
    def port(self) -> int:
        """The port on this machine."""
        return int((self.local_url or self.url).rpartition(":")[2])

    @property
    def stock(self) -> list[Path]:
        """The stock roots that it was started with."""
        words = process.cmdline() if (process := self.process()) else []
        return [Path(path) for flag, path in pairwise(words) if flag == "--stock"]

    def write(self, folder: Path) -> None:
        """Make it known in `folder`, to this user only: the token is in it."""
        content = json.dumps(
            {key: str(value) if isinstance(value, Path) else value for key, value in asdict(self).items()}
        )
        durable.write(folder / STATE_FILE, content.encode(), tmp=folder, mode=0o600)

    @classmethod
    def read(cls, folder: Path) -> RunningHub | None:
        """What was written last, whether that hub still runs or not; None when there is nothing or it is damaged."""
        try:
            known = json.loads((folder / STATE_FILE).read_bytes())
            known |= {"hf_home": Path(known["hf_home"]), "token_file": Path(known["token_file"])}
            return cls(**known)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def process(self) -> psutil.Process | None:
        """The server's process, or None when it has ended and perhaps something else has its pid now."""
        try:
            process = psutil.Process(self.pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and self.instance in process.cmdline()
        except psutil.Error:
            return None
        return process if ours else None

    def answers(self) -> bool:
        """Does this very hub answer at its address?"""
        try:
            return self.ask("/healthz")["instance"] == self.instance
        except (OSError, ValueError, KeyError, TypeError):  # urllib's errors are OSErrors
            return False

    def takes_its_token(self) -> bool:
        """Does the hub still know the token that it made for its learner? They may have revoked it."""
        try:
            self.ask("/api/whoami-v2", token=self.token)
        except urllib.error.HTTPError as error:
            return error.code != 401
        return True

    def ask(self, path: str, method: str = "GET", token: str = "") -> Any:
        """What the hub answers, as JSON; raises `OSError` or `ValueError`."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request((self.local_url or self.url) + path, method=method, headers=headers)
        with direct.open(request, timeout=_ANSWER_WITHIN) as response:
            return json.load(response)

    def page(self) -> str:
        """The address of its web pages: one that logs its learner in, once and soon; on a class hub nobody."""
        return self.ask("/api/login-link", "POST", self.token)["url"] if self.token else self.url

    def serves(self, stock: Sequence[Path]) -> bool:
        """Was it started with just these stock roots?"""
        return set(self.stock) == {Path(root).resolve() for root in stock}

    def stop(self) -> bool:
        """End the server and wait for its end; False when it had ended before."""
        if (process := self.process()) is None:
            return False
        with suppress(psutil.NoSuchProcess):
            process.terminate()
            if not self._has_ended(_STOP_WITHIN):
                process.kill()
                self._has_ended(_STOP_WITHIN)
        return True

    def _has_ended(self, within: float) -> bool:
        """Not psutil's `wait`, which waits for the parent too, which may take its time to reap a zombie."""
        deadline = time.monotonic() + within
        while (running := self.process() is not None) and time.monotonic() < deadline:
            time.sleep(0.02)
        return not running
