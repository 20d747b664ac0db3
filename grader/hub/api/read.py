"""The reading half of the JSON API, below `/api/{models|datasets|spaces}`."""

from __future__ import annotations

import html
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any
from urllib.parse import parse_qs, quote

from dulwich.objects import Commit
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import (
    caller_of,
    hub_of,
    known_caller,
    may_read_files,
    may_see,
    open_repo_of,
    repo_of,
    with_body,
    writable_repo_of,
)
from grader.hub.api.paging import page
from grader.hub.errors import EntryNotFound, NotFound
from grader.hub.info.describe import describe, file_record, storage, timestamp
from grader.hub.info.listing import asked_properties, list_repos, only_expanded
from grader.hub.routing import REPO_API
from grader.hub.store.history import author_of, last_changes, message_of
from grader.hub.store.names import REPO_TYPES
from grader.hub.store.reading import commit_told
from grader.hub.store.repos import Entry, Repo

_REPOS_PER_PAGE = 1000
_FILES_PER_PAGE = 1000
_COMMITS_PER_PAGE = 50


def whoami(request: Request) -> Response:
    """The account behind the token."""
    caller = known_caller(request)
    token = {"displayName": caller.token_name, "role": caller.role}
    return JSONResponse(
        {
            "type": "user",
            "id": caller.name,
            "name": caller.name,
            "fullname": caller.name,
            "isPro": False,
            "orgs": [],
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


def repositories(request: Request) -> Response:
    """All repositories that the caller may see, filtered and sorted as asked."""
    caller, kind = caller_of(request), request.path_params["kind"]
    visible = [repo for repo in hub_of(request).store.all(kind) if may_see(caller, repo)]
    told, headers = page(request, list_repos(visible, request.query_params), size=_REPOS_PER_PAGE)
    return JSONResponse(told, headers=headers)


def own_repositories(request: Request) -> Response:
    """The caller's repositories of all types, with the bytes that their files take."""
    store, name = hub_of(request).store, known_caller(request).name
    owned = [repo for repo in store.all() if repo.namespace == name]
    part, headers = page(request, owned, size=_REPOS_PER_PAGE)
    return JSONResponse([storage(repo) for repo in part], headers=headers)


def info(request: Request) -> Response:
    """One repository at a revision."""
    repo = repo_of(request)
    revision = request.path_params.get("rev", "main")
    sha = repo.resolve(revision)
    told = describe(repo, sha, sizes=_asked(request, "blobs"), checksums=may_read_files(caller_of(request), repo))
    told["sha"] = commit_told(revision, sha)
    return JSONResponse(only_expanded(told, request.query_params))


def tree(request: Request) -> Response:
    """The files and folders in a folder."""
    repo = repo_of(request)
    sha = repo.resolve(request.path_params["rev"])
    folder = request.path_params.get("path", "")
    entries = repo.tree(sha, folder, recursive=_asked(request, "recursive"))
    # By its commit, so that all pages are of one.
    here = f"/api/{repo.type}/{repo.id}/tree/{sha}" + (f"/{quote(folder, safe='')}" if folder else "")
    part, headers = page(request, entries, size=_FILES_PER_PAGE, path=here)
    return JSONResponse(_records(request, repo, sha, part, with_commits=_asked(request, "expand")), headers=headers)


def paths_info(request: Request, body: IO[bytes]) -> Response:
    """The files and folders among the paths in the (form-encoded) body; unknown ones are left out."""
    repo, form = repo_of(request), parse_qs(body.read().decode("utf-8", errors="replace"))
    sha = repo.resolve(request.path_params["rev"])
    entries = []
    for path in dict.fromkeys(form.get("paths", [])):
        with suppress(EntryNotFound):
            entries.append(repo.entry(sha, path))
    return JSONResponse(_records(request, repo, sha, entries, with_commits=_is_true(form.get("expand", [""])[0])))


def refs(request: Request) -> Response:
    """The branches and tags, and the pull requests if they are asked for."""
    repo = repo_of(request)
    told: dict[str, Any] = {
        "branches": _refs(repo.branches(), "refs/heads"),
        "converts": [],
        "tags": _refs(repo.tags(), "refs/tags"),
    }
    if _asked(request, "include_prs"):
        told["pullRequests"] = _refs(repo.pull_requests(), "refs/pr")
    return JSONResponse(told)


def commits(request: Request) -> Response:
    """The commits up to a revision, newest first."""
    repo = repo_of(request)
    sha = repo.resolve(request.path_params["rev"])
    found, headers = page(
        request, repo.log(sha), size=_COMMITS_PER_PAGE, path=f"/api/{repo.type}/{repo.id}/commits/{sha}"
    )
    told = [_commit(commit) for commit in found]
    if "formatted" in asked_properties(request.query_params):
        for commit in told:
            commit["formatted"] = {key: html.escape(commit[key]) for key in ("title", "message")}
    return JSONResponse(told, headers=headers)


def auth_check(request: Request) -> Response:
    """May the caller have the files?"""
    open_repo_of(request)
    return JSONResponse({})


def auth_check_write(request: Request) -> Response:
    """May the caller write?"""
    repo, _ = writable_repo_of(request)
    repo.refuse_stock()
    return JSONResponse({})


def user_overview(request: Request) -> Response:
    """What is to be seen of an account."""
    hub, caller, name = hub_of(request), caller_of(request), request.path_params["name"]
    owned = {
        kind: sum(repo.namespace == name and may_see(caller, repo) for repo in hub.store.all(kind))
        for kind in REPO_TYPES
    }
    if not any(owned.values()) and not hub.accounts.knows(name):
        raise NotFound(f"The practice hub has no account {name!r}.")
    counts = {f"num{kind.capitalize()}": count for kind, count in owned.items()}
    about = {"user": name, "fullname": name, "avatarUrl": "", "type": "user", "isPro": False, "orgs": []}
    return JSONResponse(about | counts)


def _records(
    request: Request, repo: Repo, sha: str, entries: list[Entry], *, with_commits: bool
) -> list[dict[str, Any]]:
    if not may_read_files(caller_of(request), repo):
        # Who knows the sha256 of a large file gets it into a repository of one's own without having it.
        entries = [replace(entry, pointer=None) for entry in entries]
    records = [file_record(entry) for entry in entries]
    if with_commits:
        changes = last_changes(repo, sha, {record["path"] for record in records})
        for record in records:
            commit = changes[record["path"]]
            record["lastCommit"] = {key: _commit(commit)[key] for key in ("id", "title", "date")}
    return records


def _commit(commit: Commit) -> dict[str, Any]:
    title, _, message = message_of(commit).partition("\n")
    return {
        "id": commit.id.decode(),
        "title": title,
        "message": message.strip(),
        "date": timestamp(commit.commit_time),
        "authors": [{"user": author_of(commit)}],
    }


def _refs(named: dict[str, str], base: str) -> list[dict[str, str]]:
    return [{"name": name, "ref": f"{base}/{name}", "targetCommit": sha} for name, sha in named.items()]


def _asked(request: Request, option: str) -> bool:
    return _is_true(request.query_params.get(option, ""))


def _is_true(text: str) -> bool:
    return text.lower() in ("1", "true")


routes = [
    Route("/api/whoami-v2", whoami),
    Route("/api/{kind:kind}", repositories),
    Route("/api/settings/repositories", own_repositories),
    Route("/api/users/{name:segment}/overview", user_overview),
    Route(REPO_API, info),
    Route(REPO_API + "/revision/{rev:segment}", info),
    Route(REPO_API + "/tree/{rev:segment}", tree),
    Route(REPO_API + "/tree/{rev:segment}/{path:rest}", tree),
    Route(REPO_API + "/paths-info/{rev:segment}", with_body(paths_info), methods=["POST"]),
    Route(REPO_API + "/refs", refs),
    Route(REPO_API + "/commits/{rev:segment}", commits),
    Route(REPO_API + "/auth-check", auth_check),
    Route(REPO_API + "/auth-check/write", auth_check_write),
]
