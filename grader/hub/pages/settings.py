"""The settings of a repository: who sees it, who gets its files, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub import gates
from grader.hub.access import hub_of, visitor_of
from grader.hub.errors import BadRequest, NotFound
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import address, see
from grader.hub.pages.login import login_first
from grader.hub.pages.repo import repo_page
from grader.hub.pages.visit import own_repo_of, seen_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store.reading import Gate
from grader.hub.store.repos import Repo

# What the form calls a gate, and what it is.
_GATES: dict[str, Gate | Literal[False]] = {"none": False, "auto": "auto", "manual": "manual"}


def settings_page(request: Request) -> Response:
    """All forms."""
    if visitor_of(request) is None:
        return login_first(request)
    return _page(request, own_repo_of(request)[0], saved=request.query_params.get("saved"))


def change(request: Request, form: FormData) -> Response:
    """Change who sees it or gets its files, decide about a request, or delete it once its name was typed."""
    repo, _ = own_repo_of(request)
    action = text(form, "action")
    try:
        match action:
            case "visibility":
                repo.set_private(_chosen(form, "visibility", {"public": False, "private": True}))
            case "gate":
                gated = _chosen(form, "gate", _GATES)
                repo.change_settings(lambda settings: replace(settings, gated=gated))
            case "decide":
                gates.decide(repo, text(form, "user"), text(form, "state"))
            case "delete":
                typed = text(form, "typed").strip()
                if typed != repo.id:
                    raise BadRequest(f"The typed name is not {repo.id}. Nothing was deleted; type the whole name.")
                hub_of(request).store.delete(repo)
                return see(f"/{repo.type}")
            case _:
                raise BadRequest("The form asked for nothing that can be done here.")
    except (BadRequest, NotFound) as error:
        return _page(request, repo, error.status, typed=text(form, "typed"), error=error, failed=action)
    return see(f"{address(repo, 'settings')}?saved={action}#{action}")


def _chosen(form: FormData, name: str, choices: Mapping[str, Any]) -> Any:
    try:
        return choices[text(form, name)]
    except KeyError:
        raise BadRequest(f"Choose one of {', '.join(choices)}. Nothing was changed.") from None


def ask(request: Request, form: FormData) -> Response:
    """Ask for the files of somebody's gated repository."""
    repo = seen_repo_of(request)
    gates.ask_for_access(visitor_of(request), repo)
    return see(address(repo))


def _page(request: Request, repo: Repo, status: int = 200, **values: Any) -> Response:
    settings = repo.settings
    requests = sorted(settings.access.items(), key=lambda item: (item[1]["status"] != "pending", item[0]))
    blank = {"saved": None, "typed": "", "error": None, "failed": None}
    told = {"gate": settings.gated or "none", "requests": requests if settings.gated else []}
    return repo_page(request, "settings.html", repo, "settings", status, **(blank | told | values))


routes = [
    route
    for base in of_every_kind("/settings")
    for route in (Route(base, settings_page), Route(base, with_form(change), methods=["POST"]))
]
routes += [Route(path, with_form(ask), methods=["POST"]) for path in of_every_kind("/settings/ask-access")]
