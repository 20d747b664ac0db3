"""What all pages share: templates, how things are written out for people, and the headers that fence a page in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.hub.access import hub_of, session_of, visitor_of
from grader.hub.accounts.logins import form_token
from grader.hub.errors import GatedRepo, HubError, NotFound, RepoNotFound
from grader.hub.routing import whole_number
from grader.hub.store.repos import Repo

T = TypeVar("T")

HEADERS = {
    # Whatever got into a page of what users wrote: it runs nothing, loads nothing from elsewhere, sends nothing away.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
_HERE = Path(__file__).parent
# Control characters, and those that reverse the direction of what follows: both make a name look like another one.
_MISLEADING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def shown(text: str) -> str:
    """The text with misleading characters written out, as in `photo\\u202egnp.exe`."""
    return _MISLEADING.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def address(repo: Repo, word: str = "", revision: str = "", path: str = "") -> str:
    """Where something of a repository is seen, as in `/datasets/me/set/tree/exp%2Fone/a%20folder`."""
    parts = [f"/{repo.type}" * (repo.type != "models"), f"/{repo.id}", f"/{word}" * bool(word)]
    return "".join([*parts, f"/{quote(revision, safe='')}" * bool(revision), f"/{quote(path)}" * bool(path)])


def size(count: int) -> str:
    """Bytes for people."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def amount(count: int) -> str:
    """A large number for people, as in `22.7 M`."""
    for unit, value in (("B", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= value:
            return f"{count / value:.1f} {unit}"
    return str(count)


def day(seconds: int) -> Markup:
    """Unix seconds as a date, with the time of day to hover over."""
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a pushed commit may claim any time
        return Markup("unknown")
    date, time = f"{when:%b} {when.day}, {when.year}", f"{when:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(f"{when:%Y-%m-%dT%H:%M:%SZ}", time, date)


def exactly(text: str) -> Markup:
    """The text without any change, for what is sent back to the hub, such as the text in an editor."""
    return escape(text)


def _written(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_written,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"size": size, "amount": amount, "day": day, "exactly": exactly}
_templates.globals |= {"address": address}


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page from a template, which also gets the hub, the visitor, and the token for its forms."""
    hub = hub_of(request)
    text = _templates.get_template(template).render(
        hub=hub,
        visitor=visitor_of(request),
        form_token=form_token(hub.signing_key, session_of(request)),
        here=request.url.path,
        **values,
    )
    return HTMLResponse(text.encode("utf-8", errors="replace"), status, headers=HEADERS)


def paged(items: Sequence[T], asked: str, most: int) -> tuple[Sequence[T], int, int]:
    """The items on the page that was `asked` for, at most so many; its number, from 1; and that of the last page."""
    last = max(1, -(-len(items) // most))
    number = min(max(1, whole_number(asked, 1, digits=5)), last)
    return items[(number - 1) * most : number * most], number, last


def see(url: str) -> Response:
    """After a form was sent: the page that shows what came of it."""
    return RedirectResponse(url, 303, headers=HEADERS)


def wants_page(request: Request) -> bool:
    """Is it a browser that asks? The Hub's clients and git never ask for HTML."""
    return "text/html" in request.headers.get("accept", "") and not request.scope["path"].startswith("/api/")


def error_page(request: Request, error: HubError) -> Response:
    """An error for people: what happened, and where to go from here."""
    status = 404 if isinstance(error, RepoNotFound) else error.status
    titles = {400: "This cannot be done", 401: "Please log in", 403: "Not allowed", 404: "Not found"}
    title = "Access on request" if isinstance(error, GatedRepo) else titles.get(status, "This did not work")
    offers_login = isinstance(error, RepoNotFound) or status in (401, 403)
    return page(request, "error.html", status, title=title, error=error, offers_login=offers_login)


def _asset(name: str, media_type: str) -> Route:
    content = (_HERE / name).read_bytes()

    def asset(request: Request) -> Response:
        return Response(content, media_type=media_type, headers=HEADERS)

    return Route(f"/-/{name}", asset)


def unknown_page(request: Request) -> Response:
    """Below `/-/`, where no repository can be."""
    raise NotFound(f"The practice hub has no page {request.url.path}.")


routes = [_asset("style.css", "text/css"), _asset("copy.js", "text/javascript"), Route("/-/{rest:path}", unknown_page)]
