"""From a request to what it asks for: the hub's parts, the caller, the repository, the body; and who may have what."""

from __future__ import annotations

import difflib
import functools
import json
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from grader.hub.accounts import Accounts, Caller
from grader.hub.errors import BadRequest, Forbidden, RepoNotFound, TooLarge, Unauthorized
from grader.hub.store.repos import Repo, RepoStore

_LARGEST_JSON = 16 << 20  # bytes
_IN_MEMORY = 1 << 20  # bytes of a body; the rest goes to the disk


@dataclass(frozen=True)
class HubState:
    """The parts that every request works with. `endpoint` is the address that the clients were told."""

    store: RepoStore
    accounts: Accounts
    endpoint: str
    account: str
    instance: str
    version: str
    signing_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def url(self, repo: Repo) -> str:
        """Where the repository is seen."""
        return f"{self.endpoint}/{'' if repo.type == 'models' else repo.type + '/'}{repo.id}"


def hub_of(request: Request) -> HubState:
    """The parts of the hub that got this request."""
    return request.app.state.hub


def caller_of(request: Request) -> Caller | None:
    """Who asks, None when nobody says; raises `Unauthorized` for a token that is not one of this hub."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    caller = hub_of(request).accounts.caller(token.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise Unauthorized("Invalid credentials in Authorization header")  # the clients know this sentence
    return caller


def known_caller(request: Request) -> Caller:
    """Who asks; raises `Unauthorized` when nobody says."""
    if caller := caller_of(request):
        return caller
    raise Unauthorized("This needs a token of the practice hub. Log in, or pass token=..., and try again.")


def repo_of(request: Request) -> Repo:
    """The repository in the address, if the caller may see it; else `RepoNotFound`, whether it is there or not."""
    repo_type, repo_id = request.path_params.get("kind", "models"), request.path_params["repo"]
    return visible_repo(hub_of(request), caller_of(request), repo_type, repo_id)


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


def refuse_other_namespace(caller: Caller, namespace: str) -> None:
    """Raises `Forbidden` unless the caller may write in this namespace."""
    if caller.role != "write":
        raise Forbidden(f"Your token {caller.token_name!r} has the role 'read'. Use one with the role 'write'.")
    if caller.name != namespace:
        raise Forbidden(
            f"You are {caller.name!r} and may not write in the namespace {namespace!r}. "
            f"Use a repository name that starts with '{caller.name}/'."
        )


def may_see(caller: Caller | None, repo: Repo) -> bool:
    """Public repositories are for everybody, private ones for their owner."""
    return not repo.settings.private or (caller is not None and caller.name == repo.namespace)


async def _spool(request: Request, limit: int) -> IO[bytes]:
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
        with await _spool(request, limit) as body:
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
