"""The section on plain git as a learner runs it, with git-lfs and without, and where its token can be seen meanwhile."""

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.notebooks.source import source_notebook
from tests.notebooks import leaks

SOLUTION = Path(__file__).parents[2] / "solutions" / "04_sharing.py"
# What the sections before have brought: names, and what stays of the run for a look from outside.
BEFORE = """
import grader, torch
from grader import check
from grader.learning import figures
grader.start(chapter=4)
from pathlib import Path
from huggingface_hub import HfApi, hf_hub_download, whoami
from transformers import AutoModel
api = HfApi(); me = whoami()["name"]
"""
AFTER = """
import shutil
shutil.copytree(workshop, {kept!r}, ignore=lambda folder, names: [name for name in names if name.endswith(".f32")])
_ = Path({token!r}).write_text(get_token())
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the section with these programs in PATH; gives all outputs as a text, the folder of its work, and the token."""

    def run(path):
        cells = source_notebook(SOLUTION).cells
        start = next(i for i, cell in enumerate(cells) if "Plain git" in cell.source.partition("\n")[0])
        end = next(i for i, cell in enumerate(cells) if i > start and cell.source.startswith("## "))
        kept, token = tmp_path / "kept", tmp_path / "token"
        after = AFTER.format(kept=str(kept), token=str(token))
        notebook = new_notebook(cells=[new_code_cell(BEFORE), *cells[start:end], new_code_cell(after)])
        variables = {"PATH": path, "COURSE_RUN": "1", "COURSE_HOME": str(tmp_path / "course")}
        for name, value in {**variables, "GIT_TRACE": str(tmp_path / "trace")}.items():
            monkeypatch.setenv(name, value)
        executed = tmp_path / "executed.ipynb"
        papermill.execute_notebook(notebook, str(executed), kernel_name="python3", progress_bar=False)
        outputs = [output for cell in nbformat.read(executed, 4).cells for output in cell.get("outputs", [])]
        text = "\n".join(str(output.get("text") or output.get("data", {}).get("text/plain")) for output in outputs)
        return text, kept, token.read_text()

    return run


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")
def test_with_git_lfs(run, tmp_path):
    said, kept, token = run(os.environ["PATH"])
    assert "Add notes by git" in said and "git-lfs.github.com/spec/v1" in said and "✓ Correct" in said, said
    assert list(leaks.in_notebook(tmp_path / "executed.ipynb", token)) == []
    assert list(leaks.in_folder(kept, token)) == [], "neither settings nor history of git have it"
    # Git writes down each program that it starts, with its arguments: what others see in the list of processes.
    trace = (tmp_path / "trace").read_text()
    assert "hf auth token" in trace and "remote-http" in trace and token not in trace


@pytest.mark.slow
def test_without_git_lfs(run, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if program.name != "git-lfs" and not (programs / program.name).exists():
                (programs / program.name).symlink_to(program)
    assert subprocess.run(["git", "lfs"], env={"PATH": str(programs)}, capture_output=True).returncode != 0
    said, _, _ = run(str(programs))
    assert "git-lfs   missing." in said and "'lfs' is not a git command" in said
    assert "✓ Correct: git-and-lfs" in said, said
