"""What is in each served model repository, but for its card: functions that fill a folder with its files.

The libraries for weights are imported where they are used: they take seconds, and once the hub is stocked nobody
needs them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.hub.stock import delta_files
from grader.hub.stock.materials import SMOLLM2_FILE, Materials

SENTIMENT_LABELS = ("NEGATIVE", "POSITIVE")
NLI_LABELS = ("contradiction", "neutral", "entailment")
ENTITY_LABELS = ("O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")


def minilm(materials: Materials, folder: Path) -> None:
    """all-MiniLM-L6-v2 as published."""
    shutil.copytree(materials.minilm, folder, dirs_exist_ok=True)


def smollm2(materials: Materials, folder: Path) -> None:
    """SmolLM2-135M-Instruct, converted to safetensors."""
    from grader.hub.stock.smollm2 import convert

    convert(materials.smollm2 / SMOLLM2_FILE, folder)


def gpt2(materials: Materials, folder: Path) -> None:
    """The stand-in for gpt2: SmolLM2 without its chat template, as gpt2 has none."""
    from grader.hub.stock.assemble import write_json

    smollm2(materials, folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    del settings["chat_template"]
    write_json(folder / "tokenizer_config.json", settings)


def sentiment(materials: Materials, folder: Path) -> None:
    """The stand-in for distilbert-base-uncased-finetuned-sst-2-english."""
    _uncased_classifier(materials, "sentiment", SENTIMENT_LABELS, folder)


def zero_shot(materials: Materials, folder: Path) -> None:
    """The stand-in for bart-large-mnli."""
    _uncased_classifier(materials, "zero_shot", NLI_LABELS, folder)


def bert_uncased(materials: Materials, folder: Path) -> None:
    """The stand-in for bert-base-uncased: fills in masked words, all in lower case."""
    _uncased_words(materials.minilm, _fill_mask(materials.minilm), folder)


def bert_cased(materials: Materials, folder: Path) -> None:
    """The stand-in for bert-base-cased: the same with a vocabulary that keeps capitals and accents."""
    _cased_words(materials.minilm, _fill_mask(materials.minilm), folder)


def masked_uncased(materials: Materials, folder: Path) -> None:
    """What the French stand-in started from; not served itself."""
    _uncased_words(materials.minilm, _masked(materials.minilm), folder)


def masked_cased(materials: Materials, folder: Path) -> None:
    """What the stand-ins for names and answers started from; not served itself."""
    _cased_words(materials.minilm, _masked(materials.minilm), folder)


def entities(materials: Materials, folder: Path) -> None:
    """The stand-in for bert-large-cased-finetuned-conll03-english."""
    _cased_reader(materials, "entities", "BertForTokenClassification", _labels(ENTITY_LABELS), folder)


def answers(materials: Materials, folder: Path) -> None:
    """The stand-in for distilbert-base-cased-distilled-squad."""
    _cased_reader(materials, "answers", "BertForQuestionAnswering", {}, folder)


def translation(materials: Materials, folder: Path) -> None:
    """The stand-in for opus-mt-fr-en."""
    from grader.hub.stock.marian import write

    write(folder)


def french(materials: Materials, folder: Path) -> None:
    """The stand-in for camembert-base."""
    from grader.hub.stock.camembert import write

    write(_masked(materials.minilm), folder)


def _uncased_words(base: Path, tensors: dict[str, Any], folder: Path) -> None:
    from grader.hub.stock import assemble

    assemble.write_checkpoint(base, folder, "BertForMaskedLM", assemble.with_output_bias(tensors, is_cased=False))
    assemble.copy_tokenizer(base, folder)


def _cased_words(base: Path, tensors: dict[str, Any], folder: Path) -> None:
    from grader.hub.stock import assemble, cased

    tensors = cased.with_twins(assemble.with_output_bias(tensors, is_cased=True), base)
    assemble.write_checkpoint(base, folder, "BertForMaskedLM", tensors)
    cased.write_tokenizer(base, folder)


def _uncased_classifier(materials: Materials, delta: str, labels: Sequence[str], folder: Path) -> None:
    from grader.hub.stock import assemble

    base = materials.minilm
    tensors = assemble.apply_delta(assemble.body(base), delta_files.tensors(delta))
    assemble.write_checkpoint(base, folder, "BertForSequenceClassification", tensors, _labels(labels))
    assemble.copy_tokenizer(base, folder)


def _cased_reader(materials: Materials, delta: str, architecture: str, config: dict[str, Any], folder: Path) -> None:
    """A model that reads tokens: the cased body that learned words and a delta of its own, without a pooler."""
    from grader.hub.stock import assemble, cased

    base = materials.minilm
    body = {name: tensor for name, tensor in _masked(base).items() if not name.startswith(("bert.pooler.", "cls."))}
    changed = assemble.apply_delta(body, delta_files.tensors(delta))
    assemble.write_checkpoint(base, folder, architecture, cased.with_twins(changed, base), config)
    cased.write_tokenizer(base, folder)


def _masked(base: Path) -> dict[str, Any]:
    """The body and head that learned words, with the case vectors and output biases of both ways of writing."""
    from grader.hub.stock import assemble

    return assemble.apply_delta(assemble.body(base), delta_files.tensors("masked"))


def _fill_mask(base: Path) -> dict[str, Any]:
    """The same after its last round, which only filling in masked words needs."""
    from grader.hub.stock import assemble

    return assemble.apply_delta(_masked(base), delta_files.tensors("fill_mask"))


def _labels(names: Sequence[str]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: index for index, name in enumerate(names)}}
