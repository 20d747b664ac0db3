"""The lists of repositories: search, filters, sorting, pages. All of it is in the address, so a list can be shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import hub_of, may_see, visitor_of
from grader.hub.errors import RevisionNotFound
from grader.hub.info import cards
from grader.hub.info.describe import Facts, facts_of
from grader.hub.pages.frame import page, paged
from grader.hub.store.names import REPO_TYPES
from grader.hub.store.repos import Repo

_ON_A_PAGE = 30
_ON_THE_FRONT_PAGE = 5
STAND_IN = "stand-in"

FILTERS = {
    "task": "Task",
    "library": "Library",
    "language": "Language",
    "license": "License",
    "author": "Owner",
    "tag": "Tag",
}
SORTS = {"changed": "Updated", "created": "Newest", "name": "Name"}


@dataclass(frozen=True)
class Row:
    """A repository as lists show it, and by which values it is found."""

    repo: Repo
    facts: Facts
    private: bool
    created: int  # Unix seconds
    values: dict[str, list[str]]  # by filter

    @property
    def is_stand_in(self) -> bool:
        """Does it stand for a model that is too large for the course?"""
        return STAND_IN in self.values["tag"]


def front_page(request: Request) -> Response:
    """What the hub holds: the latest of each type, or what a search finds among all types."""
    words = request.query_params.get("search", "")
    groups = []
    for kind in REPO_TYPES:
        found = _sorted(_fitting(visible_rows(request, kind), request.query_params), "changed")
        groups.append((kind, found[:_ON_THE_FRONT_PAGE], len(found)))
    return page(request, "home.html", groups=groups, words=words)


def list_page(request: Request) -> Response:
    """The repositories of one type."""
    kind, query = request.url.path.strip("/"), request.query_params
    rows = visible_rows(request, kind)
    sort = query.get("sort") if query.get("sort") in SORTS else "changed"
    found = _sorted(_fitting(rows, query), sort)
    shown, number, last = paged(found, query.get("page", ""), _ON_A_PAGE)
    asked = {name: query[name] for name in ("search", *FILTERS) if query.get(name)}
    return page(
        request,
        "list.html",
        kind=kind,
        rows=shown,
        count=len(found),
        total=len(rows),
        asked=asked,
        choices={name: _choices(rows, name, asked.get(name)) for name in FILTERS},
        filters=FILTERS,
        sort=sort,
        sorts=SORTS,
        number=number,
        last=last,
        without=lambda name: _query(asked, sort, drop=name),
        at_page=lambda other: f"/{kind}" + _query(asked, sort, page=other),
    )


def visible_rows(request: Request, kind: str) -> list[Row]:
    """All repositories of a type that the visitor may see."""
    visitor = visitor_of(request)
    rows = []
    for repo in hub_of(request).store.all(kind):
        if may_see(visitor, repo):
            try:
                rows.append(_row(repo, facts_of(repo, repo.resolve())))
            except RevisionNotFound:  # all its branches have other names
                continue
    return rows


def _row(repo: Repo, facts: Facts) -> Row:
    card, settings = facts.card, repo.settings
    values = {
        "task": ["metric"] if repo.type == "spaces" and "metric" in facts.tags else facts.tasks,
        "library": [facts.library_name] if facts.library_name else [],
        "language": cards.texts(card.get("language")),
        "license": cards.texts(card.get("license")),
        "author": [repo.namespace],
        "tag": cards.texts(card.get("tags")),
    }
    return Row(repo, facts, settings.private, settings.created, values)


def _fitting(rows: Iterable[Row], query: QueryParams) -> list[Row]:
    words = query.get("search", "").lower().split()
    wanted = {name: query[name] for name in FILTERS if query.get(name)}
    return [
        row
        for row in rows
        if all(any(word in text.lower() for text in _searched(row)) for word in words)
        and all(value in row.values[name] for name, value in wanted.items())
    ]


def _searched(row: Row) -> list[str]:
    return [row.repo.id, *row.values["task"], *row.values["tag"]]


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    by_name = sorted(rows, key=lambda row: row.repo.id.lower())
    if sort == "name":
        return by_name
    return sorted(by_name, key=lambda row: -(row.facts.last_modified if sort == "changed" else row.created))


def _choices(rows: Sequence[Row], name: str, chosen: str | None) -> list[tuple[str, int]]:
    """The values to choose from, with how many repositories have each; the chosen one even if none has it."""
    counted = Counter(value for row in rows for value in set(row.values[name]))
    if chosen:
        counted[chosen] += 0
    return sorted(counted.items(), key=lambda item: item[0].lower())


def _query(asked: dict[str, str], sort: str, *, drop: str = "", page: int = 1) -> str:
    kept = {name: value for name, value in asked.items() if name != drop}
    kept |= {"sort": sort} if sort != "changed" else {}
    kept |= {"page": str(page)} if page != 1 else {}
    return "?" + urlencode(kept, errors="replace")


routes = [Route("/", front_page), *(Route(f"/{kind}", list_page) for kind in REPO_TYPES)]
