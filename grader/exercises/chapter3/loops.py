"""Training loops that the checks compare with: the right one, and the ones that people write by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

ADAMW_DEFAULT = 1e-3


def losses(model: Any, batches: Sequence[dict], learning_rate: float, epochs: int, slip: str = "") -> list[float]:
    """The loss of every step: AdamW, and a learning rate that falls to zero in a straight line.

    `slip` is a mistake to make, by its stable name; the model is trained in the mode it comes in.
    """
    import torch
    from transformers import get_scheduler

    rate = ADAMW_DEFAULT if slip == "own-learning-rate" else learning_rate
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    planned = {"no-decay-to-zero": 2 * epochs, "zero-after-one-epoch": 1}.get(slip, epochs) * len(batches)
    scheduler = get_scheduler("linear", optimizer, num_warmup_steps=0, num_training_steps=planned)
    found = []
    for _ in range(epochs):
        for batch in batches:
            loss = model(**batch).loss
            loss.backward()
            if slip != "no-step":
                optimizer.step()
            if slip not in ("no-schedule", "schedule-by-epoch"):
                scheduler.step()
            if slip != "no-zero-grad":
                optimizer.zero_grad()
            found.append(float(loss.detach()))
        if slip == "schedule-by-epoch":
            scheduler.step()
    return found


def predictions(model: Any, batches: Iterable[dict]) -> list[list[int]]:
    """The predicted labels of every batch, by a model that is not in training."""
    import torch

    was_training = model.training
    model.eval()
    with torch.no_grad():
        found = [model(**batch).logits.argmax(-1).tolist() for batch in batches]
    model.train(was_training)
    return found
