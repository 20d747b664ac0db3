"""`course run`: the table, the exit code, and a failing cell that is named. The chapters here are tiny ones."""

import shutil
from pathlib import Path

import nbformat
import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner

import grader.notebooks.run
from grader.cli import app
from grader.exercises import catalogue
from grader.exercises.catalogue import CATALOGUE
from grader.notebooks.run import run_chapters

ROOT = Path(__file__).parents[2]
CHAPTER = """\
# %% [markdown]
# # A tiny chapter

# %%
import torch
from grader import check, quiz

# %% exercise="causal-mask"
def causal_mask(n):
    ### BEGIN SOLUTION
    return torch.ones(n, n).tril().bool()
    ### END SOLUTION

# %% quiz="pipeline-steps"

# %%
print("the end")
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one chapter with one exercise and one question."""
    (tmp_path / "solutions").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    monkeypatch.setattr(
        catalogue.CATALOGUE,
        "_items",
        {id: CATALOGUE.find(id) for id in ("causal-mask", "pipeline-steps")},
    )
    write(tmp_path, CHAPTER)
    return tmp_path


def write(course, text):
    (course / "solutions" / "01_tiny.py").write_text(text)


def run(course):
    console = Console(record=True, width=120)
    (result,) = run_chapters(course, console=console)
    return result, console.export_text()


def test_all_right(course):
    result, table = run(course)
    assert (result.exercises_passed, result.exercises, result.points, result.total_points) == (2, 2, 3, 3)
    assert result.failure == "" and result.seconds > 0 and result.peak_bytes > 50e6
    for heading in (
        "chapter",
        "cells",
        "exercises",
        "points",
        "seconds",
        "peak memory",
        "01_tiny",
        "2 / 2",
        "3 / 3",
        "ok",
    ):
        assert heading in table
    executed = nbformat.read(course / "build" / "01_tiny.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text == "the end\n"


def test_a_cell_that_raises_is_named_with_chapter_cell_and_error(course):
    write(course, CHAPTER.replace('print("the end")', "undefined_name + 1"))
    result, table = run(course)
    assert "stopped at cell 10 (undefined_name + 1)" in result.failure
    assert "NameError" in result.failure and "undefined_name" in result.failure
    assert "01_tiny" in table and "failed" in table and "NameError" in table
    assert (result.exercises_passed, result.exercises) == (2, 2)


def test_a_kernel_that_dies_is_a_row_of_the_table(course):
    write(course, CHAPTER.replace('print("the end")', "import os\nos._exit(1)"))
    result, table = run(course)
    assert "stopped at cell 10 (import os)" in result.failure and "DeadKernelError" in result.failure
    assert "failed" in table and result.exercises_passed == 2


def test_a_cell_that_never_ends_is_a_row_of_the_table(course, monkeypatch):
    monkeypatch.setattr(grader.notebooks.run, "CELL_SECONDS", 5)
    write(course, CHAPTER.replace('print("the end")', "while True: pass"))
    result, table = run(course)
    assert "stopped at cell 10 (while True: pass)" in result.failure and "CellTimeoutError" in result.failure


def test_brackets_in_a_message_stay(course):
    write(course, CHAPTER.replace('print("the end")', 'raise ValueError("[/INST] and [key]")'))
    result, table = run(course)
    assert "[/INST] and [key]" in table


def test_a_wrong_solution_is_named_with_its_exercise_and_diagnosis(course):
    write(course, CHAPTER.replace(".tril()", ".triu()"))
    result, table = run(course)
    assert "exercise causal-mask" in result.failure and "look ahead" in result.failure
    assert (result.exercises_passed, result.points) == (0, 0) and "0 / 2" in table


@pytest.mark.parametrize(("text", "code"), [(CHAPTER, 0), (CHAPTER.replace(".tril()", ".triu()"), 1)])
def test_the_exit_code_tells_the_truth(course, text, code):
    write(course, text)
    assert CliRunner().invoke(app, ["run"]).exit_code == code


def test_a_gpu_that_is_not_there_ends_at_once(course, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("COURSE_DEVICE", "cuda")
    result = CliRunner().invoke(app, ["run"])
    assert result.exit_code == 2 and "DEVICE=cuda was asked for" in " ".join(result.output.split())
    assert not (course / "build").exists()


def test_a_chapter_that_does_not_exist(course):
    result = CliRunner().invoke(app, ["run", "--chapter", "9"])
    assert result.exit_code == 2 and "no chapter 9" in " ".join(result.output.split())
