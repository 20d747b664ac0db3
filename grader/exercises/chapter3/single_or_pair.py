"""The check of `single-or-pair`."""

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

INDEX = 15
SAME = {
    "c": "Count the `[SEP]` of both single results together, then those of the pair.",
    "d": "Compare the ids between the special tokens one by one.",
    "f": "Which numbers are in the masks, when nothing is padded?",
}
DIFFERENT = frozenset("abe")
LETTERS = DIFFERENT | frozenset(SAME)


@exercise(
    "single-or-pair",
    chapter=3,
    points=3,
    difficulty=2,
    minutes=15,
    asks=["together", "differs", "join_pair"],
    hints=[
        "Print the tokens of all three results below each other. Which token is there twice, and which only once?",
        "`tokenizer(one)`, `tokenizer(other)`, `tokenizer(one, other)`; lists are cut with `[1:]` and joined with `+`.",
        "join_pair: ids of the first, then those of the second without its first one; as many 0 as the first has "
        "tokens, then 1 for the rest; 1 for each token",
    ],
)
def single_or_pair(answer: Answer, draw: Draw) -> str:
    """Apart or as a pair

    Take both sentences of the element with index 15 of the **train** split. Tokenize each one alone, then both as a
    pair, and compare.

    - `together`: what the tokenizer returns for the pair.
    - `differs`: the letters of all that changes, as a set such as `{"c", "f"}`. **a** number of rows for the model;
      **b** number of `[CLS]` in both single results together, against the pair; **c** likewise of `[SEP]`; **d** ids of
      the words; **e** `token_type_ids` of the second sentence; **f** numbers that occur in `attention_mask`.
    - `join_pair(first, second)`: makes the pair's dictionary from those of the two single sentences, with lists alone
      and no tokenizer.
    """
    _check_together(answer.value("together"))
    _check_differs(answer.value("differs"))
    for _ in range(3):
        first, second = _single(draw), _single(draw)
        _check_joined(answer.call("join_pair", first, second), first, second)
    return "A pair is one row: a single `[CLS]`, a `[SEP]` after each sentence, and types that tell the two apart."


def _check_together(value: Any) -> None:
    tokenizer = references.tokenizer(references.MINILM)
    example = references.mrpc()["train"][INDEX]
    one, other = example["sentence1"], example["sentence2"]
    value = expect.dictionary(value, "`together`", keys=rows.KEYS)
    ids = value["input_ids"]
    if rows.count(ids) == 2:
        raise Wrong(
            "two-rows",
            "`together` holds two rows.",
            got="each sentence in a row of its own",
            wanted="one row with both sentences",
            advice="A list of two sentences is a batch. A pair is two arguments of the call.",
        )
    found = rows.single(ids, "`input_ids` of `together`")
    right = tokenizer(one, other)["input_ids"]
    if found != right:
        _explain_ids(tokenizer, found, one, other)
    types = rows.single(value["token_type_ids"], "`token_type_ids` of `together`")
    if types != tokenizer(one, other)["token_type_ids"]:
        raise Wrong(
            "other-types",
            "`together` has the ids of the pair, but other types.",
            got=shorten(types),
            wanted="the types that the tokenizer returns for the pair",
        )


def _explain_ids(tokenizer: Any, found: list[int], one: str, other: str) -> None:
    got = f"{len(found)} ids: {shorten(found, 60)}"
    if found == tokenizer(other, one)["input_ids"]:
        raise Wrong(
            "sentences-swapped",
            "The second sentence comes first.",
            got=got,
            wanted="`sentence1`, then `sentence2`",
        )
    if found == tokenizer(f"{one} {other}")["input_ids"] or found == tokenizer(one + other)["input_ids"]:
        raise Wrong(
            "joined-text",
            "Both sentences were joined into one text.",
            got="no `[SEP]` between them",
            wanted="a pair",
            advice="Give the tokenizer two arguments, not one long text.",
        )
    if found in (tokenizer(one)["input_ids"], tokenizer(other)["input_ids"]):
        raise Wrong("one-sentence", "`together` holds one sentence only.", got=got, wanted="both sentences in one row")
    raise Wrong(
        "other-pair",
        f"`together` is not the pair of element {INDEX} of the train split.",
        got=got,
        wanted="the ids of both sentences with all special tokens",
        advice='Indices start at 0: `raw_datasets["train"][15]`. Use the tokenizer of this chapter.',
    )


