"""Accounts and tokens: kept only as hashes, found again, replaced by name; and a class made from a roster."""

from __future__ import annotations

import csv
import json
import os

import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.accounts.roster import RosterError, display_name, enroll, read_roster
from grader.hub.errors import AlreadyExists, BadRequest, HubError, NotFound
from grader.hub.store import durable


@pytest.fixture
def accounts(tmp_path):
    return Accounts(tmp_path / "hub")


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
    assert all(accounts.caller(token) is None for token in ("", "hf_", "\ud800", "x" * 10_000))


def test_tokens_are_told_without_their_secret_and_can_be_revoked(accounts):
    secret = accounts.issue("ada", "laptop", "read")
    kept = accounts.issue("ada", "desk")
    assert [(token.name, token.role) for token in accounts.tokens("ada")] == [("laptop", "read"), ("desk", "write")]
    assert secret not in repr(accounts.all()) and secret not in repr(accounts.tokens("ada"))
    accounts.revoke("ada", "laptop")
    assert accounts.caller(secret) is None and accounts.caller(kept).name == "ada"
    for lost in (lambda: accounts.revoke("ada", "laptop"), lambda: accounts.tokens("bob")):
        with pytest.raises(NotFound):
            lost()


def test_removed_account_is_nobody_and_may_come_back(accounts):
    accounts.create("prof", instructor=True)
    token = accounts.issue("prof", "class")
    assert accounts.caller(token).instructor and accounts.are_made()
    accounts.remove("prof")
    assert accounts.caller(token) is None and accounts.all() == [] and not accounts.are_made()
    with pytest.raises(NotFound):
        accounts.remove("prof")
    assert not accounts.caller(accounts.issue("prof", "class")).instructor


def test_another_process_change_is_seen_and_unchanged_file_is_not_read_again(accounts, tmp_path, monkeypatch):
    other = Accounts(tmp_path / "hub")
    token = other.issue("ada", "class")
    assert accounts.caller(token)
    monkeypatch.setattr(Accounts, "_load", None)  # a call would raise
    assert accounts.caller(token)
    monkeypatch.undo()
    other.revoke("ada", "class")
    assert accounts.caller(token) is None


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a b", "-a", "a--b", "ä", "api", "models", "a" * 43, "a\n", "../x", "a\0"]
)
def test_odd_account_names_are_refused(accounts, name):
    for make in (accounts.create, lambda name: accounts.issue(name, "class")):
        with pytest.raises(BadRequest, match="cannot be the name of an account"):
            make(name)
    assert accounts.all() == []


def test_names_that_differ_in_case_only_would_share_a_folder(accounts):
    accounts.create("ada")
    for twin in ("Ada", "ada"):
        with pytest.raises(AlreadyExists):
            accounts.create(twin)


def test_read_token_of_an_odd_name_is_refused(accounts):
    for name in ("", "two\nlines", "x" * 101):
        with pytest.raises(BadRequest):
            accounts.issue("ada", name, "read")


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name,last_name,email\nada,Ada,Lovelace,a@x.org\nbob,Bob,Ross,b@x.org\n",
        "\ufeffid;first_name;last_name;email\r\n\r\nada;Ada;Lovelace;a@x.org\r\n;;;\r\nbob;Bob;Ross;b@x.org",
        "ID\tfirst_name\tlast_name\nada\tAda\tLovelace\n bob \tBob\tRoss\n",
        "First Name,Last Name,Email address\nAda,Lovelace,ADA@x.org\nBob,Ross,bob@x.org\n",
        'username,name\nada,"Ada\nLovelace"\nbob,Bob Ross\n',
    ],
)
def test_rosters_as_they_come(tmp_path, text):
    learners = read_roster(write(tmp_path, text))
    assert list(learners) == ["ada", "bob"] and display_name(learners["bob"]) == "Bob Ross"


def test_user_name_from_an_address(tmp_path):
    addresses = ["Jörg.Müller+ml@x.org", "o'brien..x@x.org", "_1_@x.org"]
    assert list(read_roster(write(tmp_path, "email\n" + "\n".join(addresses)))) == [
        "jorg.muller-ml",
        "o-brien.x",
        "1",
    ]


