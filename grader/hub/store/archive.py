"""A whole hub in one archive: a tar file of its roots, with a manifest first that holds the sha256 of every file.

Only what is known to belong to a hub travels: git's objects and refs, what lies beside them, large files, old names and
accounts (which hold hashes of tokens, no tokens). Configuration and hooks of git stay behind: whoever reads an archive
must not run what somebody put into it.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dulwich.refs import write_packed_refs
from dulwich.repo import Repo as GitRepo
from filelock import FileLock, Timeout

from grader.hub.errors import AlreadyExists, BadRequest, HubError, OutOfSpace
from grader.hub.store.lfs import megabytes, sha256_of
from grader.hub.store.names import REPO_TYPES
from grader.hub.store.repository import repo_lock

VERSION = 1
MANIFEST = "manifest.json"
PACKED_REFS = "packed-refs"
OVERLAY, MIRROR = "hub", "mirror"  # the folders of the two roots in an archive

_SCRATCH = ".archive-"
_RESERVE = 50_000_000  # bytes of the disk that are left alone
_BESIDE = r"hub\.json|mirror\.json|discussions/[1-9][0-9]{0,8}\.json"
_OBJECTS = r"objects/(?:[0-9a-f]{2}/[0-9a-f]{38}|pack/pack-[0-9a-f]{40}\.pack)"
_IN_REPO = re.compile(rf"{_BESIDE}|{_OBJECTS}|{PACKED_REFS}")
_NAME = re.compile(
    rf"(?P<root>{OVERLAY}|{MIRROR})/(?:"
    rf"(?P<repo>repos/(?:{'|'.join(REPO_TYPES)})/[^/]+/[^/]+)\.git/(?:{_IN_REPO.pattern})"
    r"|lfs/[0-9a-f]{2}/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})"
    r"|aliases\.json|accounts\.json)"
)


@dataclass
class Manifest:
    """What an archive holds: the size in bytes and the sha256 of each file. `created`: Unix seconds."""

    created: int
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    version: int = VERSION

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for size, _ in self.files.values())

    @property
    def repositories(self) -> list[str]:
        """`root/repos/type/namespace/name` of each."""
        matches = (parse_name(name) for name in self.files)
        return sorted({f"{match['root']}/{match['repo']}" for match in matches if match["repo"]})

    @property
    def large_files(self) -> int:
        """How many there are."""
        return sum(bool(parse_name(name)["sha256"]) for name in self.files)

    def counts(self) -> dict[str, int]:
        """How many repositories of each type, and how many large files."""
        of_type = {repo_type: sum(f"/{repo_type}/" in repo for repo in self.repositories) for repo_type in REPO_TYPES}
        return of_type | {"large_files": self.large_files}


def parse_name(name: str) -> re.Match[str]:
    """The parts of a file's name in an archive; raises `BadRequest` for one that no hub has."""
    match = _NAME.fullmatch(name)
    if not match or not _is_in_its_place(name, match["sha256"]):
        raise BadRequest(f"{name[:100]!r} does not belong into the archive of a hub.")
    return match


