"""A repository's first page: its card, what is known about it, and how to use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.hub.access import hub_of, may_read_files, may_see, visitor_of
from grader.hub.errors import RepoNotFound, RevisionNotFound
from grader.hub.info import cards
from grader.hub.info.describe import Facts, facts_of
from grader.hub.pages.frame import HEADERS, address, page
from grader.hub.pages.listing import STAND_IN
from grader.hub.pages.markdown import LONGEST, Place, card_html
from grader.hub.pages.usage import snippets
from grader.hub.pages.visit import may_change, seen_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store import discussions
from grader.hub.store.repos import Repo

_MOST_CHIPS = 30
_MOST_SCORES = 200


@dataclass(frozen=True)
class Chip:
    """One fact of the metadata; `url` leads to all repositories that share it, or to the one that is named."""

    key: str
    value: str
    url: str
    is_notice: bool = False


@dataclass(frozen=True)
class Score:
    """One measured value of a card's `model-index`."""

    task: str
    dataset: str
    metric: str
    value: str


def card_page(request: Request) -> Response:
    """The card of a repository; an old or moved name leads to the one that it has now."""
    asked = request.path_params["repo"]
    if asked.endswith(".git"):  # the address for `git clone`, opened in a browser
        return RedirectResponse(request.url.path.removesuffix(".git"), 307, headers=HEADERS)
    repo = seen_repo_of(request)
    if asked != repo.id:
        return RedirectResponse(address(repo), 307, headers=HEADERS)
    return repo_page(request, "card.html", repo, "card", **_card(request, repo))


def repo_page(request: Request, template: str, repo: Repo, tab: str, status: int = 200, **values: Any) -> Response:
    """A page about a repository, with what stands on top of all of them."""
    visitor, settings = visitor_of(request), repo.settings
    return page(
        request,
        template,
        status,
        repo=repo,
        kind=repo.type[:-1],
        tab=tab,
        private=settings.private,
        gated=bool(settings.gated),
        may_read=may_read_files(visitor, repo),
        access=settings.access.get(visitor.name, {}).get("status") if visitor else None,
        can_change=may_change(visitor, repo),
        open_discussions=sum(item.is_open for item in discussions.all_of(repo)),
        **values,
    )


def _card(request: Request, repo: Repo) -> dict[str, Any]:
    hub = hub_of(request)
    try:
        sha = repo.resolve()
    except RevisionNotFound:
        return {"facts": None, "card": None, "chips": [], "scores": [], "snippets": [], "size": 0}
    facts = facts_of(repo, sha)

    place = place_of(request, repo)
    readme = (repo.read_small(sha, "README.md") or b"").decode("utf-8", errors="replace")
    body = cards.body(readme).strip()
    return {
        "facts": facts,
        "card": card_html(body, place) if body else None,
        "is_cut": len(body) > LONGEST,
        "problems": cards.problems(readme)[0] if readme else [],
        "chips": list(islice(_chips(repo, facts, place), _MOST_CHIPS)),
        "scores": list(islice(_scores(facts.card.get("model-index")), _MOST_SCORES)),
        "snippets": snippets(repo, facts, body, hub.url(repo), hub.endpoint),
        "size": sum(entry.size for entry in facts.files),
    }


def place_of(request: Request, repo: Repo, anchor: str = "card") -> Place:
    """Where a text about the repository is shown; its headings are found under names that start with `anchor`."""
    hub, visitor = hub_of(request), visitor_of(request)

    def knows(kind: str, name: str) -> bool:
        try:
            return may_see(visitor, hub.store.find(kind, name))
        except RepoNotFound:
            return False

    return Place(repo, "main", hub.endpoint, knows, anchor)


def _chips(repo: Repo, facts: Facts, place: Place) -> Iterator[Chip]:
    card = facts.card

    def listed(key: str, name: str, value: str) -> Chip:
        return Chip(key, value, f"/{repo.type}?{urlencode({name: value}, errors='replace')}", value == STAND_IN)

    for task in facts.tasks:
        yield listed("", "task", task)
    if facts.library_name:
        yield listed("", "library", facts.library_name)
    for tag in cards.texts(card.get("tags")):
        yield listed("", "tag", tag)
    for language in cards.texts(card.get("language")):
        yield listed("language", "language", language)
    for license_id in cards.texts(card.get("license")):
        yield listed("license", "license", license_id)
    for key, kind, field in (("made from", "models", "base_model"), ("trained on", "datasets", "datasets")):
        for name in cards.texts(card.get(field)):
            if place.knows(kind, name):
                yield Chip(key, name, f"/{'datasets/' * (kind == 'datasets')}{name}")
            else:
                yield Chip(key, name, "")


def _scores(index: Any) -> Iterator[Score]:
    """The rows of a `model-index`, as far as it has the form that it should have."""
    for model in _dicts(index):
        for result in _dicts(model.get("results")):
            task, dataset = _dict(result.get("task")), _dict(result.get("dataset"))
            for metric in _dicts(result.get("metrics")):
                yield Score(
                    _word(task.get("name") or task.get("type")),
                    _word(dataset.get("name") or dataset.get("type")),
                    _word(metric.get("name") or metric.get("type")),
                    _value(metric.get("value")),
                )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) if isinstance(value, str | int) else ""


routes = [Route(path, card_page) for path in of_every_kind("")]
