"""Addresses and contents made to do harm: the hub answers each calmly, and gives nothing away."""

from __future__ import annotations

import itertools
import socket

import pytest

from tests.hub.conftest import commit_body, file_line

# Pieces of addresses: out of the folder, into git's own files, half characters, control characters, code, odd lengths.
PIECES = [
    "..",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "%2e%2e%2f%2e%2e%2faccounts.json",
    "%2fetc%2fpasswd",
    ".git%2fconfig",
    "hub.json",
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "%0d%0aX-Injected:%201",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "{{7*7}}",
    "a" * 5000,
    "%E2%80%AEgnp.exe",
    "-",
    "~",
    "HEAD",
    "refs%2fheads%2f..%2f..%2fhub.json",
    "@%7B1%7D",
    "main%5E%7Bcommit%7D",
]
PLACES = [
    "/{}",
    "/{}/{}",
    "/datasets/{}/{}",
    "/{repo}/resolve/{}/{}",
    "/{repo}/resolve/main/{}/{}",
    "/{repo}/raw/main/{}",
    "/{repo}/tree/{}/{}",
    "/{repo}/blob/main/{}",
    "/{repo}/commits/{}",
    "/{repo}/commit/{}",
    "/{repo}/edit/main/{}",
    "/{repo}.git/info/refs?service={}",
    "/{repo}/info/refs?service=git-upload-pack&x={}",
    "/api/models/{}",
    "/api/models/{}/{}",
    "/api/models/{repo}/revision/{}",
    "/api/models/{repo}/tree/{}/{}",
    "/api/models/{repo}/commits/{}?p={}",
    "/api/models/{repo}/discussions/{}",
    "/api/models?search={}&filter={}&limit={}&sort={}&cursor={}&p={}",
    "/models?search={}&task={}&sort={}&p={}",
]
SECRETS = (b"root:", b'"sha256"', b"hf_", b"[core]", b"Traceback")


@pytest.mark.parametrize("place", PLACES)
def test_hostile_addresses_get_a_calm_answer(ask, repo_id, place):
    for piece, token in itertools.product(PIECES, (None, "the hub's")):
        address = place.replace("{repo}", repo_id).replace("{}", piece)
        for accept in ("text/html", "application/json"):
            answer = ask("GET", address, token=token, headers={"Accept": accept})
            assert answer.status < 500, (address, answer.body)
            assert answer.headers["X-Injected"] is None
            told = answer.body.replace(piece.encode(), b"")
            assert answer.status != 200 or not any(secret in told for secret in SECRETS), (address, told)
            is_page = (answer.headers["Content-Type"] or "").startswith("text/html")
            assert not is_page or b"<script>alert" not in answer.body, address


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %s\r\n\r\n" % (b"=" * 999),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session=\xff; x=%s\r\n\r\n" % (b"y" * 9999),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=99999999999999999999-\r\n\r\n",
        b"POST /api/repos/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/repos/create HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
        b"GET http://169.254.169.254/latest HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET \\\\x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",  # somebody speaks TLS
    ],
)
def test_hostile_heads_get_a_calm_answer(hub, ask, request_head):
    with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as connection:
        connection.sendall(request_head.replace(b"Host: 127.0.0.1", b"Host: 127.0.0.1:%d" % hub.port))
        connection.shutdown(socket.SHUT_WR)
        first = connection.recv(12)
    assert first == b"" or first[9:10] in (b"2", b"3", b"4"), first
    assert ask("GET", "/healthz").status == 200


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>.html", "a'\"><script>alert(1)</script>.md", "‮gnp.txt", "a\u2028b"]
)
def test_hostile_file_names_and_contents_are_only_shown(ask, repo_id, name):
    content = b"<script>alert(1)</script> [x](javascript:alert(1)) ![](x onerror=alert(1)) <iframe src=//evil.invalid>"
    readme = b"---\ntags: ['<script>alert(1)</script>']\n---\n" + content
    body = commit_body(file_line(name, content), file_line("README.md", readme), summary="<script>alert(1)</script>")
    assert ask("POST", f"/api/models/{repo_id}/commit/main", body).status == 200
    for page in ("", "/tree/main", "/commits/main", "/blob/main/README.md", "/commit/main"):
        shown = ask("GET", f"/{repo_id}{page}", headers={"Accept": "text/html"})
        assert shown.status in (200, 404)
        low = shown.body.lower()
        for harm in (b"<script>alert", b"<img src=x", b'href="javascript:', b"<iframe", b" onerror=alert(1)>"):
            assert harm not in low, (page, harm)
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    (found,) = [
        entry for entry in ask("GET", f"/api/models/{repo_id}/tree/main?recursive=true").json if entry["path"] == name
    ]
    assert found["size"] == len(content)
