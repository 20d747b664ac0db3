"""Trains what bert-base-uncased and bert-base-cased are served with a last bit further: filling in masked words.

    python -m grader.hub.stock.training.fill_mask [--data FOLDER]

Steps: take what `masked` has learned, train low-rank corrections of it, with words hidden the way people hide them; go
on from there twice, each time with other texts and above all Wikipedia; take the mean of these three; go on from that
with our phrasebook, with all words of Wikipedia again, the little ones too, and three times with our sentences that
have a gap; store it as one small delta for both stand-ins, score what is served.

The mean and each later round are stored, and what follows starts from there: `main(folder, first_round=2)` goes on
from the mean.

The stand-ins for names, answers and French start from `masked`: they need not be trained again when this one is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from grader.hub.stock import delta_files
from grader.hub.stock.assemble import in_full
from grader.hub.stock.training import averaging, corpus, gaps, loop, masked, phrasebook
from grader.hub.stock.training.data import parse_arguments
from grader.hub.stock.training.delta import low_rank_in_eight_bits, take_up, write
from grader.hub.stock.training.hiding import Hiding, Piece
from grader.hub.stock.training.lora import add_lora
from grader.hub.stock.training.result import record

Lesson = tuple[Sequence[Piece], masked.Round]  # what is read, and how

NAME = "fill_mask"
RANK = 32  # of the corrections, before the last three rounds
# Whoever asks has a few gaps, and [MASK] in each: no other piece stands in for the hidden one.
HIDING = Hiding(share=0.16, masked=1.0, little_words=0.6)
# As many little words as text has.
AS_IN_TEXT = Hiding(share=0.18, masked=1.0)
FIRST = masked.Round(loop.Plan(passes=1.1, learning_rate=6e-4, seed=2), HIDING)
FURTHER = (
    masked.Round(loop.Plan(passes=1.6, learning_rate=4e-4, seed=3), HIDING),
    masked.Round(loop.Plan(passes=1.3, learning_rate=4e-4, seed=4), HIDING),
)
OTHER_TEXTS = 6_000  # from forums and of everyday sentences, that each of these takes beside Wikipedia
LAST_TEXTS_SEED = 5
SEED = 7  # of what is random in new corrections


@dataclass(frozen=True)
class Last:
    """A round at the end: how often it reads what, and what stays of where it started."""

    round_: masked.Round
    phrasebook: int
    gaps: int = 0
    wikipedia: int = 1
    rank: int = RANK  # of the corrections
    kept: float = 0.0


# In the end the sentences that people type, and again what Wikipedia writes, so that it is not forgotten. Then, with
# room for more, the words that fit: any but those that the sentence has already.
LAST = (
    Last(masked.Round(loop.Plan(passes=1.4, learning_rate=4e-4, seed=5), HIDING), phrasebook=3),
    Last(
        masked.Round(loop.Plan(passes=0.9, learning_rate=3e-4, seed=6), AS_IN_TEXT),
        phrasebook=1,
        kept=0.25,
    ),
    Last(
        masked.Round(loop.Plan(passes=1, learning_rate=4e-4, seed=8), AS_IN_TEXT, margin=3.0),
        phrasebook=1,
        gaps=1,
        wikipedia=2,
        rank=64,
    ),
    Last(
        masked.Round(loop.Plan(passes=1, learning_rate=4e-4, seed=9), AS_IN_TEXT, margin=3.0),
        phrasebook=1,
        gaps=2,
        wikipedia=2,
        rank=64,
        kept=0.25,
    ),
    # The last two made little words too likely.
    Last(
        masked.Round(
            loop.Plan(passes=0.4, learning_rate=3e-4, seed=11),
            Hiding(share=0.16, masked=1.0, little_words=0.3),
            margin=3.0,
        ),
        phrasebook=1,
        gaps=1,
        rank=64,
        kept=0.56,
    ),
)


def main(folder: Path | None, first_round: int = 1) -> None:
    """Trains and writes `deltas/fill_mask.safetensors`, `deltas/bert_uncased.json` and `deltas/bert_cased.json`."""
    texts = corpus.english(folder, whole=True)
    pieces = masked.both_ways(texts)
    further = list(zip(map(masked.both_ways, _above_all_wikipedia(texts, folder)), FURTHER, strict=False))
    lessons = [(_last_pieces(texts, last, folder), last.round_) for last in LAST]
    if first_round == 1:
        model = _new_model(pieces, RANK)
        _learn_mean(model, (pieces, FIRST), further)
        _store(model)
    for number, (lesson, last) in enumerate(zip(lessons, LAST, strict=True), start=2):
        if number >= first_round:
            model = _new_model(pieces, last.rank)
            _go_on(model)
            start = averaging.values(model)
            masked.learn(model, *lesson)
            averaging.keep(model, start, last.kept)
            _store(model)
    learned = [(pieces, round_) for round_ in (*masked.ROUNDS, FIRST)] + further + lessons
    facts = masked.facts(learned) | {"phrases": len(phrasebook.lines()), "gaps": len(gaps.lines("en"))}
    for stand_in in ("bert_uncased", "bert_cased"):
        record(stand_in, corpus.ENGLISH_SOURCES, facts, folder)


def _new_model(pieces: Sequence[Piece], rank: int) -> masked.MaskedWords:
    """The model that `masked` has trained, with corrections that do not change it yet."""
    torch.manual_seed(SEED)
    model, _ = masked.untrained(pieces)
    masked.go_on(model)
    for settled in (model.uncased_bias, model.cased_bias):
        settled.requires_grad = False
    add_lora(model, rank)
    return model


def _learn_mean(model: masked.MaskedWords, first: Lesson, further: Sequence[Lesson]) -> None:
    masked.learn(model, *first)
    start = averaging.values(model)
    stages = [start]
    for lesson in further:
        averaging.set_values(model, start)
        masked.learn(model, *lesson)
        stages.append(averaging.values(model))
    averaging.set_mean(model, stages)


def _above_all_wikipedia(texts: Sequence[str], folder: Path | None) -> Iterator[list[str]]:
    """Wikipedia's among the texts, and some of the others: each time other ones."""
    wikipedia = corpus.encyclopedia(folder)
    known = set(wikipedia)
    others = [text for text in texts if text not in known]
    random.Random(corpus.SEED).shuffle(others)
    for start in range(0, len(others), OTHER_TEXTS):
        yield wikipedia + others[start : start + OTHER_TEXTS]


def _last_pieces(texts: Sequence[str], last: Last, folder: Path | None) -> list[Piece]:
    """Our own sentences and Wikipedia's texts as often as it says, and some of forums and Tatoeba."""
    choose = random.Random(LAST_TEXTS_SEED)
    phrases = [text for _ in range(last.phrasebook) for text in corpus.everyday("en", choose)]
    wikipedia = last.wikipedia * corpus.encyclopedia(folder)
    pieces = masked.both_ways(wikipedia + phrases + choose.sample(texts, OTHER_TEXTS))
    return pieces + last.gaps * masked.gap_pieces()


def _store(model: masked.MaskedWords) -> None:
    learned = low_rank_in_eight_bits(model)
    write({masked.checkpoint_name(key): tensor for key, tensor in learned.items()}, NAME)


def _go_on(model: masked.MaskedWords) -> None:
    """Gives all that learns the values that the round before has stored."""
    stored = in_full(delta_files.tensors(NAME))
    take_up(model, lambda key: stored[masked.checkpoint_name(key)])


if __name__ == "__main__":
    main(parse_arguments(__doc__))
