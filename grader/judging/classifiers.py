"""A tiny classifier as a probe: a real model of the library, small enough to be trained many times in a second."""

from __future__ import annotations

from typing import Any

from grader.judging.draw import Draw
from grader.judging.wire import Made

WORDS, LONGEST, LABELS = 40, 8, 2


def tiny_classifier(draw: Draw, *, dropout: float = 0.0, training: bool = False) -> Made:
    """A BERT of one narrow layer with drawn weights, for `LABELS` labels; `training`: the mode it is handed out in.

    `build()` makes the model itself, a new one each time.
    """
    import torch

    settings = {
        "vocab_size": WORDS,
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 2 * LONGEST,
        "hidden_dropout_prob": dropout,
        "attention_probs_dropout_prob": dropout,
        "num_labels": LABELS,
    }
    fields = {"settings": settings, "weights": {}, "training": training}
    for name, tensor in build_classifier(fields).state_dict().items():
        if name.endswith("weight"):
            # Larger than a new model's: what it says depends on the text, so that each slip shows.
            scale = 1.0 if "embeddings" in name or "classifier" in name else 0.3
            fields["weights"][name] = (
                torch.ones_like(tensor) if "LayerNorm" in name else scale * draw.tensor(*tensor.shape)
            )
    return Made("classifier", fields)


def text_batches(draw: Draw, sizes: list[int]) -> list[dict[str, Any]]:
    """A batch for each of the `sizes`: `input_ids`, `attention_mask` and `labels`, as tensors."""
    import torch

    batches = []
    for size in sizes:
        lengths = [draw.integer(3, LONGEST) for _ in range(size)]
        rows = [[draw.integer(1, WORDS - 1) for _ in range(n)] + [0] * (LONGEST - n) for n in lengths]
        batches.append(
            {
                "input_ids": torch.tensor(rows),
                "attention_mask": torch.tensor([[1] * n + [0] * (LONGEST - n) for n in lengths]),
                "labels": torch.tensor([draw.integer(0, LABELS - 1) for _ in range(size)]),
            }
        )
    return batches


def build_classifier(fields: dict[str, Any]) -> Any:
    """The model that a `Made("classifier")` describes. The random numbers of whoever asks stay where they were."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    with torch.random.fork_rng(devices=[]):
        model = BertForSequenceClassification(BertConfig(**fields["settings"]))
    model.load_state_dict(fields["weights"], strict=False)
    return model.train(bool(fields["training"]))
