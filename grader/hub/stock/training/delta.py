"""How the change that training made is stored small, in the format that `assemble` reads."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from grader.hub.stock.assemble import CHANGE, LORA_A, LORA_B, SCALE_OF_CHANGE
from grader.hub.stock.delta_files import FOLDER, write_sums
from grader.hub.stock.training.lora import SCALE, LoraLinear


def low_rank(model: nn.Module) -> dict[str, Tensor]:
    """What a model with `LoraLinear` layers has learned, in float16."""
    stored = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    for name, module in model.named_modules():
        if isinstance(module, LoraLinear):
            stored[f"{name}.weight{LORA_A}"] = stored.pop(f"{name}.a")
            stored[f"{name}.weight{LORA_B}"] = SCALE * stored.pop(f"{name}.b")
    return {name: tensor.detach().half() for name, tensor in stored.items()}


def eight_bits(model: nn.Module, before: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a model has learned as a whole: how its matrices differ from those in `before`, in eight bits.

    Each row has a scale. Vectors, and matrices that `before` lacks, are given whole, in float16.
    """
    stored: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        value = parameter.detach().float()
        if parameter.requires_grad and value.ndim == 2 and name in before:
            stored |= quantized(name, value - before[name].float())
        elif parameter.requires_grad:
            stored[name] = value.half()
    return stored


def quantized(name: str, change: Tensor) -> dict[str, Tensor]:
    """The change of a matrix in eight bits, with the scale of each row."""
    scale = (change.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-8)
    return {name + CHANGE: (change / scale).round().to(torch.int8), name + SCALE_OF_CHANGE: scale}


def write(tensors: Mapping[str, Tensor], name: str) -> None:
    """Writes a delta file and notes its checksum."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, FOLDER / f"{name}.safetensors")
    write_sums()
