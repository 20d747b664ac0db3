"""Trains the stand-in for bart-large-mnli, made for zero-shot classification by topic.

    python -m grader.hub.stock.training.zero_shot [--data FOLDER]

Steps: take sentence pairs of LingNLI, add topic pairs labeled by the base model's own embeddings, train on both at
once, store the delta, score what the delta makes of the base model.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

from transformers import AutoTokenizer, BertForSequenceClassification, PreTrainedTokenizerBase

from grader.hub.stock.models import DELTAS, NLI_LABELS
from grader.hub.stock.training import topics
from grader.hub.stock.training.data import CROSSNER, LINGNLI, SQUADSHIFTS, TATOEBA, WIKITEXT, load
from grader.hub.stock.training.loop import Example, accuracy, encode, new_classifier, predict, train
from grader.hub.stock.training.lora import save_delta
from grader.hub.stock.training.result import Result, assembled, base_model

NAME = "zero_shot"
LEARNING_RATE, SEED = 1e-3, 0

NLI_PAIRS = 26_000
TEXTS = {"wikitext": 2_500, "tatoeba": 5_000, "squadshifts": 1_800}  # at most, of each source
DOMAIN_SENTENCES = 200  # of each CrossNER domain, to score topics on texts that were not trained on

PROBES = (
    ("This is a course about the Transformers library", ("education", "politics", "business")),
    ("The president signed a new law after the election.", ("education", "politics", "business")),
    ("Shares of the bank fell sharply after quarterly profits dropped.", ("education", "politics", "business")),
    ("The team won the final with a late goal.", ("sports", "technology", "cooking")),
    ("One day I will see the world.", ("travel", "cooking", "dancing")),
)


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/zero_shot.safetensors` and `deltas/zero_shot.json`."""
    held_out = _nli("validation", folder)
    premises = {example.text for example in held_out}
    nli = [example for example in _nli("train", folder) if example.text not in premises]
    random.Random(SEED).shuffle(nli)
    texts = _texts(folder)
    with base_model() as base:
        tokenizer = AutoTokenizer.from_pretrained(base)
        topic_pairs = topics.label(texts, base, SEED)
        pairs = nli[:NLI_PAIRS] + topic_pairs
        print(f"{len(pairs)} pairs, {len(topic_pairs)} of them by topic", flush=True)
        model = new_classifier(base, NLI_LABELS, SEED)
        steps = train(model, encode(tokenizer, pairs), passes=1, learning_rate=LEARNING_RATE, seed=SEED)
        save_delta(model, DELTAS / f"{NAME}.safetensors")
        served = assembled(base, NAME, NLI_LABELS)

    encoded = encode(tokenizer, held_out)
    counts = [sum(example.label == label for example in held_out) for label in range(len(NLI_LABELS))]
    Result(
        sources=[LINGNLI, WIKITEXT, TATOEBA, *SQUADSHIFTS],
        training={
            "examples": len(pairs),
            "topic_examples": len(topic_pairs),
            "passes": 1,
            "steps": steps,
            "learning_rate": LEARNING_RATE,
            "seed": SEED,
            "held_out_pairs": len(held_out),
            "topic_words": len(topics.TOPICS),
        },
        scores={
            "nli_accuracy": round(accuracy(predict(served, encoded), encoded), 4),
            "nli_majority": round(max(counts) / len(held_out), 4),
            "domain_accuracy": round(_domain_accuracy(served, tokenizer, folder), 4),
            "domain_chance": round(1 / len(CROSSNER), 4),
        },
        examples={
            text: dict(zip(candidates, _scores(served, tokenizer, [text], candidates)[0], strict=True))
            for text, candidates in PROBES
        },
    ).write(NAME)


def _nli(split: str, folder: Path | None) -> list[Example]:
    rows = load(LINGNLI, split, folder)
    return [Example(row["premise"], _class(row["label"]), row["hypothesis"]) for row in rows]


def _class(label: int | str) -> int:
    return NLI_LABELS.index(label) if isinstance(label, str) else label


def _texts(folder: Path | None) -> list[str]:
    """Short pieces of open text of many kinds, the same ones every time."""
    choose = random.Random(SEED)
    sources = [(WIKITEXT, "text", TEXTS["wikitext"]), (TATOEBA, "en", TEXTS["tatoeba"])]
    sources += [(source, "context", TEXTS["squadshifts"]) for source in SQUADSHIFTS]
    pieces = []
    for source, column, wanted in sources:
        found = [row[column] for row in load(source, "train", folder)]
        # A short text is kept whole; a paragraph gives its beginning, from 12 to 40 words.
        plain = {text.replace("<unk>", "").replace(" @-@ ", "-").strip() for text in found}
        distinct = sorted(text for text in plain if len(text.split()) > 5 and not text.startswith("= "))
        choose.shuffle(distinct)
        pieces += [" ".join(text.split()[: choose.randint(12, 40)]) for text in distinct[:wanted]]
    return pieces


def _domain_accuracy(
    model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerBase, folder: Path | None
) -> float:
    """How often the right one of the CrossNER domains is put first, for sentences that were not trained on."""
    names = {domain: "artificial intelligence" if domain == "ai" else domain for domain in CROSSNER}
    hits = []
    for domain, source in CROSSNER.items():
        sentences = [" ".join(row["tokens"]) for row in load(source, "validation", folder)[:DOMAIN_SENTENCES]]
        for row in _scores(model, tokenizer, sentences, tuple(names.values())):
            hits.append(list(names)[row.index(max(row))] == domain)
    return sum(hits) / len(hits)


def _scores(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    candidates: Sequence[str],
) -> list[list[float]]:
    """What the zero-shot pipeline gives: for each text a share for each candidate label, adding up to 1."""
    pairs = [Example(text, 0, f"This example is {name}.") for text in texts for name in candidates]
    logits = predict(model, encode(tokenizer, pairs))[:, NLI_LABELS.index("entailment")]
    shares = logits.reshape(len(texts), len(candidates)).softmax(dim=-1)
    return [[round(share, 4) for share in row] for row in shares.tolist()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train the zero-shot stand-in.")
    parser.add_argument("--data", type=Path, help="folder of parquet copies; default: download by id")
    main(parser.parse_args().data)
