"""Gated repositories: asking for access to their files, and the owner's decisions."""

from __future__ import annotations

from typing import IO

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub import gates
from grader.hub.access import hub_of, known_caller, parse_object, repo_of, text_in, with_body, writable_repo_of
from grader.hub.errors import NotFound
from grader.hub.info.describe import timestamp
from grader.hub.routing import REPO_API, of_every_kind


def ask(request: Request) -> Response:
    """Ask for access: granted at once where the gate is "auto". What was decided before stays."""
    return JSONResponse({"status": gates.ask_for_access(known_caller(request), repo_of(request))})


def requests(request: Request) -> Response:
    """The requests of one state, for the owner."""
    repo, _ = writable_repo_of(request)
    state = request.path_params["state"]
    gates.refuse_ungated(repo, repo.settings)
    return JSONResponse(
        [
            {
                "requestId": account,
                "user": {"user": account, "fullname": account},
                "status": access["status"],
                "timestamp": timestamp(access["when"]),
            }
            for account, access in repo.settings.access.items()
            if access["status"] == state
        ]
    )


def handle(request: Request, body: IO[bytes]) -> Response:
    """Accept or reject a request, or take the decision back."""
    repo, _ = writable_repo_of(request)
    fields = parse_object(body.read())
    gates.decide(repo, text_in(fields, "user" if "user" in fields else "requestId"), text_in(fields, "status"))
    return JSONResponse({})


def grant(request: Request, body: IO[bytes]) -> Response:
    """Give access to an account that did not ask."""
    repo, _ = writable_repo_of(request)
    account = text_in(parse_object(body.read()), "user")
    if not hub_of(request).accounts.knows(account):
        raise NotFound(f"The practice hub has no account {account!r}.")
    gates.grant(repo, account)
    return JSONResponse({})


_REQUESTS = REPO_API + "/user-access-request"

routes = [
    *(Route(path, ask, methods=["POST"]) for path in of_every_kind("/ask-access")),
    Route(_REQUESTS + "/handle", with_body(handle), methods=["POST"]),
    Route(_REQUESTS + "/grant", with_body(grant), methods=["POST"]),
    Route(_REQUESTS + "/{state:segment}", requests),
]
