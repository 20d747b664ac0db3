"""Discussions and pull requests: whoever has a token that may write can open them wherever they can look."""

from __future__ import annotations

import html
from typing import IO, Any

from dulwich.objects import Commit
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import (
    caller_of,
    contributed_repo_of,
    may_read_files,
    parse_object,
    refuse_bystander,
    refuse_other_namespace,
    repo_of,
    text_in,
    with_body,
    writable_repo_of,
)
from grader.hub.errors import BadRequest, Forbidden
from grader.hub.info.describe import timestamp
from grader.hub.info.diffs import patch
from grader.hub.routing import REPO_API, whole_number
from grader.hub.store import discussions
from grader.hub.store.discussions import Discussion, Event
from grader.hub.store.history import author_of, message_of
from grader.hub.store.names import discussion_number
from grader.hub.store.repos import Repo

_PER_PAGE = 50


def listing(request: Request) -> Response:
    """A page of the discussions, newest first: those of a type, status and author."""
    repo, query = repo_of(request), request.query_params
    found = [
        item
        for item in discussions.all_of(repo)
        if item.fits(query.get("type", "all"), query.get("status", "all"))
        and query.get("author", item.author) == item.author
    ]
    first = whole_number(query.get("p"), 0, digits=8) * _PER_PAGE
    told = [_summary(repo, item) for item in found[first : first + _PER_PAGE]]
    return JSONResponse({"discussions": told, "count": len(found), "start": first})


def start(request: Request, body: IO[bytes]) -> Response:
    """A new discussion, or a pull request that is still empty."""
    repo, caller = contributed_repo_of(request)
    fields = parse_object(body.read())
    made = discussions.start(
        repo,
        text_in(fields, "title"),
        text_in(fields, "description", ""),
        author=caller.name,
        pull_request=fields.get("pullRequest") is True,
    )
    return JSONResponse(_summary(repo, made) | {"pullRequest": made.is_pull_request})


def details(request: Request) -> Response:
    """One discussion with all that was said and done in it."""
    repo = repo_of(request)
    found = discussions.find(repo, _number(request))
    events = [_event(event) for event in found.events]
    told = _summary(repo, found)
    if found.is_pull_request:
        events += [_commit_event(commit) for commit in discussions.commits(repo, found)]
        told["changes"] = {"base": "refs/heads/main", "mergeCommitId": found.merged_as}
        told["filesWithConflicts"] = discussions.conflicts(repo, found) if found.status != "merged" else []
        if request.query_params.get("diff") == "1" and may_read_files(caller_of(request), repo):
            told["diff"] = patch(repo, found.base, repo.resolve(found.ref))
    return JSONResponse(told | {"events": sorted(events, key=lambda event: event["createdAt"])})


def comment(request: Request, body: IO[bytes]) -> Response:
    """Say something."""
    repo, caller = contributed_repo_of(request)
    text = text_in(parse_object(body.read()), "comment")
    return JSONResponse({"newMessage": _event(discussions.comment(repo, _number(request), text, author=caller.name))})


def edit(request: Request, body: IO[bytes]) -> Response:
    """Put another text in the place of one's own comment's."""
    repo, caller = contributed_repo_of(request)
    number, comment_id = _number(request), request.path_params["comment"]
    if discussions.comment_of(discussions.find(repo, number), comment_id).author != caller.name:
        raise Forbidden("Only who wrote a comment can change it.")
    text = text_in(parse_object(body.read()), "content")
    return JSONResponse({"updatedComment": _event(discussions.edit_comment(repo, number, comment_id, text))})


def hide(request: Request) -> Response:
    """Remove the text of a comment: one's own, or any in one's own repository."""
    repo, caller = contributed_repo_of(request)
    number, comment_id = _number(request), request.path_params["comment"]
    if discussions.comment_of(discussions.find(repo, number), comment_id).author != caller.name:
        refuse_other_namespace(caller, repo.namespace)
    return JSONResponse({"updatedComment": _event(discussions.hide_comment(repo, number, comment_id))})


