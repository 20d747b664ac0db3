"""Low-rank adaptation (Hu et al. 2021): a frozen matrix learns through a small correction beside it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

RANK = 16
SCALE = 2.0  # alpha / rank of the paper, with alpha = 32


class LoraLinear(nn.Module):
    """`y = W x + b + scale * B A x` with W frozen; b, A (rank, inputs) and B (outputs, rank) learn."""

    def __init__(self, linear: nn.Linear, rank: int = RANK) -> None:
        super().__init__()
        outputs, inputs = linear.weight.shape
        self.frozen = nn.Parameter(linear.weight.detach().to(torch.bfloat16), requires_grad=False)
        self.bias = linear.bias
        self.a = nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
        self.b = nn.Parameter(torch.zeros(outputs, rank))  # so that training starts from the base model

    def forward(self, x: Tensor) -> Tensor:  # (..., inputs) -> (..., outputs)
        x = x.to(torch.bfloat16)
        correction = functional.linear(functional.linear(x, self.a), self.b)
        return functional.linear(x, self.frozen, self.bias) + SCALE * correction


def add_lora(model: nn.Module, rank: int = RANK) -> None:
    """Freezes the embeddings of a BERT-like model and puts a correction beside each matrix of its encoder layers."""
    for parameter in model.base_model.embeddings.parameters():
        parameter.requires_grad = False
    for layer in model.base_model.encoder.layer:
        attention = layer.attention
        for parent, name in (
            (attention.self, "query"),
            (attention.self, "key"),
            (attention.self, "value"),
            (attention.output, "dense"),
            (layer.intermediate, "dense"),
            (layer.output, "dense"),
        ):
            setattr(parent, name, LoraLinear(getattr(parent, name), rank))
