"""The server process of a practice hub: `python -m grader.hub.serve ...`, started by `grader.hub.launch`.

It serves one overlay on 127.0.0.1, says in `hub.json` where it is to be found, and stops by itself when it has had
nothing to do for a while, or when the process that it belongs to has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import uvicorn

from grader.hub.access import HubState
from grader.hub.accounts import LEARNER, Accounts
from grader.hub.app import PracticeHub
from grader.hub.running import RunningHub
from grader.hub.store import durable
from grader.hub.store.repos import RepoStore

_GLANCE = 0.5  # seconds between two looks at the clock, the owner and the folder


def main(arguments: list[str] | None = None) -> None:
    """Serve until there is nothing more to do."""
    args = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as an exception, so that what is due at the end is done
    with contextlib.ExitStack() as at_end:
        if args.owner:
            at_end.callback(shutil.rmtree, args.folder, ignore_errors=True)
            at_end.enter_context(durable.unsynced())  # thrown away in the end, so nothing needs to wait for the disk
        listener = at_end.enter_context(_listening_socket(args.port))
        hub = _hub_state(args, listener.getsockname()[1])
        RunningHub(
            url=hub.endpoint,
            account=hub.account,
            token=_stored_token(hub.accounts, args.token_file),
            pid=os.getpid(),
            hf_home=args.hf_home,
            token_file=args.token_file,
            instance=hub.instance,
        ).write(args.folder)
        asyncio.run(_serve(PracticeHub(hub), listener, args))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader.hub.serve", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="holds the overlay (hub/) and hub.json")
    parser.add_argument("--hf-home", type=Path, required=True, help="HF_HOME of the clients")
    parser.add_argument("--token-file", type=Path, required=True, help="where the clients look for the token")
    parser.add_argument("--stock", type=Path, action="append", default=[], help="a read-only root; may be repeated")
    parser.add_argument("--instance", required=True, help="what this server is to be recognized by")
    parser.add_argument("--port", type=int, default=0, help="another one is taken if this is not free")
    parser.add_argument("--idle-minutes", type=float, default=60, help="stop after so long without a request")
    parser.add_argument("--owner", type=int, help="end with this process, and remove the folder then")
    return parser


def _listening_socket(wanted: int) -> socket.socket:
    """A socket on 127.0.0.1 with the wanted port, or with a free one when that is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":  # there the option would let two servers have the same port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", wanted))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def _hub_state(args: argparse.Namespace, port: int) -> HubState:
    overlay = args.folder / "hub"
    overlay.mkdir(mode=0o700, exist_ok=True)  # other users of the machine must not see private repositories
    store = RepoStore(overlay, args.stock)
    store.clear_leftovers()
    try:
        course_version = version("transformers-course")
    except PackageNotFoundError:  # run from a checkout that is not installed
        course_version = "unknown"
    return HubState(
        store=store,
        accounts=Accounts(store.root),
        endpoint=f"http://127.0.0.1:{port}",
        account=LEARNER,
        instance=args.instance,
        version=course_version,
    )


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
            http="h11",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=75,
        )
    )
    watch = asyncio.create_task(_stop_in_time(server, app, args))
    await server.serve(sockets=[listener])
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
