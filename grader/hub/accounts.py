"""Who may do what: accounts and their tokens. Only the sha256 of a token is kept, in `accounts.json` of the overlay."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock

from grader.hub.store import durable

LEARNER = "learner"

Role = Literal["read", "write"]


@dataclass(frozen=True)
class Caller:
    """The account behind a token, and what the token may do."""

    name: str
    token_name: str
    role: Role


class Accounts:
    """The accounts of one overlay. Every call looks at the file, so several processes agree."""

    def __init__(self, root: Path):
        self._file = Path(root) / "accounts.json"
        self._tmp = Path(root) / "tmp"
        self._tmp.mkdir(parents=True, exist_ok=True)

    def issue(self, account: str, token_name: str, role: Role = "write") -> str:
        """A new token, which is shown only here; an older one of the same name is void. Makes a missing account."""
        token = "hf_" + secrets.token_hex(17)
        with FileLock(self._tmp.parent / "locks" / "accounts.lock"):
            accounts = self._read()
            tokens = accounts.setdefault(account, {"tokens": []})["tokens"]
            tokens[:] = [known for known in tokens if known["name"] != token_name]
            tokens.append({"name": token_name, "role": role, "sha256": _hash(token), "created": int(time.time())})
            durable.write(self._file, json.dumps(accounts, indent=1).encode(), tmp=self._tmp, mode=0o600)
        return token

    def caller(self, token: str) -> Caller | None:
        """Whose token this is, or None when nobody's."""
        wanted = _hash(token)
        for account, known in self._read().items():
            for entry in known["tokens"]:
                if entry["sha256"] == wanted:
                    return Caller(account, entry["name"], entry["role"])
        return None

    def _read(self) -> dict[str, dict]:
        try:
            return json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
