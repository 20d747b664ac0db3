"""A visitor with a browser's cookies and forms, but without a browser."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from grader.hub.server.launch import RunningHub
from tests.hub.conftest import Answer, send

HTML = "text/html,application/xhtml+xml"


@dataclass
class Visitor:
    """Keeps cookies and fills in the hidden fields of the page that it saw last, as a browser does."""

    hub: RunningHub
    cookies: dict[str, str] = field(default_factory=dict)
    last: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self._send("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        body = urlencode(self.hidden() | fields).encode()
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def upload(self, path: str, fields: dict[str, str], files: dict[str, bytes]) -> Answer:
        mark = secrets.token_hex(8)
        parts = [f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in (self.hidden() | fields).items()]
        parts += [f'name="files"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n" for name, data in files.items()]
        body = b"".join(f"--{mark}\r\nContent-Disposition: form-data; ".encode() + part for part in parts)
        body += f"--{mark}--\r\n".encode()
        return self._send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def hidden(self) -> dict[str, str]:
        """The form token and the parent commit of the page that was seen last."""
        found = re.findall(r'<input type="hidden" name="(form_token|parent)" value="([^"]*)">', self.last)
        return {name: unescape(value) for name, value in found}

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Accept": HTML} | ({"Cookie": cookies} if cookies else {}) | headers
        answer = send(self.hub, method, path, body, token=None, headers=sent)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.last = answer.body.decode() if answer.headers.get_content_type() == "text/html" else self.last
        return answer


@pytest.fixture
def stranger(hub: RunningHub) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(hub)


@pytest.fixture
def new_visitor(hub: RunningHub) -> Callable[[str], Visitor]:
    """A visitor who logs in with a token."""

    def log_in(token: str) -> Visitor:
        visitor = Visitor(hub)
        visitor.get("/login")
        assert visitor.post("/login", {"token": token, "next": "/"}).status == 303
        visitor.get("/new")
        return visitor

    return log_in


@pytest.fixture
def visitor(hub: RunningHub, new_visitor: Callable[[str], Visitor]) -> Iterator[Visitor]:
    """The learner, logged in."""
    return new_visitor(hub.token)


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str, name: str) -> list[str]:
        return [attributes[name] for found, attributes in self.elements if found == tag and name in attributes]


def parsed(answer: Answer) -> Parsed:
    assert answer.status == 200, answer.body.decode()[:500]
    return Parsed(answer.body.decode())
