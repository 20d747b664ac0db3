"""One source: chapters come from solutions/, byte for byte the same each time, and drift is found and named."""

import shutil
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.exercises import CATALOGUE
from grader.notebooks.build import build, check_build, release_notebook
from grader.notebooks.source import SourceError, as_text, solutions_in, source_notebook

ROOT = Path(__file__).parents[2]
CHAPTER = "01_transformer_models"


@pytest.fixture
def course(tmp_path):
    """A copy of the course's sources, with freshly built chapters."""
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    build(tmp_path)
    return tmp_path


def edit(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_committed_chapters_are_what_the_solutions_make():
    assert check_build(ROOT) == []


def test_two_builds_are_byte_identical_and_ids_unique():
    for path in solutions_in(ROOT):
        first, second = (as_text(release_notebook(source_notebook(path))) for _ in range(2))
        assert first == second
        ids = [cell.id for cell in nbformat.reads(first, as_version=4).cells]
        assert len(ids) == len(set(ids))


def test_inserting_a_cell_changes_no_other_id(course):
    path = course / "solutions" / f"{CHAPTER}.py"
    before = [cell.id for cell in source_notebook(path).cells]
    edit(path, "# %% [markdown]\n# ## 3.", "# %%\n1 + 1\n\n# %% [markdown]\n# ## 3.")
    after = [cell.id for cell in source_notebook(path).cells]
    assert len(after) == len(before) + 1 and [id for id in after if id in before] == before


def test_every_exercise_is_three_cells_with_the_catalogues_points():
    for path in solutions_in(ROOT):
        cells = release_notebook(source_notebook(path)).cells
        by_id = {
            cell.metadata.nbgrader.grade_id: (i, cell) for i, cell in enumerate(cells) if "nbgrader" in cell.metadata
        }
        for item in CATALOGUE.items(int(path.name[:2])):
            (at, answer), (after, test), (before, task) = (by_id[p + item.id] for p in ("", "check-", "task-"))
            assert (before, after) == (at - 1, at + 1)
            assert test.source == item.call and test.metadata.nbgrader.points == item.points
            assert test.metadata.editable is False and task.metadata.editable is False
            assert item.title in task.source and f"{item.points} point" in task.source


def test_no_solution_reaches_a_chapter():
    for path in solutions_in(ROOT):
        text = as_text(release_notebook(source_notebook(path)))
        assert "BEGIN SOLUTION" not in text
        for cell in release_notebook(source_notebook(path)).cells:
            if cell.cell_type == "code":
                assert "\nraise NotImplementedError()" not in f"\n{cell.source}"
                assert not cell.outputs and cell.execution_count is None


def test_every_chapter_opens_with_a_colab_badge_and_a_setup_cell():
    for path in solutions_in(ROOT):
        title, setup = source_notebook(path).cells[:2]
        assert f"chapters/{path.stem}.ipynb" in title.source and "colab" in title.source
        assert setup.id == "colab-setup" and 'if "google.colab" in sys.modules' in setup.source


def test_the_check_passes_on_fresh_chapters_and_names_file_and_command_when_stale(course, monkeypatch):
    assert check_build(course) == []
    edit(course / "solutions" / f"{CHAPTER}.py", "## 1. A model in two lines", "## 1. A model in three lines")
    (problem,) = check_build(course)
    assert f"chapters/{CHAPTER}.ipynb" in problem and f"solutions/{CHAPTER}.py" in problem and "course build" in problem
    monkeypatch.setenv("COURSE_HOME", str(course))
    assert CliRunner().invoke(app, ["build", "--check"]).exit_code == 1
    assert CliRunner().invoke(app, ["build"]).exit_code == 0
    assert CliRunner().invoke(app, ["build", "--check"]).exit_code == 0


def test_a_stub_edited_by_hand_is_named(course):
    edit(course / "chapters" / f"{CHAPTER}.ipynb", "def causal_mask(n):", "def causal_mask(size):")
    problems = check_build(course)
    assert any("exercise causal-mask" in problem and "outside the marked region" in problem for problem in problems)


def test_missing_and_stray_chapters_are_named(course):
    (course / "chapters" / f"{CHAPTER}.ipynb").rename(course / "chapters" / "99_stray.ipynb")
    problems = "\n".join(check_build(course))
    assert f"{CHAPTER}.ipynb: missing" in problems and "99_stray.ipynb" in problems


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('# %% exercise="causal-mask"', '# %% exercise="causal-maks"', "Did you mean 'causal-mask'"),
        ('# %% exercise="causal-mask"', '# %% exercise="wordpiece"', "chapter 2"),
        ('# %% exercise="causal-mask"', "# %%", "promises causal-mask"),
        ('# %% exercise="causal-mask"', '# %% exercise="attention-by-hand"', "twice"),
        ('# %% quiz="pipeline-steps"', '# %% quiz="pipeline-steps"\nx = 1', "text of its own"),
        ("    ### BEGIN SOLUTION\n    return torch.ones", "    return torch.ones", "marks no solution"),
    ],
)
def test_mistakes_of_authors_are_named(course, before, after, message):
    edit(course / "solutions" / f"{CHAPTER}.py", before, after)
    with pytest.raises(SourceError, match=message):
        source_notebook(course / "solutions" / f"{CHAPTER}.py")
