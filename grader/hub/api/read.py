"""The reading half of the JSON API, below `/api/{models|datasets|spaces}`."""

from __future__ import annotations

from contextlib import suppress
from typing import IO, Any
from urllib.parse import parse_qs

from dulwich.objects import Commit
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import caller_of, hub_of, known_caller, may_see, repo_of, with_body
from grader.hub.errors import EntryNotFound
from grader.hub.info.describe import describe, file_record, timestamp
from grader.hub.info.listing import list_repos
from grader.hub.routing import REPO_API
from grader.hub.store.history import last_changes
from grader.hub.store.repos import Entry, Repo


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
    return JSONResponse(list_repos(visible, request.query_params))


def info(request: Request) -> Response:
    """One repository at a revision."""
    repo = repo_of(request)
    sha = repo.resolve(request.path_params.get("rev", "main"))
    return JSONResponse(describe(repo, sha, sizes=_asked(request, "blobs")))


def tree(request: Request) -> Response:
    """The files and folders in a folder."""
    repo = repo_of(request)
    sha = repo.resolve(request.path_params["rev"])
    entries = repo.tree(sha, request.path_params.get("path", ""), recursive=_asked(request, "recursive"))
    return JSONResponse(_records(repo, sha, entries, with_commits=_asked(request, "expand")))


def paths_info(request: Request, body: IO[bytes]) -> Response:
    """The files and folders among the paths in the (form-encoded) body; unknown ones are left out."""
    repo, form = repo_of(request), parse_qs(body.read().decode("utf-8", errors="replace"))
    sha = repo.resolve(request.path_params["rev"])
    entries = []
    for path in dict.fromkeys(form.get("paths", [])):
        with suppress(EntryNotFound):
            entries.append(repo.entry(sha, path))
    return JSONResponse(_records(repo, sha, entries, with_commits=_is_true(form.get("expand", [""])[0])))


def refs(request: Request) -> Response:
    """The branches and tags."""
    repo = repo_of(request)
    told: dict[str, Any] = {
        "branches": _refs(repo.branches(), "refs/heads"),
        "converts": [],
        "tags": _refs(repo.tags(), "refs/tags"),
    }
    if _asked(request, "include_prs"):
        told["pullRequests"] = []
    return JSONResponse(told)


def commits(request: Request) -> Response:
    """The commits up to a revision, newest first."""
    repo = repo_of(request)
    return JSONResponse([_commit(commit) for commit in repo.log(repo.resolve(request.path_params["rev"]))])


def _records(repo: Repo, sha: str, entries: list[Entry], *, with_commits: bool) -> list[dict[str, Any]]:
    records = [file_record(entry) for entry in entries]
    if with_commits:
        changes = last_changes(repo, sha, {record["path"] for record in records})
        for record in records:
            commit = changes[record["path"]]
            record["lastCommit"] = {key: _commit(commit)[key] for key in ("id", "title", "date")}
    return records


def _commit(commit: Commit) -> dict[str, Any]:
    title, _, message = commit.message.decode("utf-8", errors="replace").partition("\n")
    author = commit.author.decode("utf-8", errors="replace").partition(" <")[0]
    return {
        "id": commit.id.decode(),
        "title": title,
        "message": message.strip(),
        "date": timestamp(commit.commit_time),
        "authors": [{"user": author}],
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
    Route(REPO_API, info),
    Route(REPO_API + "/revision/{rev:segment}", info),
    Route(REPO_API + "/tree/{rev:segment}", tree),
    Route(REPO_API + "/tree/{rev:segment}/{path:rest}", tree),
    Route(REPO_API + "/paths-info/{rev:segment}", with_body(paths_info), methods=["POST"]),
    Route(REPO_API + "/refs", refs),
    Route(REPO_API + "/commits/{rev:segment}", commits),
]
