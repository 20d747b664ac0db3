"""How the change that training made is stored small, in the format that `assemble` reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from grader.hub.stock.assemble import CHANGE, EIGHT_BIT_SCALE, LORA_A, LORA_B
from grader.hub.stock.delta_files import FOLDER, write_sums
from grader.hub.stock.training.lora import SCALE, LoraLinear


def low_rank(model: nn.Module) -> dict[str, Tensor]:
    """What a model with `LoraLinear` layers has learned, in float16."""
    return {key: (scale * parameter).detach().half() for key, parameter, scale in _learned(model)}


def low_rank_in_eight_bits(model: nn.Module) -> dict[str, Tensor]:
    """The same with the corrections in eight bits, and a scale for each of the products that they are sums of."""
    stored: dict[str, Tensor] = {}
    for key, value in low_rank(model).items():
        if key.endswith((LORA_A, LORA_B)):
            stored |= quantized(key, value.float(), dim=1 if key.endswith(LORA_A) else 0)
        else:
            stored[key] = value
    return stored


@torch.no_grad()
def take_up(model: nn.Module, stored: Callable[[str], np.ndarray]) -> None:
    """Gives all that learns the values that `low_rank` gave; `stored` has them by their keys.

    A correction may have a higher rank than the stored one: what it has more must be new, and so adds nothing yet.
    """
    for key, parameter, scale in _learned(model):
        value = torch.from_numpy(stored(key)).float() / scale
        parameter[tuple(map(slice, value.shape))].copy_(value)


def _learned(model: nn.Module) -> Iterator[tuple[str, Tensor, float]]:
    """All that learns: its key in a delta, itself, and what it is multiplied with there."""
    corrected = {name for name, module in model.named_modules() if isinstance(module, LoraLinear)}
    for name, parameter in model.named_parameters():
        module, _, own = name.rpartition(".")
        if parameter.requires_grad and module in corrected and own in ("a", "b"):
            yield f"{module}.weight{LORA_A if own == 'a' else LORA_B}", parameter, 1.0 if own == "a" else SCALE
        elif parameter.requires_grad:
            yield name, parameter, 1.0


def eight_bits(model: nn.Module, before: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a model has learned as a whole: how its matrices differ from those in `before`, in eight bits.

    Each row has a scale. Vectors, and matrices that `before` lacks, are given whole, in float16.
    """
    stored: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        value = parameter.detach().float()
        if parameter.requires_grad and value.ndim == 2 and name in before:
            stored |= quantized(name + CHANGE, value - before[name].float())
        elif parameter.requires_grad:
            stored[name] = value.half()
    return stored


def quantized(key: str, matrix: Tensor, dim: int = 1) -> dict[str, Tensor]:
    """A matrix in eight bits, with the scale of each row, or of each column if `dim` is 0."""
    scale = (matrix.abs().amax(dim=dim, keepdim=True) / 127).clamp(min=1e-8)
    return {key: (matrix / scale).round().to(torch.int8), key + EIGHT_BIT_SCALE: scale}


def write(tensors: Mapping[str, Tensor], name: str) -> None:
    """Writes a delta file and notes its checksum."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, FOLDER / f"{name}.safetensors")
    write_sums()
