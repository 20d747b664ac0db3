"""The check of `right-task`."""

from __future__ import annotations

from functools import cache
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

RIGHT = "MaskedLM"
OTHERS = ["SequenceClassification", "TokenClassification", "QuestionAnswering"]
# What becomes of each part when the checkpoint is loaded to classify texts, and how one can tell.
FATE = {
    "embeddings": ("taken", "the report does not name it"),
    "encoder": ("taken", "the report does not name it"),
    "lm_head": ("left out", "the report calls it UNEXPECTED"),
    "classifier": ("new", "the report calls it MISSING"),
}


@exercise(
    "right-task",
    chapter=4,
    points=3,
    difficulty=2,
    minutes=12,
    asks=["new_weights", "right_class", "fate"],
    hints=[
        "The report has two kinds of rows. Which kind is in the checkpoint but not in the model, and which the other "
        "way around?",
        "`from_pretrained(…, output_loading_info=True)` returns the model and a dictionary; `getattr(transformers, "
        "name)` finds a class by its name.",
        "new_weights: load camembert with the class of this name and with output_loading_info; return its missing "
        "keys; right_class: the name for which there are none, and whose task the card names; fate: read the report",
    ],
)
def right_task(answer: Answer, draw: Draw) -> str:
    """The right class, and what the report says of a wrong one

    All about `almanach/camembert-base`.

    - `new_weights(class_name)`: for the name of an Auto class, like `"AutoModelForTokenClassification"`, the names of
      the weights that are **random** after loading the checkpoint with it.
    - `right_class`: the name of the Auto class for the task that this checkpoint was trained for.
    - `fate`: what becomes of the parts `"embeddings"`, `"encoder"`, `"lm_head"` and `"classifier"` in
      `AutoModelForSequenceClassification`? A dictionary: each is `"taken"` from the checkpoint, `"new"` or
      `"left out"`.
    """
    names = [f"AutoModelFor{kind}" for kind in draw.shuffled([RIGHT, *draw.sample(OTHERS, 2)])]
    _judge_new_weights({name: _names(answer.call("new_weights", name)) for name in names})
    _judge_class(answer.value("right_class"))
    _judge_fate(answer.value("fate"))
    return "A new head has learned nothing yet: either take the class of the checkpoint's own task, or train it."


@cache
def _report(class_name: str) -> dict[str, frozenset[str]]:
    """What is missing and what is unexpected when the checkpoint is loaded with this class."""
    import transformers

    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    try:
        loader = getattr(transformers, class_name)
        model, info = loader.from_pretrained(references.FRENCH, output_loading_info=True)
    finally:
        transformers.logging.set_verbosity(verbosity)
    return {
        "new": frozenset(info["missing_keys"]),
        "left out": frozenset(info["unexpected_keys"]),
        "all": frozenset(model.state_dict()),
    }


