"""What two checks share: are these rows what the tokenizer makes of single sentences or of pairs?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.exercises import references
from grader.exercises.chapter3 import rows
from grader.judging import expect
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

SENTENCES = (
    "The harbor was quiet, and the boats came home early.",
    "A slow start, but the last half hour is a delight.",
    "Nobody in the village had heard of the new bridge before Monday.",
    "It rains.",
    "The second act drags on, and so does the third.",
    "Her brother repaired the old clock in an afternoon.",
    "What a warm, funny and clever little film!",
    "Two of the five candidates did not answer our questions.",
)
PLACES = 512  # of the model
SHORTEST_CUT = 16  # a text that is cut shorter than this has lost what it says
Texts = tuple[str, ...]


def drawn_texts(draw: Draw, count: int, columns: int) -> list[Texts]:
    """`count` examples of so many texts each, of different lengths; the last one is too long for the model."""
    examples = [tuple(draw.sample(SENTENCES, columns)) for _ in range(count - 1)]
    return [*examples, tuple(" ".join(draw.shuffled(SENTENCES) * (8 // columns)) for _ in range(columns))]


def check_encoding(value: Any, examples: Sequence[Texts], name: str, *, where: str = "", earned: float = 0) -> None:
    """Whether `value` is the tokenizer's dictionary for `examples`, one row each, none of them padded."""
    keys = rows.KEYS
    value = expect.dictionary(value, name, keys=keys)
    found = {key: rows.several(value[key], f"`{key}`{where}", len(examples), earned=earned) for key in keys}
    tokenizer = references.tokenizer(references.MINILM)
    for place, texts in enumerate(examples):
        row, whole = found["input_ids"][place], tokenizer(*texts)["input_ids"]
        got = f"{len(row)} ids for a text of {len(whole)} tokens{where}"
        if len(row) > len(whole) and row[: len(whole)] == whole and not any(row[len(whole) :]):
            _is_padded(got, earned)
        if len(row) > PLACES:
            raise Wrong(
                "not-cut",
                "A text is longer than the model can read.",
                got=got,
                wanted=f"{PLACES} tokens at most, the places of this model",
                advice="Cutting off is off unless you ask for it.",
                earned=earned,
            )
        right = _as_cut(tokenizer, texts, len(row)) if SHORTEST_CUT <= len(row) < len(whole) else tokenizer(*texts)
        if row != right["input_ids"]:
            _explain(tokenizer, row, texts, where, earned)
        for key, what in (("token_type_ids", "types"), ("attention_mask", "mask")):
            if found[key][place] != right[key]:
                raise Wrong(
                    f"other-{what}",
                    f"The ids are right, `{key}` is not.",
                    got=f"{shorten(found[key][place], 60)}{where}",
                    wanted="what the tokenizer returns beside these ids",
                    earned=earned,
                )


def _as_cut(tokenizer: Any, texts: Texts, length: int) -> Any:
    """The tokenizer's own result at this length, cut in the usual way."""
    return tokenizer(*texts, truncation=True, max_length=length)


def _is_padded(got: str, earned: float) -> None:
    raise Wrong(
        "padded",
        "The rows are padded already.",
        got=got,
        wanted="no padding yet",
        advice="How long a batch becomes is not known before the batch is: leave padding to the collate function.",
        earned=earned,
    )


def _explain(tokenizer: Any, row: list[int], texts: Texts, where: str, earned: float) -> None:
    got = f"`{tokenizer.decode(row[:40])}`{where}"
    one = texts[0]
    if _same(tokenizer, row, one, one):
        raise Wrong(
            "text-twice",
            "The same text is in the row twice.",
            got=got,
            wanted="each text once",
            advice="A second argument of the tokenizer's call makes a pair. Is there a second text here?",
            earned=earned,
        )
    if row == tokenizer(*texts, add_special_tokens=False)["input_ids"]:
        raise Wrong(
            "no-special-tokens",
            "The special tokens are missing.",
            got=got,
            wanted="`[CLS]` in front and `[SEP]` after each text",
            advice="The tokenizer's own call adds them.",
            earned=earned,
        )
    if len(texts) == 2:
        if any(_same(tokenizer, row, text) for text in texts):
            raise Wrong(
                "one-text-lost",
                "One of the two texts is missing.",
                got=got,
                wanted="both texts of the pair in one row",
                advice="Which columns of this task hold text?",
                earned=earned,
            )
        if _same(tokenizer, row, " ".join(texts)) or _same(tokenizer, row, "".join(texts)):
            raise Wrong(
                "joined-text",
                "Both texts were joined into one.",
                got=got,
                wanted="a pair",
                advice="Give the tokenizer two arguments, not one long text.",
                earned=earned,
            )
        if _same(tokenizer, row, *reversed(texts)):
            raise Wrong(
                "order-swapped",
                "The second text comes first.",
                got=got,
                wanted="the texts in the order of the columns",
                advice="Does something sort the names of the columns?",
                earned=earned,
            )
    raise Wrong(
        "other-ids",
        "These are not the ids of our text.",
        got=got,
        wanted=f"the ids of {shorten(texts[0], 60)}" + (" and its second text" if len(texts) == 2 else ""),
        advice="Use the tokenizer of this chapter, and cut tokens, not letters.",
        earned=earned,
    )


def _same(tokenizer: Any, row: list[int], *texts: str) -> bool:
    """Whether `row` is what the tokenizer makes of `texts`, cut or not."""
    whole = tokenizer(*texts)["input_ids"]
    return row == whole or (4 <= len(row) < len(whole) and row == _as_cut(tokenizer, texts, len(row))["input_ids"])
