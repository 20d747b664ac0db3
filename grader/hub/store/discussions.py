"""Discussions and pull requests of a repository: one JSON file each, in `discussions/` beside git's own files.

A pull request is a discussion with a branch of its own, `refs/pr/{number}`. Titles and comments are kept as people
wrote them: whoever shows them must take them for hostile.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Literal

from dulwich.graph import find_merge_base
from dulwich.objects import Commit
from dulwich.walk import ORDER_TOPO

from grader.hub.errors import BadRequest, Conflict, NotFound
from grader.hub.store import gitfiles
from grader.hub.store.operations import Operation, Staged, name_clash
from grader.hub.store.repository import Repo, now

_LONGEST_TITLE = 255  # characters
_LONGEST_TEXT = 64_000  # characters
_MOST_EVENTS = 1000  # of one discussion

Status = Literal["draft", "open", "closed", "merged"]


@dataclass
class Event:
    """A comment, or a change of title or status. `text` is the comment, or the new title or status."""

    type: Literal["comment", "status-change", "title-change"]
    author: str
    text: str
    before: str = ""  # the old title
    edited: int | None = None  # Unix seconds
    hidden: bool = False
    when: int = field(default_factory=now)  # Unix seconds
    id: str = field(default_factory=lambda: secrets.token_hex(12))


@dataclass
class Discussion:
    """A discussion; for a pull request `base` is the commit (40 hex) that it started from."""

    number: int
    title: str
    author: str
    created: int  # Unix seconds
    status: Status
    events: list[Event]
    base: str | None = None
    merged_as: str | None = None  # the commit of main that has the changes

    @property
    def is_pull_request(self) -> bool:
        """Does it come with commits?"""
        return self.base is not None

    @property
    def kind(self) -> Literal["discussion", "pull_request"]:
        """As the Hub's clients call it."""
        return "pull_request" if self.is_pull_request else "discussion"

    @property
    def is_open(self) -> bool:
        """Does it wait for something to happen?"""
        return self.status in ("draft", "open")

    def fits(self, kind: str, status: str) -> bool:
        """Is it of this kind and "open" or "closed", as asked? "all" takes each."""
        return kind in ("all", self.kind) and status in ("all", "open" if self.is_open else "closed")

    @property
    def ref(self) -> str:
        """The branch of a pull request."""
        return f"refs/pr/{self.number}"


def all_of(repo: Repo) -> list[Discussion]:
    """All discussions of a repository, newest first."""
    return [find(repo, number) for number in sorted(_numbers(repo), reverse=True)]


def find(repo: Repo, number: int) -> Discussion:
    """The discussion of this number; raises `NotFound`."""
    try:
        stored = json.loads((repo.path / _file(number)).read_bytes())
    except FileNotFoundError:
        raise NotFound(f"{repo.id} has no discussion {number}.") from None
    return Discussion(**stored | {"events": [Event(**event) for event in stored["events"]]})


def start(repo: Repo, title: str, text: str, *, author: str, pull_request: bool = False) -> Discussion:
    """Open a discussion, or a pull request: still a draft, since it holds no commit yet."""
    with repo.writing():
        base = repo.resolve() if pull_request else None
        discussion = _new(repo, title, text, author=author, status="draft" if pull_request else "open", base=base)
        if base:
            gitfiles.move_ref(repo.git, discussion.ref.encode(), None, base.encode())
        _keep(repo, discussion)
    return discussion


def propose(
    repo: Repo, operations: Sequence[Operation], title: str, text: str, *, author: str, parent: str | None = None
) -> tuple[Discussion, str]:
    """Open a pull request with one commit, built on `parent` (default: main); also gives the commit (40 hex)."""
    with repo.writing():
        base = repo.resolve(parent or "main")
        discussion = _new(repo, title, text, author=author, status="open", base=base)
        message = f"{title}\n\n{text}" if text else title
        sha = repo.commit_unlocked(
            operations, message, branch=discussion.ref, onto=base, author=author, when=discussion.created
        )
        _keep(repo, discussion)
    return discussion, sha


def comment(repo: Repo, number: int, text: str, *, author: str) -> Event:
    """Say something."""
    with _changing(repo, number) as discussion:
        return _add(discussion, _comment(text, author))


def edit_comment(repo: Repo, number: int, comment_id: str, text: str) -> Event:
    """Put another text in the place of a comment's."""
    with _changing(repo, number) as discussion:
        event = comment_of(discussion, comment_id)
        event.text, event.edited = _checked(text, "comment", _LONGEST_TEXT), now()
        return event


def hide_comment(repo: Repo, number: int, comment_id: str) -> Event:
    """Remove a comment's text for good."""
    with _changing(repo, number) as discussion:
        event = comment_of(discussion, comment_id)
        event.text, event.hidden = "", True
        return event


def comment_of(discussion: Discussion, comment_id: str) -> Event:
    """The comment with this id that is not hidden; raises `NotFound`."""
    for event in discussion.events:
        if event.id == comment_id and event.type == "comment" and not event.hidden:
            return event
    raise NotFound(f"Discussion {discussion.number} has no comment {comment_id!r}.")


def rename(repo: Repo, number: int, title: str, *, author: str) -> Event:
    """Change the title."""
    with _changing(repo, number) as discussion:
        before, discussion.title = discussion.title, _checked(title, "title", _LONGEST_TITLE)
        return _add(discussion, Event("title-change", author, discussion.title, before=before))


