"""The accounts of a class, made from a roster: a CSV file with one learner in each line.

The first line names the columns. The account is what stands under `id` or `username`, else it is made from `email`; all
columns are kept with it. The format in which nbgrader takes its students, `id,first_name,last_name,email`, is one such.
"""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from grader.hub.accounts.accounts import LEARNER, Accounts, check_account_name
from grader.hub.errors import BadRequest, HubError

TOKEN_NAME = "class"
_ACCOUNT_COLUMNS = ("id", "username", "user_name")
_EMAIL_COLUMNS = ("email", "e-mail", "e_mail", "email_address")
_DELIMITERS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that starts so is a formula to a spreadsheet

Learners = dict[str, dict[str, str]]  # account to the columns of its line


class RosterError(HubError):
    """The roster has problems; the message names each with its line. Nothing was changed."""

    status = 400


def read_roster(path: Path, *, taken: Collection[str] = ()) -> Learners:
    """The learners in a roster; raises `RosterError` with all its problems. `taken`: names that no learner may have."""
    rows = _rows(_text(path), path)
    try:
        line, header = next(rows)
    except StopIteration:
        raise RosterError(f"{path} is empty. Its first line must name the columns, such as id,name,email.") from None
    columns, problems = [cell.strip() for cell in header], []
    keys = [re.sub(r"\s+", "_", column.lower()) for column in columns]
    if len(set(keys)) < len(keys):
        problems.append(f"line {line}: two columns have the same name.")
    if not {*_ACCOUNT_COLUMNS, *_EMAIL_COLUMNS} & set(keys):
        problems.append(f"line {line}: there is no column id, username or email, but {', '.join(columns)}.")
    learners: Learners = {}
    seen: dict[str, int] = dict.fromkeys((name.lower() for name in (LEARNER, *taken)), 0)
    for line, row in () if problems else rows:
        cells = [cell.strip() for cell in row]
        if len(cells) > len(columns):
            problems.append(
                f'line {line}: {len(cells)} cells for {len(columns)} columns. Put a cell with a comma in "".'
            )
            continue
        try:
            account = _account(dict(zip(keys, cells, strict=False)))
            if (other := seen.get(account.lower())) is not None:
                raise BadRequest(
                    f"{account!r} is {f'in line {other} already' if other else 'taken by the hub itself'}."
                )
        except BadRequest as problem:
            problems.append(f"line {line}: {problem}")
            continue
        seen[account.lower()] = line
        learners[account] = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
    if not learners and not problems:
        problems.append("it holds no learner.")
    if problems:
        raise RosterError("\n".join([f"{path} cannot be used as it is; nothing was changed:", *problems]))
    return learners


def enroll(accounts: Accounts, learners: Learners, out: Path) -> list[str]:
    """Make the accounts that are missing, write their tokens to the new file `out`, and return their names.

    Raises `RosterError` when `out` is there: the tokens in it cannot be had again. Either all is done or nothing.
    """
    made: list[str] = []

    def hand_out(tokens: dict[str, str]) -> None:
        _write_tokens(out, tokens, learners)
        made.extend(tokens)

    try:
        accounts.enroll(learners, TOKEN_NAME, hand_out)
    except BaseException:
        if made:
            out.unlink(missing_ok=True)
        raise
    return made


def display_name(facts: Mapping[str, str]) -> str:
    """What a person is called, from the columns of a roster; empty when they do not say."""
    known = {re.sub(r"\s+", "_", column.lower()): cell for column, cell in facts.items()}
    return known.get("name") or " ".join(known[key] for key in ("first_name", "last_name") if key in known)


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RosterError(
            f"{path} is not in UTF-8 (line {line}). Nothing was changed. Save it anew as 'CSV UTF-8'."
        ) from None


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line where it starts."""
    head = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=head.count), strict=True)
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise RosterError(f"{path} cannot be read from line {start} on: {error}. Nothing was changed.") from None


def _account(cells: Mapping[str, str]) -> str:
    """The name of the account in a line; raises `BadRequest`."""
    if name := next((cells[key] for key in _ACCOUNT_COLUMNS if cells.get(key)), ""):
        check_account_name(name)
        return name
    email = next((cells[key] for key in _EMAIL_COLUMNS if cells.get(key)), "")
    if not email:
        raise BadRequest("neither a user name nor an email address.")
    plain = unicodedata.normalize("NFKD", email.partition("@")[0].lower()).encode("ascii", "ignore").decode()
    name = re.sub(r"([-_.])[-_.]+", r"\1", re.sub(r"[^a-z0-9._-]", "-", plain)).strip("-_.")
    with suppress(BadRequest):
        check_account_name(name)
        return name
    raise BadRequest(f"no user name can be made from {email[:60]!r}; give one in a column id.")


def _write_tokens(out: Path, tokens: Mapping[str, str], learners: Learners) -> None:
    """A file that only this user can read, with a line for each new account."""
    others = dict.fromkeys(column for facts in learners.values() for column in facts)
    columns = [column for column in others if column.lower() not in ("account", "token")]
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RosterError(
            f"{out} is there already, and the tokens in it cannot be shown again. Nothing was changed. "
            "Name another file with --out, or move this one away."
        ) from None
    try:
        with open(handle, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["account", "token", *columns])
            for account, token in tokens.items():
                facts = learners[account]
                writer.writerow([account, token, *(_as_text(facts.get(column, "")) for column in columns)])
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _as_text(cell: str) -> str:
    """A cell that a spreadsheet does not compute."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
