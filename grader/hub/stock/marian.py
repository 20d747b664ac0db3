"""The checkpoint folder of the small translator: a Marian model (Junczys-Dowmunt et al. 2018), all of it ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.hub.stock import delta_files
from grader.hub.stock.assemble import apply_delta, write_json, write_weights

VOCABULARY = 8000
HIDDEN = 256
EOS, UNKNOWN, PAD = range(3)  # </s>, <unk>, <pad>
LONGEST = 512  # tokens

CONFIG: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "d_model": HIDDEN,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 4 * HIDDEN,
    "decoder_ffn_dim": 4 * HIDDEN,
    "max_position_embeddings": LONGEST,
    "activation_function": "swish",
    "dropout": 0.05,
    "attention_dropout": 0.0,
    "scale_embedding": True,
    "pad_token_id": PAD,
    "eos_token_id": EOS,
    "bos_token_id": None,
    "forced_eos_token_id": EOS,
    "decoder_start_token_id": PAD,
}
GENERATION = {
    "pad_token_id": PAD,
    "eos_token_id": EOS,
    "forced_eos_token_id": EOS,
    "decoder_start_token_id": PAD,
    "bad_words_ids": [[PAD]],
    "max_length": LONGEST,
    "num_beams": 4,
}


def write(checkpoint: Path) -> None:
    """Writes weights, configuration and tokenizer."""
    tensors = apply_delta({}, delta_files.tensors("translation"))
    write_weights(tensors, checkpoint)
    config = {"model_type": "marian", "architectures": ["MarianMTModel"], "is_encoder_decoder": True}
    depth = {f"{half}_layers": _layers(tensors, half) for half in ("encoder", "decoder")}
    write_json(checkpoint / "config.json", config | CONFIG | depth)
    write_json(checkpoint / "generation_config.json", GENERATION)
    write_json(checkpoint / "tokenizer.json", delta_files.tokenizer("translation"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "model_max_length": LONGEST,
        "model_input_names": ["input_ids", "attention_mask"],
        "source_lang": "fr",
        "target_lang": "en",
    }
    write_json(checkpoint / "tokenizer_config.json", settings)


def _layers(tensors: Mapping[str, Any], half: str) -> int:
    prefix = f"model.{half}.layers."
    return len({name.removeprefix(prefix).split(".")[0] for name in tensors if name.startswith(prefix)})
