"""From solutions/ to chapters/: the learners' notebooks, made by nbgrader's own preprocessors and byte-stable."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from grader.notebooks.source import as_text, exercise_of, solutions_in, source_notebook

REBUILD = "course build"


class SoftStub(ClearSolutions):
    """Clears solutions, but leaves no `raise` at top level: it would stop "Run All" at every unanswered question."""

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        replaced = super()._replace_solution_region(cell, language)
        if replaced and cell.cell_type == "code":
            # At top level the placeholder is there already: `name = ...`, or `quiz_name = ""`.
            lines = cell.source.split("\n")
            lines = [line for line in lines if line not in ("raise NotImplementedError()", "# YOUR CODE HERE")]
            cell.source = "\n".join(lines).rstrip()
        return replaced


# nbgrader's order for generate_assignment: hidden tests may go only after the checksums of the full cells.
RELEASE_STEPS = (
    LockCells,
    SoftStub,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)


def release_notebook(source: NotebookNode) -> NotebookNode:
    """The learner's version of a complete notebook."""
    notebook, resources = nbformat.from_dict(source), {}
    for step in RELEASE_STEPS:
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def build(course: Path) -> list[Path]:
    """Writes all chapters and returns their paths; a chapter whose text stays the same is not touched."""
    written = []
    for solution in solutions_in(course):
        target = course / "chapters" / f"{solution.stem}.ipynb"
        text = as_text(release_notebook(source_notebook(solution)))
        target.parent.mkdir(exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8", newline="\n")
        written.append(target)
    return written


def check_build(course: Path) -> list[str]:
    """What is wrong with chapters/: a line for each stale, drifted or left-over chapter; empty when all is well."""
    problems = []
    expected = {f"{solution.stem}.ipynb": solution for solution in solutions_in(course)}
    for name, solution in expected.items():
        target = course / "chapters" / name
        where = f"{target.relative_to(course)}: "
        source = source_notebook(solution)
        if not target.exists():
            problems.append(f"{where}missing. Run `{REBUILD}`.")
            continue
        text = target.read_text(encoding="utf-8")
        problems += [where + line for line in drifted_exercises(source, nbformat.reads(text, as_version=4))]
        if text != as_text(release_notebook(source)):
            problems.append(f"{where}not what {solution.relative_to(course)} makes of it. Run `{REBUILD}`.")
    for stray in sorted((course / "chapters").glob("*.ipynb")):
        if stray.name not in expected:
            problems.append(f"chapters/{stray.name}: no file in solutions/ makes it. Delete it.")
    return problems


def drifted_exercises(source: NotebookNode, release: NotebookNode) -> list[str]:
    """Exercises whose answer cell differs between solution and stub outside the marked region."""
    stubs = {exercise_of(cell): cell.source for cell in release.cells if _is_answer(cell)}
    problems = []
    for cell in source.cells:
        if not _is_answer(cell):
            continue
        id = exercise_of(cell)
        if id not in stubs:
            problems.append(f"exercise {id}: its answer cell is missing. Run `{REBUILD}`.")
        elif _outside_region(cell.source) != _without_stub(stubs[id]):
            problems.append(f"exercise {id}: stub and solution differ outside the marked region. Run `{REBUILD}`.")
    return problems


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _outside_region(source: str) -> list[str]:
    kept = re.sub(r"^[ \t]*### BEGIN SOLUTION.*?### END SOLUTION[ \t]*$", "", source, flags=re.DOTALL | re.MULTILINE)
    return [line.rstrip() for line in kept.split("\n") if line.strip()]


def _without_stub(source: str) -> list[str]:
    stub_lines = {"# YOUR CODE HERE", "raise NotImplementedError()"}
    return [line.rstrip() for line in source.split("\n") if line.strip() and line.strip() not in stub_lines]
