"""A chapter as its authors write it: one jupytext percent file in solutions/, read as a notebook with all its cells.

Authors mark an answer with `# %% exercise="causal-mask"` and a quiz question with `# %% quiz="pipeline-steps"`. Texts,
points and the locked test cells come from the catalogue, so that no fact stands twice.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.exercises import CATALOGUE
from grader.judging.catalogue import Exercise, Question, UnknownExercise

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# nbgrader asks for every one of these in each cell that it knows.
NBGRADER = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}


class SourceError(ValueError):
    """A file in solutions/ that cannot become a chapter. Names the file, the cell and what to do."""


def solutions_in(course: Path) -> list[Path]:
    """The files in solutions/, in the order of the chapters."""
    return sorted((course / "solutions").glob("[0-9][0-9]_*.py"))


def chosen_solutions(course: Path, chapters: list[int] | None) -> list[Path]:
    """The files of these chapters, or of all; raises `FileNotFoundError` when there are none."""
    chosen = [path for path in solutions_in(course) if not chapters or chapter_number(path) in chapters]
    if not chosen:
        wanted = f"chapter {', '.join(map(str, chapters))}" if chapters else "chapters"
        raise FileNotFoundError(f"{course / 'solutions'} holds no {wanted}. Run this in a copy of the repository.")
    return chosen


def chapter_number(path: Path) -> int:
    """3 for `03_fine_tuning.py`."""
    return int(path.name.partition("_")[0])


def source_notebook(path: Path) -> NotebookNode:
    """The complete notebook of a chapter, with solutions: what `course run` executes and nbgrader takes as source."""
    written = jupytext.read(path)
    cells: list[NotebookNode] = []
    for cell in written.cells:
        cells += _expand(cell, path)
    _check_catalogue(cells, path)
    cells = [*_opening(cells[0], path), *cells[1:]]
    _number(cells)
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    nbformat.validate(notebook)
    return notebook


def as_text(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook) + "\n"


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def exercise_of(cell: NotebookNode) -> str:
    """The id of the exercise or question that a cell belongs to, or an empty string."""
    return grade_id(cell).removeprefix("task-").removeprefix("check-")


def _expand(cell: NotebookNode, path: Path) -> list[NotebookNode]:
    cell.metadata.pop("lines_to_next_cell", None)
    if id := cell.metadata.pop("exercise", None):
        exercise = _find(id, Exercise, path)
        if "### BEGIN SOLUTION" not in cell.source or "### END SOLUTION" not in cell.source:
            raise SourceError(f"{path}: exercise {id!r} marks no solution with ### BEGIN SOLUTION and ### END SOLUTION")
        return _three_cells(exercise, _exercise_task(exercise), cell.source)
    if id := cell.metadata.pop("quiz", None):
        question = _find(id, Question, path)
        if cell.source.strip():
            raise SourceError(f"{path}: quiz {id!r} has text of its own; question and answer come from the catalogue")
        return _three_cells(question, _quiz_task(question), _quiz_answer(question))
    return [cell]


def _find(id: str, kind: type, path: Path) -> Exercise | Question:
    try:
        item = CATALOGUE.find(id)
    except UnknownExercise as unknown:
        raise SourceError(f"{path}: {unknown}") from None
    if not isinstance(item, kind) or item.chapter != chapter_number(path):
        raise SourceError(f"{path}: {id!r} is a {type(item).__name__.lower()} of chapter {item.chapter}")
    return item


def _three_cells(item: Exercise | Question, task: str, answer: str) -> list[NotebookNode]:
    def described(grade_id: str, **nbgrader: object) -> dict:
        return {"nbgrader": {**NBGRADER, "grade_id": grade_id, **nbgrader}}

    return [
        new_markdown_cell(task, metadata=described(f"task-{item.id}", locked=True)),
        new_code_cell(answer, metadata=described(item.id, solution=True)),
        new_code_cell(item.call, metadata=described(f"check-{item.id}", grade=True, locked=True, points=item.points)),
    ]


def _exercise_task(exercise: Exercise) -> str:
    dots = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    effort = f"difficulty {exercise.difficulty} of 5 {dots} · about {exercise.minutes} minutes"
    facts = f"**{exercise.points} points** · {effort}"
    return f'### Try it out: {exercise.title}\n\n{facts} · stuck? `hint("{exercise.id}")`\n\n{exercise.task}'


def _quiz_task(question: Question) -> str:
    options = "\n".join(f"- **{letter}**: {option.text}" for letter, option in question.options.items())
    return f"### Quiz: {question.ask}\n\n**{question.points} point**\n\n{options}"


def _quiz_answer(question: Question) -> str:
    letters = ", ".join(f'"{letter}"' for letter in question.options)
    return (
        f'{question.variable} = ""  # one of {letters}\n'
        f'### BEGIN SOLUTION\n{question.variable} = "{question.right}"\n### END SOLUTION'
    )


def _opening(title: NotebookNode, path: Path) -> list[NotebookNode]:
    """The title with its Colab badge, and the setup cell that only Colab needs."""
    repository = project_settings(path)["repository"]
    page = f"https://colab.research.google.com/github/{repository}/blob/main/chapters/{path.stem}.ipynb"
    # A picture of our own: the usual badge comes from the network, and is a broken one where there is none.
    badge = f"[![Open in Colab](../solutions/figures/colab-badge.svg)]({page})"
    title.source += f"\n\n{badge}"
    setup = (
        "# Only on Colab: installs the course's helper package. Anywhere else this cell does nothing.\n"
        "import sys\n\n"
        'if "google.colab" in sys.modules:\n'
        f'    %pip install --quiet "transformers-course @ git+https://github.com/{repository}"'
    )
    return [title, new_code_cell(setup, metadata={"id": "colab-setup"})]


def project_settings(path: Path) -> dict:
    """`[tool.course]` of the pyproject.toml above a file."""
    for folder in path.resolve().parents:
        if (folder / "pyproject.toml").exists():
            return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["course"]
    raise SourceError(f"{path}: there is no pyproject.toml above it, so the repository's address is not known")


def _check_catalogue(cells: list[NotebookNode], path: Path) -> None:
    found = Counter(exercise_of(cell) for cell in cells if cell.metadata.get("nbgrader", {}).get("grade"))
    if twice := [id for id, count in found.items() if count > 1]:
        raise SourceError(f"{path}: {', '.join(twice)} stands there twice")
    if missing := [item.id for item in CATALOGUE.items(chapter_number(path)) if item.id not in found]:
        raise SourceError(f"{path}: the catalogue promises {', '.join(missing)}, which no cell asks for")
    if not cells or cells[0].cell_type != "markdown":
        raise SourceError(f"{path}: the first cell must be the title, in Markdown")


def _number(cells: list[NotebookNode]) -> None:
    """Stable cell ids: editing a cell changes its own id at most, inserting one changes no other."""
    taken: Counter[str] = Counter()
    for cell in cells:
        given = cell.metadata.pop("id", None) or grade_id(cell)
        id = given or hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        taken[id] += 1
        cell.id = id if taken[id] == 1 else f"{id}-{taken[id]}"
