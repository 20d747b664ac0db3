"""Writing files: what is to become of each (preupload), the commit itself, and the check of a card before it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import IO, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import hub_of, parse_object, text_in, with_body, writable_repo_of
from grader.hub.errors import BadRequest, EntryNotFound, NotFound, TooLarge
from grader.hub.info import cards
from grader.hub.routing import REPO_API
from grader.hub.store.lfs import LARGEST_REGULAR, is_large, is_sha256
from grader.hub.store.repos import Add, AddLarge, Delete, Operation, Repo

_LARGEST_COMMIT = 512 << 20  # bytes of all files that are not large ones, as base64
_LARGEST_LINE = LARGEST_REGULAR * 4 // 3 + (1 << 16)  # bytes: base64, and room for the path


def preupload(request: Request, body: IO[bytes]) -> Response:
    """For each file that is to come: large or regular, and what the repository holds under its name now."""
    repo, _ = writable_repo_of(request)
    files = parse_object(body.read()).get("files")
    if not isinstance(files, list):
        raise BadRequest("The body must be {'files': [...]}.")
    sha = repo.resolve(request.path_params["rev"])
    rules = repo.read_small(sha, ".gitattributes") or b""
    return JSONResponse({"files": [_upload_mode(repo, sha, file, rules) for file in files]})


def _upload_mode(repo: Repo, sha: str, file: Any, rules: bytes) -> dict[str, Any]:
    try:
        path, size = file["path"], int(file["size"])
        sample = base64.b64decode(file.get("sample") or "")
        large = is_large(path.encode(), size, sample, rules)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadRequest("Each of the files must have a path, a size and a sample in base64.") from None
    answer = {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
    try:
        entry = repo.entry(sha, path)
    except EntryNotFound:
        return answer
    # The client skips a file whose id is this one: nothing would change.
    return answer | {"oid": entry.pointer.sha256 if entry.pointer else entry.oid}


def commit(request: Request, body: IO[bytes]) -> Response:
    """One commit from lines of JSON: a header, then a line for each file."""
    repo, caller = writable_repo_of(request)
    if request.query_params.get("create_pr") in ("1", "true"):
        raise NotFound("The practice hub has no pull requests yet. Commit to a branch instead.")
    header: dict[str, Any] = {}
    operations: list[Operation] = []
    for key, value in _lines(body):
        if key == "header":
            header = value
        else:
            operations.append(_operation(key, value))
    summary, description = text_in(header, "summary"), text_in(header, "description", "")
    sha = repo.commit(
        operations,
        f"{summary}\n\n{description}" if description else summary,
        branch=request.path_params["rev"].removeprefix("refs/heads/"),
        parent=text_in(header, "parentCommit", "") or None,
        author=caller.name,
    )
    url = f"{hub_of(request).url(repo)}/commit/{sha}"
    return JSONResponse({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})


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
                _refuse_bad_card(content)
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


def _refuse_bad_card(readme: bytes) -> None:
    errors, _ = cards.problems(readme.decode("utf-8", errors="replace"))
    if errors:
        raise BadRequest("README.md cannot be committed: " + "; ".join(errors))


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
