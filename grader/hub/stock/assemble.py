"""Base weights + a small delta = an ordinary checkpoint folder.

A stand-in is stored as what training changed: low-rank corrections of the encoder's matrices (LoRA, Hu et al. 2021),
its biases and layer norms, and the head. Added to the weights of all-MiniLM-L6-v2 they make a `BertFor...` checkpoint
that `from_pretrained` loads like any other.

A delta is a safetensors file in float16. `NAME.lora_a` (rank, inputs) and `NAME.lora_b` (outputs, rank) correct the
matrix NAME by their product; every other tensor replaces the one of the same name.
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
Tensors = dict[str, np.ndarray]

# Every call of a tokenizer sets its own truncation and padding; a checkpoint without them says nothing misleading.
NO_LENGTH_RULES = {"truncation": None, "padding": None}


def assemble(base: Path, delta: Path, checkpoint: Path, architecture: str, config: Mapping[str, Any]) -> None:
    """Writes the checkpoint folder of a stand-in.

    base: folder with all-MiniLM-L6-v2; architecture: class name such as "BertForSequenceClassification";
    config: what the stand-in's config.json sets beyond the base's. Raises `KeyError` when the delta corrects
    a matrix that the base lacks.
    """
    checkpoint.mkdir(parents=True, exist_ok=True)
    tensors = apply_delta({f"bert.{name}": tensor for name, tensor in encoder(base).items()}, load_file(delta))
    write_weights(tensors, checkpoint)
    write_config(base, checkpoint, architecture, config)
    copy_tokenizer(base, checkpoint)


def encoder(base: Path) -> Tensors:
    """The float32 tensors of all-MiniLM-L6-v2, without the position ids, which today's models compute themselves."""
    tensors = load_file(base / "model.safetensors")
    del tensors["embeddings.position_ids"]
    return tensors


def apply_delta(tensors: Tensors, delta: Tensors) -> Tensors:
    """`tensors` with the corrections of `delta` added and its other tensors put in, all in float32."""
    result = dict(tensors)
    for name, value in delta.items():
        if name.endswith(LORA_A):
            matrix = name.removesuffix(LORA_A)
            low_rank = delta[matrix + LORA_B].astype(np.float32) @ value.astype(np.float32)
            result[matrix] = tensors[matrix] + low_rank
        elif not name.endswith(LORA_B):
            result[name] = value.astype(np.float32)
    return result


def write_weights(tensors: Tensors, checkpoint: Path) -> None:
    """Writes `model.safetensors` the way transformers does."""
    save_file(tensors, checkpoint / "model.safetensors", metadata={"format": "pt"})


def write_config(base: Path, checkpoint: Path, architecture: str, changes: Mapping[str, Any]) -> None:
    """Writes the `config.json` of `base` with another architecture and the given changes."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    for stale in ("_name_or_path", "gradient_checkpointing", "position_embedding_type", "transformers_version"):
        del config[stale]
    write_json(checkpoint / "config.json", config | {"architectures": [architecture]} | dict(changes))


def copy_tokenizer(base: Path, checkpoint: Path) -> None:
    """Copies the uncased WordPiece tokenizer, without the fixed length of 128 that its authors left in the file."""
    tokenizer = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    write_json(checkpoint / "tokenizer.json", tokenizer | NO_LENGTH_RULES)
    settings = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    del settings["name_or_path"]
    write_json(checkpoint / "tokenizer_config.json", settings)
    for name in ("special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(base / name, checkpoint / name)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes JSON the same way on every machine."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
