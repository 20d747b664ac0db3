"""What may be the name of a repository, of a branch or tag, and of a file in a repository."""

from __future__ import annotations

import re

from dulwich.index import validate_path, validate_path_element_hfs, validate_path_element_ntfs
from dulwich.refs import check_ref_format

from grader.hub.errors import BadRequest, NotFound

REPO_TYPES = ("models", "datasets", "spaces")

# A second segment with one of these words belongs to the address, not to the repository's name.
_ADDRESS_WORDS = """
ask-access auth-check blame blob branch commit commits compare discussions info paths-info preupload raw refs resolve
revision settings super-squash tag tree user-access-request viewer xet-read-token xet-write-token
"""
RESERVED = tuple(_ADDRESS_WORDS.split())
RESERVED_NAMESPACES = ("api", "datasets", "models", "oauth", "settings", "spaces")

_PART = re.compile(r"[A-Za-z0-9](?:[\w.-]*[\w])?", re.ASCII)
_LONGEST_ID = 96
_LONGEST_PATH = 1024


def check_repo_id(repo_id: str) -> tuple[str, str]:
    """`namespace/name` split in two; raises `BadRequest` with the reason when it cannot be the name of a repository."""
    namespace, _, name = repo_id.partition("/")
    for part in (namespace, name):
        if not _PART.fullmatch(part) or "--" in part or ".." in part:
            raise BadRequest(
                f"{repo_id!r} cannot be the name of a repository. It has the form 'namespace/name'; both are made of "
                "letters, digits, '-', '_' and '.', start and end with a letter or digit, and hold no '--' or '..'."
            )
    if len(repo_id) > _LONGEST_ID:
        raise BadRequest(f"The name {repo_id[:40]!r}... is longer than {_LONGEST_ID} characters.")
    if name.endswith((".git", ".ipynb")) or name in RESERVED or namespace in RESERVED_NAMESPACES:
        raise BadRequest(f"{repo_id!r} cannot be the name of a repository: it would clash with an address of the hub.")
    return namespace, name


def check_path(path: str) -> bytes:
    """The path of a file in a repository as git wants it; raises `BadRequest` for one that could harm a checkout."""
    try:
        raw = path.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest(f"The path {path!r} is not valid Unicode.") from None
    parts = raw.split(b"/")
    harmless = (
        all(parts) and validate_path(raw, validate_path_element_ntfs) and validate_path(raw, validate_path_element_hfs)
    )
    if not harmless or "\\" in path or any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        raise BadRequest(
            f"{path!r} cannot be a path in a repository: it must be relative, without '..', '.git', backslashes or "
            "control characters."
        )
    if len(raw) > _LONGEST_PATH or max(map(len, parts)) > 255:
        raise BadRequest(f"The path {path[:40]!r}... is too long.")
    return raw


def check_ref_name(name: str) -> bytes:
    """The name of a branch or tag as git wants it; raises `BadRequest` for one that git or the hub would misread."""
    raw = name.encode("utf-8", errors="replace")
    if not check_ref_format(b"refs/heads/" + raw) or name.startswith(("refs/", "-")) or is_full_sha(name):
        raise BadRequest(f"{name!r} cannot be the name of a branch or tag.")
    return raw


def check_branch(name: str) -> bytes:
    """The full ref of a branch, or of a pull request by its own (`refs/pr/1`); raises `BadRequest` as above."""
    if pull_request_of(name):
        return name.encode()
    return b"refs/heads/" + check_ref_name(name.removeprefix("refs/heads/"))


def pull_request_of(name: str) -> int | None:
    """The number of the pull request that a full ref belongs to, None for any other name."""
    match = re.fullmatch(r"refs/pr/([1-9][0-9]{0,8})", name)
    return int(match[1]) if match else None


def discussion_number(text: str) -> int:
    """The number of a discussion or pull request in an address; raises `NotFound` for what can be none."""
    if number := pull_request_of(f"refs/pr/{text}"):
        return number
    raise NotFound(f"{text!r} is not the number of a discussion.")


def is_full_sha(text: str) -> bool:
    """True for the 40 hexadecimal digits of a commit."""
    return re.fullmatch(r"[0-9a-f]{40}", text) is not None