def _check_differs(value: Any) -> None:
    given = [*value] if isinstance(value, str | list | tuple | set) else value
    if not isinstance(given, list) or not all(isinstance(letter, str) for letter in given):
        raise Wrong(
            "not-letters",
            "`differs` is not a set of letters.",
            got=shorten(value),
            wanted='letters in quotes, such as `{"c", "f"}`',
            earned=1,
        )
    letters = {letter.strip().lower() for letter in given} - {"", ","}
    if unknown := sorted(letters - LETTERS):
        raise Wrong(
            "not-letters",
            f"`differs` holds something that is none of the letters: {shorten(unknown[0], 20)}.",
            got=shorten(value),
            wanted=f"letters from {min(LETTERS)} to {max(LETTERS)}",
            earned=1,
        )
    if wrong := sorted(letters - DIFFERENT):
        raise Wrong(
            "same-in-both",
            f"`differs` names something that is the same in both: {wrong[0]}.",
            got=", ".join(sorted(letters)),
            wanted="only what changes",
            advice=SAME[wrong[0]],
            earned=1,
        )
    if missing := DIFFERENT - letters:
        raise Wrong(
            "not-all",
            "Something else changes, too.",
            got=f"{', '.join(sorted(letters)) or 'no letter'}; all of that is right",
            wanted=f"{len(missing)} more",
            advice="Print all three results, and go through the letters one by one.",
            earned=1,
        )


def _check_joined(value: Any, first: dict, second: dict) -> None:
    value = expect.dictionary(value, "What `join_pair` returns", keys=rows.KEYS)
    found = {key: rows.single(value[key], f"`{key}` of the joined pair", earned=2) for key in rows.KEYS}
    one, other = first["input_ids"], second["input_ids"]
    length = len(one) + len(other) - 1
    got = f"{shorten(found['input_ids'], 100)} from {shorten(one, 50)} and {shorten(other, 50)}"
    if found["input_ids"] == one + other:
        raise Wrong(
            "cls-twice",
            "`[CLS]` is there twice.",
            got=got,
            wanted="one `[CLS]`, at the very start",
            advice="Print the tokens of `together` with `convert_ids_to_tokens`.",
            earned=2,
        )
    if found["input_ids"] in (one[:-1] + other[1:], one + other[1:-1]):
        raise Wrong(
            "sep-lost",
            "A `[SEP]` is missing.",
            got=got,
            wanted="one after each sentence",
            advice="Print the tokens of `together` with `convert_ids_to_tokens`.",
            earned=2,
        )
    if found["input_ids"] != one + other[1:]:
        raise Wrong(
            "other-ids",
            "The joined ids are not those of a pair.",
            got=got,
            wanted="both sentences with the special tokens of a pair",
            advice="Build `together` of this exercise from its two sentences, and compare id by id.",
            earned=2,
        )
    types = found["token_type_ids"]
    if not any(types):
        raise Wrong(
            "types-of-singles",
            "All types are 0.",
            got=shorten(types),
            wanted="types that tell the second sentence from the first",
            advice="Alone, every sentence is the first one. Look at the types of `together`.",
            earned=2,
        )
    if types != [0] * len(one) + [1] * (length - len(one)):
        raise Wrong(
            "other-types",
            "The types do not change where the second sentence starts.",
            got=f"{shorten(types)} for {len(one)} and {len(other)} tokens",
            wanted="one type for each token of the pair",
            advice="To which sentence does the first `[SEP]` belong? Look at `together`.",
            earned=2,
        )
    if found["attention_mask"] != [1] * length:
        raise Wrong(
            "other-mask",
            "The mask does not fit the pair.",
            got=shorten(found["attention_mask"]),
            wanted=f"1 for each of the {length} tokens",
            earned=2,
        )


def _single(draw: Draw) -> dict[str, list[int]]:
    length = draw.integer(4, 9)
    ids = [101, *(draw.integer(1000, 9000) for _ in range(length - 2)), 102]
    return {"input_ids": ids, "token_type_ids": [0] * length, "attention_mask": [1] * length}
