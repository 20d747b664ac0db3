"""How somebody logs in who comes with a browser: signed sessions, one-time links, and codes shown by other programs.

A session names the hash of the token that it was opened with, so it ends when that token is revoked. Links and codes
are kept in memory only: they are void once used, after some minutes, and when the hub stops.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field

SESSION_LASTS = 7 * 24 * 3600  # seconds
_LINK_LASTS = 600  # seconds
CODE_LASTS = 900  # seconds
_MOST_CODES = 100
_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so a code is never a word


@dataclass
class DeviceCode:
    """A program that waits for a token: it knows `device_code`, its user sees `user_code` and says yes or no."""

    device_code: str
    user_code: str
    expires: float  # Unix seconds
    account: str | None = None  # of the user who said yes
    denied: bool = False


@dataclass
class Logins:
    """The logins that are under way on one hub."""

    _links: dict[str, tuple[str, float]] = field(default_factory=dict)
    _codes: dict[str, DeviceCode] = field(default_factory=dict)

    def new_link(self, token_hash: str) -> str:
        """A key that opens one session for the holder of the token."""
        self._links = {key: kept for key, kept in self._links.items() if kept[1] > time.time()}
        key = secrets.token_urlsafe(24)
        self._links[key] = (token_hash, time.time() + _LINK_LASTS)
        return key

    def use_link(self, key: str) -> str | None:
        """The hash of the token that the key stands for, the first time and in time; else None."""
        token_hash, expires = self._links.pop(key, ("", 0.0))
        return token_hash if expires > time.time() else None

    def new_code(self) -> DeviceCode:
        """A program asks to be logged in."""
        alive = [code for code in self._codes.values() if code.expires > time.time()]
        self._codes = {code.device_code: code for code in alive[-_MOST_CODES + 1 :]}
        letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
        code = DeviceCode(secrets.token_urlsafe(32), f"{letters[:4]}-{letters[4:]}", time.time() + CODE_LASTS)
        self._codes[code.device_code] = code
        return code

    def shown_code(self, user_code: str) -> DeviceCode | None:
        """The request that shows this code and is still open, however the user typed it; else None."""
        typed = "".join(letter for letter in user_code.upper() if letter.isalpha())
        return next(
            (
                code
                for code in self._codes.values()
                if code.user_code.replace("-", "") == typed and code.expires > time.time() and not code.account
            ),
            None,
        )

    def awaited_code(self, device_code: str) -> DeviceCode | None:
        """The request of a program that asks how it stands, None when it is unknown or too old; an answer ends it."""
        code = self._codes.get(device_code)
        if code and (code.account or code.denied or code.expires < time.time()):
            del self._codes[device_code]
        return code if code and code.expires > time.time() else None


def session(signing_key: bytes, token_hash: str) -> str:
    """The value of a session cookie."""
    text = f"{token_hash}.{int(time.time()) + SESSION_LASTS}"
    return f"{text}.{_signature(signing_key, 'session ' + text)}"


def session_holder(signing_key: bytes, cookie: str) -> str | None:
    """The hash of the token that a session was opened with; None for one that has ended or was never given out."""
    text, _, signature = cookie.rpartition(".")
    if not hmac.compare_digest(_signature(signing_key, "session " + text).encode(), signature.encode()):
        return None
    token_hash, _, expires = text.partition(".")
    return token_hash if int(expires) > time.time() else None


def form_token(signing_key: bytes, token_hash: str | None) -> str:
    """What a form carries to show that it came from a page of this hub, for this visitor."""
    return _signature(signing_key, f"form {token_hash or 'nobody'}")


def _signature(signing_key: bytes, text: str) -> str:
    return hmac.new(signing_key, text.encode("utf-8", errors="replace"), hashlib.sha256).hexdigest()
