"""`course hub serve|users|token`: the hub for others too, and who may write to it."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.output import console, explained, say

app = typer.Typer()

OWN_TOKEN = "course"  # the one that a practice hub gives its learner by itself


@app.command("serve")
@explained
def serve(
    host: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 is every one of this machine.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)] = 8080,
    url: Annotated[str | None, typer.Option(help="Where learners find it, if that is another address.")] = None,
    idle_minutes: Annotated[float, typer.Option(help="Stop after so long without a request.", show_default="never")] = (
        math.inf
    ),
):
    """Serve the hub of this course folder until Ctrl-C: with accounts (`course hub users`), to a whole class."""
    from grader.hub.server.launch import serve_command, server_environment
    from grader.hub.stock.stocking import ensure_stock

    command = serve_command(host, port, url, ensure_stock(say), idle_minutes=idle_minutes)
    sys.stdout.flush()
    if os.name == "nt":
        raise typer.Exit(_wait_for(command, server_environment()))
    os.execve(command[0], command, server_environment())  # signals then reach the server itself


def _wait_for(command: list[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # it has reached the server too, which is ending
            continue


@app.command("users")
@explained
def users(
    roster: Annotated[Path | None, typer.Argument(help="A CSV file with a column id, username or email.")] = None,
    out: Annotated[Path, typer.Option(help="The file for the new tokens.")] = Path("tokens.csv"),
    instructor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Make an account that may read all repositories.")
    ] = None,
    renew: Annotated[str | None, typer.Option(metavar="NAME", help="Give this account a new token.")] = None,
    remove: Annotated[str | None, typer.Option(metavar="NAME", help="Remove this account.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List all accounts.")] = False,
):
    """Make accounts for a class: one for each learner in ROSTER. Tokens are shown once; the hub keeps only hashes."""
    from grader.hub.accounts.accounts import Accounts
    from grader.hub.accounts.roster import TOKEN_NAME
    from grader.hub.server.launch import overlay

    if [bool(asked) for asked in (roster, instructor, renew, remove, list_all)].count(True) != 1:
        raise ValueError("Say one thing to do: a ROSTER.csv, --instructor, --renew, --remove or --list.")
    accounts = Accounts(overlay())
    if roster:
        _enroll(accounts, roster, out)
    elif instructor:
        accounts.create(instructor, instructor=True)
        token = accounts.issue(instructor, TOKEN_NAME)
        say(f"{instructor} is an instructor now and may read all repositories. The token, shown only here:\n{token}")
    elif renew:
        accounts.tokens(renew)
        token = accounts.issue(renew, TOKEN_NAME)
        say(f"The token that {renew} was given is void. The new one, shown only here:\n{token}")
    elif remove:
        accounts.remove(remove)
        say(f"The account {remove} is removed and its tokens are void. What it pushed is kept.")
    else:
        _list(accounts)


def _enroll(accounts, roster: Path, out: Path) -> None:
    from grader.hub.accounts.roster import enroll, read_roster
    from grader.hub.stock.recipes import RECIPES

    learners = read_roster(roster, taken={recipe.repo_id.partition("/")[0] for recipe in RECIPES})
    made = enroll(accounts, learners, out)
    known = len(learners) - len(made)
    if not made:
        say(f"All {known} learners have accounts already. Nothing was changed.")
        return
    say(f"Accounts made: {len(made)}{f', there already: {known}' if known else ''}. The new tokens are in {out}.")
    say("Hand each learner their own line and delete the file then: whoever has a token can write in its name.")
    say("Next: course hub serve --host 0.0.0.0")


def _list(accounts) -> None:
    from grader.hub.accounts.roster import display_name

    table = Table("account", "name", "role", "tokens")
    for account in accounts.all():
        tokens = ", ".join(f"{token.name} ({token.role})" for token in account.tokens)
        role = "instructor" if account.instructor else "learner"
        table.add_row(account.name, escape(display_name(account.facts)), role, escape(tokens))
    console.print(table)


@app.command("token")
@explained
def token(
    name: Annotated[str | None, typer.Option(help="What the new token is to be called.")] = None,
    role: Annotated[Literal["read", "write"], typer.Option(help="What it may do.")] = "write",
    revoke: Annotated[str | None, typer.Option(metavar="NAME", help="Make this token void.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List your tokens.")] = False,
):
    """Make another token for yourself on the practice hub. It is shown once; an older one of its name is void."""
    from grader.hub.accounts.accounts import LEARNER, Accounts
    from grader.hub.server.launch import overlay

    if [bool(asked) for asked in (name, revoke, list_all)].count(True) != 1:
        raise ValueError("Say one thing to do: --name, --revoke or --list.")
    if OWN_TOKEN in (name, revoke):
        raise ValueError(f"The token {OWN_TOKEN!r} is the one that your notebooks use; leave it as it is.")
    accounts = Accounts(overlay())
    if name:
        say(accounts.issue(LEARNER, name, role))
    elif revoke:
        accounts.revoke(LEARNER, revoke)
        say(f"The token {revoke} is void.")
    else:
        table = Table("token", "role", "made")
        for known in accounts.tokens(LEARNER):
            table.add_row(escape(known.name), known.role, _day(known.created))
        console.print(table)


def _day(seconds: int) -> str:
    from datetime import datetime

    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"
