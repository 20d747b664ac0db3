"""A visitor's access tokens: the list, making one, revoking one. A token itself is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import hub_of, visitor_of
from grader.hub.accounts.accounts import Caller
from grader.hub.errors import BadRequest, Forbidden, HubError, Unauthorized
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import page, see
from grader.hub.pages.login import login_first


def tokens_page(request: Request) -> Response:
    """The list, and the form for a new one."""
    return _page(request) if visitor_of(request) else login_first(request)


def create(request: Request, form: FormData) -> Response:
    """Make a token and show it this once."""
    visitor, name, role = _writer(request), text(form, "name").strip(), text(form, "role")
    accounts = hub_of(request).accounts
    try:
        if role not in ("read", "write"):
            raise BadRequest("Choose whether the token may read only, or also write.")
        if any(known.name == name for known in accounts.tokens(visitor.name)):
            raise BadRequest(f"There is a token {name!r} already. Choose another name, or revoke that one first.")
        token = accounts.issue(visitor.name, name, role)
    except HubError as error:
        return _page(request, error.status, name=name, role=role, error=error)
    return _page(request, made=token, made_name=name)


def revoke(request: Request, form: FormData) -> Response:
    """Void a token. The session that was opened with it ends too."""
    hub_of(request).accounts.revoke(_writer(request).name, text(form, "name"))
    return see("/settings/tokens")


def _page(request: Request, status: int = 200, **values: Any) -> Response:
    visitor = visitor_of(request)
    tokens = hub_of(request).accounts.tokens(visitor.name)
    shown: dict[str, Any] = {"name": "", "role": "read", "error": None, "made": None, "made_name": ""}
    return page(request, "tokens.html", status, tokens=tokens, **(shown | values))


def _writer(request: Request) -> Caller:
    """The visitor, unless the session's token may only read: it must not get itself another one that may write."""
    visitor = visitor_of(request)
    if visitor is None:
        raise Unauthorized("Log in to manage your tokens.")
    if visitor.role != "write":
        raise Forbidden("You are logged in with a token that may only read. Log in with one that may write.")
    return visitor


routes = [
    Route("/settings/tokens", tokens_page),
    Route("/settings/tokens", with_form(create), methods=["POST"]),
    Route("/settings/tokens/revoke", with_form(revoke), methods=["POST"]),
]
