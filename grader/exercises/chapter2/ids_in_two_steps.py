"""The check of `ids-in-two-steps`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.plain import token_ids
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong


@exercise(
    "ids-in-two-steps",
    chapter=2,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["ids_in_two_steps", "with_special_tokens"],
    hints=[
        "What does the tokenizer's own call put before the first and behind the last token?",
        "`tokenizer.tokenize`, `tokenizer.convert_tokens_to_ids`; `tokenizer.cls_token_id` and "
        "`tokenizer.sep_token_id` are the ids of the special tokens.",
        "first function: tokenize the text, convert the tokens; second: a new list of the first special id, all ids, "
        "the last special id",
    ],
)
def ids_in_two_steps(answer: Answer, draw: Draw) -> str:
    """Ids in two steps

    Write two functions with the `tokenizer` from above.

    - `ids_in_two_steps(text)`: the ids of a text without special tokens, by `tokenize` and `convert_tokens_to_ids`.
    - `with_special_tokens(ids)`: a new list with the special tokens added, so that for every text it is what
      `tokenizer(text)["input_ids"]` holds.
    """
    tokenizer = references.tokenizer(references.SENTIMENT)
    texts = ["I hate this so much!", "Snowboarding in Zürich is unbelievable.", *draw.sample(SENTENCES, 2)]
    plain = [tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text)) for text in texts]
    parts = Parts()
    with parts.worth(1):
        for text, right in zip(texts, plain, strict=True):
            _two_steps(answer.call("ids_in_two_steps", text), text, right, tokenizer)
    with parts.worth(1):
        for text, ids in zip(texts, plain, strict=True):
            trace = answer.trace("with_special_tokens", ids)
            _special(trace.value, ids, tokenizer(text)["input_ids"], tokenizer)
            _unchanged(trace.inputs_changed)
    parts.settle()
    return (
        f"{len(plain[0])} tokens in two steps, {len(plain[0]) + 2} in the tokenizer's own call: "
        f"{tokenizer.cls_token} opens a text, {tokenizer.sep_token} closes it."
    )


def _two_steps(value: Any, text: str, right: list[int], tokenizer: Any) -> None:
    name = "What `ids_in_two_steps` returns"
    if isinstance(value, dict) and "input_ids" in value:
        raise Wrong(
            "the-tokenizers-call",
            "This is all that the tokenizer's own call returns.",
            got=f"a dictionary with {', '.join(map(str, value))}",
            wanted="the ids of the tokens alone, without special tokens",
            advice="The call does more than the two steps: take them one by one.",
        )
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong(
            "one-id",
            "A whole text became a single id.",
            got=f"{value} for {text!r}",
            wanted="an id for each token",
            advice="The second step takes the list that the first one returns, not the text.",
        )
    found = token_ids(value, name)
    if found == right:
        return
    got = f"{shorten(found)} for {text!r}"
    if found == tokenizer(text)["input_ids"]:
        raise Wrong(
            "special-tokens-in",
            "The special tokens are in already.",
            got=got,
            wanted=f"{len(right)} ids, from the first word to the last mark",
            advice="`tokenizer(text)` and `tokenizer.encode(text)` add them; the two steps do not.",
        )
    if found == tokenizer.convert_tokens_to_ids(text.split()):
        raise Wrong(
            "words-not-tokens",
            "The text was cut at the spaces.",
            got=got,
            wanted="the ids of the tokens that this tokenizer makes",
            advice=f"The id {tokenizer.unk_token_id} is {tokenizer.unk_token}. Let the tokenizer cut the text.",
        )
    if found == tokenizer.convert_tokens_to_ids(list(text)):
        raise Wrong(
            "characters-not-tokens",
            "Each character was looked up.",
            got=got,
            wanted="the ids of the tokens that this tokenizer makes",
            advice="The second step takes the list that the first one returns, not the text.",
        )
    raise Wrong(
        "other-ids",
        "These are not the ids of the text's tokens.",
        got=got,
        wanted=f"{len(right)} ids from the vocabulary of the sentiment checkpoint",
        advice="Several tokenizers live in this notebook: use the one that is called `tokenizer`.",
    )


def _special(value: Any, ids: list[int], right: list[int], tokenizer: Any) -> None:
    if value is None:
        raise Wrong(
            "nothing-returned",
            "`with_special_tokens` returns nothing.",
            got="None",
            wanted="a new list",
            advice="`insert` and `append` change a list and return None; `[first] + ids + [last]` is a new one.",
        )
    if isinstance(value, list | tuple) and any(isinstance(item, str) for item in value):
        raise Wrong(
            "texts-among-ids",
            "There are texts among the ids.",
            got=shorten(value),
            wanted="whole numbers only",
            advice="Special tokens have ids too; the tokenizer knows them.",
        )
    if isinstance(value, list | tuple) and any(isinstance(item, list | tuple) for item in value):
        raise Wrong(
            "nested",
            "The ids lie in a list of their own.",
            got=shorten(value),
            wanted="one flat list",
            advice="Add lists with `+`, or unpack one with `*ids`.",
        )
    found = token_ids(value, "What `with_special_tokens` returns")
    if found == right:
        return
    cls, sep, got = tokenizer.cls_token_id, tokenizer.sep_token_id, f"{shorten(found)} for {shorten(ids)}"
    if found == ids:
        raise Wrong(
            "nothing-added",
            "No special token was added.",
            got=got,
            wanted=f"{len(right)} ids",
            advice="Compare with `tokenizer(text)` for a short text.",
        )
    if found in ([cls, *ids], [*ids, sep]):
        raise Wrong(
            "one-missing",
            "One special token is missing.",
            got=got,
            wanted="one at each end",
            advice="Print the tokens of `tokenizer(text)` with `convert_ids_to_tokens`, and look at both ends.",
        )
    if found == [sep, *ids, cls]:
        raise Wrong(
            "ends-swapped",
            "The special tokens have changed places.",
            got=got,
            wanted="the token that opens a text in front, the one that closes it at the end",
            advice="Print the tokens of `tokenizer(text)` with `convert_ids_to_tokens`, and look at both ends.",
        )
    if found in ([cls, sep, *ids], [*ids, cls, sep]):
        raise Wrong(
            "same-end",
            "Both special tokens are at the same end.",
            got=got,
            wanted="one at each end",
            advice="Print the tokens of `tokenizer(text)` with `convert_ids_to_tokens`, and look at both ends.",
        )
    if found[1:-1] == ids:
        ends = tokenizer.convert_ids_to_tokens([found[0], found[-1]]) if _are_known(found, tokenizer) else "no tokens"
        raise Wrong(
            "other-special-tokens",
            "The places are right, the tokens are not.",
            got=f"{found[0]} and {found[-1]}, that is {ends}",
            wanted="the special tokens that this tokenizer puts there",
            advice="Do not write the ids down: ask the tokenizer, each checkpoint has its own.",
        )
    raise Wrong(
        "other-list",
        "This is not what the tokenizer's call holds.",
        got=got,
        wanted="the ids as they were, with one special token at each end",
        advice="Compare with `tokenizer(text)` for a short text, id by id.",
    )


def _unchanged(inputs_changed: bool) -> None:
    if inputs_changed:
        raise Wrong(
            "changed-in-place",
            "The right ids, but the list that went in has changed as well.",
            got="`ids` is another list after the call than before",
            wanted="a new list; the one that you are given stays as it is",
            advice="`insert` and `append` change a list for everybody who holds it; `+` and `[*ids]` make a new one.",
        )


def _are_known(ids: list[int], tokenizer: Any) -> bool:
    return all(0 <= number < len(tokenizer) for number in ids)
