"""A learner's side of a class hub: is it there, whom does the token make one, and where do the clients keep things?

What belongs to it lies in `.course/class/ADDRESS/`, apart from the practice hub's: a token is sent to no other address
than the one that it was given for.
"""

from __future__ import annotations

import ipaddress
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from grader import settings
from grader.hub.errors import HubError, Unauthorized
from grader.hub.store import durable

_ANSWER_WITHIN = 3.0  # seconds
_LARGEST_ANSWER = 1 << 20  # bytes


@dataclass(frozen=True)
class JoinedHub:
    """A class hub that answers. `account` is empty for one who has no token: then it can only be read."""

    url: str
    account: str
    hf_home: Path
    token_file: Path


def join(url: str, token: str = "", home: Path | None = None) -> JoinedHub:
    """Find the class hub at `url` (`http(s)://host[:port]`) and log in with `token`, or with that of last time.

    Raises `HubError` when no hub answers there within some seconds, `Unauthorized` when it does not know the token.
    """
    state = Path(home).resolve() / ".course" if home else settings.state_dir()
    hf_home = state / "class" / re.sub(r"[^\w.-]", "-", urlsplit(url).netloc.lower()) / "hf"
    token_file = hf_home / "token"
    _greet(url)
    if not token and token_file.exists():
        token = token_file.read_text().strip()
    account = _account(url, token) if token else ""
    if account:
        token_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.write(token_file, token.encode(), tmp=token_file.parent, mode=0o600)
    return JoinedHub(url, account, hf_home, token_file)


def direct_hosts(url: str) -> list[str]:
    """The host in `url` if it must be reached without a proxy: one with a bare address is in the same building."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return []
    return [host]


def _greet(url: str) -> None:
    try:
        answer = _ask(url, "/healthz")
    except (OSError, HTTPException, ValueError) as error:
        raise HubError(_no_answer(url, _reason(error))) from None
    if not isinstance(answer.get("instance"), str):
        raise HubError(_no_answer(url, "something else answers there"))


def _account(url: str, token: str) -> str:
    if not (token.isascii() and token.isprintable()):
        raise Unauthorized(_unknown_token(url))  # it could not even be sent
    try:
        return str(_ask(url, "/api/whoami-v2", token)["name"])
    except urllib.error.HTTPError as error:
        if error.code == 401:
            raise Unauthorized(_unknown_token(url)) from None
        raise HubError(_no_answer(url, _reason(error))) from None
    except (OSError, HTTPException, ValueError, KeyError) as error:
        raise HubError(_no_answer(url, _reason(error))) from None


def _ask(url: str, path: str, token: str = "") -> dict[str, Any]:
    """The JSON object that the hub answers with."""
    proxies = urllib.request.ProxyHandler({} if direct_hosts(url) else None)
    # Whatever answers in its place must not get the token: a redirection is not followed.
    opener = urllib.request.build_opener(proxies, _NoRedirection)
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}"} if token else {})
    with opener.open(request, timeout=_ANSWER_WITHIN) as response:
        answer = json.loads(response.read(_LARGEST_ANSWER))
    if not isinstance(answer, dict):
        raise ValueError("something else answers there")
    return answer


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return error.headers.get("X-Error-Message") or f"{error.code} {error.reason}"
    return str(getattr(error, "reason", error)) or type(error).__name__


def _no_answer(url: str, reason: str) -> str:
    return (
        f"No class hub answers at {url} ({reason}). Nothing was changed. Is this computer in the class's network, and "
        "is COURSE_HUB what `course hub serve` printed? Without COURSE_HUB, a practice hub on this machine is used."
    )


def _unknown_token(url: str) -> str:
    return (
        f"The class hub at {url} does not know your token. Nothing was changed. Compare COURSE_HUB_TOKEN with what you "
        "were given; your instructor can make a new one with `course hub users --renew NAME`."
    )
