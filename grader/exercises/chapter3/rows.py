"""What several checks of this chapter do: read rows of whole numbers, however a learner holds them."""

from __future__ import annotations

from typing import Any

from grader.judging import expect
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

KEYS = ("input_ids", "token_type_ids", "attention_mask")


def plain(value: Any) -> Any:
    """A tensor or array as lists, also inside of lists; anything else as it is."""
    if expect.library_of(value) in ("torch", "numpy") and hasattr(value, "tolist"):
        return value.tolist()
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def count(value: Any) -> int:
    """How many rows a batch has; 0 when it is a single row or no batch at all."""
    listed = plain(value)
    return len(listed) if isinstance(listed, list) and listed and all(isinstance(row, list) for row in listed) else 0


def single(value: Any, name: str, *, earned: float = 0) -> list[int]:
    """One row of whole numbers, from a list, tensor or array; a batch of one row counts as that row."""
    listed = plain(value)
    if count(listed) == 1:
        listed = listed[0]
    return _whole(listed, value, name, earned)


def several(value: Any, name: str, number: int, *, earned: float = 0) -> list[list[int]]:
    """`number` rows of whole numbers, from lists, tensors or arrays."""
    listed = plain(value)
    if number > 1 and isinstance(listed, list) and listed and all(_is_whole(item) for item in listed):
        raise Wrong(
            "one-row",
            f"{name} is one row.",
            got=shorten(listed, 80),
            wanted=f"{number} rows, one for each example",
            advice="With `batched=True` a function gets many examples at a time: hand all of them to the tokenizer.",
            earned=earned,
        )
    if count(listed) != number:
        raise Wrong(
            "other-rows",
            f"{name} does not hold a row for each example.",
            got=f"{count(listed)} rows" if count(listed) else shorten(value, 80),
            wanted=f"{number} rows",
            earned=earned,
        )
    return [_whole(row, row, f"A row of {name}", earned) for row in listed]


def _whole(listed: Any, value: Any, name: str, earned: float) -> list[int]:
    if isinstance(listed, list) and listed and all(isinstance(item, str) for item in listed):
        raise Wrong(
            "tokens-not-ids",
            f"{name} holds tokens.",
            got=shorten(listed, 80),
            wanted="whole numbers",
            advice="The tokenizer's own call returns the ids.",
            earned=earned,
        )
    if not isinstance(listed, list) or not all(_is_whole(item) for item in listed):
        raise Wrong(
            "not-whole-numbers",
            f"{name} is not a row of whole numbers.",
            got=shorten(value, 80),
            wanted="a list or a tensor, one whole number for each token",
            advice="Does every path of your function `return` the result?" if value is None else "",
            earned=earned,
        )
    return [int(item) for item in listed]


def _is_whole(item: Any) -> bool:
    return isinstance(item, int) or (isinstance(item, float) and item.is_integer())
