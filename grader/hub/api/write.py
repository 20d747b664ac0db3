"""Writing files: what is to become of each (preupload), the commit itself, and the check of a card before it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import IO, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import (
    contributed_repo_of,
    hub_of,
    may_read_files,
    parse_object,
    refuse_bystander,
    text_in,
    with_body,
    writable_repo_of,
)
from grader.hub.accounts.accounts import Caller
from grader.hub.errors import BadRequest, Conflict, EntryNotFound, TooLarge
from grader.hub.info import cards
from grader.hub.routing import REPO_API
from grader.hub.store import discussions
from grader.hub.store.lfs import LARGEST_REGULAR, is_large, is_sha256
from grader.hub.store.names import check_path, pull_request_of
from grader.hub.store.patterns import is_ignored
from grader.hub.store.repos import Add, AddLarge, Delete, Operation, Repo

_LARGEST_COMMIT = 512 << 20  # bytes of all files that are not large ones, as base64
_MOST_FILES = 1000  # in one question; the clients ask for 256 at once
_LARGEST_LINE = LARGEST_REGULAR * 4 // 3 + (1 << 16)  # bytes: base64, and room for the path


def preupload(request: Request, body: IO[bytes]) -> Response:
    """For each file that is to come: large or regular, and what the repository holds under its name now."""
    repo, caller = _target(request)
    fields = parse_object(body.read())
    files = fields.get("files")
    if not isinstance(files, list) or len(files) > _MOST_FILES:
        raise BadRequest(f"The body must be {{'files': [...]}} with at most {_MOST_FILES} of them.")
    sha = repo.resolve(request.path_params["rev"])
    attributes = repo.read_small(sha, ".gitattributes") or b""
    ignore = repo.read_small(sha, ".gitignore") or b""
    if fields.get("gitIgnore"):  # the one that comes with these files
        ignore = text_in(fields, "gitIgnore").encode("utf-8", errors="replace")
    told = [_upload_mode(repo, sha, file, attributes, ignore) for file in files]
    if not may_read_files(caller, repo):
        told = [{key: value for key, value in file.items() if key != "oid"} for file in told]
    return JSONResponse({"files": told})


def _target(request: Request) -> tuple[Repo, Caller]:
    """The repository that is written to, if the caller may write to just that revision of it.

    A pull request can be opened by everybody, and gets more commits from its author or from the owner.
    """
    revision = request.path_params["rev"]
    if _opens_pull_request(request):
        if revision != "main":
            raise BadRequest(f"A pull request is opened for 'main', not for {revision!r}. Leave out the revision.")
        return contributed_repo_of(request)
    number = pull_request_of(revision)
    if number is None:
        return writable_repo_of(request)
    repo, caller = contributed_repo_of(request)
    discussion = discussions.find(repo, number)
    refuse_bystander(caller, repo, discussion)
    if not discussion.is_open:
        raise Conflict(f"Pull request {number} is {discussion.status} and takes no more commits. Open a new one.")
    return repo, caller


def _opens_pull_request(request: Request) -> bool:
    return request.query_params.get("create_pr") in ("1", "true")


def _upload_mode(repo: Repo, sha: str, file: Any, attributes: bytes, ignore: bytes) -> dict[str, Any]:
    try:
        path, size = file["path"], int(file["size"])
        sample = base64.b64decode(file.get("sample") or "")
        large = is_large(check_path(path), size, sample, attributes)
        ignored = is_ignored(check_path(path), ignore)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadRequest("Each of the files must have a path, a size and a sample in base64.") from None
    answer = {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": ignored}
    try:
        entry = repo.entry(sha, path)
    except EntryNotFound:
        return answer
    # The client skips a file whose id is this one: nothing would change.
    return answer | {"oid": entry.pointer.sha256 if entry.pointer else entry.oid}


def commit(request: Request, body: IO[bytes]) -> Response:
    """One commit from lines of JSON: a header, then a line for each file."""
    repo, caller = _target(request)
    header: dict[str, Any] = {}
    operations: list[Operation] = []
    for key, value in _lines(body):
        if key == "header":
            header = value
        else:
            operations.append(_operation(key, value))
    summary, description = text_in(header, "summary"), text_in(header, "description", "")
    parent = text_in(header, "parentCommit", "") or None
    home, told = hub_of(request).url(repo), {}
    if _opens_pull_request(request):
        opened, sha = discussions.propose(repo, operations, summary, description, author=caller.name, parent=parent)
        told = {"pullRequestUrl": f"{home}/discussions/{opened.number}"}
    else:
        message = f"{summary}\n\n{description}" if description else summary
        branch = request.path_params["rev"]
        sha = repo.commit(operations, message, branch=branch, parent=parent, author=caller.name)
    told |= {"success": True, "commitOid": sha, "commitUrl": f"{home}/commit/{sha}", "hookOutput": ""}
    return JSONResponse(told)


def _lines(body: IO[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    while line := body.readline(_LARGEST_LINE + 1):
        if len(line) > _LARGEST_LINE:
            raise TooLarge(
                f"A file of this commit is larger than {LARGEST_REGULAR:,} bytes. Nothing was written; "
                "such a file must be uploaded as a large file (LFS)."
            )
        if line.strip():
            fields = parse_object(line)
            if not isinstance(value := fields.get("value"), dict):
                raise BadRequest("Each line of a commit must be {'key': ..., 'value': {...}}.")
            yield text_in(fields, "key"), value


def _operation(key: str, value: dict[str, Any]) -> Operation:
    path = text_in(value, "path")
    match key:
        case "file":
            content = _decoded(text_in(value, "content"), text_in(value, "encoding", "base64"))
            if path == "README.md":
                cards.refuse_bad_card(content)
            return Add(path, content)
        case "lfsFile":
            oid, size = text_in(value, "oid"), value.get("size")
            if not is_sha256(oid) or not isinstance(size, int | None):
                raise BadRequest(f"The large file {path!r} must come with a sha256 (64 hex digits) and its size.")
            return AddLarge(path, oid, size)
        case "deletedFile" | "deletedFolder":
            return Delete(path)
    raise BadRequest(f"A commit cannot do {key!r}.")


def _decoded(content: str, encoding: str) -> bytes:
    if encoding == "utf-8":
        return content.encode("utf-8", errors="replace")
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The content of a file is not valid base64.") from None


def validate_yaml(request: Request, body: IO[bytes]) -> Response:
    """The check that clients ask for before they push a README.md."""
    errors, warnings = cards.problems(text_in(parse_object(body.read()), "content"))
    told = {"errors": [{"message": text} for text in errors], "warnings": [{"message": text} for text in warnings]}
    return JSONResponse(told, 400 if errors else 200)


routes = [
    Route(REPO_API + "/preupload/{rev:segment}", with_body(preupload), methods=["POST"]),
    Route(REPO_API + "/commit/{rev:segment}", with_body(commit, _LARGEST_COMMIT), methods=["POST"]),
    Route("/api/validate-yaml", with_body(validate_yaml), methods=["POST"]),
]