def _names(value: Any) -> set[str]:
    wanted = "the names of weights, like `encoder.layer.0.output.dense.bias`"
    if isinstance(value, dict):
        raise Wrong(
            "whole-info",
            "`new_weights` returns a dictionary.",
            got=f"the keys {shorten(list(value))}",
            wanted=wanted,
            advice="Which of its entries names what the checkpoint does not have?",
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Wrong(
            "a-count",
            "`new_weights` returns a number.",
            got=shorten(value),
            wanted=wanted,
            advice="Return the names themselves, not how many there are.",
        )
    if isinstance(value, set):
        value = list(value)
    if isinstance(value, list | tuple) and any(isinstance(item, tuple | list) for item in value):
        value = [item[0] if isinstance(item, tuple | list) and item else item for item in value]
    return set(expect.list_of(value, "What `new_weights` returns", str))


def _judge_new_weights(found: dict[str, set[str]]) -> None:
    for name, names in found.items():
        report = _report(name)
        if names == report["new"]:
            continue
        mistake, advice = (
            "other-names",
            "Load the checkpoint with this class and read the report: which rows are MISSING?",
        )
        if names and names == report["left out"]:
            mistake = "left-out-not-new"
            advice = "UNEXPECTED is in the checkpoint and finds no place in the model. You want the other way around."
        elif names == report["new"] | report["left out"] and names:
            mistake = "both-kinds"
            advice = "Only one of the two kinds of rows is made anew; the other is not in the model at all."
        elif names == report["all"]:
            mistake, advice = "every-weight", "Most of these come from the checkpoint. Which ones does it not have?"
        elif any(names == _report(f"AutoModelFor{kind}")["new"] for kind in OTHERS):
            mistake, advice = "class-ignored", "Does your function load the class whose name it is given?"
        elif names and all(any(new.startswith(f"{part}.") for new in report["new"]) for part in names):
            mistake, advice = "parts-not-names", "Give the full names, down to `.weight` and `.bias`."
        raise Wrong(
            mistake,
            f"`new_weights({name!r})` is not right.",
            got=f"{len(names)} names, such as {shorten(min(names))}" if names else "no name at all",
            wanted=f"{len(report['new'])} names: the weights that this class needs and the checkpoint does not have",
            advice=advice,
        )


def _judge_class(value: Any) -> None:
    if not isinstance(value, str):
        raise Wrong(
            "class-not-name",
            "`new_weights` is right; `right_class` is not a text.",
            got=shorten(value),
            wanted='the name of a class in quotes, like "AutoModelForTokenClassification"',
            advice="Hand in the name, not the class or a model.",
            earned=1,
        )
    name = value.strip().rpartition(".")[2]
    if name == f"AutoModelFor{RIGHT}":
        return
    mistake, advice = (
        "other-class",
        "Which task does the card of this checkpoint name? Chapter 2 shows the class of each.",
    )
    if name == f"CamembertFor{RIGHT}":
        mistake = "one-architecture-only"
        advice = "Task and head are right, but this class fits CamemBERT alone. Which Auto class would choose it?"
    elif name in [f"AutoModelFor{kind}" for kind in OTHERS]:
        mistake, advice = "new-head", "Call your own `new_weights` with this name: this head is random."
    elif name in ("AutoModel", "CamembertModel"):
        mistake, advice = (
            "no-head",
            "It has no head, so it fills no gap. Which class brings the head of this checkpoint?",
        )
    elif "CausalLM" in name:
        mistake = "looks-left-only"
        advice = "All weights find a place, but this class predicts the next word. How was this model trained?"
    elif name == "fill-mask":
        mistake, advice = "task-not-class", "That is the task. Which class does the model of such a pipeline have?"
    raise Wrong(
        mistake,
        "`new_weights` is right; `right_class` is another one.",
        got=shorten(value),
        wanted="the Auto class for what this checkpoint was trained for",
        advice=advice,
        earned=1,
    )


def _judge_fate(value: Any) -> None:
    words = {word for word, _ in FATE.values()}
    if not isinstance(value, dict) or set(FATE) - set(value):
        raise Wrong(
            "parts-missing",
            "`fate` does not speak of all four parts.",
            got=shorten(value),
            wanted=f"a dictionary with the keys {', '.join(FATE)}",
            earned=2,
        )
    for part, (right, sign) in FATE.items():
        given = value[part]
        if given == right:
            continue
        if given not in words if isinstance(given, str) else True:
            raise Wrong(
                "other-word",
                f"What becomes of {part!r} is none of the three words.",
                got=shorten(given),
                wanted='"taken", "new" or "left out"',
                advice="MISSING and UNEXPECTED are words of the report. What do they mean for this part's weights? "
                "To have no row means something, too.",
                earned=2,
            )
        raise Wrong(
            "upside-down" if {given, right} == {"new", "left out"} else "other-fate",
            f"{part!r} is not {given} when texts are to be classified.",
            got=f"{part!r}: {given!r}",
            wanted=f"what the report says: {sign}",
            advice="MISSING: the model needs it, the checkpoint has it not. UNEXPECTED: the checkpoint has it, the "
            "model has no place for it. All else is not worth a row.",
            earned=2,
        )
