"""The check of `columns`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter3 import rows
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

TEXTS = ("sentence1", "sentence2")


@exercise(
    "columns",
    chapter=3,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["ready_pair"],
    hints=[
        "Which columns does the model's `forward` know by name? What is each value in a row of a data set: a list, or "
        "a tensor?",
        '`remove_columns([…])` and `rename_column("old", "new")` return a new data set; `set_format("torch")` changes '
        "the one it is called on, and returns nothing.",
        "new data set without the three columns; its label under the model's name; set its format; take element 0 of "
        "its train split",
    ],
)
def columns(answer: Answer, draw: Draw) -> str:
    """Ready for a model

    From `tokenized_datasets` make data sets that a model can be fed from, without the Trainer's help:

    - the columns `sentence1`, `sentence2` and `idx` are gone;
    - the labels are in a column `labels`;
    - what comes out are torch tensors, not lists.

    `ready_pair` is the element with index 0 of the resulting **train** split.
    """
    value = answer.value("ready_pair")
    if value is None:
        raise Wrong(
            "nothing-returned",
            "`ready_pair` is None.",
            got="None",
            wanted="one element of the train split",
            advice="`set_format` returns nothing: call it on a line of its own, then take `[0]` of the train split.",
        )
    if isinstance(value, dict) and {"train", "validation"} & set(value):
        raise Wrong(
            "whole-data-set",
            "`ready_pair` holds all splits.",
            got=f"a dictionary with {', '.join(map(str, value))}",
            wanted="one element of the train split",
            advice='Take `["train"][0]` of it.',
        )
    value = expect.dictionary(value, "`ready_pair`")
    _check_names(value)
    _check_tensors(value)
    _check_pair(value)
    return "Four columns, all of them tensors, under the names that a model knows."


def _check_names(value: dict) -> None:
    got = f"the keys {', '.join(map(str, value))}" if value else "an empty dictionary"
    if kept := [name for name in (*TEXTS, "idx") if name in value]:
        raise Wrong(
            "columns-kept",
            f"The column `{kept[0]}` is still there.",
            got=got,
            wanted="only what a model takes",
            advice="`remove_columns` returns a new data set and leaves the old one as it is: give the new one a name.",
        )
    if "label" in value and "labels" not in value:
        raise Wrong(
            "not-renamed",
            "The labels are in a column `label`.",
            got=got,
            wanted="the name under which a model looks for them",
            advice="`rename_column` returns a new data set, too.",
        )
    if "labels" not in value:
        raise Wrong(
            "labels-gone",
            "There are no labels.",
            got=got,
            wanted="a column `labels`: a model learns from them",
            advice="Rename the label column; do not remove it.",
        )
    expect.dictionary(value, "`ready_pair`", keys=rows.KEYS)


def _check_tensors(value: dict) -> None:
    for key in (*rows.KEYS, "labels"):
        if expect.library_of(value[key]) == "torch":
            continue
        raise Wrong(
            "not-tensors",
            f"`{key}` is not a torch tensor.",
            got=f"{type(value[key]).__name__}: {shorten(value[key], 60)}",
            wanted="a tensor",
            advice="A data set has a format; the usual one is lists and numbers. Set it before you take the element.",
            earned=1,
        )


def _check_pair(value: dict) -> None:
    ids = rows.single(value["input_ids"], "`input_ids`", earned=1)
    for split in ("train", "validation", "test"):
        example = references.mrpc()[split][0]
        right = _encoded(example, len(ids))
        if ids != right["input_ids"]:
            continue
        if split != "train":
            raise Wrong(
                "wrong-split",
                f"`ready_pair` is from the {split} split.",
                got=shorten(ids, 60),
                wanted="element 0 of the train split",
                earned=1,
            )
        for key in ("token_type_ids", "attention_mask"):
            if rows.single(value[key], f"`{key}`", earned=1) != right[key]:
                raise Wrong(
                    "other-values",
                    f"`{key}` does not belong to this pair.",
                    got=shorten(value[key].tolist(), 60),
                    wanted="the column as it was",
                    earned=1,
                )
        if expect.number(value["labels"], "`labels`", earned=1) != example["label"]:
            raise Wrong(
                "other-label",
                "`labels` is not the label of this pair.",
                got=shorten(value["labels"].tolist()),
                wanted="the label as it was",
                advice="Was another column renamed?",
                earned=1,
            )
        return
    raise Wrong(
        "other-pair",
        "`ready_pair` is not the first pair of the train split.",
        got=shorten(ids, 60),
        wanted="element 0 of the train split, with its ids as they were",
        advice="Indices start at 0. Start from `tokenized_datasets`, made with the tokenizer of this chapter.",
        earned=1,
    )


def _encoded(example: dict, length: int) -> Any:
    """The pair as the chapter's tokenizer makes it, cut at the length that was found: that is the learner's choice."""
    texts = [example[name] for name in TEXTS]
    tokenizer = references.tokenizer(references.MINILM)
    whole = tokenizer(*texts)
    # Fewer tokens than the special ones alone cannot be asked for.
    is_cut = 4 <= length < len(whole["input_ids"])
    return tokenizer(*texts, truncation=True, max_length=length) if is_cut else whole
