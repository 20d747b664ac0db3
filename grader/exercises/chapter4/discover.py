"""The check of `discover`: it asks the hub the same question and compares."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

# Task, language, library. Each condition changes the result of at least one of them, on either hub.
QUESTIONS = [
    ("fill-mask", "en", "transformers"),
    ("fill-mask", "fr", "transformers"),
    ("sentence-similarity", "en", "sentence-transformers"),
    ("sentence-similarity", "en", "transformers"),
]
COUNT = 8
MOST = 4  # of the models that we draw


@exercise(
    "discover",
    chapter=4,
    points=3,
    difficulty=3,
    minutes=12,
    asks=["discover"],
    hints=[
        "Which of the conditions is a task, and which are tags? And what does the hub sort by, what do you?",
        '`api.list_models(pipeline_tag=…, filter=[…], sort=…, limit=…, expand=["safetensors"])`; a record then has '
        "`.safetensors.total`, or None in `.safetensors`.",
        "ask for models of this task whose tags hold language and library, the most downloaded first, count of them; "
        "keep those with a known size; sort them by it; return their ids",
    ],
)
def discover(answer: Answer, draw: Draw) -> str:
    """Find the smallest models for a task

    `discover(task, language, library, count)` searches the Hub, for instance
    `discover("fill-mask", "en", "transformers", 5)`. Of the `count` most downloaded models that fit **all three**,
    return the ids, the one with the fewest parameters first. Leave out those whose number of parameters the Hub does
    not know. No model fits? Then the list is empty.
    """
    for question in draw.shuffled(QUESTIONS):
        found = _ids(answer.call("discover", *question, COUNT), question)
        # On the Hub a task is a tag as well, and who filters by tags alone finds nearly the same models.
        if not _is_right(found, _asked(*question)) and not _is_right(found, _asked(None, *question)):
            _explain(found, question)
    # One that is limited: half of what there is.
    question = QUESTIONS[0]
    found = _ids(answer.call("discover", *question, 1), question)
    if len(found) > 1:
        raise Wrong(
            "count-ignored",
            "More models than asked for.",
            got=f"{len(found)} ids for a count of 1",
            wanted="at most 1",
            advice="`list_models` takes a `limit`.",
        )
    _among_drawn_models(answer, draw)
    return "Task, language and library are for the Hub to filter; what it cannot sort by, you sort by yourself."


def _among_drawn_models(answer: Answer, draw: Draw) -> None:
    """On a list where downloads differ, and where the size of one of the most downloaded models is not known."""
    models = _drawn_models(draw)
    sizes = {model["id"]: model["parameters"] for model in models}
    most = sorted(models, key=lambda model: -model["downloads"])[:MOST]
    try:
        found = answer.call_with_models("discover", models, *QUESTIONS[0], MOST)
    except LearnerRaised as raised:
        if "NoneType" in raised.text:
            raise
        return  # it asks the hub in a way that this list does not know, as do those who bring other ids
    if not isinstance(found, list | tuple) or not all(isinstance(id, str) and id in sizes for id in found):
        return
    wanted = "of the most downloaded ones, those with a known size"
    if unknown := [id for id in found if sizes[id] is None]:
        raise Wrong(
            "unknown-size-kept",
            "On a list of models that we made up, you keep one whose number of parameters the hub does not know.",
            got=f"{unknown[0]}, whose `.safetensors` is None",
            wanted=wanted,
            advice="A size that is not known is not 0: leave such a model out.",
            earned=2,
        )
    if others := [id for id in found if id not in [model["id"] for model in most]]:
        raise Wrong(
            "not-the-most-downloaded",
            f"On a list of models that we made up, you take one that is not among the {MOST} most downloaded.",
            got=f"{others[0]} among the ids, for a count of {MOST}",
            wanted=wanted,
            advice="First the hub: `sort` by downloads, and `limit`. Only then leave out, and sort by size, what it "
            "gave you. In which order does your function do that?",
            earned=2,
        )


def _drawn_models(draw: Draw) -> list[dict[str, Any]]:
    """Seven models that fit, in no order. The smallest ones have few downloads; the most downloaded has no size."""
    task, *tags = QUESTIONS[0]
    names = draw.shuffled(["amber", "birch", "cedar", "daisy", "elder", "fern", "ginger"])
    models = [
        {
            "id": f"garden/{name}",
            "pipeline_tag": task,
            "tags": tags,
            "downloads": (10 - place) * 1000 + draw.integer(0, 900),
            "parameters": None if place == 0 else (10 - place) * 10**6 + draw.integer(0, 900_000),
        }
        for place, name in enumerate(names)
    ]
    return models[::-1]


def _asked(task: str | None, *tags: str | None) -> list[tuple[str, int]]:
    """Ids with their number of parameters, the smallest first; a condition that is None is not made."""
    from huggingface_hub import HfApi

    models = HfApi().list_models(
        pipeline_tag=task,
        filter=[tag for tag in tags if tag],
        sort="downloads",
        limit=COUNT,
        expand=["safetensors"],
    )
    sizes = [(model.id, model.safetensors.total) for model in models if model.safetensors]
    return sorted(sizes, key=lambda item: item[1])


def _is_right(found: list[str], wanted: list[tuple[str, int]]) -> bool:
    """The same ids in the same order; models of one size may change places."""
    sizes = dict(wanted)
    return sorted(found) == sorted(sizes) and [sizes[id] for id in found] == [size for _, size in wanted]


def _ids(value: Any, question: tuple[str, str, str]) -> list[str]:
    where = f"What `discover{question}` returns"
    if isinstance(value, list | tuple) and value and not all(isinstance(item, str) for item in value):
        raise Wrong(
            "records-not-ids",
            f"{where} is not a list of ids.",
            got=f"a list that begins with {shorten(value[0])}",
            wanted="a list of texts like namespace/name",
            advice="A record of `list_models` holds more than the id: take its `.id`.",
        )
    if not isinstance(value, list | tuple):
        is_search = not isinstance(value, str) and "generator" in str(value)
        raise Wrong(
            "whole-search" if is_search else "not-a-list",
            f"{where} is not a list.",
            got=shorten(value),
            wanted="a list of ids",
            advice="`list_models` gives one record after the other: go through them in a loop."
            if is_search
            else "Does every path of your function `return` a list, also when only one model fits?",
        )
    return expect.list_of(value, where, str)


def _explain(found: list[str], question: tuple[str, str, str]) -> None:
    task, language, library = question
    wanted = _asked(*question)
    ids = [id for id, _ in wanted]
    said = f"for the task {task}, the language {language} and the library {library}"
    looser = {
        "library-ignored": (_asked(task, language, None), "A library is a tag like others: is it part of `filter`?"),
        "language-ignored": (_asked(task, None, library), "A language is a tag like others: is it part of `filter`?"),
        "task-ignored": (_asked(None, language, library), "The task has a parameter of its own, `pipeline_tag`."),
    }
    mistake, advice = "other-models", "Print what `api.list_models` gives for these three, and compare."
    if len(found) > len(set(found)):
        mistake, advice = "twice", "Does a loop go through the same models more than once?"
    elif _is_right(found[::-1], wanted):
        mistake, advice = "largest-first", "The fewest parameters first: which way does your sorting go?"
    elif sorted(found) == sorted(ids):
        mistake, advice = "not-sorted", "The Hub sorts by downloads or dates, but not by size. Sort what it gives."
    elif not found:
        mistake = "nothing-found"
        advice = 'Print the records before you choose among them. A size is there only with `expand=["safetensors"]`.'
    elif set(found) < set(ids):
        mistake = "too-few"
        advice = "Are models lost on the way, by a search for words in their names or by a smaller limit?"
    elif any("/" not in id for id in found):
        mistake, advice = "no-namespace", "An id has two parts, with a slash between them."
    else:
        for name, (loose, hint) in looser.items():
            if set(found) == {id for id, _ in loose}:
                mistake, advice = name, hint
    if mistake == "other-models" and set(found) > set(ids):
        mistake, advice = "too-many", "Which of the three conditions does this model not fit?"
    extra = [id for id in found if id not in ids]
    raise Wrong(
        mistake,
        f"`discover` is not right {said}.",
        got=f"{extra[0]} among the ids" if extra else shorten(found),
        wanted="the ids of those that fit all three, the smallest model first" if ids else "an empty list: none fits",
        advice=advice,
    )
