"""The check of `preprocess-any-glue`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter3 import rows
from grader.exercises.chapter3.encoding import check_encoding, drawn_texts
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

ROWS = 3


@dataclass(frozen=True)
class Task:
    """A task of GLUE: its columns of text in their order, and how many labels it has; 0 means that they are scores."""

    texts: tuple[str, ...]
    labels: int


# Wang et al. 2018 and the features of nyu-mll/glue.
TASKS = {
    "cola": Task(("sentence",), 2),
    "sst2": Task(("sentence",), 2),
    "mrpc": Task(("sentence1", "sentence2"), 2),
    "qqp": Task(("question1", "question2"), 2),
    "stsb": Task(("sentence1", "sentence2"), 0),
    "mnli": Task(("premise", "hypothesis"), 3),
    "qnli": Task(("question", "sentence"), 2),
    "rte": Task(("sentence1", "sentence2"), 2),
    "wnli": Task(("sentence1", "sentence2"), 2),
    "ax": Task(("premise", "hypothesis"), 3),
}


@exercise(
    "preprocess-any-glue",
    chapter=3,
    points=4,
    difficulty=4,
    minutes=25,
    asks=["preprocess", "model_outputs"],
    hints=[
        "What do the columns of text have in common, in all tasks, that `label` and `idx` have not?",
        "`isinstance(value, str)`; a `*` before a list spreads it over the arguments: `tokenizer(*lists)`; "
        "`load_dataset_builder(…).info.features` for the labels, or a dictionary of your own.",
        "preprocess: keep the columns whose first value is a text, in their order; call the tokenizer with all of "
        "them; add labels; model_outputs: 1 where the label is no ClassLabel, otherwise the number of its names",
    ],
)
def preprocess_any_glue(answer: Answer, draw: Draw) -> str:
    """One function for all of GLUE

    The tasks are `cola`, `sst2`, `mrpc`, `qqp`, `stsb`, `mnli`, `qnli`, `rte`, `wnli`, and `ax` for diagnosis.

    - `preprocess(task, examples)`: gets a name and the columns of some examples of that task, a dictionary of lists.
      It returns a dictionary of what the tokenizer makes of the text or the two texts (cut like our pairs, not padded)
      and `labels`, the labels as they were. Nothing else.
    - `model_outputs(task)`: how many numbers must the head give for one example? This is what `num_labels` is for; a
      score needs a single one.
    """
    for name in ["mrpc", *draw.shuffled([name for name in TASKS if name != "mrpc"])]:
        texts = drawn_texts(draw, ROWS, len(TASKS[name].texts))
        _check_task(answer, name, TASKS[name], texts, _labels(draw, name))
    # Asking for a task's features takes its time, and most tasks are alike here.
    others = [name for name, task in TASKS.items() if task.labels == 2]
    for name in draw.shuffled(["stsb", "mnli", "ax", *draw.sample(others, 2)]):
        _check_outputs(answer, name)
    return "All ten go through one function: single sentences, pairs, and scores."


def _labels(draw: Draw, name: str) -> list[int] | list[float]:
    if name == "ax":
        return [-1] * ROWS  # hidden
    if TASKS[name].labels == 0:
        return [round(draw.number(0.3, 4.7), 2) for _ in range(ROWS)]
    # Not all alike: a label that is made up must come to light.
    return [0, 1, *(draw.integer(0, TASKS[name].labels - 1) for _ in range(ROWS - 2))]


def _check_task(answer: Answer, name: str, task: Task, texts: list[tuple[str, ...]], labels: list) -> None:
    columns = dict(zip(task.texts, map(list, zip(*texts, strict=True)), strict=True))
    examples = {**columns, "label": labels, "idx": list(range(ROWS))}
    try:
        value = answer.call("preprocess", name, examples)
    except LearnerRaised as raised:
        if raised.error in ("KeyError", "ValueError", "TypeError", "IndexError", "AttributeError"):
            raise Wrong(
                "hard-coded-columns",
                f"`preprocess` cannot cope with the task `{name}`.",
                got=f"{raised.error}: {raised.text[:120]}",
                wanted="an answer for the columns of each task",
                advice=f"Its columns are {', '.join(examples)}. Does your function know them, or find them by itself?",
            ) from None
        raise
    where = f" of the task `{name}`"
    check_encoding(value, texts, "What `preprocess` returns", where=where)
    if kept := [column for column in task.texts if column in value]:
        raise Wrong(
            "columns-kept",
            f"The column `{kept[0]}` is still there.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="ids, types, mask and labels, and nothing else",
            advice="Start from what the tokenizer returns, and add only the labels to it.",
        )
    if "labels" not in value:
        raise Wrong(
            "labels-missing",
            "There are no `labels`.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="`labels`, one for each example",
            advice="A model computes its loss from `labels`; in the data the column is called `label`.",
        )
    if extra := [key for key in value if key not in (*rows.KEYS, "labels")]:
        raise Wrong(
            "columns-kept",
            f"The column `{extra[0]}` is there as well.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="ids, types, mask and labels, and nothing else",
            advice="Start from what the tokenizer returns, and add only the labels to it.",
        )
    found = expect.array(value["labels"], f"`labels`{where}", shape=(ROWS,)).tolist()
    if all(abs(one - other) < 1e-4 for one, other in zip(found, labels, strict=True)):
        return
    if task.labels == 0 and all(one == int(one) for one in found):
        raise Wrong(
            "scores-rounded",
            "The scores have lost what comes after the point.",
            got=f"{shorten(found, 60)} for {shorten(labels, 60)}",
            wanted="scores as they were",
            advice="The label of `stsb` is no class but a number with decimals.",
            earned=2,
        )
    raise Wrong(
        "other-labels",
        f"`labels`{where} are other ones.",
        got=f"{shorten(found, 60)} for {shorten(labels, 60)}",
        wanted="the labels as they were, in their order",
    )


def _check_outputs(answer: Answer, name: str) -> None:
    try:
        value: Any = answer.call("model_outputs", name)
    except LearnerRaised as raised:
        raise Wrong(
            "outputs-raised",
            f"`model_outputs` cannot cope with the task `{name}`.",
            got=f"{raised.error}: {raised.text[:120]}",
            wanted="one whole number for each task",
            advice="Print the features of this task: of which type is its label, and what does that type have?",
            earned=3,
        ) from None
    if isinstance(value, list | tuple | dict):
        raise Wrong(
            "not-one-number",
            "`model_outputs` does not return a number.",
            got=shorten(value, 80),
            wanted="one whole number",
            advice="Not the names of the labels, but how many there are.",
            earned=3,
        )
    found, right = expect.number(value, "What `model_outputs` returns", earned=3), TASKS[name].labels or 1
    if found == right:
        return
    got, wanted = f"{found:g} for `{name}`", "how many numbers the head of a model for this task gives"
    if TASKS[name].labels == 0:
        raise Wrong(
            "score-as-class",
            "One task has no classes.",
            got=got,
            wanted=wanted,
            advice="Look at the type of the label in the features: what would the names of its classes be?",
            earned=3,
        )
    if right == 3 and found == 2:
        raise Wrong(
            "always-two",
            "Not all tasks have two labels.",
            got=got,
            wanted=wanted,
            advice="Print the features of each task, and count the names of its label.",
            earned=3,
        )
    raise Wrong(
        "other-number",
        f"`model_outputs` is wrong for `{name}`.",
        got=got,
        wanted=wanted,
        advice="Print the features of this task, and count the names of its label.",
        earned=3,
    )
