"""Sequence classifiers: what the sentiment and the zero-shot stand-in have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertForSequenceClassification, PreTrainedTokenizerBase
from transformers.modeling_outputs import SequenceClassifierOutput

from grader.hub.stock.training import loop
from grader.hub.stock.training.lora import add_lora

LONGEST = 160  # tokens; longer inputs are cut


@dataclass(frozen=True)
class Example:
    """One text, or a pair of texts, and its class."""

    text: str
    label: int
    second: str | None = None


@dataclass(frozen=True)
class Encoded:
    """An example as the model reads it."""

    input_ids: list[int]
    token_type_ids: list[int]
    label: int


def encode(tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example]) -> list[Encoded]:
    """Tokenizes examples; those of one call must all be single texts or all be pairs."""
    pairs = [example.second for example in examples] if examples[0].second is not None else None
    tokens = tokenizer([example.text for example in examples], pairs, truncation=True, max_length=LONGEST)
    columns = zip(tokens["input_ids"], tokens["token_type_ids"], examples, strict=True)
    return [Encoded(ids, types, example.label) for ids, types, example in columns]


def new_classifier(base: Path, labels: Sequence[str], seed: int, dropout: float = 0.0) -> BertForSequenceClassification:
    """The base model with a fresh classifier, ready for `train`: corrections added, embeddings frozen."""
    torch.manual_seed(seed)
    model = BertForSequenceClassification.from_pretrained(
        base,
        num_labels=len(labels),
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        classifier_dropout=0.1,
        attn_implementation=loop.ATTENTION,
        dtype=torch.float32,
    )
    add_lora(model)
    return model


def train(model: BertForSequenceClassification, examples: Sequence[Encoded], plan: loop.Plan) -> int:
    """Trains in place; returns the number of steps."""
    return loop.train(model, examples, _length, lambda batch: _forward(model, batch, with_loss=True).loss, plan)


@torch.inference_mode()
def predict(model: BertForSequenceClassification, examples: Sequence[Encoded], tokens_per_batch: int = 8192) -> Tensor:
    """The logits of all examples in their order, in the precision of the model: (examples, classes)."""
    model.eval()
    rows = loop.by_length(examples, _length, lambda batch: _forward(model, batch).logits, tokens=tokens_per_batch)
    return torch.stack(rows)


def accuracy(logits: Tensor, examples: Sequence[Encoded]) -> float:
    """The share of examples whose highest logit is that of their label."""
    labels = torch.tensor([example.label for example in examples])
    return (logits.argmax(dim=-1) == labels).float().mean().item()


def _length(example: Encoded) -> int:
    return len(example.input_ids)


def _forward(
    model: BertForSequenceClassification, batch: Sequence[Encoded], with_loss: bool = False
) -> SequenceClassifierOutput:
    return model(
        input_ids=loop.pad([example.input_ids for example in batch], 0),
        token_type_ids=loop.pad([example.token_type_ids for example in batch], 0),
        attention_mask=loop.attention([example.input_ids for example in batch]),
        labels=torch.tensor([example.label for example in batch]) if with_loss else None,
    )
