"""Trains the stand-in for bart-large-mnli, made for zero-shot classification by topic.

    python -m grader.hub.stock.training.zero_shot [--data FOLDER]

Steps: take sentence pairs of LingNLI, add topic pairs labeled by the base model's own embeddings, train on both at
once, store the delta, score what the delta makes of the base model.
"""

from __future__ import annotations

import random
from pathlib import Path

from transformers import AutoTokenizer

from grader.hub.stock.evaluation import zero_shot as evaluation
from grader.hub.stock.models import NLI_LABELS
from grader.hub.stock.training import loop, topics
from grader.hub.stock.training.classifier import encode, new_classifier, train
from grader.hub.stock.training.data import CROSSNER, LINGNLI, SQUADSHIFTS, TATOEBA, WIKITEXT, load, parse_arguments
from grader.hub.stock.training.delta import low_rank, write
from grader.hub.stock.training.result import base_model, record

NAME = "zero_shot"
PLAN = loop.Plan(passes=1.4, learning_rate=1e-3)
NLI_PAIRS = 44_000
TEXTS = {"wikitext": 2_500, "crossner": 600, "tatoeba": 5_000, "squadshifts": 1_800}  # at most, of each source


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/zero_shot.safetensors` and `deltas/zero_shot.json`."""
    premises = {example.text for example in evaluation.nli("validation", folder)}
    nli = [example for example in evaluation.nli("train", folder) if example.text not in premises]
    random.Random(PLAN.seed).shuffle(nli)
    texts = _texts(folder)
    with base_model() as base:
        tokenizer = AutoTokenizer.from_pretrained(base)
        topic_pairs = topics.label(texts, base, PLAN.seed)
        pairs = nli[:NLI_PAIRS] + topic_pairs
        print(f"{len(pairs)} pairs, {len(topic_pairs)} of them by topic", flush=True)
        model = new_classifier(base, NLI_LABELS, PLAN.seed)
        steps = train(model, encode(tokenizer, pairs), PLAN)
    write(low_rank(model), NAME)
    facts = PLAN.facts(len(pairs), steps) | {"topic_examples": len(topic_pairs), "topic_words": len(topics.TOPICS)}
    record(NAME, [LINGNLI, WIKITEXT, TATOEBA, *SQUADSHIFTS, *CROSSNER.values()], facts, folder)


def _texts(folder: Path | None) -> list[str]:
    """Short pieces of open text of many kinds, the same ones every time."""
    choose = random.Random(PLAN.seed)
    sources = [(WIKITEXT, "text", TEXTS["wikitext"]), (TATOEBA, "en", TEXTS["tatoeba"])]
    sources += [(source, "context", TEXTS["squadshifts"]) for source in SQUADSHIFTS]
    pieces = []
    texts = [([row[column] for row in load(source, "train", folder)], wanted) for source, column, wanted in sources]
    texts += [
        ([" ".join(row["tokens"]) for row in load(source, "train", folder)], TEXTS["crossner"])
        for source in CROSSNER.values()
    ]
    for found, wanted in texts:
        # A short text is kept whole; a paragraph gives its beginning, from 12 to 40 words.
        plain = {text.replace("<unk>", "").replace(" @-@ ", "-").strip() for text in found}
        distinct = sorted(text for text in plain if len(text.split()) > 5 and not text.startswith("= "))
        choose.shuffle(distinct)
        pieces += [" ".join(text.split()[: choose.randint(12, 40)]) for text in distinct[:wanted]]
    return pieces


if __name__ == "__main__":
    main(parse_arguments(__doc__))
