"""Who visits a page, which repository it is about, and what the visitor may do with it."""

from __future__ import annotations

from starlette.requests import Request

from grader.hub.access import (
    refuse_other_namespace,
    refuse_read_token,
    refuse_without_access,
    repo_seen_by,
    visitor_of,
)
from grader.hub.accounts.accounts import Caller
from grader.hub.errors import Unauthorized
from grader.hub.store.repos import Repo


def seen_repo_of(request: Request) -> Repo:
    """The repository in the address, if the visitor may see it; else `RepoNotFound`."""
    return repo_seen_by(request, visitor_of(request))


def read_repo_of(request: Request) -> Repo:
    """The repository in the address, if the visitor may have its files; else `RepoNotFound` or `GatedRepo`."""
    repo = seen_repo_of(request)
    refuse_without_access(visitor_of(request), repo)
    return repo


def own_repo_of(request: Request) -> tuple[Repo, Caller]:
    """The repository in the address, and the visitor who may write to it; else `Unauthorized` or `Forbidden` too."""
    repo, visitor = seen_repo_of(request), visitor_of(request)
    if visitor is None:
        raise Unauthorized("Log in to change something here.")
    refuse_other_namespace(visitor, repo.namespace)
    repo.refuse_stock()
    return repo, visitor


def contributed_repo_of(request: Request) -> tuple[Repo, Caller]:
    """The repository in the address, and the visitor who may discuss it; else `Unauthorized` or `Forbidden` too."""
    repo, visitor = seen_repo_of(request), visitor_of(request)
    if visitor is None:
        raise Unauthorized("Log in to say something here.")
    refuse_read_token(visitor)
    repo.refuse_stock()
    return repo, visitor


def may_discuss(visitor: Caller | None, repo: Repo) -> bool:
    """Should the page offer to open and to answer discussions?"""
    return visitor is not None and visitor.role == "write" and repo.writable


def may_change(visitor: Caller | None, repo: Repo) -> bool:
    """Should the page offer to change the repository?"""
    return visitor is not None and visitor.role == "write" and visitor.name == repo.namespace and repo.writable
