"""A hub in the foreground, for others too: who may be let in, where they find it, and what they are told to type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import settings
from grader.hub.accounts.accounts import LEARNER, Accounts
from grader.hub.errors import Forbidden, HubError
from grader.hub.server.hosts import host_of, is_loopback, main_address, own_addresses
from grader.hub.server.running import RunningHub, take_lock

_EVERYWHERE = ("0.0.0.0", "::")
_LOCK_WITHIN = 30.0  # seconds


@dataclass(frozen=True)
class Told:
    """The address that clients are told, and how it was found."""

    url: str
    how: str


def refuse_others(host: str, url: str | None) -> None:
    """Raises `Forbidden` unless only this machine reaches `host` and `url`: without accounts, others stay outside."""
    for reached in (host, host_of(url) or "" if url else "localhost"):
        if not is_loopback(reached):
            raise Forbidden(
                f"Nobody has an account on this hub, so others must not reach it, at {reached!r}. Nothing was started. "
                "Make accounts first with `course hub users ROSTER.csv`, then serve it again."
            )


def told_address(host: str, port: int, url: str | None) -> Told:
    """Where clients find the hub that listens at `host` and `port`; raises `ValueError` when `url` is no address."""
    if url:
        return Told(settings.checked_url(url), "the one told with --url")
    if host in _EVERYWHERE:
        address, how = main_address()
        return Told(_url(address, port), how)
    return Told(_url(host, port), "the one that it listens at")


def local_url(host: str, port: int) -> str:
    """Where this machine itself finds the hub that listens at `host` and `port`."""
    return _url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)


def invitation(told: Told, overlay: Path, accounts: Accounts | None) -> str:
    """What is printed when the hub is up: for a class hub, which has accounts, the lines that a learner needs."""
    kept = f"Ctrl-C stops it. What is pushed is kept in {overlay}."
    if not accounts:
        return f'Practice hub at {told.url}, for this machine only; you are "{LEARNER}".\n{kept}'
    people = sum(account.name != LEARNER for account in accounts.all())
    addresses = own_addresses()
    is_found = host_of(told.url) in addresses
    others = ", ".join(address for address in addresses if is_found and address != host_of(told.url))
    privacy = "Nothing is encrypted on the way: in a network that you do not trust, put it behind a proxy with https."
    return f"""\
Class hub at {told.url}, with {people} {"account" if people == 1 else "accounts"}.
{kept}
{"" if told.url.startswith("https:") else privacy}
The address is {told.how}.{f" Others of this machine: {others}; --url names another." if others else ""}

A learner needs these two, as environment variables or in a file from which they are set:

    COURSE_HUB={told.url}
    COURSE_HUB_TOKEN=hf_...

or, in a notebook, these lines in a cell before grader.start:

    import os
    os.environ["COURSE_HUB"] = "{told.url}"
    os.environ["COURSE_HUB_TOKEN"] = "hf_..."

Each learner's own token in place of hf_... is in the file that `course hub users` wrote.
"""


@contextmanager
def only_hub_of(folder: Path) -> Iterator[None]:
    """The right to start a hub in this folder; raises `HubError` when one runs there already."""
    with take_lock(folder, within=_LOCK_WITHIN):
        known = RunningHub.read(folder)
        if known and known.process():
            raise HubError(
                f"The hub of this folder runs already, at {known.url}, and two must not write to one folder. Stop it "
                "with `course hub stop`, then serve it again. What was pushed to it is kept."
            )
        yield


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
