"""Tokens: kept only as hashes, found again, replaced by name."""

from __future__ import annotations

from grader.hub.accounts import Accounts


def test_token_is_known_but_not_stored(tmp_path):
    token = Accounts(tmp_path).issue("learner", "course")
    caller = Accounts(tmp_path).caller(token)
    assert (caller.name, caller.token_name, caller.role) == ("learner", "course", "write")
    stored = tmp_path / "accounts.json"
    assert token.encode() not in stored.read_bytes() and stored.stat().st_mode & 0o077 == 0


def test_new_token_of_the_same_name_replaces_the_old(tmp_path):
    accounts = Accounts(tmp_path)
    old, other = accounts.issue("learner", "course"), accounts.issue("learner", "other", "read")
    new = accounts.issue("learner", "course")
    assert accounts.caller(old) is None and accounts.caller(new) and accounts.caller(other).role == "read"


def test_strangers(tmp_path):
    accounts = Accounts(tmp_path)
    assert accounts.caller("hf_x") is None
    accounts.issue("learner", "course")
    assert all(accounts.caller(token) is None for token in ("", "hf_", "\ud7ff", "x" * 10_000))