def set_status(
    repo: Repo, number: int, status: Literal["open", "closed"], *, author: str, last_word: str = ""
) -> Event:
    """Open or close a discussion, after a last comment if there is one; `Conflict` for a merged pull request."""
    with _changing(repo, number) as discussion:
        if discussion.status == "merged":
            raise Conflict(f"Pull request {number} is merged, which is its end. Open a new one.")
        if last_word:
            _add(discussion, _comment(last_word, author))
        discussion.status = status
        return _add(discussion, Event("status-change", author, status))


def merge(repo: Repo, number: int, *, author: str, last_word: str = "") -> Discussion:
    """Bring the commits of a pull request into main: as they are if main did not move, else by a merge commit.

    Raises `Conflict`, and changes nothing, when both changed the same files, or when it is not open.
    """
    with _changing(repo, number) as discussion:
        if not discussion.is_pull_request:
            raise BadRequest(f"{number} is a discussion without commits: there is nothing to merge.")
        if discussion.status != "open":
            hint = " Change its status to 'open' first." if discussion.status != "merged" else ""
            raise Conflict(f"Pull request {number} is {discussion.status}, not open.{hint}")
        said = [_comment(last_word, author)] if last_word else []
        discussion.merged_as = _merge(repo, discussion, author)
        discussion.status = "merged"
        # What main has by now must be told, even in a discussion that is full.
        discussion.events += [Event("status-change", author, "merged"), *said]
        return discussion


def conflicts(repo: Repo, discussion: Discussion) -> list[str]:
    """The files that a pull request and main both changed, each in its own way."""
    main, head = repo.resolve("refs/heads/main"), repo.resolve(discussion.ref)
    return _combined(repo, _common(repo, discussion, main, head), main, head)[1]


def commits(repo: Repo, discussion: Discussion) -> list[Commit]:
    """The commits of a pull request, oldest first."""
    head, base = repo.resolve(discussion.ref).encode(), discussion.base.encode()
    walker = repo.git.get_walker(include=[head], exclude=[base], order=ORDER_TOPO)
    return [step.commit for step in walker][::-1]


def _merge(repo: Repo, discussion: Discussion, author: str) -> str:
    main, head = repo.resolve("refs/heads/main"), repo.resolve(discussion.ref)
    common = _common(repo, discussion, main, head)
    if common == head:  # main has it all; perhaps the hub was killed before it could say so
        return main
    if common == main:
        gitfiles.move_ref(repo.git, b"refs/heads/main", main.encode(), head.encode())
        return head
    files, clashing = _combined(repo, common, main, head)
    if clashing:
        raise Conflict(
            f"Pull request {discussion.number} cannot be merged: main changed the same files meanwhile "
            f"({', '.join(clashing)}). Nothing was changed. Commit to {discussion.ref} what main has in them, or "
            "close the pull request and make a new one from main."
        )
    message = f"{discussion.title} (#{discussion.number})"
    return repo.record(Staged(files), b"refs/heads/main", [main, head], message=message, author=author, when=now())


def _common(repo: Repo, discussion: Discussion, main: str, head: str) -> str:
    """The last commit that main and the pull request have in common; where it started if main was squashed since."""
    found = find_merge_base(repo.git, [main.encode(), head.encode()])
    return found[0].decode() if found else discussion.base


def _combined(repo: Repo, common: str, main: str, head: str) -> tuple[dict[bytes, tuple[int, bytes]], list[str]]:
    """The files of `main` with the changes from `common` to `head`, and those where that is impossible."""
    before, ours, theirs = repo.files(common), repo.files(main), repo.files(head)
    combined, clashing = dict(ours), []
    for path in sorted(before.keys() | theirs.keys()):
        change = theirs.get(path)
        if change == before.get(path):
            continue
        if ours.get(path) not in (before.get(path), change):
            clashing.append(path)
        elif change is None:
            combined.pop(path, None)
        else:
            combined[path] = change
    clashing += name_clash(combined)
    return combined, [path.decode("utf-8", errors="replace") for path in clashing]


def _new(repo: Repo, title: str, text: str, *, author: str, status: Status, base: str | None) -> Discussion:
    taken = [*_numbers(repo), *(int(number) for number in repo.pull_requests() if number.isdecimal()), 0]
    discussion = Discussion(
        number=max(taken) + 1,
        title=_checked(title, "title", _LONGEST_TITLE),
        author=author,
        created=now(),
        status=status,
        events=[],
        base=base,
    )
    if text.strip():
        _add(discussion, Event("comment", author, _checked(text, "description", _LONGEST_TEXT)))
    return discussion


@contextmanager
def _changing(repo: Repo, number: int) -> Iterator[Discussion]:
    """The discussion, to be changed inside and kept afterwards."""
    with repo.writing():
        discussion = find(repo, number)
        yield discussion
        _keep(repo, discussion)


def _keep(repo: Repo, discussion: Discussion) -> None:
    repo.write_beside(_file(discussion.number), json.dumps(asdict(discussion), indent=1).encode())


def _add(discussion: Discussion, event: Event) -> Event:
    if len(discussion.events) >= _MOST_EVENTS:
        raise BadRequest(f"Discussion {discussion.number} is full. Open a new one.")
    discussion.events.append(event)
    return event


def _comment(text: str, author: str) -> Event:
    return Event("comment", author, _checked(text, "comment", _LONGEST_TEXT))


def _checked(text: str, what: str, longest: int) -> str:
    text = text.encode("utf-8", errors="replace").decode().strip()
    if not text or len(text) > longest:
        raise BadRequest(f"The {what} must have between 1 and {longest:,} characters; it has {len(text):,}.")
    return text


def _numbers(repo: Repo) -> list[int]:
    return [int(path.stem) for path in (repo.path / "discussions").glob("*.json")]


def _file(number: int) -> str:
    return f"discussions/{number}.json"
