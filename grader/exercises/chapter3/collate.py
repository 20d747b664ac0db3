"""The check of `collate`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

KEYS = ("input_ids", "token_type_ids", "attention_mask")


@exercise(
    "collate",
    chapter=3,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["collate"],
    hints=[
        "What must be the same for all rows of a tensor? And for which rows is it not yet?",
        "`max(len(f['input_ids']) for f in features)` and `torch.tensor(rows)`; a model looks for `labels`.",
        "find the longest length; for each of the three keys fill every row up with zeros and stack them; "
        "add labels: one number for each row",
    ],
)
def collate(answer: Answer, draw: Draw) -> str:
    """A collate function of your own

    A collate function makes one batch out of a list of examples. Write `collate(features)`.

    - Each feature is a dictionary with lists `input_ids`, `token_type_ids`, `attention_mask`, and a number `label`.
    - Return a dictionary of tensors with the keys `input_ids`, `token_type_ids`, `attention_mask` and `labels`.
    - Pad with 0 up to the longest example **of this batch**, like `DataCollatorWithPadding`.
    """
    for _ in range(3):
        # The longest example is never the first: a length taken from there must come to light.
        lengths = sorted(draw.integers(4, 5, 24))
        lengths = [lengths[0], *draw.shuffled(lengths[1:])]
        _check_batch(answer, [_feature(draw, length) for length in lengths])
    return "Each batch is as long as its longest example and no longer."


def _check_batch(answer: Answer, features: list[dict[str, Any]]) -> None:
    longest = max(len(feature["input_ids"]) for feature in features)
    value = expect.dictionary(answer.call("collate", features), "What `collate` returns")
    if "labels" not in value:
        raise Wrong(
            "labels-dropped",
            "The batch has no `labels`.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="`labels`: one number for each example",
            advice="The features call it `label`; a model computes its loss from `labels`.",
        )
    expect.dictionary(value, "What `collate` returns", keys=KEYS)
    for key in (*KEYS, "labels"):
        if expect.library_of(value[key]) != "torch":
            raise Wrong(
                "not-tensors",
                f"`{key}` is not a torch tensor.",
                got="a list of rows" if isinstance(value[key], list) else shorten(value[key], 60),
                wanted="a tensor",
                advice="Wrap the rows in `torch.tensor(…)` once they have the same length.",
            )
    for key in KEYS:
        found = expect.array(value[key], f"`{key}`")
        if found.ndim == 2 and found.shape[0] == len(features) and found.shape[1] > longest:
            raise Wrong(
                "fixed-length",
                "The batch is longer than its longest example.",
                got=f"{found.shape[1]} tokens for each row",
                wanted=f"{longest}, the longest example of this batch",
                advice="Dynamic padding saves the time spent on padding: ask the batch for its own longest length.",
            )
        if key == "attention_mask" and found.shape == (len(features), longest) and (found == 1).all():
            raise Wrong(
                "mask-not-padded",
                "The attention mask says that the padding is text.",
                got="1 everywhere",
                wanted="0 where there is padding",
                advice="Pad the mask with 0 as well.",
                earned=1,
            )
        right = [feature[key] + [0] * (longest - len(feature[key])) for feature in features]
        rows = expect.whole_numbers(value[key], f"`{key}`", shape=(len(features), longest)).astype(int).tolist()
        if rows != right:
            raise Wrong(
                "other-values",
                f"`{key}` does not hold the examples with zeros after them.",
                got=shorten(next(row for row, wanted in zip(rows, right, strict=True) if row != wanted)),
                wanted="each example in its own row, then zeros",
            )
    labels = expect.array(value["labels"], "`labels`")
    if labels.shape != (len(features),) or labels.tolist() != [feature["label"] for feature in features]:
        raise Wrong(
            "other-labels",
            "`labels` does not fit the examples.",
            got=f"shape {labels.shape}, {shorten(labels.astype(int).tolist(), 60)}",
            wanted=f"shape ({len(features)},): one label for each example, in their order",
            earned=1,
        )
    expect.whole_numbers(value["labels"], "`labels`", shape=labels.shape)


def _feature(draw: Draw, length: int) -> dict[str, Any]:
    first = draw.integer(2, length - 2)
    return {
        "input_ids": [101, *(draw.integer(1000, 9000) for _ in range(length - 2)), 102],
        "token_type_ids": [0] * first + [1] * (length - first),
        "attention_mask": [1] * length,
        "label": draw.integer(0, 1),
    }
