"""What a fetch gets: the refs there are, what client and hub have in common, and a pack of what the client lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from dulwich.errors import GitProtocolError, HangupException
from dulwich.object_format import SHA1
from dulwich.object_store import MissingObjectFinder, find_shallow
from dulwich.objects import Commit, Tag, valid_hexsha
from dulwich.pack import PackChunkGenerator, generate_unpacked_objects
from dulwich.protocol import Protocol, extract_want_line_capabilities

from grader.hub.errors import BadRequest
from grader.hub.store.reading import RepoReader

_DEEPEST = 0x7FFFFFFF  # commits; git says so for all of them


@dataclass
class Wish:
    """What a client asks for: the tips it wants, the commits it has, and how deep its history is and is to be.

    `shallow` are commits whose parents it lacks. Without `done` it only wants to know which of its commits are known.
    """

    wants: list[bytes] = field(default_factory=list)
    haves: list[bytes] = field(default_factory=list)
    shallow: set[bytes] = field(default_factory=set)
    depth: int | None = None
    goes_on: bool = False  # it wants more than to hear where its history is to end
    done: bool = False
    capabilities: frozenset[bytes] = frozenset()


def read_wish(body: IO[bytes]) -> Wish:
    """The request of `git-upload-pack` in versions 0 and 1 of the protocol; raises `BadRequest`."""
    wish = Wish()
    try:
        for line in _lines(body):
            _add(wish, line)
    except (GitProtocolError, ValueError) as error:
        raise BadRequest(f"This is not what git sends for a fetch: {error}.") from None
    return wish


def _lines(body: IO[bytes]) -> Iterator[bytes | None]:
    protocol = Protocol(body.read, lambda _: None)
    while True:
        try:
            yield protocol.read_pkt_line()
        except HangupException:
            return


def _add(wish: Wish, line: bytes | None) -> None:
    word, _, value = (line or b"").rstrip(b"\n").partition(b" ")
    if word == b"want":
        if not wish.wants:
            rest, capabilities = extract_want_line_capabilities(line.rstrip(b"\n"))
            value, wish.capabilities = rest.partition(b" ")[2], frozenset(capabilities)
        wish.wants.append(_oid(value))
    elif word == b"shallow":
        wish.shallow.add(_oid(value))
    elif word == b"deepen":
        wish.depth = min(int(value), _DEEPEST)
        if wish.depth < 1:
            raise ValueError("a depth below 1")
    elif word == b"have":
        wish.goes_on = True
        wish.haves.append(_oid(value))
    elif word == b"done":
        wish.goes_on = wish.done = True
    elif word:
        raise ValueError(repr(word[:20]))


def _oid(text: bytes) -> bytes:
    if len(text) != 40 or not valid_hexsha(text):
        raise ValueError(f"{text[:50]!r} is no object id")
    return text


class Fetch:
    """One fetch from one repository; raises `BadRequest` when it wants what no branch or tag leads to."""

    def __init__(self, repo: RepoReader, wish: Wish):
        self._objects = repo.git.object_store
        self._wish = wish
        self._refuse_hidden(repo)
        self.shallow, self.unshallow = self._new_ends()
        self.common = [oid for oid in wish.haves if oid in self._objects]

    def pack(self) -> Iterator[bytes]:
        """The pack in pieces, made while it is read."""
        finder = MissingObjectFinder(
            self._objects,
            # A client whose history is to end elsewhere lacks parents of what it has, so it gets everything again.
            haves=[] if self._wish.depth else self.common,
            wants=self._wish.wants,
            shallow=self._ends,
            get_parents=lambda commit: [] if commit.id in self._ends else commit.parents,
        )
        missing = list(finder)
        yield from PackChunkGenerator(
            SHA1,
            num_records=len(missing),
            records=generate_unpacked_objects(self._objects, missing),
        )

    def _refuse_hidden(self, repo: RepoReader) -> None:
        # A ref may have moved since the client heard of it, so what it led to is fine too.
        tips = set(repo.git.refs.as_dict(b"refs").values())
        hidden = set(self._wish.wants) - tips
        if hidden:
            hidden -= {step.commit.id for step in repo.git.get_walker(include=self._commits(tips))}
        if hidden:
            raise BadRequest(f"No branch or tag of {repo.id} leads to {hidden.pop().decode()}.")

    def _commits(self, oids: set[bytes]) -> list[bytes]:
        found = [self._objects.peel(oid)[1] for oid in oids]
        return [item.id for item in found if isinstance(item, Commit)]

    def _new_ends(self) -> tuple[set[bytes], set[bytes]]:
        """Where the client's history will end that it did not before, and where it will not end any more."""
        self._ends = self._wish.shallow
        if not self._wish.depth:
            return set(), set()
        ends, inside = find_shallow(self._objects, self._wish.wants, self._wish.depth)
        # The first commit of all is no end: nothing is missing behind it.
        self._ends = {oid for oid in ends - inside if self._objects[oid].parents}
        return self._ends - self._wish.shallow, (inside | ends - self._ends) & self._wish.shallow


def advertised(repo: RepoReader) -> Iterator[tuple[bytes, bytes]]:
    """All refs with what they name, `HEAD` first, and after an annotated tag as `{ref}^{}` what it stands for."""
    if head := repo.read_ref(b"refs/heads/main"):
        yield b"HEAD", head
    for ref, oid in sorted(repo.git.refs.as_dict(b"refs").items()):
        full = b"refs/" + ref
        yield full, oid
        if isinstance(repo.git.object_store[oid], Tag):
            yield full + b"^{}", repo.git.object_store.peel(oid)[1].id
