"""What is in each served model repository: functions that fill a folder with its files.

The libraries for weights are imported where they are used: they take seconds, and once the hub is stocked nobody
needs them.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from grader.hub.stock import cards
from grader.hub.stock.materials import SMOLLM2_FILE, Materials

SENTIMENT_LABELS = ("NEGATIVE", "POSITIVE")
NLI_LABELS = ("contradiction", "neutral", "entailment")
DELTAS = Path(__file__).parent / "deltas"


def minilm(materials: Materials, folder: Path) -> None:
    """all-MiniLM-L6-v2 as published."""
    shutil.copytree(materials.minilm, folder, dirs_exist_ok=True)
    _write_card(folder, cards.minilm())


def smollm2(materials: Materials, folder: Path) -> None:
    """SmolLM2-135M-Instruct, converted to safetensors."""
    from grader.hub.stock.smollm2 import convert

    convert(materials.smollm2 / SMOLLM2_FILE, folder)
    _write_card(folder, cards.smollm2())


def sentiment(materials: Materials, folder: Path) -> None:
    """The stand-in for distilbert-base-uncased-finetuned-sst-2-english."""
    classifier(materials.minilm, DELTAS / "sentiment.safetensors", SENTIMENT_LABELS, folder)
    _write_card(folder, cards.sentiment(DELTAS / "sentiment.json"))


def zero_shot(materials: Materials, folder: Path) -> None:
    """The stand-in for bart-large-mnli."""
    classifier(materials.minilm, DELTAS / "zero_shot.safetensors", NLI_LABELS, folder)
    _write_card(folder, cards.zero_shot(DELTAS / "zero_shot.json"))


def bert_uncased(materials: Materials, folder: Path) -> None:
    """The stand-in for bert-base-uncased: the body and vocabulary of all-MiniLM-L6-v2."""
    from grader.hub.stock.assemble import copy_tokenizer, encoder, write_config, write_weights

    write_weights(encoder(materials.minilm), folder)
    write_config(materials.minilm, folder, "BertModel", {})
    copy_tokenizer(materials.minilm, folder)
    _write_card(folder, cards.bert_uncased())


def bert_cased(materials: Materials, folder: Path) -> None:
    """The stand-in for bert-base-cased: the same body behind a cased vocabulary."""
    from grader.hub.stock.cased import write_cased

    write_cased(materials.minilm, folder)
    _write_card(folder, cards.bert_cased())


def classifier(base: Path, delta: Path, labels: Sequence[str], folder: Path) -> None:
    """A sequence classifier with the given class names: base plus delta."""
    from grader.hub.stock.assemble import assemble

    config = {"id2label": dict(enumerate(labels)), "label2id": {label: index for index, label in enumerate(labels)}}
    assemble(base, delta, folder, "BertForSequenceClassification", config)


def _write_card(folder: Path, text: str) -> None:
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
