"""What the application answers when the machine fails it: driven directly, so that the failure can be staged."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from grader.hub.access import HubState
from grader.hub.accounts.accounts import Accounts
from grader.hub.api import lfs
from grader.hub.app import PracticeHub

OID = "0" * 64


@pytest.fixture
def drive(store) -> Callable[..., tuple[int, dict]]:
    """Send one request straight into a new application, as its learner; gives status and JSON."""
    accounts = Accounts(store.root)
    token = accounts.issue("learner", "course")
    hub = PracticeHub(HubState(store, accounts, "http://hub", "learner", "test", "0"))

    def send(method: str, url: str, body: bytes = b"") -> tuple[int, dict]:
        parts, sent = urlsplit(url), []
        scope = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(b"host", b"hub"), (b"authorization", f"Bearer {token}".encode())],
        }

        async def receive() -> dict:
            return {"type": "http.request", "body": body, "more_body": False}

        async def collect(message: dict) -> None:
            sent.append(message)

        asyncio.run(hub(scope, receive, collect))
        return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent[1:]) or b"{}")

    return send


def test_full_disk_is_said_clearly(drive, store, monkeypatch):
    def no_space(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "create", no_space)
    status, told = drive("POST", "/api/repos/create", b'{"name": "x"}')
    assert status == 507, "not one of the statuses that clients try again on"
    for said in ("No space left on device", "changed nothing", "kept", "send it again"):
        assert said in told["error"]


def test_failure_of_the_hub_itself_is_a_500(drive, store, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(store, "create", broken)
    with pytest.raises(ZeroDivisionError):
        drive("POST", "/api/repos/create", b'{"name": "x"}')


def test_upload_address_expires(drive, monkeypatch):
    assert drive("POST", "/api/repos/create", b'{"name": "x"}')[0] == 200
    monkeypatch.setattr(lfs, "_VALID_FOR", -1)
    body = json.dumps({"operation": "upload", "objects": [{"oid": OID, "size": 1}]}).encode()
    (told,) = drive("POST", "/learner/x.git/info/lfs/objects/batch", body)[1]["objects"]
    status, refusal = drive("PUT", told["actions"]["upload"]["href"], b"x")
    assert status == 403 and "expired" in refusal["error"]
