"""git_workshop(): a folder with git settings of its own, and a clear way out where git-lfs is missing."""

import os
import shutil
import subprocess

import pytest

from grader.learning import gitwork


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT", "GIT_PAGER"):
        monkeypatch.setenv(name, "")


def test_the_learners_own_settings_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = theirs\n")
    folder = gitwork.git_workshop()
    subprocess.run(["git", "config", "--global", "user.name", "ours"], check=True)
    assert (tmp_path / ".gitconfig").read_text() == "[user]\n\tname = theirs\n"
    assert "ours" in (folder / "gitconfig").read_text()


def test_a_second_workshop_is_empty_and_knows_what_was_set():
    first = gitwork.git_workshop()
    subprocess.run(["git", "config", "--global", "user.name", "ours"], check=True)
    (first / "clone").mkdir()
    second = gitwork.git_workshop()
    assert not (second / "clone").exists()
    assert "ours" in (second / "gitconfig").read_text()


def tools(monkeypatch, capsys, *there):
    """What it says on a machine with just these programs."""
    known = {name: shutil.which(name) or f"/bin/{name}" for name in there}
    monkeypatch.setattr(gitwork.shutil, "which", known.get)
    gitwork.git_workshop()
    return capsys.readouterr().out


def test_git_lfs_is_there(monkeypatch, capsys):
    if shutil.which("git-lfs") is None:
        pytest.skip("git-lfs is not installed")
    said = tools(monkeypatch, capsys, "git", "git-lfs")
    assert "git version" in said and "git-lfs/" in said and "missing" not in said


@pytest.mark.parametrize("program", gitwork.INSTALLERS)
def test_git_lfs_is_missing(monkeypatch, capsys, program):
    said = tools(monkeypatch, capsys, "git", program)
    assert f"git-lfs   missing. In a terminal: {gitwork.INSTALLERS[program]}" in said
    assert "You can go on without it" in said and "api.upload_folder" in said


def test_git_lfs_is_missing_and_nobody_installs_it(monkeypatch, capsys):
    assert "Get it from https://git-lfs.com" in tools(monkeypatch, capsys, "git")


def test_git_itself_is_missing(monkeypatch, capsys):
    assert "git-scm.com" in tools(monkeypatch, capsys)


def test_git_never_asks_a_question():
    gitwork.git_workshop()
    assert (os.environ["GIT_TERMINAL_PROMPT"], os.environ["GIT_PAGER"]) == ("0", "cat")