def rename(request: Request, body: IO[bytes]) -> Response:
    """Change the title."""
    repo, caller = contributed_repo_of(request)
    refuse_bystander(caller, repo, discussions.find(repo, _number(request)))
    title = text_in(parse_object(body.read()), "title")
    return JSONResponse({"newTitle": _event(discussions.rename(repo, _number(request), title, author=caller.name))})


def set_status(request: Request, body: IO[bytes]) -> Response:
    """Close or open it, with a last word."""
    repo, caller = contributed_repo_of(request)
    number, fields = _number(request), parse_object(body.read())
    refuse_bystander(caller, repo, discussions.find(repo, number))
    status = text_in(fields, "status")
    if status not in ("open", "closed"):
        raise BadRequest(f"The status can be set to 'open' or 'closed', not to {status!r}.")
    last_word = text_in(fields, "comment", "")
    changed = discussions.set_status(repo, number, status, author=caller.name, last_word=last_word)
    return JSONResponse({"newStatus": _event(changed)})


def merge(request: Request, body: IO[bytes]) -> Response:
    """Bring a pull request into main; 409 with the files that are in the way if there are such."""
    repo, caller = writable_repo_of(request)
    last_word = text_in(parse_object(body.read()), "comment", "")
    merged = discussions.merge(repo, _number(request), author=caller.name, last_word=last_word)
    return JSONResponse(_summary(repo, merged) | {"mergeCommitId": merged.merged_as})


def _number(request: Request) -> int:
    return discussion_number(request.path_params["number"])


def _summary(repo: Repo, item: Discussion) -> dict[str, Any]:
    return {
        "num": item.number,
        "title": item.title,
        "status": item.status,
        "author": {"name": item.author},
        "createdAt": timestamp(item.created),
        "isPullRequest": item.is_pull_request,
        "numComments": sum(event.type == "comment" for event in item.events),
        "repo": {"name": repo.id, "type": repo.type.removesuffix("s")},
    }


def _event(event: Event) -> dict[str, Any]:
    match event.type:
        case "comment":
            data = {
                "edited": event.edited is not None,
                "hidden": event.hidden,
                "latest": {
                    "raw": event.text,
                    "html": f"<p>{html.escape(event.text)}</p>",
                    "updatedAt": timestamp(event.edited or event.when),
                    "author": {"name": event.author},
                },
                "history": [],
            }
        case "title-change":
            data = {"from": event.before, "to": event.text}
        case "status-change":
            data = {"status": event.text}
    return _told(event.id, event.type, event.author, event.when, data)


def _commit_event(commit: Commit) -> dict[str, Any]:
    sha, subject = commit.id.decode(), message_of(commit).partition("\n")[0]
    return _told(sha, "commit", author_of(commit), commit.commit_time, {"subject": subject, "oid": sha})


def _told(event_id: str, event_type: str, author: str, when: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": event_id,
        "type": event_type,
        "author": {"name": author},
        "createdAt": timestamp(when),
        "data": data,
    }


_ALL = REPO_API + "/discussions"
_ONE = _ALL + "/{number:segment}"

routes = [
    Route(_ALL, listing),
    Route(_ALL, with_body(start), methods=["POST"]),
    Route(_ONE, details),
    Route(_ONE + "/comment", with_body(comment), methods=["POST"]),
    Route(_ONE + "/comment/{comment:segment}/edit", with_body(edit), methods=["POST"]),
    Route(_ONE + "/comment/{comment:segment}/hide", hide, methods=["POST"]),
    Route(_ONE + "/title", with_body(rename), methods=["POST"]),
    Route(_ONE + "/status", with_body(set_status), methods=["POST"]),
    Route(_ONE + "/merge", with_body(merge), methods=["POST"]),
]
