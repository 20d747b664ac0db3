"""The check of `decode-back`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

MOST_CHARACTERS = 500  # so that no text has more tokens than the model has places


@exercise(
    "decode-back",
    chapter=2,
    points=3,
    difficulty=2,
    minutes=10,
    asks=["round_trip", "kept_text", "lost_text"],
    hints=[
        "The model of this section is called “uncased”. What does its tokenizer throw away before it looks up a token?",
        "`tokenizer.decode(ids, skip_special_tokens=…)`, with True or False.",
        "call the tokenizer on the text, take its input_ids, decode them, and skip the special tokens unless they are "
        "to be kept; then try it on texts with and without capital letters, accents, apostrophes",
    ],
)
def decode_back(answer: Answer, draw: Draw) -> str:
    """There and back again

    - `round_trip(text, keep_special)`: the ids of a text by the `tokenizer`'s own call, then decoded to a text again:
      with the special tokens if `keep_special` is true, without them if it is false.
    - `kept_text`: a text of yours, of at least four words, that comes back exactly when the special tokens are left
      out.
    - `lost_text`: a text of yours that comes back changed.
    """
    texts = ["The café wasn't open.", "the rain has stopped", *draw.sample(SENTENCES, 2)]
    parts, lost, back = Parts(), "", ""
    with parts.worth(1):
        for text in texts:
            for keep in draw.shuffled((True, False)):
                _trip(answer.call("round_trip", text, keep), text, keep)
    with parts.worth(1):
        _kept(answer)
    with parts.worth(1):
        lost, back = _lost(answer)
    parts.settle()
    return f"{shorten(lost, 60)} came back as {shorten(back, 60)}: ids do not keep everything."


def _kept(answer: Answer) -> None:
    kept = expect.text(answer.value("kept_text"), "`kept_text`")[:MOST_CHARACTERS]
    if len(kept.split()) < 4:
        raise Wrong(
            "too-short",
            "`kept_text` has fewer than four words.",
            got=f"{shorten(kept)}, {len(kept.split())} words",
            wanted="at least four words with spaces between them",
            advice="Write a whole sentence.",
        )
    if kept != (back := _back(answer, kept)):
        _explain_loss(kept, back)


def _lost(answer: Answer) -> tuple[str, str]:
    """The learner's text that comes back changed, and what it becomes."""
    lost = expect.text(answer.value("lost_text"), "`lost_text`")[:MOST_CHARACTERS]
    if not lost.strip():
        raise Wrong(
            "empty-text",
            "`lost_text` is empty.",
            wanted="a text that changes on its way",
            advice="Write any text that your `round_trip` changes.",
        )
    if lost == (back := _back(answer, lost)):
        raise Wrong(
            "comes-back",
            "`lost_text` comes back as it was.",
            got=shorten(lost),
            wanted="a text that is different after encoding and decoding",
            advice="What can the tokens of an uncased model not hold? Letters, accents, spaces, signs: try some.",
        )
    return lost, back


def _back(answer: Answer, text: str) -> str:
    """What the learner's own function makes of a text, once it is known to be right."""
    value = answer.call("round_trip", text, False)
    _trip(value, text, keep=False)
    return value


def _decoded(text: str, *, keep: bool) -> list[str]:
    """The text after encoding and decoding: as the tokenizer does it, and with spaces cleaned up or not."""
    tokenizer = references.tokenizer(references.SENTIMENT)
    ids = tokenizer(text)["input_ids"]
    return [
        tokenizer.decode(ids, skip_special_tokens=not keep, **options)
        for options in ({}, {"clean_up_tokenization_spaces": True}, {"clean_up_tokenization_spaces": False})
    ]


def _trip(value: Any, text: str, keep: bool) -> None:
    name = f"What `round_trip` returns for {text!r} and {keep}"
    if isinstance(value, list | tuple) or expect.library_of(value) in ("torch", "numpy"):
        raise Wrong(
            "list-not-text",
            f"{name} is no text.",
            got=shorten(value),
            wanted="one text",
            advice="These are the ids of a batch of one: take its first row."
            if isinstance(value, list | tuple) and len(value) == 1
            else "`decode` makes one text of the ids of one text; `convert_ids_to_tokens` makes a list.",
        )
    found = expect.text(value, name)
    if found in _decoded(text, keep=keep):
        return
    tokenizer = references.tokenizer(references.SENTIMENT)
    ids = tokenizer(text)["input_ids"]
    got = f"{shorten(found)} for {text!r} and keep_special={keep}"
    if found in _decoded(text, keep=not keep):
        raise Wrong(
            "special-tokens",
            "The special tokens are there when they should not be, or not there when they should.",
            got=got,
            wanted="special tokens just when `keep_special` is true",
            advice="`decode` has an option that skips them. Mind which way round the two names are.",
        )
    if found == text:
        raise Wrong(
            "text-itself",
            "The text came back untouched.",
            got=got,
            wanted="what the ids still know of it",
            advice="Return what `decode` makes of the ids.",
        )
    glued = [
        sign.join(tokenizer.convert_ids_to_tokens(ids, skip_special_tokens=skip))
        for sign in (" ", "")
        for skip in (True, False)
    ]
    if found in glued:
        raise Wrong(
            "tokens-joined",
            "The tokens were joined one by one.",
            got=got,
            wanted="a text in which pieces are words again",
            advice="`tokenizer.decode` puts pieces and marks together; `join` does not know how.",
        )
    raise Wrong(
        "other-text",
        "This is not the text that the ids decode to.",
        got=got,
        wanted="the ids of `tokenizer(text)`, all of them, decoded by the same tokenizer",
        advice="Take the steps one by one for this text and print what each returns.",
    )


def _explain_loss(text: str, back: str) -> None:
    got = f"{shorten(text, 100)} came back as {shorten(back, 100)}"
    if text.lower() == back:
        raise Wrong(
            "capital-letters",
            "`kept_text` loses its capital letters.",
            got=got,
            wanted="a text that comes back exactly",
            advice="This tokenizer is uncased.",
        )
    if "".join(text.lower().split()) == "".join(back.split()):
        raise Wrong(
            "spaces-moved",
            "The spaces of `kept_text` have changed.",
            got=got,
            wanted="a text that comes back exactly",
            advice="Apostrophes, hyphens and brackets are tokens of their own, and so are put between spaces.",
        )
    raise Wrong(
        "letters-lost",
        "`kept_text` comes back with other letters.",
        got=got,
        wanted="a text that comes back exactly",
        advice="Accents and rare signs get lost.",
    )
