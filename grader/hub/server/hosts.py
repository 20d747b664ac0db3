"""The names and addresses of this machine, and the refusal of requests that were meant for another host.

A web page from anywhere can point a name of its own at this machine (DNS rebinding); the browser then takes the hub for
a part of that page's site. Its requests still carry that name in the `Host` header, so only known names are answered.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

import psutil
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SOMEWHERE = ("192.0.2.1", 9)  # an address for documentation, of which no packet is ever sent


class KnownHosts:
    """Passes on requests whose `Host` is one of `names`, with any port; others are refused with status 421."""

    def __init__(self, app: ASGIApp, names: Collection[str]):
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] == "http":
            # Two hosts make a name that nobody has. Every browser names one; a client of HTTP/1.0 need not.
            sent = b", ".join(value for key, value in scope["headers"] if key == b"host").decode("latin-1")
            if sent and host_of(f"//{sent}") not in self._names:
                refusal = JSONResponse({"error": _told(sent)}, 421, headers={"X-Error-Message": "Unknown host name"})
                return await refusal(scope, receive, send)
        await self._app(scope, receive, send)


def host_of(url: str) -> str | None:
    """The host in a URL, in lower case, without its port; None when there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Does only this machine reach what listens there?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def own_names() -> frozenset[str]:
    """All that others may call this machine: its addresses, its name, and those of the loopback."""
    name = socket.gethostname().lower()
    return LOOPBACK | set(own_addresses()) | {name, f"{name}.local"}


def own_addresses() -> list[str]:
    """The addresses of this machine that others may reach, IPv4 first."""
    found = [
        entry.address.partition("%")[0]
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family in (socket.AF_INET, socket.AF_INET6)
    ]
    reachable = {address for address in found if not _is_only_local(address)}
    return sorted(reachable, key=lambda address: (":" in address, address))


def main_address() -> tuple[str, str]:
    """The address that others most likely reach this machine at, and how it was found."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
            address = probe.getsockname()[0]
        except OSError:
            address = ""
    if address and not _is_only_local(address):
        return address, "the one with which this machine goes to other networks"
    if addresses := own_addresses():
        return addresses[0], "the first one of this machine's network cards"
    return "127.0.0.1", "the only one of this machine: nobody else can reach it"


def _is_only_local(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified


def _told(sent: str) -> str:
    return (
        f"The practice hub is not known as {sent[:100]!r}. Use the address that it printed when it started. "
        "If it is to be reached under this name, start it with `course hub serve --url http://NAME:PORT`."
    )
