"""Two processes from a notebook, both ways: the same accuracy as in one, and nothing is left running."""

import json
import os
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest

from grader.notebooks.source import source_notebook

ROOT = Path(__file__).parents[2]
BEFORE = """
import grader
grader.start(chapter=3)
import pathlib, torch
# A kernel that has computed with several threads: a process forked from it could wait for them for ever.
(torch.ones(600, 600) @ torch.ones(600, 600)).sum()
from accelerate import Accelerator
Accelerator(cpu=True)  # as the Trainer leaves one
checkpoint, max_steps, work = "sentence-transformers/all-MiniLM-L6-v2", 2, pathlib.Path({folder!r})
device = torch.device("cpu")
"""


@pytest.mark.slow
def test_one_and_two_processes_agree_and_leave_nothing_behind(tmp_path):
    notebook = source_notebook(ROOT / "solutions" / "03_fine_tuning.py")
    marks = ("%%writefile", "accelerate launch", "notebook_launcher(")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and any(mark in cell.source for mark in marks)]
    assert len(cells) == 4
    notebook.cells = [nbformat.v4.new_code_cell(BEFORE.format(folder=str(tmp_path))), *cells]
    papermill.execute_notebook(
        notebook,
        str(tmp_path / "executed.ipynb"),
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
        execution_timeout=300,
    )
    one, two, launched = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "two", "launched"))
    assert (one["processes"], two["processes"], launched["processes"]) == (1, 2, 2)
    assert one["right"] == two["right"] == launched["right"] and one["gather_for_metrics"] == 77
    assert two["gather_for_metrics"] == 77 < two["gather"]
    assert [process for process in psutil.process_iter() if speaks_of(process, str(tmp_path))] == []


def speaks_of(process, folder):
    """Whether a process, other than this one, was started with this folder in its command line or works in it."""
    try:
        return process.pid != os.getpid() and (folder in " ".join(process.cmdline()) or process.cwd() == folder)
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False
