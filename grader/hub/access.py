"""From a request to what it asks for: the hub's parts, the caller, the repository, the body; and who may have what."""

from __future__ import annotations

import base64
import difflib
import functools
import json
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from grader.hub.accounts.accounts import Accounts, Caller, hash_of
from grader.hub.accounts.logins import Logins, session_holder
from grader.hub.errors import BadRequest, Forbidden, GatedRepo, RepoNotFound, TooLarge, Unauthorized
from grader.hub.server.hosts import LOOPBACK
from grader.hub.store.discussions import Discussion
from grader.hub.store.repos import Repo, RepoStore

_LARGEST_JSON = 16 << 20  # bytes
_IN_MEMORY = 1 << 20  # bytes of a body; the rest goes to the disk


@dataclass(frozen=True)
class HubState:
    """The parts that every request works with.

    `endpoint` is the address that the clients were told; `hosts` are the names under which the hub answers beside it.
    `account` is whom this machine's own token makes one, empty on a class hub.
    """

    store: RepoStore
    accounts: Accounts
    endpoint: str
    account: str
    instance: str
    version: str
    hosts: frozenset[str] = LOOPBACK
    signing_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    logins: Logins = field(default_factory=Logins)

    def url(self, repo: Repo) -> str:
        """Where the repository is seen."""
        return self.endpoint + address_of(repo)

    def login_key(self, token: str) -> str:
        """For the address `/login?key=...`, which logs a browser in once as the holder of this token."""
        return self.logins.new_link(hash_of(token))


def address_of(repo: Repo) -> str:
    """The address of the repository on its hub: models are named without their type."""
    return f"/{repo.id}" if repo.type == "models" else f"/{repo.type}/{repo.id}"


def hub_of(request: Request) -> HubState:
    """The parts of the hub that got this request."""
    return request.app.state.hub


def caller_of(request: Request) -> Caller | None:
    """Who asks, None when nobody says; raises `Unauthorized` for a token that is not one of this hub."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return visitor_of(request) if request.method in ("GET", "HEAD") else None
    if scheme.lower() == "basic" and getattr(request.state, "takes_password", False):
        token = _password_in(token)
    elif scheme.lower() != "bearer":
        token = ""
    caller = hub_of(request).accounts.caller(token.strip())
    if caller is None:
        raise Unauthorized("Invalid credentials in Authorization header")  # the clients know this sentence
    return caller


def _password_in(credentials: str) -> str:
    """The password of Basic credentials, whatever the user name is; empty for none."""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def visitor_of(request: Request) -> Caller | None:
    """Who is logged in with this browser, None for nobody. That alone is no right to change anything: see the forms."""
    token_hash = session_of(request)
    return hub_of(request).accounts.holder(token_hash) if token_hash else None


def session_of(request: Request) -> str | None:
    """The hash of the token that this browser's session was opened with, None without one."""
    return session_holder(hub_of(request).signing_key, request.cookies.get(cookie_name(hub_of(request)), ""))


def cookie_name(hub: HubState) -> str:
    """The name of the session cookie: browsers send cookies to every port of a host, and each hub has its own."""
    return f"practice_hub_{urlsplit(hub.endpoint).port or 'session'}"


def known_caller(request: Request) -> Caller:
    """Who asks; raises `Unauthorized` when nobody says."""
    if caller := caller_of(request):
        return caller
    raise Unauthorized("This needs a token of the practice hub. Log in, or pass token=..., and try again.")


def repo_of(request: Request) -> Repo:
    """The repository in the address, if the caller may see it; else `RepoNotFound`, whether it is there or not."""
    return repo_seen_by(request, caller_of(request))


def repo_seen_by(request: Request, caller: Caller | None) -> Repo:
    """As `repo_of`, for somebody who is known already."""
    repo_type, repo_id = request.path_params.get("kind", "models"), request.path_params["repo"]
    return visible_repo(hub_of(request), caller, repo_type, repo_id)


def visible_repo(hub: HubState, caller: Caller | None, repo_type: str, repo_id: str) -> Repo:
    """The repository of this name, if the caller may see it; else `RepoNotFound`, whether it is there or not."""
    with suppress(RepoNotFound):
        repo = hub.store.find(repo_type, repo_id)
        if may_see(caller, repo):
            return repo
    raise _not_found(hub, caller, repo_type, repo_id)


def writable_repo_of(request: Request) -> tuple[Repo, Caller]:
    """The repository in the address, if the caller may write to it; else `RepoNotFound` or `Forbidden`."""
    repo, caller = repo_of(request), known_caller(request)
    refuse_other_namespace(caller, repo.namespace)
    return repo, caller


def contributed_repo_of(request: Request) -> tuple[Repo, Caller]:
    """The repository in the address, if the caller may discuss it and propose changes; else an error as above."""
    repo, caller = repo_of(request), known_caller(request)
    refuse_read_token(caller)
    repo.refuse_stock()
    return repo, caller


