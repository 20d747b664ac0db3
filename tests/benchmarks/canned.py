"""A hub stripped of all that a hub does: it repeats recorded answers. What a client needs with it, no hub can save."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

_KEPT_IN_MEMORY = 1 << 20  # bytes of an answer; larger ones are sent from a file


@contextmanager
def canned(url: str, folder: Path) -> Iterator[str]:
    """The address of a server that asks the one at `url` once for each path, and repeats its answers from then on.

    Large bodies lie in `folder` and go out by `sendfile`. It takes GET and HEAD, and ends with the context.
    """
    recorder = _Recorder(url, folder)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, recorder), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Recorder:
    """Answers by method and path: head and body, or head and the file that holds the body."""

    def __init__(self, url: str, folder: Path):
        self._host = urlsplit(url).netloc
        self._folder = folder
        self._answers: dict[tuple[str, str], tuple[bytes, bytes | Path]] = {}

    def answer(self, method: str, path: str, headers: dict[str, str]) -> tuple[bytes, bytes | Path]:
        key = method, path
        if key not in self._answers:
            self._answers[key] = self._ask(method, path, headers)
        return self._answers[key]

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[bytes, bytes | Path]:
        connection = HTTPConnection(self._host)
        connection.request(method, path, headers={k: v for k, v in headers.items() if k in ("authorization", "accept")})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        lines = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{k}: {v}" for k, v in response.getheaders())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if len(body) <= _KEPT_IN_MEMORY:
            return head + body, b""
        file = self._folder / f"canned{len(self._answers)}"
        file.write_bytes(body)
        return head, file


def _accept(listener: socket.socket, recorder: _Recorder) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # closed
            return
        threading.Thread(target=_serve, args=(connection, recorder), daemon=True).start()


def _serve(connection: socket.socket, recorder: _Recorder) -> None:
    """One request after the other on a connection that is kept."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    with connection:
        while True:
            while b"\r\n\r\n" not in received:
                if not (piece := connection.recv(1 << 16)):
                    return
                received += piece
            head, _, received = received.partition(b"\r\n\r\n")
            (method, path, _), *lines = (line.split(" ", 2) for line in head.decode("latin-1").split("\r\n"))
            headers = {line[0].rstrip(":").lower(): " ".join(line[1:]) for line in lines}
            answer, body = recorder.answer(method, path, headers)
            connection.sendall(answer)
            if isinstance(body, Path):
                with body.open("rb") as file:
                    connection.sendfile(file)
