"""The files themselves: `/{id}/resolve/{revision}/{path}`, whole or in parts."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from grader.hub.access import repo_of
from grader.hub.errors import EntryNotFound
from grader.hub.routing import of_every_kind

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class _LargeFile(FileResponse):
    chunk_size = 1 << 20


def resolve(request: Request) -> Response:
    """The content of a file; for HEAD only what the clients' cache goes by."""
    repo = repo_of(request)
    sha = repo.resolve(request.path_params["rev"])
    path = request.path_params["path"]
    entry = repo.entry(sha, path)
    if entry.is_folder:
        raise EntryNotFound(f"{path!r} is a folder.", sha)
    headers = {
        "X-Repo-Commit": sha,
        "ETag": f'"{entry.pointer.sha256 if entry.pointer else entry.oid}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",  # a pushed HTML file must not run as a page of this origin
    }
    if not entry.pointer:
        return _in_memory(repo.read(entry), request.headers.get("range"), headers)
    found = repo.lfs.find(entry.pointer.sha256)
    if found is None:
        raise EntryNotFound(f"The content of the large file {path!r} was never uploaded to this hub.", sha)
    headers |= {"X-Linked-Etag": f'"{entry.pointer.sha256}"', "X-Linked-Size": str(entry.size)}
    return _LargeFile(found, headers=headers, media_type="application/octet-stream")


def _in_memory(content: bytes, asked: str | None, headers: dict[str, str]) -> Response:
    """The part of `content` that a Range header asks for; all of it for a header of another form."""
    match = _ONE_RANGE.fullmatch(asked or "")
    if not match or not any(match.groups()):
        return Response(content, headers=headers, media_type="text/plain")
    first, last = match.groups()
    start = int(first) if first else max(0, len(content) - int(last))
    end = min(int(last), len(content) - 1) if first and last else len(content) - 1
    if start > end:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(content)}"})
    headers |= {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
    return Response(content[start : end + 1], 206, headers=headers, media_type="text/plain")


routes = [Route(path, resolve) for path in of_every_kind("/resolve/{rev:segment}/{path:rest}")]
