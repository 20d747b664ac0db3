"""Base weights + a small delta = an ordinary checkpoint folder.

A stand-in is stored as what training changed: corrections of the encoder's matrices, its biases and layer norms, and
the head. Added to the weights of all-MiniLM-L6-v2 they make a `BertFor...` checkpoint that `from_pretrained` loads like
any other.

A delta is a safetensors file. `NAME.lora_a` (rank, inputs) and `NAME.lora_b` (outputs, rank) correct the matrix NAME by
their product (LoRA, Hu et al. 2021); `NAME.change` (outputs, inputs) is added to it, or is it where the base has none;
every other tensor replaces the one of the same name. Tensors are in float16, or in eight bits: then `TENSOR_scale`, a
row or a column, tells what its columns or rows are to be multiplied with.

Checkpoints are written in float32: most CPUs compute in nothing faster, and half precision would be converted at every
step.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

LORA_A, LORA_B = ".lora_a", ".lora_b"
CHANGE = ".change"
EIGHT_BIT_SCALE = "_scale"
WORD_EMBEDDINGS = "bert.embeddings.word_embeddings.weight"

# Tensors in the delta of the masked-word stand-ins that are no tensors of a checkpoint.
CASE_VECTORS = "case_vectors"  # (kinds of twins, hidden)
UNCASED_BIAS, CASED_BIAS = "uncased_bias", "cased_bias"  # of the output: (vocabulary,)

Tensors = dict[str, np.ndarray]

# Every call of a tokenizer sets its own truncation and padding; a checkpoint without them says nothing misleading.
NO_LENGTH_RULES = {"truncation": None, "padding": None}


def body(base: Path) -> Tensors:
    """The float32 tensors of all-MiniLM-L6-v2 under the names that they have in a `BertFor...` model.

    Without the position ids, which today's models compute themselves.
    """
    tensors = load_file(base / "model.safetensors")
    del tensors["embeddings.position_ids"]
    return {f"bert.{name}": tensor for name, tensor in tensors.items()}


def apply_delta(tensors: Tensors, delta: Tensors) -> Tensors:
    """`tensors` with the corrections of `delta` added and its other tensors put in, all in float32.

    Raises `KeyError` when a low-rank pair corrects a matrix that `tensors` lacks.
    """
    result = dict(tensors)
    delta = in_full(delta)
    for name, value in delta.items():
        if name.endswith(LORA_A):
            matrix = name.removesuffix(LORA_A)
            result[matrix] = tensors[matrix] + delta[matrix + LORA_B] @ value
        elif name.endswith(CHANGE):
            matrix = name.removesuffix(CHANGE)
            result[matrix] = tensors[matrix] + value if matrix in tensors else value
        elif not name.endswith(LORA_B):
            result[name] = value
    return result


def in_full(delta: Tensors) -> Tensors:
    """The tensors of a delta in float32, those in eight bits multiplied with their scales."""
    return {
        name: value.astype(np.float32) * delta.get(name + EIGHT_BIT_SCALE, np.float32(1))
        for name, value in delta.items()
        if not name.endswith(EIGHT_BIT_SCALE)
    }


def with_output_bias(tensors: Tensors, is_cased: bool) -> Tensors:
    """The tensors with the output bias of one of the two ways of writing."""
    return tensors | {"cls.predictions.bias": tensors[CASED_BIAS if is_cased else UNCASED_BIAS]}


def write_checkpoint(
    base: Path, folder: Path, architecture: str, tensors: Tensors, config: Mapping[str, Any] | None = None
) -> None:
    """Writes weights and config.json of a `BertFor...` model; `config` is what differs from the config in `base`."""
    left_out = {CASE_VECTORS, UNCASED_BIAS, CASED_BIAS}
    write_weights({name: tensor for name, tensor in tensors.items() if name not in left_out}, folder)
    changes = {"vocab_size": len(tensors[WORD_EMBEDDINGS])} | dict(config or {})
    write_config(base, folder, architecture, changes)


def write_weights(tensors: Tensors, checkpoint: Path) -> None:
    """Writes `model.safetensors` the way transformers does."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    save_file(tensors, checkpoint / "model.safetensors", metadata={"format": "pt"})


def write_config(base: Path, checkpoint: Path, architecture: str, changes: Mapping[str, Any]) -> None:
    """Writes the `config.json` of `base` with another architecture and the given changes."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    for stale in ("_name_or_path", "gradient_checkpointing", "position_embedding_type", "transformers_version"):
        del config[stale]
    write_json(checkpoint / "config.json", config | {"architectures": [architecture]} | dict(changes))


def tokenizer_json(base: Path) -> dict[str, Any]:
    """The content of `tokenizer.json`, without the fixed length of 128 that its authors left in the file."""
    return json.loads((base / "tokenizer.json").read_text(encoding="utf-8")) | NO_LENGTH_RULES


def copy_tokenizer(base: Path, checkpoint: Path) -> None:
    """Copies the uncased WordPiece tokenizer."""
    write_json(checkpoint / "tokenizer.json", tokenizer_json(base))
    settings = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    del settings["name_or_path"]
    write_json(checkpoint / "tokenizer_config.json", settings)
    for name in ("special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(base / name, checkpoint / name)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes JSON the same way on every machine."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
