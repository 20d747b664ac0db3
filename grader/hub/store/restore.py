"""From an archive back to a hub: all of it is read and verified aside, then moved to its place, or nothing is.

Of an archive's repositories only git's objects and refs and what lies beside them are taken; the rest is made anew.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dulwich.errors import ObjectFormatException
from dulwich.objects import Commit, Tag
from dulwich.refs import PackedRefsException, check_ref_format, read_packed_refs
from filelock import FileLock

from grader.hub.errors import AlreadyExists, BadRequest, HubError
from grader.hub.store import discussions, durable, gitfiles, packs
from grader.hub.store.archive import MIRROR, OVERLAY, PACKED_REFS, Manifest, scratch
from grader.hub.store.lfs import LfsStore, is_sha256
from grader.hub.store.names import REPO_TYPES, check_repo_id
from grader.hub.store.repos import RepoStore
from grader.hub.store.repository import Repo, repo_lock
from grader.hub.store.unpacking import unpack

_LARGEST_OBJECT = 64 << 20  # bytes of an object of git, unpacked
_BROKEN_GIT = (
    HubError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    zlib.error,
    ObjectFormatException,
    PackedRefsException,
)


def restore(archive: Path, roots: Mapping[str, Path], *, merge: bool = False, replace: bool = False) -> Manifest:
    """Bring an archive into the roots (by their name in the archive), whether or not a hub serves them.

    Unless `merge`, nothing must have been pushed to the hub yet. Names that are on both sides are refused, unless
    `replace`: then the archive wins. What is mirrored already stays without asking. Of accounts that are on both sides
    only an empty hub takes the archive's tokens.
    Raises `BadRequest` for what is not a sound archive, `AlreadyExists`, `OutOfSpace`; then nothing has changed.
    """
    with scratch(roots[OVERLAY].parent) as aside:
        manifest = unpack(archive, aside)
        roots = {name: root for name, root in roots.items() if name == OVERLAY or (aside / name).exists()}
        repositories = [_check_repo(aside, name) for name in manifest.repositories if name.partition("/")[0] in roots]
        settings = {name: _read_names(aside / name) for name in roots}
        stores = {name: RepoStore(root) for name, root in roots.items()}  # which also makes their folders
        _refuse_clashes([repo for repo in repositories if repo.root_name == OVERLAY], stores[OVERLAY], merge, replace)
        with _undone_on_failure() as undo:
            for name, root in roots.items():
                _move_large_files(aside / name, root)
            for repo in repositories:
                _move_repo(repo, roots[repo.root_name], aside, undo, replace=replace)
            for name, root in roots.items():
                _merge_names(root, settings[name], undo, with_tokens=not merge)
    return manifest


class _Restored(Repo):
    """A repository that lies aside, in the folder of `root_name`."""

    root_name: str


def _check_repo(aside: Path, name: str) -> _Restored:
    """The repository under its name in the archive, made anew around its objects."""
    root_name, _, repo_type, namespace, repo_name = name.split("/")
    path = aside / f"{name}.git"
    repo_id = f"{namespace}/{repo_name}"
    try:
        _make_git(path)
        repo = _Restored(aside, repo_type, repo_id, LfsStore(aside / root_name), path=path, writable=True)
        repo.root_name = root_name
        for sha in (*repo.branches().values(), *repo.tags().values()):
            list(repo.tree(sha))
        if type(repo.settings.created) is not int or type(repo.settings.private) is not bool:
            raise ValueError("its settings")
        discussions.all_of(repo)
    except _BROKEN_GIT as error:
        raise BadRequest(f"{repo_id} in the archive is damaged ({error}). Nothing was changed.") from None
    repo.git.close()
    return repo


def _make_git(path: Path) -> None:
    """Turn a folder of objects and packed refs into a bare repository with refs of one file each.

    A hub that has the repository of this name open would go on with packed refs that it has read before.
    """
    found = path.with_suffix(".found")
    os.rename(path, found)
    git = gitfiles.init_bare(path)
    for entry in found.iterdir():
        if entry.name not in ("objects", PACKED_REFS):
            os.replace(entry, path / entry.name)
    for entry in (found / "objects").glob("??/*"):
        _refuse_bomb(entry)
        (path / "objects" / entry.parent.name).mkdir(exist_ok=True)
        os.replace(entry, path / "objects" / entry.parent.name / entry.name)
    with durable.unsynced():
        for entry in (found / "objects" / "pack").glob("*.pack"):
            with entry.open("rb") as pack:
                if incoming := packs.unpack(pack, found, git.object_store):
                    incoming.move_into(path)
        with (found / PACKED_REFS).open("rb") as packed:
            for sha, ref in read_packed_refs(packed):
                if not check_ref_format(ref) or not isinstance(git.object_store[sha], Commit | Tag):
                    raise ValueError(f"the ref {ref!r}")
                gitfiles.move_ref(git, ref, None, sha)
    git.close()
    shutil.rmtree(found)


def _refuse_bomb(path: Path) -> None:
    """Large files lie elsewhere, so an object that unpacks to very much is none of a hub."""
    if len(zlib.decompressobj().decompress(path.read_bytes(), _LARGEST_OBJECT)) == _LARGEST_OBJECT:
        raise ValueError(f"the object {path.parent.name}{path.name} is too large")


def _refuse_clashes(pushed: list[_Restored], own: RepoStore, merge: bool, replace: bool) -> None:
    held = {(repo.type, repo.id) for repo in own.all()}
    if held and not merge:
        raise AlreadyExists(
            f"This hub holds something already (repositories: {len(held)}). Nothing was changed. Empty it first "
            "(course hub reset --all), or import with --into-existing."
        )
    both = sorted(repo.id for repo in pushed if (repo.type, repo.id) in held)
    if both and not replace:
        raise AlreadyExists(
            f"The hub and the archive both have {', '.join(both)}. Nothing was changed. With --replace too, those of "
            "the archive take the place of yours."
        )


@contextmanager
def _undone_on_failure() -> Iterator[ExitStack]:
    with ExitStack() as undo:
        yield undo
        undo.pop_all()


def _move_large_files(aside: Path, root: Path) -> None:
    """Before anything names them; those that nothing names do no harm."""
    store = LfsStore(root)
    for path in (aside / "lfs").glob("*/*/*"):
        if not store.find(path.name):
            store.take(path, path.name)


def _move_repo(repo: _Restored, root: Path, aside: Path, undo: ExitStack, *, replace: bool) -> None:
    durable.sync_tree(repo.path)
    place = root / "repos" / repo.type / f"{repo.id}.git"
    durable.make_folder(place.parent)
    with repo_lock(root, repo.type, repo.id):
        if place.exists():
            if not replace and repo.root_name == MIRROR:
                return  # it can be had again at any time, and the one that is here may be newer
            if not replace:
                raise AlreadyExists(f"{repo.id} was made meanwhile. Nothing was changed; import the archive again.")
            before = aside / "replaced" / place.relative_to(root)
            before.parent.mkdir(parents=True, exist_ok=True)
            os.rename(place, before)
            undo.callback(os.rename, before, place)
        os.rename(repo.path, place)
        undo.callback(os.rename, place, repo.path)
        durable.sync_folder(place.parent)


def _read_names(aside: Path) -> dict[str, dict[str, Any]]:
    """Old names and accounts of a root in the archive, checked."""
    found = {}
    for name, check in (("aliases", _check_aliases), ("accounts", _check_accounts)):
        try:
            found[name] = json.loads((aside / f"{name}.json").read_bytes())
            check(found[name])
        except FileNotFoundError:
            found[name] = {}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, BadRequest):
            raise BadRequest(f"The {name} in the archive are damaged. Nothing was changed.") from None
    return found


def _check_aliases(aliases: dict[str, dict[str, str]]) -> None:
    for repo_type, known in aliases.items():
        if repo_type not in REPO_TYPES:
            raise ValueError
        for old, repo_id in known.items():
            check_repo_id(old if "/" in old else f"old/{old}")
            check_repo_id(repo_id)


def _check_accounts(accounts: dict[str, dict[str, Any]]) -> None:
    for name, account in accounts.items():
        check_repo_id(f"{name}/repository")
        for token in account["tokens"]:
            whole = isinstance(token["name"], str) and type(token["created"]) is int and is_sha256(token["sha256"])
            if not whole or token["role"] not in ("read", "write"):
                raise ValueError
        facts = account.get("facts", {})
        if not all(isinstance(text, str) for text in (*facts, *facts.values())):
            raise ValueError
        if type(account.get("instructor", False)) is not bool:
            raise ValueError


def _merge_names(root: Path, found: dict[str, dict[str, Any]], undo: ExitStack, *, with_tokens: bool) -> None:
    """What the hub has already stays; the archive adds to it."""

    def add_aliases(own: dict[str, Any]) -> None:
        for repo_type, known in found["aliases"].items():
            own[repo_type] = known | own.get(repo_type, {})

    def add_accounts(own: dict[str, Any]) -> None:
        for name, account in found["accounts"].items():
            if name not in own:
                own[name] = account
            elif with_tokens:
                tokens = own[name]["tokens"]
                tokens += [new for new in account["tokens"] if new["name"] not in {old["name"] for old in tokens}]

    with repo_lock(root, "aliases", "all"):
        _change(root, "aliases.json", add_aliases, undo, mode=0o644)
    with FileLock(root / "locks" / "accounts.lock"):
        _change(root, "accounts.json", add_accounts, undo, mode=0o600)


def _change(root: Path, name: str, change: Callable[[dict[str, Any]], None], undo: ExitStack, *, mode: int) -> None:
    path = root / name
    before = path.read_bytes() if path.exists() else b"{}"
    content = json.loads(before)
    change(content)
    if content != json.loads(before):
        undo.callback(durable.write, path, before, tmp=root / "tmp", mode=mode)
        durable.write(path, json.dumps(content, indent=1, sort_keys=True).encode(), tmp=root / "tmp", mode=mode)
        durable.sync_folder(root)
