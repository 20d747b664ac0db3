"""git over HTTP: clone, fetch and push, in versions 0 and 1 of git's protocol (newer clients fall back to them).

The wire format and the packs are dulwich's work. `git http-backend` would do the same, but needs a git on every
machine that serves, starts processes with a learner's push as their input, and can look at a push only from hooks.
Of dulwich's own server the handlers are not used: they make a push part of the repository before it can be looked at,
unpack whatever it claims to be into memory, run hooks, and cannot fetch into a shallow clone.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import IO

from dulwich.errors import GitProtocolError, HangupException
from dulwich.protocol import Protocol, extract_capabilities, pkt_line, pkt_seq
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from grader.hub.access import hub_of, open_repo_of, spool, writable_repo_of
from grader.hub.api.git_clients import GitRoute
from grader.hub.errors import BadRequest, Forbidden, HubError, TooLarge, disk_refusal
from grader.hub.info import cards
from grader.hub.routing import of_every_kind
from grader.hub.store.fetching import Fetch, Wish, advertised, read_wish
from grader.hub.store.packs import LARGEST_PACK
from grader.hub.store.receiving import RefUpdate, can_be_pushed, receive
from grader.hub.store.repos import Repo

_LARGEST_WISH = 16 << 20  # bytes of a request for a fetch, unpacked
_NOBODY = b"0" * 40  # what git says for a ref that is not there
_COMMON = b"object-format=sha1 agent=practice-hub"
_FETCH_OFFERS = (
    b"multi_ack_detailed side-band-64k ofs-delta shallow no-progress allow-tip-sha1-in-want "
    b"allow-reachable-sha1-in-want symref=HEAD:refs/heads/main " + _COMMON
)
_PUSH_OFFERS = b"report-status delete-refs side-band-64k ofs-delta atomic quiet " + _COMMON
_DATA, _MESSAGE = 1, 2  # channels of a side-band
_LARGEST_PIECE = 65515  # bytes on a side-band at once
_LONGEST_REASON = 500  # characters


def discover(request: Request) -> Response:
    """The branches and tags there are, as the first step of a fetch or a push."""
    service = request.query_params.get("service")
    if service == "git-upload-pack":
        refs, offers = advertised(open_repo_of(request)), _FETCH_OFFERS
    elif service == "git-receive-pack":
        repo, _ = writable_repo_of(request)
        repo.refuse_stock()
        refs, offers = (found for found in advertised(repo) if can_be_pushed(found[0])), _PUSH_OFFERS
    else:
        raise Forbidden("The practice hub speaks the smart protocol of git only. Use a newer git.")
    output = io.BytesIO()
    wire = Protocol(output.read, output.write)
    wire.write_pkt_line(b"# service=" + service.encode() + b"\n")
    wire.write_pkt_line(None)
    for number, (ref, oid) in enumerate([*refs] or [(b"capabilities^{}", _NOBODY)]):
        wire.write_pkt_line(oid + b" " + ref + (b"\n" if number else b"\0" + offers + b"\n"))
    wire.write_pkt_line(None)
    return _answer(output.getvalue(), f"{service}-advertisement")


async def upload_pack(request: Request) -> Response:
    """A fetch: what is common to both sides, then a pack of what the client lacks."""
    _check_type(request, "git-upload-pack")
    repo = await run_in_threadpool(open_repo_of, request)
    with await spool(request, _LARGEST_WISH) as body:
        return await run_in_threadpool(_upload_pack, request, repo, body)


def _upload_pack(request: Request, repo: Repo, body: IO[bytes]) -> Response:
    try:
        with _plain(request, body, _LARGEST_WISH) as plain:
            wish = read_wish(plain)
        fetch = Fetch(repo, wish)
    except BadRequest as error:  # git shows what comes in this form, and of another status only the number
        return _answer(pkt_line(b"ERR " + _reason(error)), "git-upload-pack-result")
    if not wish.wants:
        return _answer(b"", "git-upload-pack-result")
    beginning = _ends(wish, fetch) + (_common(wish, fetch) if wish.goes_on else b"")
    if not wish.done:
        return _answer(beginning, "git-upload-pack-result")
    pieces = _in_pieces(fetch.pack())
    if b"side-band-64k" in wish.capabilities:
        pieces = _on_side_band(pieces)
    return StreamingResponse(
        chain([beginning], pieces), headers=_NO_CACHE, media_type="application/x-git-upload-pack-result"
    )


def _ends(wish: Wish, fetch: Fetch) -> bytes:
    """Where the client's history is to end from now on, and where no longer."""
    if not wish.depth:
        return b""
    lines = [b"shallow " + oid for oid in sorted(fetch.shallow)] + [
        b"unshallow " + oid for oid in sorted(fetch.unshallow)
    ]
    return pkt_seq(*lines)


def _common(wish: Wish, fetch: Fetch) -> bytes:
    """Which of the commits that the client has are known here, and whether that is enough."""
    acks = [b"ACK " + oid for oid in fetch.common]
    if b"multi_ack_detailed" not in wish.capabilities:
        return pkt_line((acks[0] if acks else b"NAK") + b"\n")
    lines = [ack + b" common\n" for ack in acks]
    if wish.done:
        lines.append((acks[-1] if acks else b"NAK") + b"\n")
    else:
        # One is enough: at worst the pack holds a little that the client has.
        lines += [ack + b" ready\n" for ack in acks[-1:]] + [b"NAK\n"]
    return b"".join(map(pkt_line, lines))


