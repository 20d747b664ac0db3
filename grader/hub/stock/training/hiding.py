"""Which words of a text are hidden, and which words it shows: what learning to fill in masked words needs.

BERT's recipe (Devlin et al. 2019), and beyond it: little words are asked less often, a word that was chosen for a
sentence more often.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer
from torch import Tensor, zeros

from grader.hub.stock.training import gaps, loop

COMMONEST = 150  # pieces that are the little words, endings and punctuation marks
GAPS = 0.7  # how often the chosen word of a sentence is hidden; else any
LONGEST_SENTENCE = 30  # tokens

Hidden = tuple[list[int], list[int]]  # the ids with some hidden, and what is to be guessed where


@dataclass(frozen=True)
class Piece:
    """One piece of text as token ids, special tokens included."""

    ids: list[int]
    is_cased: bool = True  # how it is written
    gap: int | None = None  # the position of the word that was chosen to be hidden, if there is one

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Hiding:
    """Which tokens are to be guessed, and what the model sees in their place."""

    share: float = 0.22  # of the tokens
    masked: float = 0.85  # of these; half of the others become another piece, half stay as they are
    little_words: float = 1.0  # how readily a little word is chosen, compared with any other


def gap_pieces(tokenizer: Tokenizer, language: str, is_cased: bool = True) -> list[Piece]:
    """Our sentences with gaps, filled with each of their words."""
    sentences = gaps.filled(language)
    encodings = tokenizer.encode_batch([sentence.text for sentence in sentences])
    return [
        Piece(encoding.ids, is_cased, _position(sentence, encoding))
        for sentence, encoding in zip(sentences, encodings, strict=True)
    ]


def _position(sentence: gaps.Filled, encoding: Encoding) -> int | None:
    """Where the word in the gap stands among the tokens; None if no token is that word and nothing else."""
    token = encoding.char_to_token(sentence.start)
    start, end = encoding.token_to_chars(token)
    return token if sentence.text[start:end].strip() == sentence.word else None


def hide(
    piece: Piece,
    choose: random.Random,
    mask: int,
    others: range,
    little: Collection[int] = (),
    hiding: Hiding = Hiding(),
) -> Hidden:
    """The ids of a piece with some of them hidden, and what is to be guessed where.

    Most of the hidden ones become `mask`, some become one of `others`. An id in `little` is a little word.
    """
    given, targets = list(piece.ids), [loop.IGNORED] * len(piece.ids)
    if piece.gap is not None and choose.random() < GAPS:
        given[piece.gap], targets[piece.gap] = mask, piece.ids[piece.gap]
        return given, targets
    inner = range(1, len(given) - 1)
    # Weighted draws without putting back: Efraimidis and Spirakis 2006.
    keys = {place: choose.random() ** (1 / (hiding.little_words if given[place] in little else 1)) for place in inner}
    for position in heapq.nlargest(max(1, round(hiding.share * len(inner))), inner, key=keys.__getitem__):
        targets[position] = piece.ids[position]
        chance = choose.random()
        if chance < hiding.masked:
            given[position] = mask
        elif chance < (1 + hiding.masked) / 2:
            given[position] = choose.choice(others)
    return given, targets


def is_sentence(given: Tensor) -> bool:
    """Whether texts are so short that a word is hardly said twice in them."""
    return given.shape[1] <= LONGEST_SENTENCE


def already_there(given: Tensor, vocabulary: int, little: Sequence[int] | Tensor) -> Tensor:
    """1 for each word that stands in a text, the little words left out, and 0 for all others: (texts, vocabulary)."""
    there = zeros(len(given), vocabulary).scatter_(1, given, 1.0)
    there[:, little] = 0.0
    return there
