"""One discussion or pull request: what was said and done, what would change, and the forms to take part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import may_read_files, refuse_bystander, visitor_of
from grader.hub.errors import BadRequest, Conflict, HeadMoved
from grader.hub.pages.diffs import changes_of
from grader.hub.pages.forms import text, with_form
from grader.hub.pages.frame import address, paged, see
from grader.hub.pages.history import commit_line
from grader.hub.pages.markdown import LONGEST, card_html
from grader.hub.pages.repo import place_of, repo_page
from grader.hub.pages.visit import contributed_repo_of, may_change, may_discuss, own_repo_of, seen_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store import discussions
from grader.hub.store.discussions import Discussion, Event
from grader.hub.store.names import discussion_number
from grader.hub.store.repos import Repo

_ON_A_PAGE = 50  # comments and other events
_MOST_COMMITS = 100


@dataclass(frozen=True)
class Said:
    """Something that was said or done; `html` is a comment's text, None for one that is shown letter by letter."""

    event: Event
    html: str | None


def discussion_page(request: Request) -> Response:
    """The discussion of the number in the address."""
    return _page(request, seen_repo_of(request))


def change(request: Request, form: FormData) -> Response:
    """Comment, close, open again, rename or merge: `action` says which."""
    action = text(form, "action")
    repo, visitor = own_repo_of(request) if action == "merge" else contributed_repo_of(request)
    number, words, title = _number(request), text(form, "comment").strip(), text(form, "title")
    if action in ("close", "open", "rename"):
        refuse_bystander(visitor, repo, discussions.find(repo, number))
    try:
        match action:
            case "comment":
                discussions.comment(repo, number, words, author=visitor.name)
            case "close" | "open":
                status = "closed" if action == "close" else "open"
                discussions.set_status(repo, number, status, author=visitor.name, last_word=words)
            case "rename":
                discussions.rename(repo, number, title, author=visitor.name)
            case "merge":
                discussions.merge(repo, number, author=visitor.name)
            case _:
                raise BadRequest("The form asked for nothing that can be done here.")
    except (BadRequest, Conflict, HeadMoved) as error:
        values = {"new_title": title} if action == "rename" else {"comment": words}
        return _page(request, repo, error.status, error=error, failed=action, **values)
    return see(_address_of_last(repo, discussions.find(repo, number)))


def _page(request: Request, repo: Repo, status: int = 200, **values: Any) -> Response:
    found, visitor = discussions.find(repo, _number(request)), visitor_of(request)
    events, number, last = paged(found.events, request.query_params.get("page", ""), _ON_A_PAGE)
    base = address(repo, "discussions", str(found.number))
    blank = {"comment": "", "new_title": found.title, "error": None, "failed": None}
    return repo_page(
        request,
        "discussion.html",
        repo,
        "community",
        status,
        discussion=found,
        what="pull request" if found.is_pull_request else "discussion",
        said=list(_said(request, repo, events)),
        number=number,
        last=last,
        at_page=lambda other: f"{base}?page={other}",
        may_discuss=may_discuss(visitor, repo),
        may_manage=may_discuss(visitor, repo) and visitor.name in (found.author, repo.namespace),
        may_merge=may_change(visitor, repo),
        proposal=_proposal(repo, found) if found.is_pull_request and may_read_files(visitor, repo) else None,
        **(blank | values),
    )


def _said(request: Request, repo: Repo, events: Sequence[Event]) -> Iterator[Said]:
    room = LONGEST  # for all comments of a page together: rendering takes time
    for event in events:
        room -= len(event.text)
        is_rendered = event.type == "comment" and room >= 0
        yield Said(event, card_html(event.text, place_of(request, repo, event.id)) if is_rendered else None)


def _proposal(repo: Repo, found: Discussion) -> dict[str, Any]:
    """What a pull request brings: its commits, the files that it changes, and those in its way."""
    head, commits = repo.resolve(found.ref), discussions.commits(repo, found)
    files, left_out = changes_of(repo, found.base, head)
    return {
        "sha": head,
        "count": len(commits),
        "commits": [commit_line(commit) for commit in commits[:_MOST_COMMITS]],
        "files": files,
        "left_out": left_out,
        "conflicts": discussions.conflicts(repo, found) if found.is_open else [],
    }


def _address_of_last(repo: Repo, found: Discussion) -> str:
    """Where the newest event is seen."""
    _, _, last = paged(found.events, "", _ON_A_PAGE)
    page = f"?page={last}" if last > 1 else ""
    return f"{address(repo, 'discussions', str(found.number))}{page}#{found.events[-1].id}"


def _number(request: Request) -> int:
    return discussion_number(request.path_params["number"])


routes = [
    route
    for base in of_every_kind("/discussions/{number:segment}")
    for route in (Route(base, discussion_page), Route(base, with_form(change), methods=["POST"]))
]
