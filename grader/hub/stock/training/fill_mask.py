"""Trains what bert-base-uncased and bert-base-cased are served with a last round further: filling in masked words.

    python -m grader.hub.stock.training.fill_mask [--data FOLDER]

Steps: take what `masked` has learned, train low-rank corrections of it, with words hidden the way people hide them,
store these as one small delta for both stand-ins, score what is served.

The stand-ins for names, answers and French start from `masked`: they need not be trained again when this one is.
"""

from __future__ import annotations

from pathlib import Path

from grader.hub.stock.training import corpus, loop, masked
from grader.hub.stock.training.data import parse_arguments
from grader.hub.stock.training.delta import low_rank, write
from grader.hub.stock.training.lora import add_lora
from grader.hub.stock.training.result import record

NAME = "fill_mask"
RANK = 32
# Whoever asks has a few gaps, and [MASK] in each: no other piece stands in for the hidden one.
ROUND = masked.Round(
    loop.Plan(passes=1.1, learning_rate=6e-4, seed=2), masked.Hiding(share=0.16, masked=1.0, little_words=0.6)
)


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/fill_mask.safetensors`, `deltas/bert_uncased.json` and `deltas/bert_cased.json`."""
    pieces, model, _ = masked.untrained(corpus.english(folder, whole=True))
    masked.go_on(model)
    for settled in (model.uncased_bias, model.cased_bias):
        settled.requires_grad = False
    add_lora(model, RANK)
    masked.learn(model, pieces, ROUND)
    write({masked.checkpoint_name(name): tensor for name, tensor in low_rank(model).items()}, NAME)
    facts = masked.facts(pieces, [*masked.ROUNDS, ROUND])
    for stand_in in ("bert_uncased", "bert_cased"):
        record(stand_in, corpus.ENGLISH_SOURCES, facts, folder)


if __name__ == "__main__":
    main(parse_arguments(__doc__))
