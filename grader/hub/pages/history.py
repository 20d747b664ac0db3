"""The commits of a revision, and one commit with what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dulwich.objects import Commit
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.errors import RevisionNotFound
from grader.hub.pages.diffs import changes_of
from grader.hub.pages.repo import repo_page
from grader.hub.pages.visit import read_repo_of
from grader.hub.routing import of_every_kind, whole_number
from grader.hub.store.history import author_of, message_of
from grader.hub.store.repos import Repo

_ON_A_PAGE = 30


@dataclass(frozen=True)
class CommitLine:
    """A commit in a few words. `when`: Unix seconds."""

    sha: str
    title: str
    text: str
    author: str
    when: int
    parents: tuple[str, ...]


def commit_line(commit: Commit) -> CommitLine:
    """Of a commit, whatever odd bytes it holds."""
    title, _, text = message_of(commit).strip().partition("\n")
    parents = tuple(parent.decode() for parent in commit.parents)
    return CommitLine(
        commit.id.decode(), title or "(no message)", text.strip(), author_of(commit), int(commit.commit_time), parents
    )


def commits_page(request: Request) -> Response:
    """The commits up to a revision, newest first; with `?path=` those that changed this file or folder."""
    repo, rev, path = read_repo_of(request), request.path_params["rev"], request.query_params.get("path", "").strip("/")
    skipped = whole_number(request.query_params.get("after"), 0, digits=6)
    found = list(islice(_log(repo, repo.resolve(rev), path), skipped, skipped + _ON_A_PAGE + 1))
    return repo_page(
        request,
        "commits.html",
        repo,
        "history",
        rev=rev,
        path=path,
        branches=repo.branches(),
        tags=repo.tags(),
        commits=[commit_line(commit) for commit in found[:_ON_A_PAGE]],
        newer=max(0, skipped - _ON_A_PAGE) if skipped else None,
        older=skipped + _ON_A_PAGE if len(found) > _ON_A_PAGE else None,
    )


def _log(repo: Repo, sha: str, path: str) -> Iterator[Commit]:
    if not path:
        return repo.log(sha)
    raw = path.encode("utf-8", errors="replace")
    return (step.commit for step in repo.git.get_walker(include=[sha.encode()], paths=[raw]))


def commit_page(request: Request) -> Response:
    """One commit: what it says, and what it changed against its first parent."""
    repo, sha = read_repo_of(request), request.path_params["sha"]
    resolved = repo.resolve(sha)
    if not resolved.startswith(sha.lower()):
        raise RevisionNotFound(f"{repo.id} has no commit {sha!r}.")
    commit = repo.git.object_store[resolved.encode()]
    files, left_out = changes_of(repo, commit.parents[0].decode() if commit.parents else None, resolved)
    told = {"rev": resolved, "commit": commit_line(commit), "files": files, "left_out": left_out}
    return repo_page(request, "commit.html", repo, "history", **told)


routes = [
    route
    for base in of_every_kind("")
    for route in (
        Route(base + "/commits/{rev:segment}", commits_page),
        Route(base + "/commit/{sha:segment}", commit_page),
    )
]
