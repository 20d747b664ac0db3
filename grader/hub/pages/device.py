"""Logging in a program: it shows a code, its user confirms that code here, and the program gets a token (RFC 8628).

This is what `login()`, `notebook_login()` and `hf auth login` do when they are given no token.
"""

from __future__ import annotations

import time

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import hub_of, visitor_of
from grader.hub.accounts.logins import CODE_LASTS
from grader.hub.errors import Unauthorized
from grader.hub.pages.forms import LARGEST_TEXT, text, with_form
from grader.hub.pages.frame import page
from grader.hub.pages.login import login_first

_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_ASK_EVERY = 1  # seconds


async def start(request: Request) -> Response:
    """A program asks to be logged in; it needs no account yet."""
    hub = hub_of(request)
    code = hub.logins.new_code()
    told = {
        "device_code": code.device_code,
        "user_code": code.user_code,
        "verification_uri": f"{hub.endpoint}/device",
        "verification_uri_complete": f"{hub.endpoint}/device?code={code.user_code}",
        "interval": _ASK_EVERY,
        "expires_in": CODE_LASTS,
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


async def token(request: Request) -> Response:
    """The program asks whether its user has confirmed; once that is so, it gets its token."""
    async with request.form(max_files=0, max_fields=20, max_part_size=LARGEST_TEXT) as form:
        kind, device_code = text(form, "grant_type"), text(form, "device_code")
    if kind != _DEVICE_CODE:
        return _not_yet("invalid_grant" if kind == "refresh_token" else "unsupported_grant_type")
    hub, code = hub_of(request), hub_of(request).logins.awaited_code(device_code)
    if code is None:
        return _not_yet("expired_token")
    if code.denied:
        return _not_yet("access_denied")
    if code.account is None:
        return _not_yet("authorization_pending")
    made = hub.accounts.issue(code.account, f"login {time.strftime('%Y-%m-%d')} {code.user_code}", "write")
    told = {"access_token": made, "token_type": "bearer", "scope": "write-repos"}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def confirm_page(request: Request) -> Response:
    """Shows the code and asks whether the program that shows the same one is to be logged in."""
    if visitor_of(request) is None:
        return login_first(request)
    typed = request.query_params.get("code", "")
    code = hub_of(request).logins.shown_code(typed) if typed else None
    error = "No program waits with this code. It may have ended; start the login there again." if typed else None
    return page(request, "device.html", code=code, error=None if code else error, done=None)


def confirm(request: Request, form: FormData) -> Response:
    """The visitor's answer."""
    hub, visitor = hub_of(request), visitor_of(request)
    if visitor is None or visitor.role != "write":  # the program will get a token that may write
        raise Unauthorized("Log in with a token that may write, then confirm the code again.")
    code = hub.logins.shown_code(text(form, "code"))
    if code is None:
        error = "No program waits with this code any more. Start the login there again."
        return page(request, "device.html", 404, code=None, error=error, done=None)
    if text(form, "answer") == "yes":
        code.account = visitor.name
    else:
        code.denied = True
    return page(request, "device.html", code=None, error=None, done="yes" if code.account else "no")


def _not_yet(reason: str) -> Response:
    return JSONResponse({"error": reason}, 400, headers={"Cache-Control": "no-store"})


routes = [
    Route("/oauth/device", start, methods=["POST"]),
    Route("/oauth/token", token, methods=["POST"]),
    Route("/device", confirm_page),
    Route("/device", with_form(confirm), methods=["POST"]),
]