def test_every_problem_is_told_with_its_line(tmp_path):
    text = (
        'id,name\nada,Ada\n\n../etc,X\nADA,Again\nlearner,L\n,Nobody\ngoogle,G\nbob,Ross, Bob\n"carl","C\nD"\nc d,x\n'
    )
    with pytest.raises(RosterError) as caught:
        read_roster(write(tmp_path, text), taken={"google"})
    lines = [line for line in str(caught.value).splitlines() if line.startswith("line ")]
    assert [line.partition(":")[0] for line in lines] == [f"line {n}" for n in (4, 5, 6, 7, 8, 9, 12)]
    assert "in line 2 already" in lines[1] and "3 cells for 2 columns" in lines[5]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"id,name\n", "holds no learner"),
        (b"name,group\nAda,1\n", "line 1: there is no column id"),
        (b"id,ID\nada,ada\n", "line 1: two columns"),
        (b'id,name\nada,"A\n', "from line 2 on"),
        ("id,name\nada,A\nb,J\u00f6rg".encode("latin-1"), r"not in UTF-8 \(line 3\)"),
        ("id\nada".encode("utf-16"), "not in UTF-8"),
        (b"email\n@x.org\n", "line 2: no user name can be made"),
        (b"email\nada@x.org\nada@y.org\n", "line 3: 'ada' is in line 2 already"),
        (b"id\nada\0\n", "line 2"),
    ],
)
def test_files_that_are_no_roster(tmp_path, content, told):
    (tmp_path / "roster.csv").write_bytes(content)
    with pytest.raises(RosterError, match=told):
        read_roster(tmp_path / "roster.csv")


def test_class_gets_its_tokens_once(accounts, tmp_path):
    out = tmp_path / "tokens.csv"
    roster = "id,name,token\nada,=1+1,x\nbob,Bob,\n"
    assert enroll(accounts, read_roster(write(tmp_path, roster)), out) == ["ada", "bob"]
    ada, bob = csv.DictReader(out.open(newline=""))
    assert accounts.caller(ada["token"]).name == "ada" == ada["account"] and accounts.caller(bob["token"]).name == "bob"
    assert ada["name"] == "'=1+1", "a spreadsheet would compute it"
    assert out.stat().st_mode & 0o077 == 0
    assert {account.name: account.facts["name"] for account in accounts.all()} == {"ada": "=1+1", "bob": "Bob"}

    again = read_roster(write(tmp_path, roster))
    assert enroll(accounts, again, out) == []
    later = read_roster(write(tmp_path, roster + "carl,Carl,\n"))
    with pytest.raises(RosterError, match="is there already"):
        enroll(accounts, later, out)
    assert [account.name for account in accounts.all()] == ["ada", "bob"]
    assert enroll(accounts, later, tmp_path / "more.csv") == ["carl"]
    assert accounts.caller(ada["token"]), "the first tokens go on"


def test_nothing_half_done(accounts, tmp_path, monkeypatch):
    learners = read_roster(write(tmp_path, "id\nada\n"))
    with pytest.raises(FileNotFoundError):
        enroll(accounts, learners, tmp_path / "missing" / "tokens.csv")
    assert accounts.all() == []

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "write", full)
    with pytest.raises(OSError):
        enroll(accounts, learners, tmp_path / "tokens.csv")
    assert accounts.all() == [] and not (tmp_path / "tokens.csv").exists(), "these tokens would be nobody's"
    monkeypatch.undo()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        enroll(accounts, learners, tmp_path / "tokens.csv")
    assert accounts.all() == [] and not (tmp_path / "tokens.csv").exists()


def test_roster_cannot_take_an_account_that_differs_in_case_only(accounts, tmp_path):
    accounts.create("Ada")
    with pytest.raises(HubError, match="upper and lower case"):
        enroll(accounts, read_roster(write(tmp_path, "id\nbob\nada\n")), tmp_path / "tokens.csv")
    assert [account.name for account in accounts.all()] == ["Ada"]


def test_accounts_file_of_an_earlier_version_is_understood(tmp_path):
    (tmp_path / "accounts.json").write_text(json.dumps({"learner": {"tokens": []}}))
    (account,) = Accounts(tmp_path).all()
    assert (account.name, account.instructor, dict(account.facts)) == ("learner", False, {})
