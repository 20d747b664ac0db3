"""The hub that is copied from, by its HTTP interface: what a revision holds, and its files.

The Hub's own client library is not used: it reads its settings from the environment when it is imported (in a course
folder they name the practice hub), sends a stored token by itself, and keeps a second copy of every file.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from grader.hub.errors import BadRequest, Forbidden, HubError, NotFound
from grader.hub.store.lfs import is_sha256
from grader.hub.store.names import check_path, check_repo_id, is_full_sha

REAL_HUB = "https://huggingface.co"
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "transformers-course"}
_ANSWER_WITHIN = 60.0  # seconds
_LARGEST_ANSWER = 64 << 20  # bytes of JSON
_TERMS = " there: accept its terms on its page, then mirror it with a token of your account (--token)."
_PASSING = (408, 429, 500, 502, 503, 504)  # HTTP statuses that may be gone at the next try


class Interrupted(HubError):
    """The upstream hub cannot be reached, or the connection broke; to try again may help."""

    status = 502


@dataclass(frozen=True)
class RemoteFile:
    """A file upstream; `oid` is the sha256 of a large one, else git's sha1 of it as a blob. `size` in bytes."""

    path: str
    size: int
    oid: str
    is_large: bool


@dataclass(frozen=True)
class Snapshot:
    """A repository upstream at the commit `sha` (40 hex), which was asked for as `asked_id` and `revision`."""

    repo_type: str
    repo_id: str
    asked_id: str
    revision: str
    sha: str
    modified: int  # Unix seconds
    restricted: bool  # private or gated
    files: tuple[RemoteFile, ...]


class Upstream:
    """A hub at the address `endpoint`. The `token` is sent to this address only, never along a redirection."""

    def __init__(self, endpoint: str = REAL_HUB, token: str | None = None):
        self.endpoint = endpoint.rstrip("/")
        parts = urlsplit(self.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest(f"{endpoint!r} is not the address of a hub; it looks like {REAL_HUB}.")
        if token is not None and not re.fullmatch(r"[!-~]+", token):
            raise BadRequest("The token holds characters that no token has. Nothing was sent; copy it again.")
        self._token = token
        handlers: list[urllib.request.BaseHandler] = [_Redirects(), urllib.request.HTTPSHandler(context=_trusted())]
        if parts.hostname in ("localhost", "127.0.0.1", "::1"):
            handlers.append(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine
        self._opener = urllib.request.build_opener(*handlers)

    def snapshot(self, repo_type: str, repo_id: str, revision: str = "main") -> Snapshot:
        """What the hub has under this name at this revision; raises `HubError` when it has nothing or says nonsense."""
        address = f"/api/{repo_type}/{quote(repo_id)}/revision/{quote(revision, safe='')}?blobs=true"
        with self._get(address, f"{repo_id}@{revision}") as response:
            try:
                return _snapshot(json.loads(response.read(_LARGEST_ANSWER)), repo_type, repo_id, revision)
            except (OSError, http.client.HTTPException) as error:
                raise self._interrupted(error) from error
            except (ValueError, TypeError, KeyError, RecursionError, BadRequest) as error:
                raise HubError(
                    f"{self.endpoint} answers for {repo_id} with what no hub would say ({error}). Nothing was fetched; "
                    "check the address."
                ) from error

    def open(self, snapshot: Snapshot, file: RemoteFile, start: int = 0) -> http.client.HTTPResponse:
        """The content of a file; status 206 when it begins at the byte `start`, 200 when at the first one."""
        prefix = "" if snapshot.repo_type == "models" else snapshot.repo_type + "/"
        address = f"/{prefix}{snapshot.repo_id}/resolve/{snapshot.sha}/{quote(file.path)}"
        return self._get(address, file.path, start)

    def _get(self, address: str, what: str, start: int = 0) -> http.client.HTTPResponse:
        request = urllib.request.Request(self.endpoint + address, headers=_HEADERS)
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if start:
            request.add_header("Range", f"bytes={start}-")
        try:
            return self._opener.open(request, timeout=_ANSWER_WITHIN)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error, what) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._interrupted(error) from error

    def _refused(self, error: urllib.error.HTTPError, what: str) -> HubError:
        code = error.headers.get("X-Error-Code", "")
        said = error.headers.get("X-Error-Message", "") or error.reason
        if error.code in _PASSING:
            return Interrupted(f"{self.endpoint} is busy or down ({error.code} {said}).")
        if code == "GatedRepo":
            return Forbidden(f"{what} is gated" + _TERMS)
        if code == "RevisionNotFound":
            return NotFound(f"{self.endpoint} has no {what}: there is no such branch, tag or commit.")
        if error.code in (401, 403, 404) and code != "EntryNotFound":
            hint = "It may be private to others." if self._token else "If it is private, pass --token."
            return NotFound(f"{self.endpoint} has no {what}. Check the name and the kind. {hint}")
        return HubError(f"{self.endpoint} refuses {what}: {error.code} {said}.")

    def _interrupted(self, error: Exception) -> Interrupted:
        reason = getattr(error, "reason", None) or error
        reason = getattr(reason, "strerror", None) or reason
        return Interrupted(f"{self.endpoint} cannot be reached, or the connection broke ({reason}).")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirections, but takes the token to no other origin and never from https to http."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        """Called by urllib with the address to go to."""
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if old.scheme == "https" and new.scheme != "https":
            raise urllib.error.HTTPError(newurl, code, "redirected to an address without encryption", headers, fp)
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and (old.scheme, old.netloc) != (new.scheme, new.netloc):
            request.remove_header("Authorization")
        return request


def token_for(endpoint: str, given: str | None) -> str | None:
    """The token to send: the one that was given, else the user's own (`HF_TOKEN`), which is for the real Hub alone."""
    return given or (os.environ.get("HF_TOKEN") or None if endpoint.rstrip("/") == REAL_HUB else None)


def _trusted() -> ssl.SSLContext:
    """The authorities of the system, and those of certifi: on a Mac, Python may know none."""
    context = ssl.create_default_context()
    with suppress(ImportError):
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _snapshot(told: Any, repo_type: str, asked_id: str, revision: str) -> Snapshot:
    """The answer of `/api/.../revision/...`; every name in it becomes a path here, so none is taken on trust."""
    check_repo_id(told["id"])
    if told.get("gated") and any(not sibling.get("blobId") for sibling in told["siblings"]):
        raise Forbidden(f"{told['id']} is gated" + _TERMS)
    if not is_full_sha(told["sha"]):
        raise ValueError("its sha is none")
    files = tuple(_file(sibling) for sibling in told["siblings"])
    if len({file.path for file in files}) != len(files):
        raise ValueError("two files have the same path")
    return Snapshot(
        repo_type=repo_type,
        repo_id=told["id"],
        asked_id=asked_id,
        revision=revision,
        sha=told["sha"],
        modified=int(datetime.fromisoformat(told["lastModified"]).timestamp()),
        restricted=bool(told.get("private") or told.get("gated")),
        files=files,
    )


def _file(sibling: dict[str, Any]) -> RemoteFile:
    path, large = sibling["rfilename"], sibling.get("lfs")
    check_path(path)
    oid, size = (large.get("sha256"), large.get("size")) if large else (sibling.get("blobId"), sibling.get("size"))
    if not (is_sha256(oid or "") if large else is_full_sha(oid or "")) or type(size) is not int or size < 0:
        raise ValueError(f"{path} has no size or no checksum")
    return RemoteFile(path, size, oid, bool(large))
