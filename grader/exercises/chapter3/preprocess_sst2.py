"""The check of `preprocess-sst2`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter3 import rows
from grader.exercises.chapter3.encoding import check_encoding, drawn_texts
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "preprocess-sst2",
    chapter=3,
    points=3,
    difficulty=2,
    minutes=12,
    asks=["tokenize_reviews", "first_review"],
    hints=[
        "Which columns does SST-2 have? How many texts has one example?",
        '`load_dataset("nyu-mll/glue", "sst2")`, `map(…, batched=True, remove_columns=[…])`, and `[0]` of a split.',
        "tokenize_reviews: call the tokenizer with the one column of texts, cut; load, map with it, and name the "
        "columns that shall go; first_review: element 0 of validation",
    ],
)
def preprocess_sst2(answer: Answer, draw: Draw) -> str:
    """The same for single sentences

    SST-2, another task of GLUE, holds single sentences about movies.

    - `tokenize_reviews(examples)`: for `map(…, batched=True)`. It gets the columns of many examples as a dictionary
      of lists, and returns what the tokenizer makes of them: cut like our pairs, **not** padded.
    - Load `nyu-mll/glue`, configuration `sst2`, and apply it to all splits. Remove the columns `sentence` and `idx`,
      which a model has no use for.
    - `first_review`: the element with index 0 of the **validation** split of the result.
    """
    examples = drawn_texts(draw, 4, 1)
    columns = {
        "sentence": [text for (text,) in examples],
        "label": [draw.integer(0, 1) for _ in examples],
        "idx": list(range(len(examples))),
    }
    try:
        value = answer.call("tokenize_reviews", columns)
    except LearnerRaised as raised:
        if raised.error == "KeyError":
            raise Wrong(
                "other-columns",
                "`tokenize_reviews` asks for a column that SST-2 does not have.",
                got=f"KeyError: {raised.text}",
                wanted="the columns of SST-2",
                advice='Look at `load_dataset("nyu-mll/glue", "sst2")`.',
            ) from None
        raise
    check_encoding(value, examples, "What `tokenize_reviews` returns")
    _check_first(answer.value("first_review"))
    return "Each review is a row of its own length; the columns that a model has no use for are gone."


def _check_first(value: Any) -> None:
    value = expect.dictionary(value, "`first_review`")
    if "input_ids" not in value:
        raise Wrong(
            "not-tokenized",
            "`first_review` has no ids.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="the columns that the tokenizer adds, and the label",
            advice="`map` returns a new data set and leaves the old one as it is: take the element from the new one.",
            earned=2,
        )
    if kept := [name for name in ("sentence", "idx") if name in value]:
        raise Wrong(
            "columns-kept",
            f"The column `{kept[0]}` is still there.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="what a model takes, and nothing else",
            advice="`map` has an option that names the columns to remove.",
            earned=2,
        )
    label = next((value[key] for key in ("label", "labels") if key in value), None)
    if label is None:
        raise Wrong(
            "label-removed",
            "The label is gone.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="the label among them: there is nothing to learn without it",
            advice="Name the columns to remove one by one.",
            earned=2,
        )
    ids = rows.single(value["input_ids"], "`input_ids` of `first_review`", earned=2)
    if _is_first(ids, "validation"):
        if expect.number(label, "The label of `first_review`", earned=2) != _first("validation")["label"]:
            raise Wrong(
                "other-label",
                "The label of `first_review` is another one.",
                got=shorten(label),
                wanted="the label that the data set has there",
                earned=2,
            )
        return
    if len(ids) > 1 and ids[-1] == 0 and _is_first([id for id in ids if id], "validation"):
        raise Wrong(
            "padded-first",
            "`first_review` is padded.",
            got=f"{len(ids)} ids",
            wanted="the ids of the sentence alone",
            advice="Is the data set mapped with the function that you hand in?",
            earned=2,
        )
    for split in ("train", "test"):
        if _is_first(ids, split):
            raise Wrong(
                "wrong-split",
                f"`first_review` is from the {split} split.",
                got=shorten(ids, 60),
                wanted="element 0 of the validation split",
                earned=2,
            )
    raise Wrong(
        "other-review",
        "`first_review` is not the first review of the validation split.",
        got=shorten(ids, 60),
        wanted="element 0 of the validation split, tokenized",
        advice="Indices start at 0. Use the tokenizer of this chapter.",
        earned=2,
    )


def _first(split: str) -> dict[str, Any]:
    return references.glue("sst2")[split][0]


def _is_first(ids: list[int], split: str) -> bool:
    tokenizer, text = references.tokenizer(references.MINILM), _first(split)["sentence"]
    return ids == tokenizer(text)["input_ids"] or (
        len(ids) >= 4 and ids == tokenizer(text, truncation=True, max_length=len(ids))["input_ids"]
    )
