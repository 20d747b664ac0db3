"""The check of `token-types`."""

from __future__ import annotations

from grader.exercises.catalogue import exercise
from grader.exercises.chapter3 import rows
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong

PAD = 0


@exercise(
    "token-types",
    chapter=3,
    points=2,
    difficulty=3,
    minutes=12,
    asks=["token_types"],
    hints=[
        "Print tokens and types of a pair below each other. Which type does each of the two `[SEP]` have?",
        "A loop that keeps the number of the current segment, or `row.index(sep_id)` and lists such as `[0] * n`.",
        "segment 0; for each id: note the segment if it is 0 or 1 and nothing has ended yet; after the first sep the "
        "segment is 1; after the second one everything is 0",
    ],
)
def token_types(answer: Answer, draw: Draw) -> str:
    """Which sentence does a token belong to?

    Suppose that `token_type_ids` got lost. Write `token_types(input_ids, sep_id)`, which makes them anew.

    - `input_ids` is one row, a list: `[CLS] first [SEP] second [SEP]` or only `[CLS] first [SEP]`. Padding may follow.
    - `sep_id` is the id of `[SEP]`; it differs between tokenizers.
    - Return one number for each id: 0 or 1, exactly as the tokenizer does. Padding has 0.
    """
    first, second, padding = draw.integers(3, 2, 9)
    # Short and long seconds: a row cut in the middle must come to light.
    for lengths in ((first, second, 0), (second, first, padding), (first, 0, padding), (second, 0, 0)):
        _check_row(answer, draw, *lengths)
    return "Types are right for pairs and single sentences, with padding and without."


def _check_row(answer: Answer, draw: Draw, first: int, second: int, padding: int) -> None:
    sep, cls = draw.integers(2, 105, 999)
    words = [draw.integer(1000, 9000) for _ in range(first + second)]
    row = [cls, *words[:first], sep, *([*words[first:], sep] if second else []), *[PAD] * padding]
    told = " ".join(["[CLS]", *["word"] * first, "[SEP]", *([*["word"] * second, "[SEP]"] if second else [])])
    told += " [PAD]" * padding
    start, end = first + 2, first + second + 3 if second else first + 2
    right = [int(start <= place < end) for place in range(len(row))]

    found = rows.single(answer.call("token_types", row, sep), "What `token_types` returns")
    got = f"{' '.join(map(str, found[:40]))} for {told}"
    if found == right:
        return
    if len(found) != len(row):
        raise Wrong(
            "other-length",
            "There is not one type for each id.",
            got=f"{len(found)} types for {len(row)} ids",
            wanted="as many types as ids",
            advice="Special tokens and padding have a type, too.",
        )
    if not set(found) <= {0, 1}:
        raise Wrong(
            "third-segment",
            "A type is neither 0 nor 1.",
            got=got,
            wanted="0 for the first sentence and for padding, 1 for the second sentence",
            advice="A count of the `[SEP]` so far goes one step too far.",
        )
    if second and found == [1 - bit for bit in right]:
        raise Wrong("inverted", "0 and 1 have changed places.", got=got, wanted="0 for the first sentence")
    if second and not any(found):
        raise Wrong(
            "one-segment",
            "No second sentence was found.",
            got=got,
            wanted="1 for the tokens of the second sentence",
            advice="The id of `[SEP]` is the one that you are given as `sep_id`; here it is another one than BERT's.",
        )
    if second and padding and found == [int(place >= start) for place in range(len(row))]:
        raise Wrong(
            "padding-typed",
            "The padding has become part of the second sentence.",
            got=got,
            wanted="0 for padding",
            advice="The second sentence ends at its `[SEP]`; what comes later belongs to nobody.",
            earned=1,
        )
    if second and found == [*right[: end - 1], 0, *right[end:]]:
        raise Wrong(
            "second-sep-outside",
            "The second `[SEP]` has the type of the first sentence.",
            got=got,
            wanted="the type that the tokenizer gives it",
            advice="Print tokens and types of a pair: each `[SEP]` belongs to the sentence before it.",
            earned=1,
        )
    if found[start - 1] == 1 and found[: start - 1] == right[: start - 1]:
        raise Wrong(
            "first-sep-inside",
            "The first `[SEP]` has the type of the second sentence.",
            got=got,
            wanted="the type that the tokenizer gives it",
            advice="Print tokens and types of a pair: each `[SEP]` belongs to the sentence before it.",
            earned=1,
        )
    if not second:
        raise Wrong(
            "second-from-nowhere",
            "A row with one sentence has got a second one.",
            got=got,
            wanted="0 everywhere, as there is one sentence only",
            advice="Behind its only `[SEP]` nothing is left but padding, which has type 0.",
            earned=1,  # the pairs before were right
        )
    raise Wrong(
        "other-types",
        "These are not the types that the tokenizer gives.",
        got=got,
        wanted="0 up to the end of the first sentence, 1 up to the end of the second",
        advice="The border is where the `[SEP]` is, not at a fixed place.",
    )
