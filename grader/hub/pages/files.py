"""The files of a repository at a revision: folders, one file with its lines, and the bytes that git holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from dulwich.objects import Commit
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.errors import EntryNotFound
from grader.hub.info.pictures import picture_type
from grader.hub.pages.code import colored_lines
from grader.hub.pages.frame import HEADERS, see, shown
from grader.hub.pages.frame import address as address_of
from grader.hub.pages.history import CommitLine, commit_line
from grader.hub.pages.repo import repo_page
from grader.hub.pages.visit import read_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store.history import last_changes
from grader.hub.store.repos import Entry, Repo

_MOST_ENTRIES = 1000
LARGEST_SHOWN = 1_000_000  # bytes
_MOST_LINES = 10_000


@dataclass(frozen=True)
class Line:
    """A file or folder of a folder, with the commit that changed it last."""

    name: str
    entry: Entry
    commit: CommitLine | None


def folder_page(request: Request) -> Response:
    """What lies in a folder, folders first."""
    repo, path, rev = read_repo_of(request), request.path_params.get("path", "").strip("/"), _revision(request)
    sha = repo.resolve(rev)
    if path and not repo.entry(sha, path).is_folder:
        return see(address_of(repo, "blob", rev, path))
    entries = sorted(repo.tree(sha, path), key=lambda entry: (not entry.is_folder, entry.path.lower()))
    shown_entries = entries[:_MOST_ENTRIES]
    changes = _changes(repo, sha, tuple(entry.path for entry in shown_entries))
    lines = [
        Line(entry.path.rpartition("/")[2], entry, commit_line(changes[entry.path]) if entry.path in changes else None)
        for entry in shown_entries
    ]
    left_out = len(entries) - len(lines)
    return repo_page(request, "tree.html", repo, "files", **_refs(repo, rev), path=path, lines=lines, left_out=left_out)


def file_page(request: Request) -> Response:
    """One file: its lines, or the picture that it is, or only what is known about it."""
    repo, path, rev = read_repo_of(request), request.path_params["path"].strip("/"), _revision(request)
    sha = repo.resolve(rev)
    entry = repo.entry(sha, path)
    if entry.is_folder:
        return see(address_of(repo, "tree", rev, path))
    is_picture = picture_type(path) is not None
    content = None if entry.pointer or entry.size > LARGEST_SHOWN else text_of(repo, entry)
    lines = None
    if content is not None and content.count("\n") <= _MOST_LINES and not is_picture:
        lines = [Markup(line) for line in colored_lines(shown(content), path.rpartition("/")[2])]
    changes = _changes(repo, sha, (path,))
    return repo_page(
        request,
        "blob.html",
        repo,
        "files",
        **_refs(repo, rev),
        path=path,
        entry=entry,
        sha=sha,
        is_picture=is_picture,
        lines=lines,
        is_text=content is not None,
        commit=commit_line(changes[path]) if path in changes else None,
    )


def raw(request: Request) -> Response:
    """What git holds for a file, as plain text: for a large file its pointer."""
    repo, path = read_repo_of(request), request.path_params["path"]
    sha = repo.resolve(_revision(request))
    entry = repo.entry(sha, path)
    if entry.is_folder:
        raise EntryNotFound(f"{path!r} is a folder.", sha)
    headers = HEADERS | {"X-Repo-Commit": sha, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(repo.read(entry), headers=headers, media_type="text/plain")


def text_of(repo: Repo, entry: Entry) -> str | None:
    """The content of a file that is text, else None."""
    content = repo.read(entry)
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=256)
def _changes(repo: Repo, sha: str, paths: tuple[str, ...]) -> dict[str, Commit]:
    return last_changes(repo, sha, paths)


def _revision(request: Request) -> str:
    return request.path_params["rev"]


def _refs(repo: Repo, rev: str) -> dict[str, object]:
    return {"rev": rev, "branches": repo.branches(), "tags": repo.tags()}


routes = [
    route
    for base in of_every_kind("")
    for route in (
        Route(base + "/tree/{rev:segment}", folder_page),
        Route(base + "/tree/{rev:segment}/{path:rest}", folder_page),
        Route(base + "/blob/{rev:segment}/{path:rest}", file_page),
        Route(base + "/raw/{rev:segment}/{path:rest}", raw),
    )
]
