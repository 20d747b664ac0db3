"""Making a repository in the browser."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import hub_of, refuse_other_namespace, visitor_of
from grader.hub.errors import BadRequest, HubError
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import address, page, see
from grader.hub.pages.login import login_first
from grader.hub.store.names import REPO_TYPES
from grader.hub.store.repos import Add

LICENSES = {
    "apache-2.0": "Apache License 2.0",
    "mit": "MIT License",
    "cc-by-4.0": "Creative Commons Attribution 4.0",
    "cc-by-sa-4.0": "Creative Commons Attribution Share Alike 4.0",
    "cc0-1.0": "Creative Commons Zero 1.0 (public domain)",
    "gpl-3.0": "GNU General Public License 3.0",
    "other": "Other",
}


def new_page(request: Request) -> Response:
    """The form; `?type=` chooses the type beforehand."""
    if visitor_of(request) is None:
        return login_first(request)
    return _page(request, repo_type=request.query_params.get("type", "models"))


def create(request: Request, form: FormData) -> Response:
    """Make the repository, with a first README.md when a license was chosen."""
    visitor, hub = visitor_of(request), hub_of(request)
    entered = {name: text(form, name).strip() for name in ("name", "repo_type", "visibility", "license")}
    try:
        refuse_other_namespace(visitor, visitor.name)
        if entered["visibility"] not in ("public", "private"):
            raise BadRequest("Choose whether the repository is public or private.")
        if entered["license"] not in ("", *LICENSES):
            raise BadRequest("Choose a license from the list.")
        repo = hub.store.create(
            entered["repo_type"],
            f"{visitor.name}/{entered['name']}",
            private=entered["visibility"] == "private",
            sdk="static" if entered["repo_type"] == "spaces" else None,
            author=visitor.name,
        )
    except HubError as error:
        return _page(request, error.status, **entered, error=error)
    if entered["license"]:
        readme = f"---\nlicense: {entered['license']}\n---\n\n# {entered['name']}\n"
        repo.commit([Add("README.md", readme.encode())], "Add README.md with the license", author=visitor.name)
    return see(address(repo))


def _page(request: Request, status: int = 200, **values: Any) -> Response:
    blank = {"name": "", "repo_type": "models", "visibility": "public", "license": "", "error": None}
    return page(request, "new.html", status, licenses=LICENSES, types=REPO_TYPES, **(blank | values))


routes = [Route("/new", new_page), Route("/new", with_form(create), methods=["POST"])]
