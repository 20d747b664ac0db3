"""`course class new`: an ordinary nbgrader course folder, in which every nbgrader command and Formgrader work.

One assignment a chapter. The configuration it writes mends what stock nbgrader gets wrong with these notebooks:
anything on standard error would cost the points of a right answer, deleted test cells would leave empty grades, and
learners' HTML would reach the instructor's pages unescaped.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.preprocessors import ComputeChecksums

from grader.notebooks.build import RELEASE_STEPS
from grader.notebooks.source import as_text, chosen_solutions, source_notebook

CONFIG = '''\
"""Settings of this class. It is an ordinary nbgrader course: change here what you like."""

import os

c = get_config()

c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.db_assignments = [{assignments}]

# The inputs of the checks are drawn from this secret, so nobody can foresee them. Keep it: the same secret draws the
# same inputs, and a second grading gives the same points.
os.environ["COURSE_SEED"] = {seed!r}

# An exchange that instructor and learners on one machine share; set your own path for a class.
c.Exchange.root = os.environ.get("COURSE_EXCHANGE", os.path.join(c.CourseDirectory.root, "exchange"))

# A cell may train a model for a while; a whole kernel shutdown would cost more than a second for each submission.
c.Execute.timeout = 900
c.Execute.shutdown_kernel = "immediate"

# A warning on standard error must not cost the points of a right answer.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\\s\\S]*"

# A deleted test cell comes back, and its exercise counts.
c.OverwriteCells.add_missing_cells = True

# Learners' output is shown to the instructor: without scripts.
c.HTMLExporter.sanitize_html = True

# Untouched top-level answers keep their placeholder, so that "Run All" reaches the end of a chapter.
c.GenerateAssignment.preprocessors = [
{steps}
]
'''


class ClassExists(FileExistsError):
    """The folder already holds a class."""


def new_class(
    folder: Path, repository: Path, *, seed: str | None = None, chapters: list[int] | None = None
) -> list[str]:
    """Makes an nbgrader course in `folder` from the solutions in `repository`; returns the assignments' names.

    Raises `ClassExists` when there is one already: nothing in it is touched.
    """
    if (folder / "nbgrader_config.py").exists():
        raise ClassExists(f"{folder} already holds a class. Nothing was changed. Choose another folder.")
    solutions = chosen_solutions(repository, chapters)
    folder.mkdir(parents=True, exist_ok=True)
    names = [solution.stem for solution in solutions]
    for solution in solutions:
        target = folder / "source" / solution.stem / f"{solution.stem}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(as_text(source_notebook(solution)), encoding="utf-8")
    _put_tools_on_path()
    with Gradebook(f"sqlite:///{folder.resolve() / 'gradebook.db'}") as gradebook:
        for name in names:
            gradebook.update_or_create_assignment(name)
    assignments = ", ".join(f'{{"name": {name!r}}}' for name in names)
    # The configuration comes last: a folder without it is not a class yet, and can simply be made again.
    config = CONFIG.format(
        course_id=folder.resolve().name,
        seed=seed or secrets.token_hex(16),
        assignments=assignments,
        steps="\n".join(f'    "{step}",' for step in _release_steps()),
    )
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    return names


def _release_steps() -> list[str]:
    """The builder's steps as nbgrader's configuration names them, with the two that only nbgrader's own run needs."""
    names = [f"{step.__module__}.{step.__qualname__}" for step in RELEASE_STEPS]
    # The database learns of the cells once their checksums are known, while hidden tests are still there.
    names.insert(RELEASE_STEPS.index(ComputeChecksums) + 1, "nbgrader.preprocessors.SaveCells")
    return ["nbgrader.preprocessors.IncludeHeaderFooter", *names]


def _put_tools_on_path() -> None:
    """nbgrader makes its database with the program `alembic`, which it looks for in PATH only."""
    tools = str(Path(sys.executable).parent)
    if tools not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([tools, os.environ.get("PATH", "")])
