"""Making, changing and removing repositories, their branches and tags."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import (
    hub_of,
    known_caller,
    parse_object,
    refuse_other_namespace,
    text_in,
    visible_repo,
    with_body,
    writable_repo_of,
)
from grader.hub.errors import AlreadyExists, BadRequest
from grader.hub.routing import REPO_API
from grader.hub.store.repos import Settings

_SDKS = ("docker", "gradio", "static", "streamlit")


def create(request: Request, body: IO[bytes]) -> Response:
    """A new repository, by default in the caller's namespace; 409 with its address when it is there already."""
    hub, caller, fields = hub_of(request), known_caller(request), parse_object(body.read())
    repo_type, repo_id = _named(fields, caller.name)
    refuse_other_namespace(caller, repo_id.partition("/")[0])
    sdk = fields.get("sdk")
    if sdk not in (None, *_SDKS):
        raise BadRequest(f"The sdk of a space can be one of {', '.join(_SDKS)}, not {sdk!r}.")
    try:
        repo = hub.store.create(
            repo_type, repo_id, private=_private(fields, default=False), sdk=sdk, author=caller.name
        )
    except AlreadyExists as error:
        error.url = hub.url(hub.store.find(repo_type, repo_id))  # the clients read it when exist_ok is set
        raise
    return JSONResponse({"url": hub.url(repo), "name": repo.id, "id": repo.id})


def delete(request: Request, body: IO[bytes]) -> Response:
    """Remove a repository for good."""
    hub, caller, fields = hub_of(request), known_caller(request), parse_object(body.read())
    repo_type, repo_id = _named(fields, caller.name)
    repo = visible_repo(hub, caller, repo_type, repo_id)
    refuse_other_namespace(caller, repo.namespace)
    hub.store.delete(repo)
    return JSONResponse({})


def settings(request: Request, body: IO[bytes]) -> Response:
    """Make a repository private or public, gated or open."""
    repo, _ = writable_repo_of(request)
    fields = parse_object(body.read())
    gated = fields.get("gated")
    if gated not in (None, False, "auto", "manual"):
        raise BadRequest(f"A repository can be gated 'auto', 'manual' or false, not {gated!r}.")

    def change(now: Settings) -> Settings:
        private = _private(fields, default=now.private)
        return replace(now, private=private, gated=now.gated if gated is None else gated or False)

    changed = repo.change_settings(change)
    return JSONResponse({"private": changed.private, "gated": changed.gated})


def move(request: Request, body: IO[bytes]) -> Response:
    """Rename a repository; its old name goes on to serve it."""
    hub, caller, fields = hub_of(request), known_caller(request), parse_object(body.read())
    repo = visible_repo(hub, caller, text_in(fields, "type", "model") + "s", text_in(fields, "fromRepo"))
    wanted = text_in(fields, "toRepo")
    for namespace in (repo.namespace, wanted.partition("/")[0]):
        refuse_other_namespace(caller, namespace)
    return JSONResponse({"url": hub.url(hub.store.move(repo, wanted))})


def squash(request: Request, body: IO[bytes]) -> Response:
    """Make one commit of a branch's history, for good."""
    repo, caller = writable_repo_of(request)
    branch = request.path_params["name"]
    message = text_in(parse_object(body.read()), "message", f"Super-squash branch '{branch}'")
    return JSONResponse({"commitOid": repo.squash(branch, message, author=caller.name)})


def create_branch(request: Request, body: IO[bytes]) -> Response:
    """A new branch, from `main` or where `startingPoint` says."""
    repo, _ = writable_repo_of(request)
    repo.create_branch(request.path_params["name"], text_in(parse_object(body.read()), "startingPoint", "main"))
    return JSONResponse({}, 201)


def delete_branch(request: Request) -> Response:
    """Remove a branch."""
    repo, _ = writable_repo_of(request)
    repo.delete_branch(request.path_params["name"])
    return JSONResponse({})


def create_tag(request: Request, body: IO[bytes]) -> Response:
    """Name a revision."""
    repo, _ = writable_repo_of(request)
    fields = parse_object(body.read())
    repo.tag(text_in(fields, "tag"), request.path_params["name"], message=text_in(fields, "message", ""))
    return JSONResponse({}, 201)


def delete_tag(request: Request) -> Response:
    """Remove a tag."""
    repo, _ = writable_repo_of(request)
    repo.delete_tag(request.path_params["name"])
    return JSONResponse({})


def _named(fields: dict[str, Any], namespace: str) -> tuple[str, str]:
    """Type and id of the repository that a body is about."""
    name = text_in(fields, "name")
    if "/" not in name:
        name = f"{text_in(fields, 'organization', namespace)}/{name}"
    return text_in(fields, "type", "model") + "s", name


def _private(fields: dict[str, Any], *, default: bool) -> bool:
    """What `visibility` or the older `private` says."""
    if "visibility" in fields:
        if fields["visibility"] not in ("private", "public"):
            raise BadRequest(f"The visibility can be 'private' or 'public', not {fields['visibility']!r}.")
        return fields["visibility"] == "private"
    private = fields.get("private")
    return default if private is None else bool(private)


routes = [
    Route("/api/repos/create", with_body(create), methods=["POST"]),
    Route("/api/repos/delete", with_body(delete), methods=["DELETE"]),
    Route("/api/repos/move", with_body(move), methods=["POST"]),
    Route(REPO_API + "/super-squash/{name:segment}", with_body(squash), methods=["POST"]),
    Route(REPO_API + "/settings", with_body(settings), methods=["PUT"]),
    Route(REPO_API + "/branch/{name:rest}", with_body(create_branch), methods=["POST"]),
    Route(REPO_API + "/branch/{name:rest}", delete_branch, methods=["DELETE"]),
    Route(REPO_API + "/tag/{name:rest}", with_body(create_tag), methods=["POST"]),
    Route(REPO_API + "/tag/{name:rest}", delete_tag, methods=["DELETE"]),
]
