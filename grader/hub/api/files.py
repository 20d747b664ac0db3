"""The files themselves: `/{id}/resolve/{revision}/{path}`, whole or in parts."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from grader.hub.access import open_repo_of
from grader.hub.errors import EntryNotFound
from grader.hub.info.pictures import picture_type
from grader.hub.routing import of_every_kind
from grader.hub.store.reading import commit_told

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class LargeFile(FileResponse):
    """A file from the disk, sent in pieces that keep up with the disk."""

    chunk_size = 1 << 20


def resolve(request: Request) -> Response:
    """The content of a file; for HEAD only what the clients' cache goes by."""
    repo = open_repo_of(request)
    sha = repo.resolve(request.path_params["rev"])
    path = request.path_params["path"]
    entry = repo.entry(sha, path)
    if entry.is_folder:
        raise EntryNotFound(f"{path!r} is a folder.", sha)
    headers = {
        "X-Repo-Commit": commit_told(request.path_params["rev"], sha),
        "ETag": f'"{entry.pointer.sha256 if entry.pointer else entry.oid}"',
        "Accept-Ranges": "bytes",
        # A pushed HTML or SVG file must not run as a page of this origin.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.rpartition('/')[2], safe='')}",
    }
    if not entry.pointer:
        media_type = picture_type(path) or "text/plain"
        if request.method == "HEAD":  # most requests of the clients: whether what they have is still the newest
            return Response(headers=headers | {"Content-Length": str(entry.size)}, media_type=media_type)
        return _in_memory(repo.read(entry), request.headers.get("range"), headers, media_type)
    found = repo.lfs.find(entry.pointer.sha256)
    if found is None:
        raise EntryNotFound(f"The content of the large file {path!r} was never uploaded to this hub.", sha)
    headers |= {"X-Linked-Etag": f'"{entry.pointer.sha256}"', "X-Linked-Size": str(entry.size)}
    return LargeFile(found, headers=headers, media_type=picture_type(path) or "application/octet-stream")


def _in_memory(content: bytes, asked: str | None, headers: dict[str, str], media_type: str) -> Response:
    """The part of `content` that a Range header asks for; all of it for a header of another form."""
    match = _ONE_RANGE.fullmatch(asked or "")
    if not match or not any(match.groups()):
        return Response(content, headers=headers, media_type=media_type)
    first, last = match.groups()
    start = int(first) if first else max(0, len(content) - int(last))
    end = min(int(last), len(content) - 1) if first and last else len(content) - 1
    if start > end:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(content)}"})
    headers |= {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
    return Response(content[start : end + 1], 206, headers=headers, media_type=media_type)


routes = [Route(path, resolve) for path in of_every_kind("/resolve/{rev:segment}/{path:rest}")]
