"""The settings of a repository: who sees it, who has its files, and its end."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import ask_for_access, hub_of, visitor_of
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import address, see
from grader.hub.pages.login import login_first
from grader.hub.pages.repo import repo_page
from grader.hub.pages.visit import own_repo_of, seen_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store.repos import Repo


def settings_page(request: Request) -> Response:
    """Both forms."""
    if visitor_of(request) is None:
        return login_first(request)
    saved = request.query_params.get("saved") == "yes"
    return _page(request, own_repo_of(request)[0], saved=saved)


def change(request: Request, form: FormData) -> Response:
    """Change who sees the repository, or delete it once its name was typed."""
    repo, _ = own_repo_of(request)
    match text(form, "action"), text(form, "visibility"):
        case "visibility", ("public" | "private") as visibility:
            repo.set_private(visibility == "private")
            return see(f"{address(repo, 'settings')}?saved=yes")
        case "visibility", _:
            return _page(request, repo, 400, visibility_error="Choose whether the repository is public or private.")
        case "delete", _:
            typed = text(form, "typed").strip()
            if typed == repo.id:
                hub_of(request).store.delete(repo)
                return see(f"/{repo.type}")
            told = f"The typed name is not {repo.id}. Nothing was deleted; type the whole name."
            return _page(request, repo, 400, typed=typed, delete_error=told)
    return _page(request, repo, 400, visibility_error="The form asked for nothing that can be done here.")


def ask(request: Request, form: FormData) -> Response:
    """Ask for the files of somebody's gated repository."""
    repo = seen_repo_of(request)
    ask_for_access(visitor_of(request), repo)
    return see(address(repo))


def _page(request: Request, repo: Repo, status: int = 200, **values: Any) -> Response:
    blank = {"saved": False, "typed": "", "visibility_error": None, "delete_error": None}
    return repo_page(request, "settings.html", repo, "settings", status, **(blank | values))


routes = [
    route
    for base in of_every_kind("/settings")
    for route in (Route(base, settings_page), Route(base, with_form(change), methods=["POST"]))
]
routes += [Route(path, with_form(ask), methods=["POST"]) for path in of_every_kind("/settings/ask-access")]
