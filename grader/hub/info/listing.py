"""Lists of repositories: which of them, in which order, with how much told about each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import QueryParams

from grader.hub.errors import BadRequest, RevisionNotFound
from grader.hub.info import cards
from grader.hub.info.describe import describe, facts_of, summary
from grader.hub.store.repos import Repo

_FULL = ("full", "cardData", "config", "expand", "expand[]")  # each of these asks for more than the short form
_SORTABLE = ("createdAt", "downloads", "lastModified", "likes", "trendingScore")
_NOT_OFFERED = ("apps", "inference", "inference_provider")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def list_repos(repos: Iterable[Repo], query: QueryParams) -> list[dict[str, Any]]:
    """The answer to `list_models` and its like: `repos` that fit `query`, in the order that it asks for.

    Raises `BadRequest` for a filter or an order that the practice hub does not know.
    """
    for option in _NOT_OFFERED:
        if option in query:
            raise BadRequest(f"The practice hub cannot filter by {option!r}.")
    found = []
    for repo in repos:
        try:
            sha = repo.resolve()
        except RevisionNotFound:  # all its branches have other names
            continue
        told = summary(repo, sha)
        if _fits(repo, sha, told, query):
            found.append((repo, sha, told))
    if key := query.get("sort"):
        if key not in _SORTABLE:
            raise BadRequest(f"The practice hub can sort by {', '.join(_SORTABLE)}, not by {key!r}.")
        found.sort(key=lambda item: item[2][key], reverse=query.get("direction", "-1") == "-1")
    if any(query.get(option, "false").lower() != "false" for option in _FULL):
        return [only_expanded(describe(repo, sha), query) for repo, sha, _ in found]
    return [told for _, _, told in found]


def only_expanded(told: dict[str, Any], query: QueryParams) -> dict[str, Any]:
    """What `query` names in `expand`; all of it when it names nothing."""
    wanted = asked_properties(query)
    return {key: value for key, value in told.items() if key in ("_id", "id", *wanted)} if wanted else told


def asked_properties(query: QueryParams) -> list[str]:
    """The properties that `expand` names, in any of the ways that clients write it."""
    return [*query.getlist("expand"), *query.getlist("expand[]")]


def _fits(repo: Repo, sha: str, told: dict[str, Any], query: QueryParams) -> bool:
    words = " ".join(query.getlist("search")).lower().split()
    tags = {tag for value in query.getlist("filter") for tag in value.split(",") if tag}
    gated = query.get("gated", "").lower()
    return (
        query.get("author", repo.namespace) == repo.namespace
        and all(word in repo.id.lower() for word in words)
        and tags <= set(told["tags"])
        and query.get("pipeline_tag") in (None, told.get("pipeline_tag"))
        and gated in ("", str(bool(told["gated"])).lower())
        and all(_uses(repo, sha, key, query.getlist(key)) for key in ("models", "datasets"))
        and ("num_parameters" not in query or _has_size(repo, sha, query["num_parameters"]))
    )


def _uses(repo: Repo, sha: str, key: str, wanted: list[str]) -> bool:
    """Does the card of a space name all these models or data sets?"""
    return not wanted or set(wanted) <= set(cards.texts(facts_of(repo, sha).card.get(key)))


def _has_size(repo: Repo, sha: str, wanted: str) -> bool:
    """Is the number of parameters within `wanted`, such as "min:6B,max:128B"?"""
    limits = {"min": 0.0, "max": math.inf}
    for part in wanted.split(","):
        match = re.fullmatch(r"(min|max):(\d{1,15}(?:\.\d{1,9})?)([KMBT]?)", part.strip(), re.ASCII)
        if not match:
            raise BadRequest(f"num_parameters is written like 'min:6B,max:128B', not {wanted!r}.")
        limits[match[1]] = float(match[2]) * _UNITS[match[3]]
    counted = facts_of(repo, sha).safetensors
    return counted is not None and limits["min"] <= counted["total"] <= limits["max"]
