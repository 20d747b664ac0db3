"""The check of `char-tokenizer`."""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.plain import words_of
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

KEYS = ("words", "characters")


@exercise(
    "char-tokenizer",
    chapter=2,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["compare_tokenizers"],
    hints=[
        "What can only grow as a text goes on, and what stops growing soon: the tokens, or the different tokens?",
        "`list(text)` cuts a text into characters; `set(tokens)` keeps each different token once.",
        "for words and for characters: collect the tokens of all texts in one list; "
        "the pair is (len of its set, len of the list)",
    ],
)
def char_tokenizer(answer: Answer, draw: Draw) -> str:
    """Words against characters

    Write `compare_tokenizers(texts)`. It cuts all texts of a list into words (with `split_words`), and then into
    characters: each one of the text in lower case, spaces and marks too.

    Return `{"words": (v, n), "characters": (v, n)}`. `v` counts the **different** tokens of all texts, that is the
    size of the vocabulary without [UNK]; `n` counts **all** tokens of all texts.
    """
    for texts in (
        ["The cat saw the dog. The Dog saw nothing!", "Did the cat see it, then? Yes."],
        ["A dog!  " + draw.choice(SENTENCES), *draw.sample(SENTENCES, 3)],
        # No mark keeps the last word of one text from the first word of the next.
        ["the cat sleeps", "the dog barks", draw.choice(SENTENCES).rstrip(".!")],
    ):
        value = answer.call("compare_tokenizers", texts)
        value = expect.dictionary(value, "What `compare_tokenizers` returns", keys=KEYS)
        found = {key: _pair(value[key], key) for key in KEYS}
        right = {"words": _count(texts, words_of), "characters": _count(texts, lambda text: list(text.lower()))}
        if found != right:
            _explain(texts, found, right)
    (many, few), (small, long) = right["words"], right["characters"]
    return (
        f"{many} words against {small} characters in the vocabulary, but {few} tokens against {long} to read: "
        "pieces of words lie between the two."
    )


def _pair(value: object, key: str) -> tuple[int, int]:
    pair = value.tolist() if expect.library_of(value) in ("torch", "numpy") else value
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise Wrong(
            "not-a-pair",
            f"The entry `{key}` is no pair of numbers.",
            got=shorten(value),
            wanted="two whole numbers: size of the vocabulary, number of tokens",
            advice="Count the tokens with `len`." if isinstance(pair, list | tuple) else "",
        )
    return expect.integer(pair[0], f"The first number of `{key}`"), expect.integer(
        pair[1], f"The second number of `{key}`"
    )


def _count(texts: list[str], cut: Callable[[str], list[str]]) -> tuple[int, int]:
    tokens = [token for text in texts for token in cut(text)]
    return len(set(tokens)), len(tokens)


def _explain(texts: list[str], found: dict, right: dict) -> None:
    words_right = found["words"] == right["words"]
    key = "characters" if words_right else "words"
    earned = int(words_right or found["characters"] == right["characters"])
    pair, got = found[key], f"{found[key]} for the {key} of {len(texts)} texts"
    plain, cased = (
        (words_of, lambda text: re.findall(r"\w+|[^\w\s]", text))
        if key == "words"
        else (lambda text: list(text.lower()), list)
    )
    if pair == right[key][::-1]:
        raise Wrong(
            "swapped",
            "The two numbers have changed places.",
            got=got,
            wanted="the size of the vocabulary first, then the number of tokens",
            earned=earned,
            advice="Read the last lines of the task once more.",
        )
    if key == "characters" and pair in (
        _count(texts, lambda text: list(text.lower().replace(" ", ""))),
        _count(texts, lambda text: list("".join(text.lower().split()))),
        _count(texts, lambda text: list("".join(words_of(text)))),
    ):
        raise Wrong(
            "spaces-dropped",
            "The spaces are not counted.",
            got=got,
            wanted="each character of the text, a space as well",
            advice="Without spaces nobody could put the words together again: cut the text itself, not its words.",
            earned=earned,
        )
    if key == "characters" and pair[1] == right[key][1] + len(texts) - 1:
        raise Wrong(
            "texts-joined",
            "Between the texts there are characters that no text holds.",
            got=got,
            wanted=f"{right[key][1]} characters, and no sign between one text and the next",
            advice="What `join` puts between the texts is counted too: collect the characters text by text.",
            earned=earned,
        )
    if key == "words" and pair == _count(["".join(texts)], words_of):
        raise Wrong(
            "words-run-together",
            "The last word of a text has grown together with the first word of the next.",
            got=got,
            wanted="the words of each text",
            advice=f"Cut each text by itself: {texts[0].split()[-1]!r} and {texts[1].split()[0]!r} are two words.",
            earned=earned,
        )
    if pair == _count(texts, cased):
        raise Wrong(
            "case-kept",
            f"Capital letters count as {key} of their own.",
            got=got,
            wanted="the text in lower case",
            advice="Make the text lower case before you cut it.",
            earned=earned,
        )
    if key == "words" and pair == _count(texts, lambda text: text.lower().split()):
        raise Wrong(
            "punctuation-glued",
            "Punctuation marks stick to words.",
            got=got,
            wanted="words and marks, each as a token",
            advice="`text.split()` only cuts at spaces. Use `split_words`.",
            earned=earned,
        )
    if pair == (right[key][0], right[key][0]):
        raise Wrong(
            "different-tokens-twice",
            "The second number counts each different token once.",
            got=got,
            wanted="all tokens, however often they come back",
            advice="Count before you make a set of them.",
            earned=earned,
        )
    each = [_count([text], plain) for text in texts]
    if pair == (sum(size for size, _ in each), right[key][1]):
        raise Wrong(
            "vocabularies-added",
            "The vocabularies of the texts were added up.",
            got=got,
            wanted="one vocabulary for all texts",
            advice="A token that two texts share counts once: collect all tokens before you make a set.",
            earned=earned,
        )
    if pair in (each[0], each[-1]):
        raise Wrong(
            "one-text",
            "Only one of the texts was counted.",
            got=got,
            wanted="all texts together",
            advice="Where is the list of tokens emptied? That should happen before the loop.",
            earned=earned,
        )
    if pair == (right[key][0] + 1, right[key][1]):
        raise Wrong(
            "one-too-many",
            "The vocabulary is larger by one.",
            got=got,
            wanted="the different tokens of the texts, without [UNK]",
            earned=earned,
            advice="Is there a token in the set that no text holds?",
        )
    raise Wrong(
        "other-counts",
        f"The numbers for `{key}` are different.",
        got=got,
        wanted="how many different tokens, and how many tokens in all",
        advice='Count the one text "A dog!" on paper, then call your function with it.',
        earned=earned,
    )
