"""What a push must satisfy, and how it is stored: as a whole and durably, or not at all.

The objects wait in a folder of their own until all of them were looked at. Every object of a repository is there with
all that it refers to, so it is enough to look at the new ones: each may refer to new ones and to old ones.
Nothing of a push is ever run: hooks are no objects, and the hub has none.
"""

from __future__ import annotations

import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dulwich.errors import ChecksumMismatch, ObjectFormatException
from dulwich.object_format import SHA1
from dulwich.objects import S_ISGITLINK, Blob, Commit, ShaFile, Tag, Tree, serialize_tree
from dulwich.pack import Pack

from grader.hub.errors import BadRequest, Forbidden, HeadMoved
from grader.hub.store import gitfiles, packs
from grader.hub.store.lfs import Pointer
from grader.hub.store.names import check_path, check_ref_name
from grader.hub.store.packs import IncomingPack
from grader.hub.store.repository import Repo

_BRANCHES, _TAGS = b"refs/heads/", b"refs/tags/"
_MOST_UPDATES = 1000
_ENOUGH_FOR_A_PACK = 100  # objects: the hub holds every pack open, so fewer become files of their own, as with git
_MOST_FILES = 100_000  # of one commit
_LONGEST_PATH = 1024  # bytes
_MODES = (0o100644, 0o100755)

# The forms of `git fsck --strict`; dates have at most eleven digits because those of Python end with the year 9999.
_WHO = rb"[^<>\n\0]* <[^<>\n\0]*> (?:0|[1-9]\d{0,10}) [+-]\d{4}\n"
_MORE = rb"(?:[^\n\0]+\n)*(?:\n|\Z)"
_FORMS = {
    Commit: re.compile(
        rb"tree [0-9a-f]{40}\n(?:parent [0-9a-f]{40}\n)*author " + _WHO + rb"committer " + _WHO + _MORE + rb"[^\0]*\Z"
    ),
    Tag: re.compile(
        rb"object [0-9a-f]{40}\ntype (?:commit|tree|blob|tag)\ntag [^\n\0]+\n(?:tagger " + _WHO + rb")?" + _MORE
    ),
}


@dataclass(frozen=True)
class RefUpdate:
    """A branch or tag (full ref) that is to move from `old` to `new`; None: there is none."""

    ref: bytes
    old: bytes | None
    new: bytes | None


def receive(
    repo: Repo, updates: Sequence[RefUpdate], pack: IO[bytes], *, check_card: Callable[[bytes], None] = lambda _: None
) -> None:
    """Take the objects of `pack` and move the refs; returns when all is safe on the disk.

    `check_card` gets the README.md that each ref will have and raises `BadRequest` for a bad one. Raises a `HubError`
    whose text is for whoever pushed; then nothing has changed.
    """
    _check_updates(updates)
    with repo.writing(), _folder_in(repo.lfs.root / "tmp") as folder:
        _check_refs(repo, updates)
        comes = any(update.new for update in updates)  # to delete needs no objects
        incoming = packs.unpack(pack, folder, repo.git.object_store) if comes else None
        with _Objects(repo, incoming) as objects:
            _Inspection(objects).inspect(updates, check_card)
            if len(objects) < _ENOUGH_FOR_A_PACK:
                gitfiles.write_objects(repo.git, objects, tmp=repo.lfs.root / "tmp")
                incoming = None
        if incoming:
            incoming.move_into(repo.path)
        # Removed first: `a` may make room for `a/b`.
        for update in sorted(updates, key=lambda update: update.new is not None):
            if update.new is None:
                moved = gitfiles.delete_ref(repo.git, update.ref, update.old)
            else:
                moved = gitfiles.move_ref(repo.git, update.ref, update.old, update.new)
            if not moved:
                raise _moved(update.ref)


def can_be_pushed(ref: bytes) -> bool:
    """Is it a branch or a tag, and not what an annotated tag stands for?"""
    return ref.startswith((_BRANCHES, _TAGS)) and not ref.endswith(b"^{}")


def _check_updates(updates: Sequence[RefUpdate]) -> None:
    if len(updates) > _MOST_UPDATES or len({update.ref for update in updates}) != len(updates):
        raise BadRequest(f"A push may name at most {_MOST_UPDATES:,} branches and tags, each once. Nothing was stored.")
    for update in updates:
        if not update.ref.startswith((_BRANCHES, _TAGS)):
            raise Forbidden(
                f"{update.ref.decode(errors='replace')!r} is neither a branch nor a tag; only those can be pushed. "
                "Nothing was stored."
            )
        name = update.ref.split(b"/", 2)[2]
        try:
            check_ref_name(name.decode())
        except UnicodeDecodeError:
            raise BadRequest(f"{name!r} cannot be the name of a branch or tag: it is not UTF-8.") from None
        if update.ref == b"refs/heads/main" and update.new is None:
            raise Forbidden("The branch 'main' is the one that everybody gets; it cannot be deleted.")


