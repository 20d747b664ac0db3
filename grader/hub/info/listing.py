"""Lists of repositories: which of them, in which order, with how much told about each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.datastructures import QueryParams

from grader.hub.errors import RevisionNotFound
from grader.hub.info.describe import describe, summary
from grader.hub.store.repos import Repo

_FULL = ("full", "cardData", "config", "expand")  # each of these asks for more than the short form
_SORTABLE = ("createdAt", "downloads", "lastModified", "likes")


def list_repos(repos: Iterable[Repo], query: QueryParams) -> list[dict[str, Any]]:
    """The answer to `list_models` and its like: `repos` that fit `query`, in the order that it asks for."""
    wanted_tags = {tag for value in query.getlist("filter") for tag in value.split(",") if tag}
    words = query.get("search", "").lower().split()
    found = []
    for repo in repos:
        if query.get("author", repo.namespace) != repo.namespace or not all(word in repo.id.lower() for word in words):
            continue
        try:
            sha = repo.resolve()
        except RevisionNotFound:  # all its branches have other names
            continue
        told = summary(repo, sha)
        if wanted_tags <= set(told["tags"]) and query.get("pipeline_tag") in (None, told.get("pipeline_tag")):
            found.append((repo, sha, told))
    if (key := query.get("sort")) in _SORTABLE:
        found.sort(key=lambda item: item[2][key], reverse=query.get("direction", "-1") == "-1")
    limit = query.get("limit", "")
    if limit.isdecimal():
        found = found[: int(limit)]
    if any(query.get(option, "false").lower() != "false" for option in _FULL):
        return [describe(repo, sha) for repo, sha, _ in found]
    return [told for _, _, told in found]
