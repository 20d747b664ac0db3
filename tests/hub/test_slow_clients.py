"""Clients that keep the hub waiting lose their connection; those that it keeps waiting do not."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse

from grader.hub.server.protocol import LARGEST_HEAD, HubProtocol
from grader.hub.server.slow_clients import PATIENCE, TRICKLE, drop_slow_clients

LOOK = 0.1  # seconds
LONG = 10 * PATIENCE * LOOK
MUCH = 2 * LARGEST_HEAD
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


async def app(scope, receive, send) -> None:
    """Answers `/slow` late, `/much` at length, anything else with the number of bytes that came."""
    request = Request(scope, receive)
    if scope["path"] == "/much":

        async def much():
            for _ in range(1000):
                yield b"x" * 100_000

        answer = StreamingResponse(much())
    else:
        body = await request.body()
        if scope["path"] == "/slow":
            await asyncio.sleep(LONG)
        answer = PlainTextResponse(str(len(body)))
    await answer(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that looks often."""
    server = uvicorn.Server(
        uvicorn.Config(app, http=HubProtocol, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    )
    listener = socket.create_server(("127.0.0.1", 0))

    async def serve() -> None:
        watch = asyncio.create_task(drop_slow_clients(server.server_state.connections, look_every=LOOK))
        await server.serve(sockets=[listener])
        watch.cancel()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def body_of_answer(connection: socket.socket) -> bytes:
    answer = HTTPResponse(connection)
    answer.begin()
    return answer.read()


def is_closed(connection: socket.socket) -> bool:
    """Waits for the end of the connection; False when an answer comes instead."""
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", HEAD + b"Content-Length: 9\r\n\r\nabc"], ids=["nothing", "head", "body"]
)
def test_who_stops_in_the_middle_is_dropped(port, sent):
    with connected(port) as connection:
        connection.sendall(sent)
        assert is_closed(connection)


def test_who_trickles_is_dropped(port):
    with connected(port) as connection, suppress(ConnectionError):
        connection.sendall(HEAD)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            connection.sendall(b"X-More: 1\r\n")
            time.sleep(LOOK / 2)
        pytest.fail("it was still open")


def test_who_does_not_read_is_dropped(port):
    with connected(port) as connection:
        connection.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(LONG)
        with suppress(ConnectionError):
            read = 0
            while piece := connection.recv(1 << 20):  # what was on the way, and no more
                read += len(piece)
            assert read < 50_000_000


def test_who_waits_for_the_hub_is_answered(port):
    with connected(port) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")


def test_who_sends_slowly_but_steadily_is_answered(port):
    pieces = 60
    with connected(port) as connection:
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (pieces * TRICKLE))
        for _ in range(pieces):
            connection.sendall(b"x" * TRICKLE)
            time.sleep(LOOK / 2)
        assert body_of_answer(connection) == b"%d" % (pieces * TRICKLE)


@pytest.mark.parametrize("between", [b"\r\n", b"GET / HT"], ids=["blank line", "head"])
def test_who_stops_in_a_later_request_is_dropped(port, between):
    with connected(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert body_of_answer(connection) == b"0"
        connection.sendall(between)
        assert is_closed(connection)


def in_chunks(after: bytes) -> bytes:
    """A request with a body in chunks, and what comes after the last of them."""
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n" + after


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"x" * MUCH,
        HEAD + b"X-Huge: " + b"x" * MUCH,
        HEAD + b"X-More: 1\r\n" * (MUCH // 10),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;" + b"x" * MUCH,
        in_chunks(b"X-Huge: " + b"x" * MUCH),
        in_chunks(b"X-More: 1\r\n" * (MUCH // 10)),
    ],
    ids=["address", "header", "headers", "extension of a chunk", "trailer", "trailers"],
)
def test_endless_heads_are_refused(port, endless):
    with connected(port) as connection, suppress(ConnectionError):
        for at in range(0, len(endless), 10_000):
            connection.sendall(endless[at : at + 10_000])
            time.sleep(0.01)
        assert connection.recv(1000).startswith(b"HTTP/1.1 400")


def test_large_bodies_pass(port):
    with connected(port) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n%s\r\n" % (b"x" * 1024) * 2000)
        connection.sendall(b"0\r\n\r\n")
        assert body_of_answer(connection) == b"%d" % (2000 * 1024)
