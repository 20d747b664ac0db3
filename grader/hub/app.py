"""The practice hub as an ASGI application: the routes of all modules, and how errors are told."""

from __future__ import annotations

import logging
import time

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from grader.hub.access import HubState, hub_of
from grader.hub.api import discussions, files, gates, git, lfs, read, repos, write
from grader.hub.api.git_clients import refusal_for
from grader.hub.errors import AlreadyExists, EntryNotFound, HubError, NotFound, disk_refusal
from grader.hub.pages import site
from grader.hub.pages.frame import error_page, wants_page
from grader.hub.server.hosts import KnownHosts, host_of

_log = logging.getLogger(__name__)
_MOST_TO_READ_ON = 1 << 30  # bytes of a refused body


class PracticeHub:
    """The application, with the time of its last activity: a hub that nobody uses stops by itself."""

    def __init__(self, state: HubState):
        self.state = state
        self._app: ASGIApp = KnownHosts(_application(state), {*state.hosts, host_of(state.endpoint) or ""})
        self._busy = 0
        self._last_request = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long ago the last request ended; 0 while one is under way."""
        return 0.0 if self._busy else time.monotonic() - self._last_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry. The routes match the address as it was sent, with `%2F` still in it."""
        if scope["type"] == "http":
            scope = scope | {"path": scope["raw_path"].decode("latin-1")}
        self._busy += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._busy -= 1
            self._last_request = time.monotonic()


def _application(state: HubState) -> Starlette:
    app = Starlette(
        routes=[
            *files.routes,  # the first ones: nothing is asked for as often
            Route("/healthz", health),
            *repos.routes,
            *write.routes,
            *read.routes,
            *discussions.routes,
            *gates.routes,
            *lfs.routes,
            *git.routes,
            *site.routes,  # the last ones: a page's address may be that of any repository
        ],
        exception_handlers={
            HubError: _refused,
            OSError: _disk_refused,
            ClientDisconnect: _gone,
            HTTPException: _not_offered,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False
    app.state.hub = state
    return app


def health(request: Request) -> Response:
    """Is it up, and which one is it?"""
    hub = hub_of(request)
    return JSONResponse({"account": hub.account, "version": hub.version, "instance": hub.instance})


async def _refused(request: Request, error: HubError) -> Response:
    # A client that is still sending would see a broken connection in place of the answer.
    read = 0
    try:
        async for piece in request.stream():
            read += len(piece)
            if read > _MOST_TO_READ_ON:
                break
    except (ClientDisconnect, RuntimeError):  # RuntimeError: the body was read already
        pass
    if refusal := refusal_for(request.state):
        return refusal(error)
    if wants_page(request):
        return error_page(request, error)
    body = {"error": str(error)}
    headers = {"X-Error-Message": _header_text(str(error))}
    if error.code:
        headers["X-Error-Code"] = error.code
    if isinstance(error, EntryNotFound) and error.commit:
        headers["X-Repo-Commit"] = error.commit  # the clients then remember that this commit has no such file
    if isinstance(error, AlreadyExists) and error.url:
        body["url"] = error.url
    return JSONResponse(body, error.status, headers=headers)


async def _disk_refused(request: Request, error: OSError) -> Response:
    if refusal := disk_refusal(error):
        return await _refused(request, refusal)
    raise error


async def _gone(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=400)  # for nobody: the client was stopped while it was sending


async def _not_offered(request: Request, error: HTTPException) -> Response:
    return await _refused(request, NotFound(f"The practice hub does not offer {request.method} {request.url.path}."))


async def _failed(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    text = f"The practice hub failed at this request ({type(error).__name__}); its log says more."
    if wants_page(request):
        return error_page(request, HubError(text))
    return JSONResponse({"error": text}, 500, headers={"X-Error-Message": _header_text(text)})


def _header_text(text: str) -> str:
    return " ".join(text.split()).encode("ascii", errors="backslashreplace").decode()
