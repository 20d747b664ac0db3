"""Changing files in the browser: uploading some, editing a text, deleting one. Each makes one commit on a branch."""

from __future__ import annotations

import posixpath
import shutil
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.hub.access import visitor_of
from grader.hub.errors import BadRequest, EntryNotFound, HeadMoved, HubError, RevisionNotFound
from grader.hub.info import cards
from grader.hub.pages.files import text_of
from grader.hub.pages.forms import LARGEST_TEXT, files, text, with_form
from grader.hub.pages.frame import address, see
from grader.hub.pages.history import commit_line
from grader.hub.pages.login import login_first
from grader.hub.pages.repo import repo_page
from grader.hub.pages.visit import own_repo_of
from grader.hub.routing import of_every_kind
from grader.hub.store.lfs import SAMPLE, is_large
from grader.hub.store.repos import Add, AddLarge, Delete, Operation, Repo

_MOST_FILES = 100
_PIECE = 1 << 20  # bytes


def upload_page(request: Request) -> Response:
    """The form for files from the visitor's machine."""
    if visitor_of(request) is None:
        return login_first(request)
    repo, rev = _branch_of(request)
    return _upload_page(request, repo, rev, folder=request.query_params.get("folder", ""))


def upload(request: Request, form: FormData) -> Response:
    """One commit with the files; large ones by the same rule as from any other client."""
    repo, rev = _branch_of(request)
    chosen, folder = files(form, "files"), text(form, "folder").strip().strip("/")
    entered = {"folder": folder, "message": text(form, "message"), "description": text(form, "description")}
    try:
        if not chosen:
            raise BadRequest("Choose at least one file.")
        rules = repo.read_small(repo.resolve(rev), ".gitattributes") or b""
        operations = [_operation(repo, posixpath.join(folder, _name(file)), file, rules) for file in chosen]
        default = f"Upload {_name(chosen[0])}" if len(chosen) == 1 else f"Upload {len(chosen)} files"
        _commit(request, repo, rev, operations, form, default)
    except HubError as error:
        return _upload_page(request, repo, rev, error.status, **entered, error=error)
    return see(address(repo, "tree", rev, folder))


def edit_page(request: Request) -> Response:
    """The text of a file in an editor; a file that is not there yet begins empty."""
    if visitor_of(request) is None:
        return login_first(request)
    repo, rev = _branch_of(request)
    path, sha = request.path_params["path"], repo.resolve(rev)
    content = _content(repo, sha, path)
    return _edit_page(request, repo, rev, content=content or "", parent=sha, is_new=content is None)


def edit(request: Request, form: FormData) -> Response:
    """One commit with the new text, if nobody else has committed since the editor was opened."""
    repo, rev = _branch_of(request)
    path, entered = request.path_params["path"], text(form, "content")
    content, parent = entered.replace("\r\n", "\n"), text(form, "parent")
    try:
        before = _content(repo, repo.resolve(parent), path)
        if before is not None and "\r\n" in before:
            content = content.replace("\n", "\r\n")
        if content == before:
            raise BadRequest("The text is the same as before, so there is nothing to commit.")
        operation = Add(path, content.encode("utf-8", errors="replace"))
        default = f"{'Create' if before is None else 'Update'} {posixpath.basename(path)}"
        _commit(request, repo, rev, [operation], form, default, parent=parent)
    except HubError as error:
        newer = None
        if isinstance(error, HeadMoved):
            parent = repo.resolve(rev)
            newer = commit_line(repo.git.object_store[parent.encode()])
        told = {"content": entered, "parent": parent, "message": text(form, "message")}
        told |= {"description": text(form, "description"), "is_new": text(form, "is_new") == "yes"}
        return _edit_page(request, repo, rev, error.status, **told, error=error, newer=newer)
    return see(address(repo) if path == "README.md" and rev == "main" else address(repo, "blob", rev, path))


def delete_page(request: Request) -> Response:
    """Asks before a file is deleted."""
    if visitor_of(request) is None:
        return login_first(request)
    return _delete_page(request, *_branch_of(request))


def delete(request: Request, form: FormData) -> Response:
    """One commit without the file; in older commits it stays."""
    repo, rev = _branch_of(request)
    path = request.path_params["path"]
    default = f"Delete {posixpath.basename(path)}"
    try:
        _commit(request, repo, rev, [Delete(path)], form, default, parent=text(form, "parent"))
    except HeadMoved as error:
        entered = {name: text(form, name) for name in ("message", "description")}
        return _delete_page(request, repo, rev, error.status, **entered, error=error)
    return see(address(repo, "tree", rev, _nearest_folder(repo, rev, path)))


