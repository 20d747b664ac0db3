"""Logging in and out with a browser: by a token, or by a one-time link that a notebook or the command line opens."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import cookie_name, hub_of, known_caller, visitor_of
from grader.hub.accounts.accounts import hash_of
from grader.hub.accounts.logins import SESSION_LASTS, session
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import page, see


def login_page(request: Request) -> Response:
    """The form for a token; with `?key=` of a one-time link the visitor is logged in at once."""
    target = _inside(request.query_params.get("next", ""))
    if key := request.query_params.get("key"):
        token_hash = hub_of(request).logins.use_link(key)
        if token_hash and (caller := hub_of(request).accounts.holder(token_hash)):
            # Not by a redirect: the browser sends a strict cookie only once the visit starts from a page of this hub.
            response = page(request, "welcome.html", name=caller.name, target=target)
            response.headers["Refresh"] = f"0; url={target}"
            return _with_session(request, response, token_hash)
        error = "This link was used already or is too old. Run `course hub open` again, or log in with a token."
        return page(request, "login.html", 401, target=target, error=error)
    if visitor_of(request):
        return see(target)
    return page(request, "login.html", target=target, error=None)


def login(request: Request, form: FormData) -> Response:
    """Start a session with a token."""
    token, target = text(form, "token").strip(), _inside(text(form, "next"))
    if hub_of(request).accounts.caller(token) is None:
        error = "This is no token of this hub, or it was revoked. Copy the whole token; it starts with hf_."
        return page(request, "login.html", 401, target=target, error=error)
    return _with_session(request, see(target), hash_of(token))


def logout(request: Request, form: FormData) -> Response:
    """End the session of this browser."""
    response = see("/")
    response.delete_cookie(cookie_name(hub_of(request)), httponly=True, samesite="strict")
    return response


def login_link(request: Request) -> Response:
    """For programs: an address that logs a browser in once as the caller."""
    caller, token = known_caller(request), request.headers.get("authorization", "").partition(" ")[2].strip()
    url = f"{hub_of(request).endpoint}/login?key={hub_of(request).login_key(token)}"
    return JSONResponse({"url": url, "account": caller.name}, headers={"Cache-Control": "no-store"})


def login_first(request: Request) -> Response:
    """To the login form, and from there back to where the visitor wants to go."""
    query = f"?{request.url.query}" if request.url.query else ""
    return see(f"/login?next={quote(request.url.path + query, safe='')}")


def _with_session(request: Request, response: Response, token_hash: str) -> Response:
    hub = hub_of(request)
    response.set_cookie(
        cookie_name(hub),
        session(hub.signing_key, token_hash),
        max_age=SESSION_LASTS,
        httponly=True,
        samesite="strict",
        secure=hub.endpoint.startswith("https:"),
    )
    return response


def _inside(target: str) -> str:
    """The address of a page of this hub; the front page for any other."""
    # Browsers read a backslash as a slash, and `//host` as another host.
    is_inside = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return quote(target, safe="/?=&%-._~+:@,") if is_inside and target.isprintable() else "/"


routes = [
    Route("/login", login_page),
    Route("/login", with_form(login, anonymous=True), methods=["POST"]),
    Route("/logout", with_form(logout, anonymous=True), methods=["POST"]),
    Route("/api/login-link", login_link, methods=["POST"]),
]
