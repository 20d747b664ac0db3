"""The server process of a practice hub: `python -m grader.hub.server.serve ...`, started by `grader.hub.server.launch`.

It serves one overlay on 127.0.0.1, says in `hub.json` where it is to be found, and stops by itself when it has had
nothing to do for a while, or when the process that it belongs to has ended.

Once accounts were made, one can serve it in the foreground to others (`course hub serve`): that is a class hub. Nobody
gets a token from it then but by these accounts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import uvicorn

from grader.hub.access import HubState
from grader.hub.accounts.accounts import LEARNER, Accounts
from grader.hub.app import PracticeHub
from grader.hub.errors import HubError
from grader.hub.server import foreground
from grader.hub.server.hosts import LOOPBACK, own_names
from grader.hub.server.protocol import HubProtocol
from grader.hub.server.running import RunningHub
from grader.hub.server.slow_clients import drop_slow_clients
from grader.hub.store import durable
from grader.hub.store.repos import RepoStore

_GLANCE = 0.5  # seconds between two looks at the clock, the owner and the folder


def main(arguments: list[str] | None = None) -> None:
    """Serve until there is nothing more to do."""
    args = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # as an exception, so that what is due at the end is done
    with contextlib.ExitStack() as at_end:
        if args.owner:
            at_end.callback(shutil.rmtree, args.folder, ignore_errors=True)
            at_end.enter_context(durable.unsynced())  # thrown away in the end, so nothing needs to wait for the disk
        if args.foreground:
            at_end.enter_context(_explained())
        with foreground.only_hub_of(args.folder) if args.foreground else contextlib.nullcontext():
            hub, listener = _set_up(args, at_end)
        asyncio.run(_serve(PracticeHub(hub), listener, args))


def _set_up(args: argparse.Namespace, at_end: contextlib.ExitStack) -> tuple[HubState, socket.socket]:
    """The hub's parts and the socket that it answers at; by then `hub.json` says where that is."""
    overlay = args.folder / "hub"
    overlay.mkdir(mode=0o700, exist_ok=True)  # other users of the machine must not see private repositories
    store = RepoStore(overlay, [args.folder / "mirror", *args.stock])  # mirrored wins over a stand-in
    store.clear_leftovers()
    tempfile.tempdir = str(store.root / "tmp")  # uploads from a browser may be larger than the system's own place
    accounts = Accounts(overlay)
    is_class_hub = args.foreground and accounts.are_made()
    if not is_class_hub:
        foreground.refuse_others(args.host, args.url)
    listener = at_end.enter_context(_listening_socket(args.host, args.port, or_other=not args.foreground))
    host, port = listener.getsockname()[:2]
    told = foreground.told_address(host, port, args.url)
    hub = HubState(
        store=store,
        accounts=accounts,
        endpoint=told.url,
        account="" if is_class_hub else LEARNER,
        instance=args.instance,
        version=_course_version(),
        hosts=own_names() if is_class_hub else LOOPBACK,
        signing_key=_signing_key(overlay),
    )
    RunningHub(
        url=hub.endpoint,
        account=hub.account,
        token="" if is_class_hub else _stored_token(accounts, args.token_file),
        pid=os.getpid(),
        hf_home=args.hf_home,
        token_file=args.token_file,
        instance=hub.instance,
        is_class_hub=is_class_hub,
        local_url=foreground.local_url(host, port),
    ).write(args.folder)
    if args.foreground:
        print(foreground.invitation(told, overlay, accounts if is_class_hub else None), flush=True)
    return hub, listener


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader.hub.server.serve", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="holds the overlay (hub/) and hub.json")
    parser.add_argument("--hf-home", type=Path, required=True, help="HF_HOME of the clients")
    parser.add_argument("--token-file", type=Path, required=True, help="where the clients look for the token")
    parser.add_argument("--stock", type=Path, action="append", default=[], help="a read-only root; may be repeated")
    parser.add_argument("--instance", required=True, help="what this server is to be recognized by")
    parser.add_argument("--port", type=int, default=0, help="another one is taken if this is not free")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at; others need accounts")
    parser.add_argument("--url", help="where clients find it, if a proxy stands before it")
    parser.add_argument(
        "--foreground", action="store_true", help="for whoever looks at the terminal; takes no other port"
    )
    parser.add_argument("--idle-minutes", type=float, default=60, help="stop after so long without a request")
    parser.add_argument("--owner", type=int, help="end with this process, and remove the folder then")
    return parser


def _listening_socket(host: str, wanted: int, *, or_other: bool) -> socket.socket:
    """A socket with the wanted port, or with a free one when that is taken and another may be."""
    # The protocol is named because asyncio turns Nagle's algorithm off only for sockets that name it. With it, each
    # answer on a connection that is kept open would wait for 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name != "nt":  # there the option would let two servers have the same port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, wanted))
    except OSError as error:
        if not or_other:
            listener.close()
            raise HubError(
                f"The hub cannot listen at port {wanted} of {host}: {error.strerror or error}. Nothing was started. "
                "Name another one with --port or --host."
            ) from None
        listener.bind((host, 0))
    listener.listen(128)
    return listener


def _course_version() -> str:
    try:
        return version("transformers-course")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """What is foreseen ends the process with a line for the person at the terminal."""
    try:
        yield
    except (HubError, OSError, ValueError) as error:
        print(f"Error {error}", file=sys.stderr)
        sys.exit(2)


def _signing_key(overlay: Path) -> bytes:
    """What sessions in browsers are signed with: that of last time, so that they outlive a hub that was idle."""
    place = overlay / "signing.key"
    with contextlib.suppress(FileNotFoundError):
        return place.read_bytes()
    key = secrets.token_bytes(32)
    durable.write(place, key, tmp=overlay / "tmp", mode=0o600)
    return key


def _stored_token(accounts: Accounts, token_file: Path) -> str:
    """The token in the clients' place if it is one of this hub, else a new one, which is put there."""
    with contextlib.suppress(FileNotFoundError):
        token = token_file.read_text().strip()
        if (caller := accounts.caller(token)) and caller.role == "write":
            return token
    token = accounts.issue(LEARNER, "course")
    token_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    durable.write(token_file, token.encode(), tmp=token_file.parent, mode=0o600)
    return token


async def _serve(app: PracticeHub, listener: socket.socket, args: argparse.Namespace) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http=HubProtocol,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=75,
        )
    )
    watches = [
        asyncio.create_task(_stop_in_time(server, app, args)),
        asyncio.create_task(drop_slow_clients(server.server_state.connections)),
    ]
    await server.serve(sockets=[listener])
    for watch in watches:
        watch.cancel()


async def _stop_in_time(server: uvicorn.Server, app: PracticeHub, args: argparse.Namespace) -> None:
    """Tell the server to stop once nobody has asked for anything for too long, or nobody could find it any more."""
    with contextlib.suppress(psutil.NoSuchProcess):
        owner = psutil.Process(args.owner) if args.owner else None
        while app.idle_seconds < args.idle_minutes * 60:
            # One that was killed stays a zombie until its own parent has taken notice.
            if owner and (not owner.is_running() or owner.status() == psutil.STATUS_ZOMBIE):
                break
            # The folder was deleted, or another server has taken over.
            known = RunningHub.read(args.folder)
            if known is None or known.instance != args.instance:
                break
            await asyncio.sleep(_GLANCE)
    server.should_exit = True


if __name__ == "__main__":
    main()
