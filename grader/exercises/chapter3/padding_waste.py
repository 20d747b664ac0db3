"""The check of `padding-waste`."""

from __future__ import annotations

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "padding-waste",
    chapter=3,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["padded_tokens", "saved_share"],
    hints=[
        "How many rows does the last batch have? And how many tokens does a batch hold when its longest row has 7?",
        "`range(0, len(lengths), batch_size)` gives where batches start; `lengths[i : i + batch_size]` is one batch.",
        "padded_tokens: for each batch add its longest length times its number of rows; saved_share: the difference of "
        "fixed and dynamic, divided by fixed",
    ],
)
def padding_waste(answer: Answer, draw: Draw) -> str:
    """What does padding cost?

    A model works on every token of a batch, also on padding.

    - `padded_tokens(lengths, batch_size)`: texts of these lengths go into batches **in this order**; the last batch may
      be smaller. Each batch is padded to its own longest text. How many tokens do all batches hold, padding included?
    - `saved_share(lengths, batch_size, width)`: with fixed padding each row is `width` tokens long. Which share of the
      tokens of fixed padding does dynamic padding save? A number between 0 and 1.
    """
    for _ in range(3):
        lengths, size = _lengths(draw), draw.integer(3, 6)
        while len(lengths) % size in (0, 1):
            lengths = [*lengths, draw.integer(6, 30)]
        _check_tokens(answer, lengths, size)
    for _ in range(3):
        lengths, size = _lengths(draw), draw.integer(3, 6)
        width = max(lengths) + draw.integer(4, 40)
        share = _check_share(answer, lengths, size, width)
    return f"In the last of our examples dynamic padding saves {share:.0%}."


def _lengths(draw: Draw) -> list[int]:
    return [draw.integer(6, 60) for _ in range(draw.integer(14, 25))]


def _batches(lengths: list[int], size: int) -> list[list[int]]:
    return [lengths[start : start + size] for start in range(0, len(lengths), size)]


def _dynamic(lengths: list[int], size: int) -> int:
    return sum(max(batch) * len(batch) for batch in _batches(lengths, size))


def _check_tokens(answer: Answer, lengths: list[int], size: int) -> None:
    found = expect.integer(answer.call("padded_tokens", lengths, size), "What `padded_tokens` returns")
    right, batches = _dynamic(lengths, size), _batches(lengths, size)
    if found == right:
        return
    whole = [batch for batch in batches if len(batch) == size]
    slips = [
        ("text-only", sum(lengths), "These are the texts without any padding."),
        ("padding-only", right - sum(lengths), "This is the padding alone; the texts count, too."),
        ("longest-of-all", max(lengths) * len(lengths), "Not every batch holds the longest text of all."),
        ("last-batch-dropped", _dynamic(lengths[: len(whole) * size], size), "The texts at the end are in no batch."),
        ("last-batch-filled", sum(max(batch) * size for batch in batches), "The last batch has fewer rows."),
        ("sorted-first", _dynamic(sorted(lengths), size), "The order of the texts has been changed."),
        ("sorted-first", _dynamic(sorted(lengths, reverse=True), size), "The order of the texts has been changed."),
        ("widths-only", sum(map(max, batches)), "The longest of a batch is the length of each of its rows."),
        ("shortest", sum(min(batch) * len(batch) for batch in batches), "Padding goes up to the longest text."),
    ]
    for mistake, value, advice in slips:
        if found == value:
            raise Wrong(
                mistake,
                "`padded_tokens` does not count all tokens of all batches.",
                got=f"{found} for the lengths {shorten(lengths, 100)} in batches of {size}",
                wanted="the tokens of all batches, padding included",
                advice=advice,
            )
    raise Wrong(
        "other-count",
        "`padded_tokens` counts something else.",
        got=f"{found} for the lengths {shorten(lengths, 100)} in batches of {size}",
        wanted="the tokens of all batches, padding included",
        advice="Work one small example by hand: the lengths 3, 5, 2 in batches of two make 10 + 2 = 12.",
    )


def _check_share(answer: Answer, lengths: list[int], size: int, width: int) -> float:
    value = answer.call("saved_share", lengths, size, width)
    found = expect.number(value, "What `saved_share` returns", earned=2)
    dynamic, fixed = _dynamic(lengths, size), len(lengths) * width
    right = 1 - dynamic / fixed
    if abs(found - right) < 1e-4:
        return right
    slips = [
        ("percent", 100 * right, "This is in percent."),
        ("what-is-left", dynamic / fixed, "This is the share that dynamic padding still needs."),
        ("of-dynamic", fixed / dynamic - 1, "The share is one of the tokens of fixed padding."),
        ("of-dynamic", fixed / dynamic, "The share is one of the tokens of fixed padding."),
        ("negative", -right, "Saved is what fixed padding has more."),
        ("tokens-not-share", fixed - dynamic, "This is a number of tokens, not a share."),
        ("padding-share", 1 - sum(lengths) / fixed, "This compares with no padding at all."),
        ("padding-share", (fixed - dynamic) / (fixed - sum(lengths)), "This is a share of the padding alone."),
        ("padding-share", 1 - sum(lengths) / dynamic, "This is how much of dynamic padding is padding."),
        (
            "last-batch-filled",
            1 - dynamic / (len(_batches(lengths, size)) * size * width),
            "The last batch is smaller.",
        ),
    ]
    for mistake, slip, advice in slips:
        if abs(found - slip) < 1e-4 * max(1, abs(slip)):
            raise Wrong(
                mistake,
                "`saved_share` is another share.",
                got=f"{found:.4g} for {len(lengths)} texts in batches of {size}, width {width}",
                wanted="the share of the tokens of fixed padding that dynamic padding does not need",
                advice=advice,
                earned=2,
            )
    raise Wrong(
        "other-share",
        "`saved_share` is another share.",
        got=f"{found:.4g} for the lengths {shorten(lengths, 80)} in batches of {size}, width {width}",
        wanted="the share of the tokens of fixed padding that dynamic padding does not need",
        advice="Fixed padding holds `width` tokens for each text. Your `padded_tokens` tells the rest.",
        earned=2,
    )
