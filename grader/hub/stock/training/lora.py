"""Low-rank adaptation (Hu et al. 2021): a frozen matrix learns through a small correction beside it."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from grader.hub.stock.assemble import LORA_A, LORA_B

RANK = 16
SCALE = 2.0  # alpha / rank of the paper, with alpha = 32


class LoraLinear(nn.Module):
    """`y = W x + b + scale * B A x` with W frozen; b, A (rank, inputs) and B (outputs, rank) learn."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        outputs, inputs = linear.weight.shape
        self.frozen = nn.Parameter(linear.weight.detach().to(torch.bfloat16), requires_grad=False)
        self.bias = linear.bias
        self.a = nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
        self.b = nn.Parameter(torch.zeros(outputs, RANK))  # so that training starts from the base model

    def forward(self, x: Tensor) -> Tensor:  # (..., inputs) -> (..., outputs)
        x = x.to(torch.bfloat16)
        correction = functional.linear(functional.linear(x, self.a), self.b)
        return functional.linear(x, self.frozen, self.bias) + SCALE * correction


def add_lora(model: nn.Module) -> None:
    """Freezes the embeddings of a `BertFor...` model and puts a correction beside each matrix of its encoder layers."""
    for parameter in model.bert.embeddings.parameters():
        parameter.requires_grad = False
    for layer in model.bert.encoder.layer:
        attention = layer.attention
        for parent, name in (
            (attention.self, "query"),
            (attention.self, "key"),
            (attention.self, "value"),
            (attention.output, "dense"),
            (layer.intermediate, "dense"),
            (layer.output, "dense"),
        ):
            setattr(parent, name, LoraLinear(getattr(parent, name)))


def save_delta(model: nn.Module, path: Path) -> None:
    """Writes what training changed, in float16 and in the format that `assemble` reads."""
    delta = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    for name, module in model.named_modules():
        if isinstance(module, LoraLinear):
            delta[f"{name}.weight{LORA_A}"] = delta.pop(f"{name}.a")
            delta[f"{name}.weight{LORA_B}"] = SCALE * delta.pop(f"{name}.b")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.detach().half().contiguous() for name, tensor in delta.items()}, path)
