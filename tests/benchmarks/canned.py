"""A hub stripped of all that a hub does: it repeats recorded answers. What a client needs with it, no hub can save."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

_KEPT_IN_MEMORY = 1 << 20  # bytes of an answer; larger ones are sent from a file


@contextmanager
def canned(url: str, folder: Path) -> Iterator[str]:
    """The address of a server that asks the one at `url` once for each path, and repeats its answers from then on.

    Large bodies lie in `folder` and go out by `sendfile`. It takes GET and HEAD, and ends with the context.
    """
    with _Server(urlsplit(url).netloc, folder) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Requests(StreamRequestHandler):
    """One request after the other on a connection that is kept."""

    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        """Called once for each connection."""
        while asked := self.rfile.readline().decode("latin-1"):
            method, path, _ = asked.split()
            headers = {}
            while line := self.rfile.readline().decode("latin-1").strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            answer, file = self.server.answer(method, path, headers)
            self.connection.sendall(answer)
            if file:
                with file.open("rb") as body:
                    self.connection.sendfile(body)


class _Server(ThreadingTCPServer):
    """Keeps the answers by method and path: their bytes, or those of the head and the file that holds the body."""

    daemon_threads = True

    def __init__(self, recorded: str, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self._recorded, self._folder = recorded, folder
        self._answers: dict[tuple[str, str], tuple[bytes, Path | None]] = {}

    def answer(self, method: str, path: str, headers: dict[str, str]) -> tuple[bytes, Path | None]:
        """What the hub answered when it was asked first."""
        key = method, path
        if key not in self._answers:
            self._answers[key] = self._ask(method, path, headers)
        return self._answers[key]

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[bytes, Path | None]:
        connection = HTTPConnection(self._recorded)
        connection.request(method, path, headers={k: v for k, v in headers.items() if k in ("authorization", "accept")})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        lines = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{k}: {v}" for k, v in response.getheaders())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if len(body) <= _KEPT_IN_MEMORY:
            return head + body, None
        file = self._folder / f"canned{len(self._answers)}"
        file.write_bytes(body)
        return head, file
