"""The check of `too-long`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.plain import token_ids
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

LONG = 2_000


@exercise(
    "too-long",
    chapter=2,
    points=3,
    difficulty=2,
    minutes=20,
    asks=["truncate", "windows"],
    hints=[
        "How many tokens of the text itself fit into a row, once the special tokens have their places? And how far "
        "may the next window move on, so that the overlap is kept?",
        "`tokenizer(text, …)` takes `truncation=True`, `max_length`, `return_overflowing_tokens=True` and `stride`. "
        "Compare the ends of two neighbors to see what `stride` counts.",
        "truncate: one call that cuts, keep its ids; windows: the same call with the overflow returned and the "
        "overlap named, keep all its rows of ids",
    ],
)
def too_long(answer: Answer, draw: Draw) -> str:
    """Read a text of 2,000 tokens

    Use `tokenizer`. A row is a list of ids: one special token, tokens of the text, one special token, no padding.

    - `truncate(text, size)`: one row with the start of the text, at most `size` ids long.
    - `windows(text, size, overlap)`: rows that hold the whole text, each at most `size` ids long. Each row begins
      with the last `overlap` tokens of the text in the row before. All rows but the last are full, and each brings
      something new.
    """
    tokenizer = references.tokenizer(references.SENTIMENT)
    long = _long_text(draw, tokenizer)
    size = draw.integer(100, 500)
    cases = [(draw.choice(SENTENCES), 64, 8), (long, size, draw.integer(10, 40)), (long, 512, 128)]
    parts, rows = Parts(), []
    with parts.worth(1):
        for text, size, _ in cases:
            value = answer.call("truncate", text, size)
            _truncated(_one_row(value, text), _body(text), size, text)
    with parts.worth(2):
        for text, size, overlap in cases:
            rows = _rows(answer.call("windows", text, size, overlap))
            _windows(rows, text, size, overlap)
    parts.settle()
    return f"{len(rows)} windows of at most 512 ids hold the whole text; truncation kept only the first of them."


def _long_text(draw: Draw, tokenizer: Any) -> str:
    parts, count = [], 0
    while count < LONG:
        parts.append(draw.choice(SENTENCES))
        count += len(tokenizer.tokenize(parts[-1]))
    return " ".join(parts)


def _body(text: str) -> list[int]:
    """The ids of a text without special tokens."""
    tokenizer = references.tokenizer(references.SENTIMENT)
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))


def _ends() -> tuple[int, int]:
    tokenizer = references.tokenizer(references.SENTIMENT)
    return tokenizer.cls_token_id, tokenizer.sep_token_id


def _row(body: list[int]) -> list[int]:
    first, last = _ends()
    return [first, *body, last]


def _cut(body: list[int], size: int, overlap: int) -> list[list[int]]:
    room, start, rows = size - 2, 0, []
    while True:
        rows.append(_row(body[start : start + room]))
        if start + room >= len(body):
            return rows
        start += room - overlap


def _one_row(value: Any, text: str) -> list[int]:
    if isinstance(value, dict):
        raise Wrong(
            "whole-encoding",
            "`truncate` returns all that the tokenizer made.",
            got=f"a dictionary with {', '.join(map(str, value))}" if value else "an empty dictionary",
            wanted="the list of ids in it",
            advice="Look its ids up by their name.",
        )
    if isinstance(value, str):
        raise Wrong(
            "text-not-ids",
            "`truncate` returns a text.",
            got=shorten(value),
            wanted="a list of ids",
            advice="The cut text must still become ids, and the cut must be counted in tokens.",
        )
    return token_ids(value, "What `truncate` returns")


def _truncated(found: list[int], body: list[int], size: int, text: str) -> None:
    right = _row(body[: size - 2])
    if found == right:
        return
    first, last = _ends()
    got = f"{len(found)} ids, from a text of {len(body) + 2} ids and a size of {size}"
    pad = references.tokenizer(references.SENTIMENT).pad_token_id
    if found and found[-1] == pad:
        raise Wrong(
            "padded",
            "The row is filled up with padding.",
            got=got,
            wanted="a row without padding, shorter when the text is short",
            advice="Cutting off and filling up are two choices; only one is needed here.",
        )
    words = text.split()
    if found in [_row(_body(" ".join(words[:count]))) for count in (size, size - 2) if count < len(words)]:
        raise Wrong(
            "words-cut",
            "The text was cut by words.",
            got=got,
            wanted=f"{len(right)} ids: as many tokens as fit, and no more",
            advice="Marks and pieces are tokens too: cut after the text has become tokens.",
        )
    if found == _row(body) or len(found) > size + 2:
        raise Wrong(
            "not-cut",
            "`truncate` leaves the row longer than it may be.",
            got=got,
            wanted=f"at most {size} ids",
            advice="Two options of the tokenizer belong together: to cut, and where.",
        )
    if found == [first, *body][:size] and len(found) == size:
        raise Wrong(
            "end-cut-off",
            "The last special token was cut off with the rest.",
            got=got,
            wanted="a row that ends as the tokenizer's rows do",
            advice="Cut the tokens of the text first, and put the special tokens around them then.",
        )
    if found and (found[0] != first or found[-1] != last):
        raise Wrong(
            "no-special-tokens",
            "The special tokens are missing.",
            got=got,
            wanted="one before the text and one behind it, both counted",
            advice="The tokenizer's own call adds them, and leaves room for them when it cuts.",
        )
    if found == _row(body[:size]):
        raise Wrong(
            "special-tokens-not-counted",
            "The row is longer than `size`.",
            got=got,
            wanted=f"at most {size} ids, special tokens included",
            advice="The special tokens take places too.",
        )
    if found in (_row(_body(text[:size])), _row(_body(text[: size - 2]))):
        raise Wrong(
            "characters-cut",
            "The text was cut by characters.",
            got=got,
            wanted=f"{len(right)} ids: as many tokens as fit",
            advice="A token is mostly longer than a character: cut after the text has become tokens.",
        )
    if found[1:-1] and found[1:-1] == body[-(len(found) - 2) :]:
        raise Wrong(
            "start-lost",
            "The start of the text is gone.",
            got=got,
            wanted="the start of the text; the end is cut off",
            advice="Which side of the list does your slice keep?",
        )
    raise Wrong(
        "other-row",
        "The row is not the start of the text.",
        got=f"{got}: {shorten(found, 60)}",
        wanted=f"{len(right)} ids",
        advice="Compare with the tokenizer's own call: where do the ids part?",
    )


def _rows(value: Any) -> list[list[int]]:
    if isinstance(value, dict):
        raise Wrong(
            "whole-encoding",
            "`windows` returns all that the tokenizer made.",
            got=f"a dictionary with {', '.join(map(str, value))}" if value else "an empty dictionary",
            wanted="the list of rows in it",
            advice="Look its ids up by their name.",
        )
    plain = value.tolist() if expect.library_of(value) in ("torch", "numpy") and value.ndim == 2 else value
    if isinstance(plain, list | tuple) and plain and all(isinstance(item, int) for item in plain):
        raise Wrong(
            "one-row",
            "`windows` returns one row.",
            got=shorten(value),
            wanted="a list of rows, each of them a list of ids",
            advice="Even when all fits into one window, it is a list with one row.",
        )
    if not isinstance(plain, list | tuple) or not plain:
        raise Wrong(
            "no-rows",
            "`windows` does not return rows.",
            got=shorten(value),
            wanted="a list of rows, each of them a list of ids",
            advice="Does every path of your function `return` the result?" if value is None else "",
        )
    return [token_ids(row, "A row that `windows` returns") for row in plain]


def _few(lengths: list[int]) -> str:
    """A list of numbers in a few words: the first ones and the last one of a long list."""
    if len(lengths) <= 4:
        return ", ".join(map(str, lengths))
    return f"{lengths[0]}, {lengths[1]}, … {lengths[-1]}"


def _windows(rows: list[list[int]], text: str, size: int, overlap: int) -> None:
    body = _body(text)
    right = _cut(body, size, overlap)
    if rows == right:
        return
    first, last = _ends()
    lengths = [len(row) for row in rows]
    count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    got = f"{count} of {_few(lengths)} ids; text {len(body)} tokens, size {size}, overlap {overlap}"
    pad = references.tokenizer(references.SENTIMENT).pad_token_id
    if any(row and row[-1] == pad for row in rows):
        raise Wrong(
            "padded",
            "A row is filled up with padding.",
            got=got,
            wanted="rows without padding: the last may be shorter",
            advice="Ask for no padding and no tensors: lists may differ in length.",
        )
    if any(not row or row[0] != first or row[-1] != last for row in rows):
        raise Wrong(
            "no-special-tokens",
            "Not every row has its special tokens.",
            got=got,
            wanted="in each row one before the text and one behind it",
            advice="Each row goes into the model alone: cut the tokens of the text, then frame each row.",
        )
    if max(lengths) > size:
        raise Wrong(
            "too-wide",
            "A row is longer than `size`.",
            got=got,
            wanted=f"at most {size} ids, special tokens included",
            advice="How many places are left for the text?",
        )
    if len(rows) == 1:
        raise Wrong(
            "rest-thrown-away",
            "There is one window, and the rest of the text is gone.",
            got=got,
            wanted="as many windows as the text needs",
            advice="The tokenizer throws away what it cuts off, unless you ask for it.",
        )
    inner = [row[1:-1] for row in rows]
    if len(rows) > len(right) and rows[: len(right)] == right:
        raise Wrong(
            "nothing-new",
            "The last window only repeats the end of the one before.",
            got=got,
            wanted="no further window once the end of the text is reached",
            advice="Stop as soon as a window reaches the last token.",
        )
    if rows == right[:-1]:
        raise Wrong(
            "tail-lost",
            "The end of the text is missing.",
            got=got,
            wanted="all tokens, also when the last window is not full",
            advice="The last start is where a part of a window is left, not a whole one.",
        )
    room = size - 2
    for step, mistake, seen, advice in (
        (room, "no-overlap", "Neighbors share no token.", "The next window starts before the last one has ended."),
        (
            overlap,
            "overlap-as-step",
            "Each window moves on by `overlap` tokens only.",
            "What do two neighbors share, and what is new? In the tokenizer, `stride` is the overlap, not the step.",
        ),
        (
            size - overlap,
            "step-from-size",
            "Neighbors share fewer tokens than they should.",
            "Special tokens take places in a row, so the text in it is shorter than `size`.",
        ),
    ):
        if inner[0] == body[:room] and inner[1] == body[step : step + room]:
            raise Wrong(mistake, seen, got=got, wanted=f"{overlap} tokens of the text in common", advice=advice)
    for shared in range(room):
        if inner[1] == body[room - shared : 2 * room - shared] and rows == _cut(body, size, shared):
            raise Wrong(
                "other-overlap",
                "Neighbors share another number of tokens.",
                got=f"{shared} tokens of the text in common; size {size}, overlap {overlap}",
                wanted=f"{overlap} tokens in common",
                advice="The tokenizer's `stride` is just this number: what two neighbors share, not how far it moves "
                "on.",
            )
    raise Wrong(
        "other-windows",
        "The windows lie elsewhere.",
        got=got,
        wanted=f"{len(right)} rows, with {overlap} tokens of the text in common between neighbors",
        advice="Take a short text and a small size, and print the tokens of each row.",
    )