def _branch_of(request: Request) -> tuple[Repo, str]:
    """The visitor's repository and the branch that is to be changed."""
    repo, rev = own_repo_of(request)[0], request.path_params["rev"]
    if rev not in repo.branches():
        raise RevisionNotFound(f"{repo.id} has no branch {rev!r}. Files can be changed on a branch only.")
    return repo, rev


def _upload_page(request: Request, repo: Repo, rev: str, status: int = 200, **values: Any) -> Response:
    blank = {"folder": "", "message": "", "description": "", "error": None}
    return repo_page(request, "upload.html", repo, "files", status, rev=rev, most=_MOST_FILES, **(blank | values))


def _edit_page(request: Request, repo: Repo, rev: str, status: int = 200, **values: Any) -> Response:
    blank = {"message": "", "description": "", "error": None, "newer": None, "path": request.path_params["path"]}
    return repo_page(request, "edit.html", repo, "files", status, rev=rev, **(blank | values))


def _delete_page(request: Request, repo: Repo, rev: str, status: int = 200, **values: Any) -> Response:
    path, sha = request.path_params["path"], repo.resolve(rev)
    blank = {"path": path, "entry": repo.entry(sha, path), "parent": sha}
    blank |= {"message": "", "description": "", "error": None}
    return repo_page(request, "delete.html", repo, "files", status, rev=rev, **(blank | values))


def _commit(
    request: Request,
    repo: Repo,
    rev: str,
    operations: list[Operation],
    form: FormData,
    default: str,
    parent: str | None = None,
) -> None:
    for operation in operations:
        if isinstance(operation, Add) and operation.path == "README.md":
            cards.refuse_bad_card(operation.content)
    title = " ".join(text(form, "message").split()) or default
    description = text(form, "description").replace("\r\n", "\n").strip()
    message = f"{title}\n\n{description}" if description else title
    repo.commit(operations, message, branch=rev, parent=parent, author=visitor_of(request).name)


def _operation(repo: Repo, path: str, file: UploadFile, rules: bytes) -> Operation:
    """What becomes of an uploaded file: a large one goes to the large files piece by piece, never whole in memory."""
    sample = file.file.read(SAMPLE)
    file.file.seek(0)
    if not is_large(path.encode("utf-8", errors="replace"), file.size or 0, sample, rules):
        return Add(path, file.file.read())
    with repo.lfs.incoming() as incoming:
        shutil.copyfileobj(file.file, incoming, _PIECE)
        pointer = incoming.keep()
    return AddLarge(path, pointer.sha256, pointer.size)


def _name(file: UploadFile) -> str:
    """The name of an uploaded file; some browsers send it with the folders of the visitor's machine."""
    return (file.filename or "").replace("\\", "/").rpartition("/")[2]


def _content(repo: Repo, sha: str, path: str) -> str | None:
    """The text of a file, None when there is none; raises `BadRequest` for what cannot be edited as text."""
    try:
        entry = repo.entry(sha, path)
    except EntryNotFound:
        return None
    if entry.is_folder:
        raise BadRequest(f"{path!r} is a folder.")
    # In a form each character may take three bytes.
    content = None if entry.pointer or entry.size > LARGEST_TEXT // 4 else text_of(repo, entry)
    if content is None:
        raise BadRequest(f"{path!r} is too large or no text, so it cannot be edited here. Upload a new version of it.")
    return content


def _nearest_folder(repo: Repo, rev: str, path: str) -> str:
    """The folder that a deleted file was in, or the one above that which is still there."""
    sha, folder = repo.resolve(rev), posixpath.dirname(path.strip("/"))
    while folder:
        try:
            repo.entry(sha, folder)
            break
        except EntryNotFound:
            folder = posixpath.dirname(folder)
    return folder


routes = [
    route
    for base in of_every_kind("")
    for route in (
        Route(base + "/upload/{rev:segment}", upload_page),
        Route(base + "/upload/{rev:segment}", with_form(upload, most_files=_MOST_FILES), methods=["POST"]),
        Route(base + "/edit/{rev:segment}/{path:rest}", edit_page),
        Route(base + "/edit/{rev:segment}/{path:rest}", with_form(edit), methods=["POST"]),
        Route(base + "/delete/{rev:segment}/{path:rest}", delete_page),
        Route(base + "/delete/{rev:segment}/{path:rest}", with_form(delete), methods=["POST"]),
    )
]
