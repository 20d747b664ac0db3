"""The check of `wordpiece`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "wordpiece",
    chapter=2,
    points=3,
    difficulty=4,
    minutes=20,
    asks=["wordpiece"],
    hints=[
        "You stand at the start of what is left of a word. Which piece do you try first: the longest or the shortest?",
        "Slices `word[start:end]` with `end` running from `len(word)` down; a piece inside the word starts with `##`.",
        "while start < len(word): for end from the end of the word down to start + 1: if the slice (with ## when "
        "start > 0) is in vocab, keep it and go on at end; if none is, return ['[UNK]']",
    ],
)
def wordpiece(answer: Answer, draw: Draw) -> str:
    """WordPiece, by hand

    Write `wordpiece(word, vocab)`. It cuts one word into pieces, as BERT's tokenizer does
    ([Devlin et al. 2018](https://arxiv.org/abs/1810.04805)):

    - at each place it takes the **longest** piece that is in the set `vocab`;
    - a piece that does not start the word is written with `##` in front;
    - it never goes back: a word that cannot be cut up this way becomes `["[UNK]"]`.
    """
    toy = {
        "un",
        "##believ",
        "##able",
        "##ably",
        "##a",
        "##b",
        "##l",
        "##e",
        "u",
        "##n",
        "play",
        "##ing",
        "ing",
        "##in",
        "##g",
        "[UNK]",
    }
    probes = [(word, toy) for word in ("playing", "unbelievable", "un", "plays", "xylophone")]
    probes.append(("abc", {"ab", "a", "##bc", "[UNK]"}))
    real = set(references.tokenizer(references.UNCASED).get_vocab())
    longer = [word for word in sorted(real) if word.isalpha() and word.isascii() and 5 <= len(word) <= 9]
    probes += [
        (first + second, real) for first, second in zip(draw.sample(longer, 6), draw.sample(longer, 6), strict=True)
    ]
    for word, vocab in probes:
        right = _wordpiece(word, vocab)
        found = answer.call("wordpiece", word, vocab)
        if not isinstance(found, list | tuple) or list(found) != right:
            _explain_pieces(word, vocab, found, right)
    return "The same pieces as BERT's own tokenizer, on words that nobody has ever written."


def _wordpiece(word: str, vocab: Collection[str], *, longest: bool = True) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        ends = range(len(word), start, -1) if longest else range(start + 1, len(word) + 1)
        prefix = "##" if start else ""
        end = next((end for end in ends if prefix + word[start:end] in vocab), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def _explain_pieces(word: str, vocab: Collection[str], found: Any, right: list[str]) -> None:
    got = f"{shorten(found)} for {word!r}"
    pieces = expect.list_of(found, f"What `wordpiece` returns for {word!r}", str)
    if right == ["[UNK]"] and pieces in (["UNK"], ["<unk>"], ["[unk]"]):
        raise Wrong(
            "unknown-spelling",
            "The piece for an unknown word is spelled differently.",
            got=got,
            wanted="[UNK] in its brackets",
        )
    if right == ["[UNK]"] and "".join(piece.removeprefix("##") for piece in pieces) == word:
        raise Wrong(
            "goes-back",
            "Another first piece would fit, but the rule does not go back.",
            got=got,
            wanted="the longest piece at each place; [UNK] when the rest cannot be cut up after it",
            advice="Never give up a piece that was found: BERT's tokenizer does not try a second way.",
        )
    if right == ["[UNK]"]:
        raise Wrong(
            "unknown-handling",
            "A word that cannot be cut up completely is not handled yet.",
            got=got,
            wanted="a list with the one piece [UNK], for the whole word",
            advice="As soon as no piece fits at some place, forget the pieces found so far.",
        )
    if "##" not in "".join(pieces) and len(pieces) > 1:
        raise Wrong(
            "no-marks",
            "The pieces inside the word carry no ##.",
            got=got,
            wanted="## in front of each piece but the first",
            advice="The vocabulary holds both kinds: look up the piece with its ##.",
        )
    if [piece.removeprefix("##") for piece in pieces] == [piece.removeprefix("##") for piece in right]:
        raise Wrong(
            "misplaced-marks",
            "The ## are not in the right places.",
            got=got,
            wanted="## in front of each piece but the first",
        )
    if any(piece not in vocab for piece in pieces):
        raise Wrong(
            "not-in-vocab",
            "A piece is not in the vocabulary that we gave.",
            got=got,
            wanted="pieces that are in `vocab`",
            advice="Look every piece up in the argument `vocab`, not in a tokenizer.",
        )
    if pieces == ["[UNK]"]:
        raise Wrong(
            "gives-up",
            "This word can be cut up.",
            got=got,
            wanted=f"{len(right)} pieces",
            advice="When a slice is not in the vocabulary, try a shorter one before giving up.",
        )
    if pieces == _wordpiece(word, vocab, longest=False):
        raise Wrong(
            "shortest-match",
            "You take the shortest piece that fits.",
            got=got,
            wanted="the longest piece at each place",
            advice="Start with the whole rest of the word and make it shorter.",
        )
    raise Wrong(
        "other-pieces",
        "These are not the pieces.",
        got=got,
        wanted="the longest piece at each place, from left to right",
    )
