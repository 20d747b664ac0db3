"""What git and git-lfs expect that the Hub's own clients do not: Basic credentials, and errors in their own form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from grader.hub.errors import HubError

LFS_JSON = "application/vnd.git-lfs+json"


class GitRoute(Route):
    """An address that git asks for: the token may come as a password, and a refusal is text that git shows."""

    def refusal(self, error: HubError) -> Response:
        """What the client gets in place of its answer."""
        hint = "git asks for a user name and a password: any name, and your token." if error.status == 401 else ""
        return PlainTextResponse(f"{error} {hint}\n", error.status, headers=_challenge(error))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry. What is noted here is read as `request.state`."""
        scope.setdefault("state", {}).update(takes_password=True, refusal=self.refusal)
        await super().handle(scope, receive, send)


class LfsRoute(GitRoute):
    """An address that git-lfs and the Hub's clients ask for."""

    def refusal(self, error: HubError) -> Response:
        """As JSON, with the text under the names that either client knows."""
        body = {"message": str(error), "error": str(error)}
        return JSONResponse(body, error.status, headers=_challenge(error), media_type=LFS_JSON)


def _challenge(error: HubError) -> dict[str, str]:
    return {"WWW-Authenticate": 'Basic realm="practice hub"'} if error.status == 401 else {}


def refusal_for(state: Any) -> Callable[[HubError], Response] | None:
    """How the client of a request (by its `state`) wants to be refused, None when as any other."""
    return getattr(state, "refusal", None)