async def receive_pack(request: Request) -> Response:
    """A push: taken as a whole, or refused with the reason on the learner's screen."""
    _check_type(request, "git-receive-pack")
    repo, _ = await run_in_threadpool(writable_repo_of, request)  # before any of the body is taken
    with await spool(request, LARGEST_PACK + _LARGEST_WISH) as body:
        return await run_in_threadpool(_receive_pack, request, repo, body)


def _receive_pack(request: Request, repo: Repo, body: IO[bytes]) -> Response:
    with _plain(request, body, LARGEST_PACK + _LARGEST_WISH) as plain:
        updates, capabilities = _commands(plain)
        refusal = None
        if updates:
            try:
                receive(repo, updates, plain, check_card=cards.refuse_bad_card)
            except HubError as error:
                refusal = _reason(error)
            except OSError as error:
                if (full := disk_refusal(error)) is None:
                    raise
                refusal = _reason(full)
    return _answer(_report(updates, capabilities, refusal) if updates else b"", "git-receive-pack-result")


def _commands(body: IO[bytes]) -> tuple[list[RefUpdate], frozenset[bytes]]:
    """The refs that are to move, and what the client can do; the pack is what is left of the body."""
    wire, updates, capabilities = Protocol(body.read, lambda _: None), [], frozenset()
    try:
        while line := wire.read_pkt_line():
            if line.startswith(b"shallow "):  # the client lacks older commits, which are here
                continue
            if not updates:
                line, offered = extract_capabilities(line)
                capabilities = frozenset(offered)
            old, new, ref = line.rstrip(b"\n").split(b" ", 2)
            if not all(len(oid) == 40 and set(oid) <= set(b"0123456789abcdef") for oid in (old, new)):
                raise ValueError("no object ids")
            updates.append(RefUpdate(ref, *(None if oid == _NOBODY else oid for oid in (old, new))))
    except (GitProtocolError, HangupException, ValueError) as error:
        raise BadRequest(f"This is not what git sends for a push: {error}.") from None
    return updates, capabilities


def _report(updates: list[RefUpdate], capabilities: frozenset[bytes], refusal: bytes | None) -> bytes:
    status = io.BytesIO()
    wire = Protocol(status.read, status.write)
    wire.write_pkt_line(b"unpack ok\n")
    for update in updates:
        wire.write_pkt_line(b"ng %s %s\n" % (update.ref, refusal) if refusal else b"ok %s\n" % update.ref)
    wire.write_pkt_line(None)
    if b"side-band-64k" not in capabilities:
        return status.getvalue()
    output = io.BytesIO()
    wire = Protocol(output.read, output.write)
    if refusal:
        wire.write_sideband(_MESSAGE, refusal + b"\n")
    if b"report-status" in capabilities:
        wire.write_sideband(_DATA, status.getvalue())
    wire.write_pkt_line(None)
    return output.getvalue()


def _reason(error: HubError) -> bytes:
    """The error in one line, as git wants it."""
    return " ".join(str(error).split())[:_LONGEST_REASON].encode(errors="replace")


def _check_type(request: Request, service: str) -> None:
    # A page in a browser cannot send this type without asking first, so it cannot use what the browser remembers.
    if request.headers.get("content-type") != f"application/x-{service}-request":
        raise BadRequest(f"The content type must be application/x-{service}-request.")


@contextmanager
def _plain(request: Request, body: IO[bytes], limit: int) -> Iterator[IO[bytes]]:
    """The body without the compression that it came with; raises `TooLarge` if that makes it larger than `limit`."""
    if request.headers.get("content-encoding") not in ("gzip", "x-gzip"):
        yield body
        return
    with tempfile.TemporaryFile(dir=hub_of(request).store.root / "tmp") as plain, gzip.open(body) as packed:
        try:
            while piece := packed.read(1 << 20):
                plain.write(piece)
                if plain.tell() > limit:
                    raise TooLarge(f"The body is larger than {limit:,} bytes. Nothing was stored.")
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise BadRequest("The body is not valid gzip.") from None
        plain.seek(0)
        yield plain


def _in_pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size: a pack comes in a great many little ones."""
    piece = bytearray()
    for chunk in chunks:
        piece += chunk
        while len(piece) >= _LARGEST_PIECE:
            yield bytes(piece[:_LARGEST_PIECE])
            del piece[:_LARGEST_PIECE]
    if piece:
        yield bytes(piece)


def _on_side_band(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%04x%c%s" % (len(piece) + 5, _DATA, piece)
    yield b"0000"


_NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate", "X-Content-Type-Options": "nosniff"}


def _answer(content: bytes, kind: str) -> Response:
    return Response(content, headers=_NO_CACHE, media_type=f"application/x-{kind}")


routes = [
    route
    for suffix in (".git", "")
    for path in of_every_kind(suffix)
    for route in (
        GitRoute(f"{path}/info/refs", discover),
        GitRoute(f"{path}/git-upload-pack", upload_pack, methods=["POST"]),
        GitRoute(f"{path}/git-receive-pack", receive_pack, methods=["POST"]),
    )
]