def open_repo_of(request: Request) -> Repo:
    """The repository in the address, if the caller may have its files; else `RepoNotFound` or `GatedRepo`."""
    caller = caller_of(request)
    repo = repo_seen_by(request, caller)
    refuse_without_access(caller, repo)
    return repo


def refuse_without_access(caller: Caller | None, repo: Repo) -> None:
    """Raises `GatedRepo` if the files are only for those who asked for access, and the caller is none of them."""
    if may_read_files(caller, repo):
        return
    state = repo.settings.access.get(caller.name, {}).get("status") if caller else None
    if state == "pending":
        hint = f"You asked, and {repo.namespace!r} has not decided yet."
    elif state == "rejected":
        hint = f"You asked, and {repo.namespace!r} rejected it."
    else:
        hint = f"{'Ask' if caller else 'Log in, then ask'} for it with POST {address_of(repo)}/ask-access."
    error = GatedRepo(f"The files of {repo.id} are only for those who asked for access to it. {hint}")
    if caller is None:
        error.status = 401
    raise error


def refuse_read_token(caller: Caller) -> None:
    """Raises `Forbidden` for a token that may only read."""
    if caller.role != "write":
        raise Forbidden(f"Your token {caller.token_name!r} has the role 'read'. Use one with the role 'write'.")


def refuse_other_namespace(caller: Caller, namespace: str) -> None:
    """Raises `Forbidden` unless the caller may write in this namespace."""
    refuse_read_token(caller)
    if caller.name != namespace:
        raise Forbidden(
            f"You are {caller.name!r} and may not write in the namespace {namespace!r}. "
            f"Use a repository name that starts with '{caller.name}/'."
        )


def refuse_bystander(caller: Caller, repo: Repo, discussion: Discussion) -> None:
    """Raises `Forbidden` unless the caller opened the discussion or owns the repository."""
    if caller.name not in (discussion.author, repo.namespace):
        raise Forbidden(
            f"Only {discussion.author!r}, who opened it, and {repo.namespace!r}, who owns the repository, "
            f"can change number {discussion.number}. You are {caller.name!r}, and may comment on it."
        )


def may_see(caller: Caller | None, repo: Repo) -> bool:
    """Public repositories are for everybody, private ones for their owner and for those who grade them."""
    return not repo.settings.private or (caller is not None and (caller.name == repo.namespace or caller.instructor))


def may_read_files(caller: Caller | None, repo: Repo) -> bool:
    """The files of a gated repository are for its owner, for those who were granted access, and who grade them."""
    settings = repo.settings
    if not settings.gated:
        return True
    if caller is None:
        return False
    granted = settings.access.get(caller.name, {}).get("status") == "accepted"
    return granted or caller.name == repo.namespace or caller.instructor


async def spool(request: Request, limit: int) -> IO[bytes]:
    """The whole body as a file; raises `TooLarge` beyond `limit` bytes."""
    body = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=hub_of(request).store.root / "tmp")  # noqa: SIM115
    async for piece in request.stream():
        if body.tell() + len(piece) > limit:
            body.close()
            raise TooLarge(f"The body is larger than {limit:,} bytes. Nothing was stored.")
        body.write(piece)
    body.seek(0)
    return body


def with_body(handler: Callable[[Request, IO[bytes]], Response], limit: int = _LARGEST_JSON) -> Callable:
    """An endpoint that runs `handler(request, body)` in a thread, once the body is there as a file."""

    @functools.wraps(handler)
    async def endpoint(request: Request) -> Response:
        with await spool(request, limit) as body:
            return await run_in_threadpool(handler, request, body)

    return endpoint


def parse_object(text: bytes) -> dict[str, Any]:
    """A JSON object, `{}` for no text at all; raises `BadRequest` for anything else."""
    try:
        value = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    return value


def text_in(fields: dict[str, Any], key: str, default: str | None = None) -> str:
    """The text under `key`, or the default when there is nothing; raises `BadRequest` for anything but a text."""
    value = fields.get(key)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise BadRequest(f"The field {key!r} is missing or is not a text.")
    return value


def _not_found(hub: HubState, caller: Caller | None, repo_type: str, repo_id: str) -> RepoNotFound:
    """The answer to such a name, with the nearest one that is there."""
    visible = [repo.id for repo in hub.store.all(repo_type) if may_see(caller, repo)]
    near = difflib.get_close_matches(repo_id, visible, n=1, cutoff=0.8)
    hint = f"Did you mean {near[0]!r}?" if near else "Check the name and the type of the repository."
    if caller is None:
        hint += " If it is private, log in first."
    error = RepoNotFound(f"The practice hub has no {repo_id!r} among its {repo_type}. {hint}")
    if caller is None:
        error.status = 401  # what the Hub answers: evaluate goes on with its search only then
    return error
