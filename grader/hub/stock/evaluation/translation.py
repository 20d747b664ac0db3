"""Translation: BLEU (Papineni et al. 2002) as sacrebleu counts it (Post 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from grader.hub.stock.evaluation.scores import Score
from grader.hub.stock.training import loop
from grader.hub.stock.training.data import TATOEBA, load

BATCH = 64
LONGEST = 64  # tokens


def score(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of the checkpoint in a folder, with the search that its generation config asks for."""
    from sacrebleu import corpus_bleu  # a development tool

    rows = load(TATOEBA, "validation", folder)
    french, english = [row["fr"] for row in rows], [row["en"] for row in rows]
    return [
        Score(
            measured_on="held-out French sentences of Tatoeba, one English translation each",
            measure="BLEU",
            value=corpus_bleu(translate(checkpoint, french), [english]).score,
            baseline=corpus_bleu(french, [english]).score,
            baseline_is="the French sentence as it is",
            count=len(rows),
        )
    ]


@torch.inference_mode()
def translate(checkpoint: Path, texts: Sequence[str]) -> list[str]:
    """The model's translations, in the order of the texts."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForSeq2SeqLM.from_pretrained(checkpoint, dtype=torch.float32).eval()

    def translations(batch: list[str]) -> list[str]:
        inputs = tokenizer(batch, padding=True, truncation=True, return_tensors="pt")
        return tokenizer.batch_decode(model.generate(**inputs, max_length=LONGEST), skip_special_tokens=True)

    return loop.by_length(texts, len, translations, count=BATCH)
