"""Who may do what: accounts and their tokens. Only the sha256 of a token is kept, in `accounts.json` of the overlay."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from grader.hub.errors import AlreadyExists, BadRequest, NotFound
from grader.hub.store import durable
from grader.hub.store.names import check_repo_id

LEARNER = "learner"  # the account that a practice hub makes by itself
_LONGEST_ACCOUNT = 42  # characters, as on the Hub
_LONGEST_TOKEN_NAME = 100  # characters

Role = Literal["read", "write"]


@dataclass(frozen=True)
class Caller:
    """The account behind a token, and what the token may do. An instructor may read everything."""

    name: str
    token_name: str
    role: Role
    instructor: bool = False


@dataclass(frozen=True)
class Token:
    """What may be told about a token. `created`: Unix seconds."""

    name: str
    role: Role
    created: int


@dataclass(frozen=True)
class Account:
    """An account with its tokens; `facts` are the columns of the roster that it was made from."""

    name: str
    instructor: bool
    facts: Mapping[str, str]
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class _Known:
    """The accounts file, read: its entries, the callers by the hash of their token, and which file it was."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    version: tuple[int, int, int] | None = None


class Accounts:
    """The accounts of one overlay. Every call looks at the file, so several processes agree."""

    def __init__(self, root: Path):
        self._file = Path(root) / "accounts.json"
        self._tmp = Path(root) / "tmp"
        Path(root).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tmp.mkdir(exist_ok=True)
        self._known = _Known()

    def all(self) -> list[Account]:
        """Every account, by name."""
        entries = self._read().entries
        return [
            Account(name, entry.get("instructor", False), entry.get("facts", {}), _tokens(entry))
            for name, entry in sorted(entries.items())
        ]

    def knows(self, account: str) -> bool:
        """Is there an account of this name?"""
        return account in self._read().entries

    def are_made(self) -> bool:
        """Is there any account that a person asked for, beside the one that a practice hub makes by itself?"""
        return bool(self._read().entries.keys() - {LEARNER})

    def create(self, account: str, *, instructor: bool = False) -> None:
        """A new account, still without a token; raises `AlreadyExists`, or `BadRequest` for its name."""
        check_account_name(account)
        with self._changing() as entries:
            if account in entries:
                raise AlreadyExists(f"There is an account {account!r} already.")
            _add(entries, account, instructor=instructor)

    def enroll(
        self, newcomers: Mapping[str, Mapping[str, str]], token_name: str, hand_out: Callable[[dict[str, str]], None]
    ) -> None:
        """An account with a write token for each newcomer (name to facts) that has none yet, or for none of them.

        `hand_out` gets the new tokens by account, before anything is stored: if it raises, nothing is. It is not called
        when all are known already. Raises `BadRequest` for a name that cannot be one.
        """
        for account in newcomers:
            check_account_name(account)
        with self._changing() as entries:
            tokens = {account: _new_token() for account in newcomers if account not in entries}
            for account, token in tokens.items():
                _add(entries, account, facts=newcomers[account])
                _add_token(entries[account], token_name, "write", token)
            if tokens:
                hand_out(tokens)

    def remove(self, account: str) -> None:
        """Void all tokens of an account and forget it. Its repositories stay, and are its own if it comes back."""
        with self._changing() as entries:
            _entry(entries, account)
            del entries[account]

    def tokens(self, account: str) -> list[Token]:
        """The tokens of an account, oldest first; raises `NotFound`."""
        return list(_tokens(_entry(self._read().entries, account)))

    def issue(self, account: str, token_name: str, role: Role = "write") -> str:
        """A new token, which is shown only here; an older one of the same name is void. Makes a missing account."""
        check_account_name(account)
        if not token_name.isprintable() or not 0 < len(token_name) <= _LONGEST_TOKEN_NAME:
            raise BadRequest(f"The name of a token is a line of 1 to {_LONGEST_TOKEN_NAME} characters.")
        token = _new_token()
        with self._changing() as entries:
            if account not in entries:
                _add(entries, account)
            _add_token(entries[account], token_name, role, token)
        return token

    def revoke(self, account: str, token_name: str) -> None:
        """Void a token; raises `NotFound` when there is none of this name."""
        with self._changing() as entries:
            tokens = _entry(entries, account)["tokens"]
            kept = [known for known in tokens if known["name"] != token_name]
            if len(kept) == len(tokens):
                raise NotFound(f"The account {account!r} has no token {token_name!r}.")
            tokens[:] = kept

    def caller(self, token: str) -> Caller | None:
        """Whose token this is, or None when nobody's."""
        # By its hash: how long the search takes says nothing about the token itself.
        return self.holder(hash_of(token))

    def holder(self, token_hash: str) -> Caller | None:
        """Whose token has this sha256 (64 hexadecimal digits), or None when nobody's."""
        return self._read().callers.get(token_hash)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, Any]]]:
        """The entries of the file, to be changed: written when the block ends, left alone when it raises."""
        with FileLock(self._tmp.parent / "locks" / "accounts.lock"):
            entries = self._load()
            yield entries
            content = json.dumps(entries, indent=1).encode()
            durable.write(self._file, content, tmp=self._tmp, mode=0o600)
            self._known = _Known()

    def _read(self) -> _Known:
        """The file as it is now: parsed again only when it is another one than last time."""
        try:
            facts = self._file.stat()
        except FileNotFoundError:
            return _Known()
        version = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
        if self._known.version != version:
            entries = self._load()
            self._known = _Known(entries, _callers(entries), version)
        return self._known

    def _load(self) -> dict[str, dict[str, Any]]:
        try:
            return json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}


