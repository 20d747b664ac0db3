"""The discussions and pull requests of a repository as a list, and the form that opens a discussion."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import visitor_of
from grader.hub.errors import BadRequest
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import address, paged, see
from grader.hub.pages.repo import repo_page
from grader.hub.pages.visit import contributed_repo_of, may_discuss, seen_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store import discussions
from grader.hub.store.discussions import Discussion
from grader.hub.store.repos import Repo

_ON_A_PAGE = 30
_STATUSES = {"open": "Open", "closed": "Closed", "all": "All"}
_KINDS = {"all": "All kinds", "discussion": "Discussions", "pull_request": "Pull requests"}


def list_page(request: Request) -> Response:
    """The list, newest first: by default what is open."""
    return _page(request, seen_repo_of(request))


def start(request: Request, form: FormData) -> Response:
    """Open a discussion."""
    repo, visitor = contributed_repo_of(request)
    title, description = text(form, "title"), text(form, "description")
    try:
        made = discussions.start(repo, title, description, author=visitor.name)
    except BadRequest as error:
        return _page(request, repo, 400, title=title, description=description, error=error)
    return see(address(repo, "discussions", str(made.number)))


def _page(request: Request, repo: Repo, status: int = 200, **values: Any) -> Response:
    query = request.query_params
    asked = {
        "status": query.get("status") if query.get("status") in _STATUSES else "open",
        "type": query.get("type") if query.get("type") in _KINDS else "all",
    }
    everything = discussions.all_of(repo)

    def fitting(**others: str) -> list[Discussion]:
        wanted = asked | others
        return [item for item in everything if item.fits(wanted["type"], wanted["status"])]

    def url(**others: object) -> str:
        return f"{address(repo, 'discussions')}?{urlencode(asked | others)}"

    def choices(name: str, labels: dict[str, str]) -> list[tuple[str, int, str, bool]]:
        """Label, count and address of each choice of a filter, and whether it is the chosen one."""
        return [
            (label, len(fitting(**{name: value})), url(**{name: value}), value == asked[name])
            for value, label in labels.items()
        ]

    shown, number, last = paged(fitting(), query.get("page", ""), _ON_A_PAGE)
    blank = {"title": "", "description": "", "error": None}
    return repo_page(
        request,
        "community.html",
        repo,
        "community",
        status,
        found=shown,
        is_empty=not everything,
        filters={"Status": choices("status", _STATUSES), "Kind": choices("type", _KINDS)},
        number=number,
        last=last,
        at_page=lambda other: url(page=other),
        may_discuss=may_discuss(visitor_of(request), repo),
        **(blank | values),
    )


routes = [
    route
    for base in of_every_kind("/discussions")
    for route in (Route(base, list_page), Route(base, with_form(start), methods=["POST"]))
]
