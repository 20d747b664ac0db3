"""Everything that the practice hub refuses, as exceptions that carry their HTTP answer.

`code` travels in the header `X-Error-Code`: the clients turn it into `RepositoryNotFoundError` and the like.
The message travels in `X-Error-Message` and is what a learner reads, so it says what happened, what was kept and
what to do next.
"""

from __future__ import annotations

import errno

_DISK_REFUSES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class HubError(Exception):
    """Base of all errors of the practice hub; `status` is the HTTP status, `code` the clients' name for it."""

    status = 500
    code: str | None = None


class BadRequest(HubError):
    """The request itself is wrong: a name, a path, a body."""

    status = 400


class Unauthorized(HubError):
    """The token is not one of this hub, or one is needed and none came."""

    status = 401


class Forbidden(HubError):
    """The caller is known but may not do this."""

    status = 403


class GatedRepo(Forbidden):
    """The files are only for those who asked for access and got it."""

    code = "GatedRepo"


class NotFound(HubError):
    """There is nothing under this address."""

    status = 404


class RepoNotFound(NotFound):
    """No such repository, or a private one of somebody else (which must look the same)."""

    code = "RepoNotFound"


class RevisionNotFound(NotFound):
    """The repository has no such branch, tag or commit."""

    code = "RevisionNotFound"


class EntryNotFound(NotFound):
    """The revision has no such file or folder; `commit` is the revision that was searched (40 hex)."""

    code = "EntryNotFound"

    def __init__(self, message: str, commit: str | None = None):
        super().__init__(message)
        self.commit = commit


class AlreadyExists(HubError):
    """The repository, branch or tag is there already; `url` says where a repository is."""

    status = 409

    def __init__(self, message: str, url: str | None = None):
        super().__init__(message)
        self.url = url


class Conflict(HubError):
    """What is there does not go together with what is asked: two changes of one file, something that has ended."""

    status = 409


class HeadMoved(HubError):
    """A commit named a parent that is not the branch's newest commit any more."""

    status = 412


class TooLarge(HubError):
    """More bytes than this kind of request may have."""

    status = 413


class OutOfSpace(HubError):
    """The disk is full or read-only. Not one of the statuses that clients retry, so the message comes at once."""

    status = 507


def disk_refusal(error: OSError) -> OutOfSpace | None:
    """What to say when it is the disk that refuses; None for any other trouble."""
    if error.errno not in _DISK_REFUSES:
        return None
    return OutOfSpace(
        f"The practice hub cannot write to its disk ({error.strerror}). This request changed nothing; all that was "
        "stored before is kept. Free some space in the course folder or make it writable, then send it again."
    )