def check_account_name(name: str) -> None:
    """Raises `BadRequest` for what cannot be the name of an account: it must be possible as a namespace."""
    try:
        check_repo_id(f"{name}/repository")
    except BadRequest:
        reason = (
            "it is made of letters (a to z), digits, '-', '_' and '.', starts and ends with a letter or digit, holds "
            "no '--' or '..' and is no word that the hub uses in its addresses"
        )
    else:
        if len(name) <= _LONGEST_ACCOUNT:
            return
        reason = f"it has at most {_LONGEST_ACCOUNT} characters"
    raise BadRequest(f"{name[:60]!r} cannot be the name of an account: {reason}.")


def _entry(entries: dict[str, dict[str, Any]], account: str) -> dict[str, Any]:
    if account not in entries:
        raise NotFound(f"There is no account {account!r}.")
    return entries[account]


def _add(
    entries: dict[str, dict[str, Any]],
    account: str,
    *,
    instructor: bool = False,
    facts: Mapping[str, str] | None = None,
) -> None:
    # Where the disk knows no upper and lower case, both would have the same folder.
    if twin := next((known for known in entries if known.lower() == account.lower()), None):
        raise AlreadyExists(f"{account!r} differs from the account {twin!r} in upper and lower case only.")
    entries[account] = {"tokens": []}
    entries[account] |= {"instructor": True} if instructor else {}
    entries[account] |= {"facts": dict(facts)} if facts else {}


def _add_token(entry: dict[str, Any], name: str, role: Role, token: str) -> None:
    kept = [known for known in entry["tokens"] if known["name"] != name]
    entry["tokens"] = [*kept, {"name": name, "role": role, "sha256": hash_of(token), "created": int(time.time())}]


def _tokens(entry: dict[str, Any]) -> tuple[Token, ...]:
    return tuple(Token(known["name"], known["role"], known["created"]) for known in entry["tokens"])


def _callers(entries: dict[str, dict[str, Any]]) -> dict[str, Caller]:
    return {
        token["sha256"]: Caller(name, token["name"], token["role"], entry.get("instructor", False))
        for name, entry in entries.items()
        for token in entry["tokens"]
    }


def _new_token() -> str:
    return "hf_" + secrets.token_hex(17)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
