"""Zero-shot classification: which of five domains a sentence is from, and inference as on LingNLI."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoTokenizer, BertForSequenceClassification, PreTrainedTokenizerBase

from grader.hub.stock.evaluation.scores import Score, majority, percent
from grader.hub.stock.models import NLI_LABELS
from grader.hub.stock.training.classifier import Example, accuracy, encode, predict
from grader.hub.stock.training.data import CROSSNER, LINGNLI, load

DOMAIN_SENTENCES = 200  # of each domain
DOMAINS = {domain: "artificial intelligence" if domain == "ai" else domain for domain in CROSSNER}


def score(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of the checkpoint in a folder."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = BertForSequenceClassification.from_pretrained(checkpoint, dtype=torch.float32)
    hits = _domain_hits(model, tokenizer, folder)
    pairs = nli("validation", folder)
    encoded = encode(tokenizer, pairs)
    return [
        Score(
            measured_on="sentences of CrossNER: are they about politics, science, music, literature or artificial "
            "intelligence (these five names are among the topic words of the training, the sentences are not)",
            measure="accuracy",
            value=percent(sum(hits) / len(hits)),
            baseline=percent(1 / len(DOMAINS)),
            baseline_is="guessing",
            count=len(hits),
        ),
        Score(
            measured_on="pairs of LingNLI: contradiction, neutral or entailment (a hard set)",
            measure="accuracy",
            value=percent(accuracy(predict(model, encoded), encoded)),
            baseline=majority([pair.label for pair in pairs]),
            baseline_is="always the most common answer",
            count=len(pairs),
        ),
    ]


def nli(split: str, folder: Path | None) -> list[Example]:
    """The sentence pairs of LingNLI."""
    rows = load(LINGNLI, split, folder)
    return [Example(row["premise"], _class(row["label"]), row["hypothesis"]) for row in rows]


def shares(
    model: BertForSequenceClassification,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    candidates: Sequence[str],
) -> list[list[float]]:
    """What the zero-shot pipeline gives: for each text a share for each candidate label, adding up to 1."""
    pairs = [Example(text, 0, f"This example is {name}.") for text in texts for name in candidates]
    logits = predict(model, encode(tokenizer, pairs))[:, NLI_LABELS.index("entailment")]
    return logits.reshape(len(texts), len(candidates)).softmax(dim=-1).tolist()


def _domain_hits(
    model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerBase, folder: Path | None
) -> list[bool]:
    hits = []
    for domain, source in CROSSNER.items():
        sentences = [" ".join(row["tokens"]) for row in load(source, "validation", folder)[:DOMAIN_SENTENCES]]
        for row in shares(model, tokenizer, sentences, tuple(DOMAINS.values())):
            hits.append(list(DOMAINS)[row.index(max(row))] == domain)
    return hits


def _class(label: int | str) -> int:
    return NLI_LABELS.index(label) if isinstance(label, str) else label
