"""Every chapter with its solutions, end to end through papermill: each cell runs, each exercise is right.

And as a learner opens it: an untouched chapter runs to its end, and every exercise says that it is not attempted.
"""

import os
import shutil
from pathlib import Path

import papermill
import pytest

from grader.notebooks.build import release_notebook
from grader.notebooks.run import run_chapter
from grader.notebooks.source import chapter_number, solutions_in, source_notebook
from tests.notebooks import leaks, two_processes

ROOT = Path(__file__).parents[2]
# Bytes. Colab's torch is built for CUDA, which takes 0.4 GB more in each of the four processes of a launch.
MOST_MEMORY = 5e9 if "COURSE_CLIENT_PYTHON" in os.environ else 3.5e9
CHAPTERS = pytest.mark.parametrize("solution", solutions_in(ROOT), ids=lambda path: path.stem)


@pytest.mark.slow
@CHAPTERS
def test_with_solutions(solution, tmp_path):
    # Learning is seen by whoever runs the chapter; here a few steps show that the training cell works.
    parameters = {"max_steps": 5} if chapter_number(solution) == 3 else {}
    executed, seen = tmp_path / "executed.ipynb", tmp_path / "seen"
    run = run_chapter(with_a_look_at_the_end(solution, seen), executed, parameters=parameters)
    assert run.failure == ""
    assert run.exercises_passed == run.exercises > 0 and run.points == run.total_points
    assert run.peak_bytes < MOST_MEMORY
    token = (seen / "token").read_text()
    assert token.startswith("hf_") and list((seen / "hub").iterdir())
    assert list(leaks.in_notebook(executed, token)) == []
    assert list(leaks.in_folder(seen / "hub", token)) == []
    if chapter_number(solution) == 3:
        two_processes.agree(seen)
        assert two_processes.left_running((seen / "work").read_text()) == []


@pytest.mark.slow
@CHAPTERS
def test_untouched(solution, tmp_path):
    parameters = {"max_steps": 2} if chapter_number(solution) == 3 else {}
    executed = papermill.execute_notebook(
        release_notebook(source_notebook(solution)),
        str(tmp_path / "executed.ipynb"),
        parameters=parameters,
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
        execution_timeout=600,
    )
    for cell in executed.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            (card,) = [output.data["text/plain"] for output in cell.outputs if output.output_type == "display_data"]
            assert "Not attempted" in card, cell.source


def with_a_look_at_the_end(solution, seen):
    """A copy of a chapter with one more cell, which keeps what is gone when the kernel ends.

    That is what was pushed, with which token, and what the processes of chapter 3 reported, and where.
    """
    course = seen.parent / "course"
    shutil.copytree(solution.parent, course / "solutions")
    shutil.copy(ROOT / "pyproject.toml", course)
    copy = course / "solutions" / solution.name
    lines = [
        "\n# %%",
        "import os, pathlib, shutil, huggingface_hub",
        f"seen = pathlib.Path({str(seen)!r})",
        "shutil.copytree(pathlib.Path(os.environ['HF_HOME']).parent / 'hub', seen / 'hub')",
        "_ = (seen / 'token').write_text(huggingface_hub.get_token())",
    ]
    if chapter_number(solution) == 3:
        lines += [
            "_ = (seen / 'work').write_text(str(work))",
            "_ = [shutil.copy(report, seen) for report in work.glob('*.json')]",
        ]
    with copy.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return copy
