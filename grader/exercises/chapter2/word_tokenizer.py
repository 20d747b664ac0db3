"""The check of `word-tokenizer`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.plain import token_ids, words_of
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

UNKNOWN = "[UNK]"


@exercise(
    "word-tokenizer",
    chapter=2,
    points=3,
    difficulty=3,
    minutes=20,
    asks=["build_vocabulary", "encode_words", "decode_words"],
    hints=[
        "Which words may a vocabulary know: those of the texts it was built from, or those that come later as well?",
        "`vocab.setdefault(word, len(vocab))` gives a new word the next id; `vocab.get(word, vocab['[UNK]'])` looks it "
        "up; `{number: word for word, number in vocab.items()}` turns a vocabulary round.",
        "build: start with [UNK] at 0, give each word of each text the next id unless it has one; encode: split the "
        "text, look up each word, else [UNK]; decode: turn vocab round, look up each id, join with spaces",
    ],
)
def word_tokenizer(answer: Answer, draw: Draw) -> str:
    """A tokenizer of whole words

    Write three functions. A word is what `split_words` returns.

    - `build_vocabulary(texts)`: a dictionary from each word of a list of texts to its id. `[UNK]` has the id 0, the
      words have 1, 2, 3, … in any order.
    - `encode_words(text, vocab)`: the ids of the words of one text; a word that `vocab` does not hold gets the id of
      `[UNK]`.
    - `decode_words(ids, vocab)`: one text, the words with a space between them.
    """
    texts = ["The cat saw the dog. The dog saw nothing!", *draw.sample(SENTENCES, 3)]
    known = {word for text in texts for word in words_of(text)}
    parts = Parts()
    with parts.worth(1):
        _vocabulary(answer.call("build_vocabulary", texts), texts, known)
    # A vocabulary of our own, so that a mistake in one function is not seen as one in another.
    vocab = {UNKNOWN: 0} | {word: i + 1 for i, word in enumerate(draw.shuffled(sorted(known)))}
    with parts.worth(1):
        for text in ("The dog saw the cat.", "The zebra saw nothing, nothing!", draw.choice(texts)):
            _encoding(answer, text, dict(vocab))
    with parts.worth(1):
        for count in (3, 6):
            _decoding(answer, [*draw.integers(count, 1, len(known)), 0, vocab["dog"]], vocab)
    parts.settle()
    return f"{len(vocab)} entries, and still no zebra: it came back as [UNK]. Rare words are what pieces are for."


def _vocabulary(value: Any, texts: list[str], known: set[str]) -> None:
    vocab = expect.dictionary(value, "What `build_vocabulary` returns")
    got = f"{len(vocab)} entries: {shorten(vocab)}"
    if vocab and all(isinstance(key, int) for key in vocab):
        raise Wrong(
            "turned-round",
            "The vocabulary leads from ids to words.",
            got=got,
            wanted="words as keys, ids as values",
            advice="To encode, a word is looked up and an id is found.",
        )
    if glued := [key for key in vocab if isinstance(key, str) and re.search(r"\w[.,!?]$", key)]:
        raise Wrong(
            "punctuation-glued",
            "Punctuation marks stick to words.",
            got=f"the key {glued[0]!r}",
            wanted="the word and the mark as two entries",
            advice="`text.split()` only cuts at spaces. Use `split_words`.",
        )
    if upper := [key for key in vocab if isinstance(key, str) and key.isalnum() and key != key.lower()]:
        raise Wrong(
            "case-kept",
            "A word has a capital letter.",
            got=f"the key {upper[0]!r}",
            wanted="words in lower case, as `split_words` returns them",
            advice="Cut each text with `split_words`.",
        )
    if UNKNOWN not in vocab:
        raise Wrong(
            "no-unknown",
            "There is no entry for unknown words.",
            got=got,
            wanted="an entry [UNK], with its brackets",
            advice="Put it in before the first word.",
        )
    if lost := sorted(known - set(vocab)):
        raise Wrong(
            "words-missing",
            "Words of the texts are missing.",
            got=f"no entry for {lost[0]!r}, from a list of {len(texts)} texts",
            wanted="each word of each text",
            advice="Two loops: over the texts, and over the words of each.",
        )
    if extra := [key for key in vocab if key not in known | {UNKNOWN}]:
        raise Wrong(
            "foreign-entries",
            "An entry is no word of the texts.",
            got=shorten(extra[0]),
            wanted="the words of `texts`, and [UNK]",
            advice="Read nothing but the argument `texts`, and start each time from an empty dictionary.",
        )
    numbers = sorted(expect.integer(number, "An id of the vocabulary") for number in vocab.values())
    if vocab in (_numbered_again(texts, by_size=True), _numbered_again(texts, by_size=False)):
        raise Wrong(
            "repeated-words",
            "A word that comes back gets a second id.",
            got=f"'the' has the id {vocab['the']}, which it got when it came for the last time",
            wanted="the id that a word got when it came for the first time",
            advice="Look whether a word has an id before you give it one.",
        )
    if len(set(numbers)) < len(numbers):
        raise Wrong(
            "shared-ids",
            "Two words share an id.",
            got=got,
            wanted="an id of its own for each word",
            advice="The next free id is the number of words that are in the vocabulary already.",
        )
    if numbers != list(range(len(vocab))):
        raise Wrong(
            "ids-with-gaps",
            "The ids leave some numbers out.",
            got=f"{len(vocab)} entries with ids from {numbers[0]} to {numbers[-1]}",
            wanted="each number from 0 on, none left out",
            advice="Do not count a word again that has an id already: a model's table has one row for each id.",
        )
    if vocab[UNKNOWN] != 0:
        raise Wrong(
            "unknown-not-first",
            "[UNK] has another id.",
            got=f"id {vocab[UNKNOWN]}",
            wanted="the id 0",
            advice="Put it in before the first word.",
        )


def _numbered_again(texts: list[str], *, by_size: bool) -> dict[str, int]:
    """The vocabulary when each occurrence of a word gives it the next id: the size so far, or a count of its own."""
    vocab = {UNKNOWN: 0}
    for place, word in enumerate((word for text in texts for word in words_of(text)), 1):
        vocab[word] = len(vocab) if by_size else place
    return vocab


def _encoding(answer: Answer, text: str, vocab: dict[str, int]) -> None:
    try:
        value = answer.call("encode_words", text, vocab)
    except LearnerRaised as raised:
        if raised.error != "KeyError":
            raise
        if (key := raised.text.strip("'\"")) == UNKNOWN.strip("[]"):
            raise Wrong(
                "unknown-without-brackets",
                f"`encode_words` looks up `{key}`.",
                got=f"KeyError: {raised.text}",
                wanted=f"the entry for unknown words, `{UNKNOWN}`",
                advice="The brackets belong to its name.",
            ) from None
        raise Wrong(
            "unknown-raises",
            "`encode_words` stops at a word that the vocabulary does not hold.",
            got=f"KeyError: {raised.text}",
            wanted="the id of [UNK] in its place",
            advice="A dictionary's `get` takes a second value, for keys that are missing.",
        ) from None
    found = token_ids(value, "What `encode_words` returns")
    words = words_of(text)
    right = [vocab.get(word, 0) for word in words]
    if found == right:
        return
    got = f"{shorten(found)} for {text!r}"
    if any(number not in vocab.values() for number in found):
        raise Wrong(
            "vocabulary-grows",
            "An id is not in the vocabulary.",
            got=got,
            wanted=f"ids from 0 to {max(vocab.values())}, those of `vocab`",
            advice="A vocabulary is fixed once it is built: a new word gets the id of [UNK], not one of its own.",
        )
    if found == [vocab[word] for word in words if word in vocab]:
        raise Wrong(
            "unknown-dropped",
            "Unknown words vanish.",
            got=got,
            wanted=f"{len(words)} ids, one for each word",
            advice="The model must see that there was a word, even when nobody knows which.",
        )
    if found == [vocab.get(word, 0) for word in text.lower().split()]:
        raise Wrong(
            "encoded-glued",
            "`encode_words` cuts the text only at spaces.",
            got=got,
            wanted=f"{len(words)} ids: marks are words of their own",
            advice="Cut the text in the same way as for the vocabulary.",
        )
    if found == [vocab.get(word, 0) for word in re.findall(r"\w+|[^\w\s]", text)]:
        raise Wrong(
            "encoded-case",
            "`encode_words` does not find words with capital letters.",
            got=got,
            wanted="the id of the word in lower case",
            advice="Cut the text in the same way as for the vocabulary.",
        )
    raise Wrong(
        "other-ids",
        "These are not the ids of the words.",
        got=got,
        wanted=f"{len(words)} ids, in the order of the words, each looked up in the argument `vocab`",
        advice="Go through the words of this one text and print what you find for each.",
    )


def _decoding(answer: Answer, ids: list[int], vocab: dict[str, int]) -> None:
    value = answer.call("decode_words", ids, vocab)
    names = {number: word for word, number in vocab.items()}
    words = [names[number] for number in ids]
    got = f"{shorten(value)} for {ids}"
    if isinstance(value, list | tuple):
        raise Wrong(
            "list-not-text",
            "`decode_words` returns a list.",
            got=got,
            wanted="one text",
            advice="A text's `join` puts a list of texts together.",
        )
    if not isinstance(value, str):
        raise Wrong(
            "not-a-text",
            "`decode_words` returns no text.",
            got=got,
            wanted="one text",
            advice="Does every path of your function `return` the result?" if value is None else "",
        )
    if value == " ".join(words):
        return
    if value == "".join(words):
        raise Wrong(
            "no-spaces",
            "The words run into each other.",
            got=got,
            wanted="a space between two words",
            advice="The text in front of `.join` is what comes between.",
        )
    if value.split() == [word for word in words if word != UNKNOWN]:
        raise Wrong(
            "unknown-lost",
            "[UNK] is not written out.",
            got=got,
            wanted=f"{len(words)} words, one for each id",
            advice="The id 0 is an id like any other: `if number:` would leave it out.",
        )
    if value.split() == words:
        raise Wrong(
            "odd-spaces",
            "There are spaces too many.",
            got=got,
            wanted="one space between two words, none before the first and after the last",
            advice="`join` puts something between the words only.",
        )
    raise Wrong(
        "other-text",
        "These are not the words of the ids.",
        got=got,
        wanted=f"{len(words)} words with one space between them",
        advice="Ids must lead to words: turn `vocab` round first.",
    )
