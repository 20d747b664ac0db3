"""Long lists in pages: the header `Link` says where the next one is, and the clients follow it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from grader.hub.access import hub_of
from grader.hub.routing import whole_number

T = TypeVar("T")


def page(request: Request, items: Iterable[T], *, size: int, path: str | None = None) -> tuple[list[T], dict[str, str]]:
    """The `items` that are asked for, never more than `size`, and the header that points to the rest if there is one.

    `path` is the address of the next page where that is not the one of this page.
    """
    query = request.query_params
    first = whole_number(query.get("skip"), 0, digits=9)
    limit = min(size, max(1, whole_number(query.get("limit"), size, digits=9)))
    found = list(islice(items, first, first + limit + 1))
    if len(found) <= limit:
        return found, {}
    asked = [(key, value) for key, value in query.multi_items() if key != "skip"]
    url = f"{hub_of(request).endpoint}{path or request.scope['path']}?{urlencode([*asked, ('skip', first + limit)])}"
    return found[:limit], {"Link": f'<{url}>; rel="next"'}
