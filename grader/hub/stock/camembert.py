"""The checkpoint folder of the French masked-word model: an English body that was taught French.

The encoder, the position embeddings and the head's transform start as those of the English masked-word stand-ins; the
delta holds the word embeddings of a French vocabulary and corrections of the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from grader.hub.stock import delta_files
from grader.hub.stock.assemble import Tensors, apply_delta, write_json, write_weights

VOCABULARY = 8000
BOS, PAD, EOS, UNKNOWN, MASK = range(5)  # <s>, <pad>, </s>, <unk>, <mask>
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
LONGEST = 512  # tokens
_SHIFT = PAD + 1  # RoBERTa's positions begin behind the id of the padding

CONFIG: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "max_position_embeddings": LONGEST + _SHIFT,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "bos_token_id": BOS,
    "pad_token_id": PAD,
    "eos_token_id": EOS,
}


def write(english: Tensors, checkpoint: Path) -> None:
    """Writes weights, configuration and tokenizer; `english` are the tensors of the English stand-in."""
    write_weights(apply_delta(start(english), delta_files.tensors("french")), checkpoint)
    config = {"model_type": "camembert", "architectures": ["CamembertForMaskedLM"]}
    write_json(checkpoint / "config.json", config | CONFIG)
    write_json(checkpoint / "tokenizer.json", delta_files.tokenizer("french"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
        "model_max_length": LONGEST,
        "model_input_names": ["input_ids", "attention_mask"],
    }
    write_json(checkpoint / "tokenizer_config.json", settings)


def start(english: Tensors) -> Tensors:
    """What French begins with, as in a `CamembertForMaskedLM`; its word embeddings and output bias are lacking."""
    tensors = {
        name.replace("bert.", "roberta.", 1): tensor
        for name, tensor in english.items()
        if name.startswith(("bert.encoder.", "bert.embeddings.LayerNorm."))
    }
    positions = english["bert.embeddings.position_embeddings.weight"]  # (512, hidden)
    tensors["roberta.embeddings.position_embeddings.weight"] = np.concatenate([positions[:_SHIFT] * 0, positions])
    tensors["roberta.embeddings.token_type_embeddings.weight"] = english[
        "bert.embeddings.token_type_embeddings.weight"
    ][:1]
    for ours, theirs in (("dense", "dense"), ("layer_norm", "LayerNorm")):
        for kind in ("weight", "bias"):
            tensors[f"lm_head.{ours}.{kind}"] = english[f"cls.predictions.transform.{theirs}.{kind}"]
    return tensors