def export(target: Path, roots: Mapping[str, Path]) -> Manifest:
    """Write all of the roots (by their name in the archive) into a new archive, whether or not a hub serves them.

    Each repository is as it was at one moment. Raises `AlreadyExists`, `BadRequest` for a kind of file that cannot be
    written, `OutOfSpace`.
    """
    mode = _mode(target)
    if target.exists():
        raise AlreadyExists(f"{target} is there already. Nothing was written; choose another name.")
    with scratch(roots[OVERLAY].parent) as folder:
        for name, root in roots.items():
            _snapshot(root, folder / name)
        manifest = _manifest(folder)
        if (free := shutil.disk_usage(target.parent).free) < manifest.size + _RESERVE:
            raise OutOfSpace(
                f"The archive may take {megabytes(manifest.size)}; {megabytes(free)} are free in "
                f"{target.parent}. Nothing was written. Free some space, or write it to another disk."
            )
        _write(target, mode, folder, manifest)
    return manifest


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A folder on the disk of the roots for one who works with a whole hub; what a killed one left is removed."""
    beside.mkdir(parents=True, exist_ok=True)
    lock = FileLock(beside / "archive.lock", timeout=0.2)
    try:
        lock.acquire()
    except Timeout:
        raise HubError("Another export or import of this hub is at work. Wait for its end, then try again.") from None
    try:
        for leftover in beside.glob(f"{_SCRATCH}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=beside))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()


def _snapshot(root: Path, into: Path) -> None:
    """A copy of a root, which takes no space: what never changes is linked."""
    for path in sorted((root / "repos").glob("*/*/*.git")):
        repo_id = f"{path.parent.name}/{path.name.removesuffix('.git')}"
        with repo_lock(root, path.parent.parent.name, repo_id):
            if (path / "hub.json").exists():  # not deleted or renamed meanwhile
                _snapshot_repo(path, into / path.relative_to(root))
    # A large file is stored before a commit names it. So all are here by now that the commits above name.
    for path in (root / "lfs").glob("*/*/*"):
        _link(path, into / path.relative_to(root))
    for name in ("aliases.json", "accounts.json"):
        if (root / name).exists():
            _copy(root / name, into / name)


def _snapshot_repo(path: Path, into: Path) -> None:
    """Whoever calls this holds the repository's lock."""
    for file in path.rglob("*"):
        name = file.relative_to(path).as_posix()
        if name == PACKED_REFS or not _IN_REPO.fullmatch(name):
            continue
        if name.startswith("objects/"):
            _link(file, into / name)
        else:
            _copy(file, into / name)
    git = GitRepo(str(path))
    refs = {name: sha for name, sha in git.get_refs().items() if name.startswith(b"refs/")}
    git.close()
    with (into / PACKED_REFS).open("wb") as file:
        write_packed_refs(file, refs)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _manifest(folder: Path) -> Manifest:
    manifest = Manifest(int(time.time()))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        manifest.files[path.relative_to(folder).as_posix()] = path.stat().st_size, sha256_of(path)
    return manifest


def _write(target: Path, mode: str, folder: Path, manifest: Manifest) -> None:
    """Beside its place first: a file of this name is a whole archive."""
    handle, name = tempfile.mkstemp(prefix=".archive-", dir=target.parent)  # for this user only, as its content was
    try:
        with open(handle, "wb") as file, _opened(file, mode) as archive:
            facts = asdict(manifest) | {"counts": manifest.counts()}
            _add(archive, MANIFEST, io.BytesIO(json.dumps(facts).encode()), manifest.created)
            for member in manifest.files:
                with (folder / member).open("rb") as content:
                    _add(archive, member, content, manifest.created)
        with open(name, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(name, target)
    except OSError as error:
        raise OutOfSpace(
            f"The archive could not be written to {target} ({error.strerror or error}). It was removed; the hub is as "
            "it was. Free some space, or write it to another disk."
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _opened(file: io.BufferedWriter, mode: str) -> tarfile.TarFile:
    level = {"compresslevel": 1} if mode == "w:gz" else {}  # weights hardly become smaller at any level
    return tarfile.open(fileobj=file, mode=mode, format=tarfile.PAX_FORMAT, **level)


def _add(archive: tarfile.TarFile, name: str, content: io.BufferedIOBase, when: int) -> None:
    member = tarfile.TarInfo(name)
    member.size = content.seek(0, io.SEEK_END)
    member.mtime, member.mode = when, 0o600
    content.seek(0)
    archive.addfile(member, content)


def _mode(target: Path) -> str:
    name = target.name.lower()
    if name.endswith(".tar"):
        return "w:"
    if name.endswith((".tar.gz", ".tgz")):
        return "w:gz"
    if name.endswith(".tar.zst") and hasattr(tarfile.TarFile, "zstopen"):
        return "w:zst"
    zst = " (.tar.zst needs Python 3.14 or newer)" if name.endswith(".zst") else ""
    raise BadRequest(f"{target.name!r} must end in .tar or .tar.gz{zst}. Nothing was written.")


def _is_in_its_place(name: str, sha256: str | None) -> bool:
    return sha256 is None or f"lfs/{sha256[:2]}/{sha256[2:4]}/" in name