def _check_refs(repo: Repo, updates: Sequence[RefUpdate]) -> None:
    """Are the refs where whoever pushed believes them to be, and can they be where they are to go?"""
    refs = set(repo.git.refs.subkeys(b"refs"))
    for update in updates:
        if repo.read_ref(update.ref) != update.old:
            raise _moved(update.ref)
        (refs.discard if update.new is None else refs.add)(update.ref.removeprefix(b"refs/"))
    for ref in refs:
        folder = ref
        while b"/" in folder:
            folder = folder.rpartition(b"/")[0]
            if folder in refs:
                raise BadRequest(
                    f"{ref.decode()!r} clashes with {folder.decode()!r}: one is a part of the other's name."
                )


def _moved(ref: bytes) -> HeadMoved:
    return HeadMoved(f"{ref.decode()} moved meanwhile. Nothing was stored; pull the newer commits, then push again.")


@contextmanager
def _folder_in(parent: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Objects:
    """The objects of the push above those of the repository."""

    def __init__(self, repo: Repo, incoming: IncomingPack | None):
        self.repo = repo
        self.incoming = incoming or IncomingPack(Path())
        self._pack = Pack(str(incoming.base), object_format=SHA1) if incoming else None
        self._kinds = dict(self.incoming.kinds)

    def __enter__(self) -> _Objects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pack:
            self._pack.close()

    def __len__(self) -> int:
        return len(self.incoming.kinds)

    def __iter__(self) -> Iterator[ShaFile]:
        """Those of the push, in an order in which mostly each comes after what it refers to."""
        for kind in (Blob, Tree, Commit, Tag):
            yield from (self[oid] for oid in reversed(self.of_kind(kind)))

    def __getitem__(self, oid: bytes) -> ShaFile:
        if oid in self.incoming.kinds:
            return self._pack[oid]
        return self.repo.git.object_store[oid]

    def of_kind(self, kind: type[ShaFile]) -> list[bytes]:
        """The ids of those of the push that are of this kind."""
        return [oid for oid, number in self.incoming.kinds.items() if number == kind.type_num]

    def is_new(self, oid: bytes) -> bool:
        """Did it come with the push?"""
        return oid in self.incoming.kinds

    def know(self, tree: Tree) -> None:
        """Take it from a tree of the repository that all in it is there: looking for each would mean reading it."""
        for entry in tree.iteritems():
            self._kinds[entry.sha] = Tree.type_num if stat.S_ISDIR(entry.mode) else Blob.type_num

    def expect(self, oid: bytes, kind: type[ShaFile]) -> None:
        """Raises `BadRequest` unless there is such an object, and of this kind."""
        if oid not in self._kinds:
            try:
                self._kinds[oid] = self.repo.git.object_store.get_raw(oid)[0]
            except KeyError:
                raise _broken(oid, "is missing") from None
        if self._kinds[oid] != kind.type_num:
            raise _broken(oid, f"is no {kind.type_name.decode()}")


@dataclass(frozen=True)
class _Extent:
    """How much is in a folder: files with all in its subfolders, and bytes of the longest path from here."""

    files: int
    longest: int


class _Inspection:
    """One look at every new object; raises `BadRequest` with the first thing that is wrong."""

    def __init__(self, objects: _Objects):
        self._objects = objects
        self._extents: dict[bytes, _Extent] = {}

    def inspect(self, updates: Sequence[RefUpdate], check_card: Callable[[bytes], None]) -> None:
        """All objects of the push, and what the refs are to name."""
        commits = [self._commit(oid) for oid in self._objects.of_kind(Commit)]
        for oid in self._objects.of_kind(Tag):
            kind, target = self._sound(oid).object
            self._objects.expect(target, kind)
        # Those in no commit too: a later push may use them.
        for oid in [*(commit.tree for commit in commits), *self._objects.of_kind(Tree)]:
            self._tree(oid, b"")
        for oid, pointer in self._objects.incoming.pointers.items():
            self._large_file(f"the LFS pointer {oid[:12].decode()}", pointer)
        for update in updates:
            if update.new is not None:
                self._tip(update, check_card)

    def _commit(self, oid: bytes) -> Commit:
        commit = self._sound(oid)
        self._objects.expect(commit.tree, Tree)
        for parent in commit.parents:
            self._objects.expect(parent, Commit)
            if not self._objects.is_new(parent):
                self._tree(self._objects[parent].tree, b"")  # most of what is in the new one is in there
        return commit

    def _tree(self, oid: bytes, prefix: bytes) -> _Extent:
        """The folder `prefix` with all that is in it, each only once: a tree can be in another any number of times."""
        if oid in self._extents:
            return self._extents[oid]
        is_new = self._objects.is_new(oid)
        tree = self._sound(oid) if is_new else self._objects[oid]
        if not is_new:
            self._objects.know(tree)
        files = longest = 0
        for entry in tree.iteritems():
            extent = _Extent(1, 0)
            path = prefix + entry.path
            if is_new:
                self._entry(path, entry.mode, entry.sha)
            if stat.S_ISDIR(entry.mode):
                extent = self._tree(entry.sha, path + b"/")
            files += extent.files
            longest = max(longest, len(entry.path) + 1 + extent.longest)
            if files > _MOST_FILES or len(prefix) + longest > _LONGEST_PATH + 1:
                raise BadRequest(
                    f"A commit may hold at most {_MOST_FILES:,} files, with paths of at most {_LONGEST_PATH:,} bytes. "
                    "Nothing was stored."
                )
        self._extents[oid] = _Extent(files, longest)
        return self._extents[oid]

    def _entry(self, path: bytes, mode: int, oid: bytes) -> None:
        try:
            name = path.decode()
        except UnicodeDecodeError:
            raise BadRequest(f"The path {path!r} is not valid UTF-8. Nothing was stored.") from None
        try:
            check_path(name)
        except BadRequest as error:
            raise BadRequest(f"{error} Nothing was stored.") from None
        if path.rpartition(b"/")[2].lower() == b".gitmodules" or S_ISGITLINK(mode):
            raise BadRequest(f"{name!r} belongs to a submodule. Nothing was stored; push the files themselves.")
        if stat.S_ISLNK(mode):
            raise BadRequest(f"{name!r} is a symbolic link. Nothing was stored; push the file that it points to.")
        if stat.S_ISDIR(mode):
            self._objects.expect(oid, Tree)
        elif mode in _MODES:
            self._objects.expect(oid, Blob)
            if pointer := self._objects.incoming.pointers.get(oid):
                self._large_file(repr(name), pointer)
        else:
            raise BadRequest(f"{name!r} has the odd file mode {mode:o}. Nothing was stored.")

    def _large_file(self, name: str, pointer: Pointer) -> None:
        found = self._objects.repo.lfs.adopt(pointer.sha256)
        if found is None or found.stat().st_size != pointer.size:
            raise BadRequest(
                f"The content of {name} (sha256 {pointer.sha256[:12]}..., {pointer.size:,} bytes) was never uploaded. "
                "Nothing was stored. Run `git lfs install` and `git lfs push --all origin`, then push again."
            )

    def _tip(self, update: RefUpdate, check_card: Callable[[bytes], None]) -> None:
        oid = update.new
        if update.ref.startswith(_TAGS):
            while isinstance(found := self._known(oid), Tag):
                oid = found.object[1]
        self._objects.expect(oid, Commit)
        tree = self._objects[self._objects[oid].tree]
        if b"README.md" in tree and not stat.S_ISDIR(tree[b"README.md"][0]):
            check_card(self._objects[tree[b"README.md"][1]].as_raw_string())

    def _known(self, oid: bytes) -> ShaFile:
        try:
            return self._objects[oid]
        except KeyError:
            raise _broken(oid, "is missing") from None

    def _sound(self, oid: bytes) -> ShaFile:
        """The new object, in the form that git wants."""
        try:
            found = self._objects[oid]
            found.check()
            if not self._is_in_form(found):
                raise ObjectFormatException("not as git writes it")
        except (ChecksumMismatch, ObjectFormatException, ValueError, AssertionError) as error:
            raise _broken(oid, f"is malformed ({error})") from None
        return found

    def _is_in_form(self, found: ShaFile) -> bool:
        raw = found.as_raw_string()
        if isinstance(found, Tree):
            # What was left aside when it was read, such as a name that is there twice, is missing when written again.
            return b"".join(serialize_tree(found.iteritems())) == raw
        return _FORMS[type(found)].match(raw) is not None


def _broken(oid: bytes, what: str) -> BadRequest:
    return BadRequest(f"The object {oid.decode(errors='replace')[:12]} {what}. Nothing was stored; push again.")
