"""`COURSE_HUB=real`, replayed: a hub elsewhere stands for the real one, and somebody with an account there works on it.

Nothing of the practice hub may be left in it: not its settings, not its account, not its files, not its words.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.server import launch
from grader.notebooks.run import run_chapter

ROOT = Path(__file__).parents[2]
ACCOUNT = "ada-lovelace"
LONG = pytest.mark.skipif("COURSE_LONG_TESTS" not in os.environ, reason="belongs to `make test-long`")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The hub that stands for the real one, with all that the course loads."""
    home = tmp_path_factory.mktemp("elsewhere")
    yield launch.start(home)
    launch.stop(home)


@pytest.fixture
def own_settings(elsewhere, tmp_path, monkeypatch):
    """The environment of somebody who uses the Hub: an address, a folder for the cache, and nothing of the course's."""
    for name in list(os.environ):
        if name.startswith(("HF_", "COURSE_", "HUGGING_FACE_", "TRANSFORMERS_")) and name != "COURSE_CACHE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_ENDPOINT", elsewhere.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "own"))
    # The storage of the real Hub behind git-lfs; the hub that stands for it has none.
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("COURSE_HUB", "real")
    return tmp_path / "own"


@pytest.fixture
def course(tmp_path):
    """A course folder in which no hub has ever run."""
    shutil.copytree(ROOT / "solutions", tmp_path / "course" / "solutions")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "course")
    return tmp_path / "course"


def run(course, chapter):
    """Runs a chapter to full points; gives back what its cells showed."""
    (solution,) = (course / "solutions").glob(f"{chapter:02}_*.py")
    executed = course / "build" / f"{solution.stem}.ipynb"
    done = run_chapter(solution, executed, parameters={"max_steps": 5} if chapter == 3 else {})
    assert done.failure == "" and done.points == done.total_points > 0
    assert not (course / ".course" / "hub.json").exists() and not (course / ".course" / "hf").exists()
    cells = [cell for cell in nbformat.read(executed, as_version=4).cells if cell.cell_type == "code"]
    # What the hub serves may speak of itself; the course's own lines may not.
    own_lines = str([cell.outputs for cell in cells if cell.id == "start" or "nbgrader" in cell.metadata])
    assert not [words for words in ("practice hub", "stand-in") if words in own_lines]
    shown = str([cell.outputs for cell in cells])
    assert "learner/" not in shown and '"learner"' not in shown
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("chapter", [pytest.param(1, marks=LONG), 2, pytest.param(3, marks=LONG)])
def test_chapters_that_push_nothing_need_no_account(course, own_settings, chapter):
    assert "you can only read there until you log in, with `hf auth login`" in run(course, chapter)
    assert list(own_settings.glob("hub/models--*"))


@pytest.mark.slow
def test_chapter_4_pushes_to_the_own_account(course, own_settings, elsewhere, monkeypatch):
    overlay = elsewhere.hf_home.parent / "hub"
    tokens = [Accounts(overlay).issue(ACCOUNT, name) for name in ("laptop", "colab")]

    def run_with(token):
        shown = run(course, 4)
        assert f'you are "{ACCOUNT}" there, and what you push is really pushed' in shown and token not in shown

    login = [Path(sys.executable).with_name("hf"), "auth", "login", "--token", tokens[0]]
    subprocess.run(login, check=True, capture_output=True)
    run_with(tokens[0])
    if "COURSE_LONG_TESTS" in os.environ:
        # Once more, with all that was pushed still there. Colab gives the token in the environment.
        (own_settings / "token").unlink()
        monkeypatch.setenv("HF_TOKEN", tokens[1])
        run_with(tokens[1])
    assert {path.name for path in overlay.glob("repos/*/*")} == {ACCOUNT}
