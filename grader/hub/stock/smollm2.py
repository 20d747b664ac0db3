"""SmolLM2-135M-Instruct from its GGUF file: dequantized once into bfloat16 safetensors with an ordinary tokenizer.

The file stores four bits a weight. Unpacking it on every load would cost many seconds, so the practice hub serves the
converted checkpoint. Everything is read by the `gguf` library: the bytes then do not depend on the version of
transformers, and neither do the commits of the practice hub.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from grader.hub.stock.assemble import write_json

# GGUF's names of a layer's tensors and those of `LlamaForCausalLM`.
LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
CONTROL_TOKEN = 3  # GGUF's type of tokens such as <|im_start|>


def convert(file: Path, checkpoint: Path) -> None:
    """Writes the checkpoint folder of the Llama model in a GGUF file."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    reader = GGUFReader(file)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    config = _config(fields)
    ids = {name: config[name] for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    write_json(checkpoint / "config.json", config)
    write_json(checkpoint / "generation_config.json", {"_from_model_config": True} | ids)
    save_file(_weights(reader, config), checkpoint / "model.safetensors", metadata={"format": "pt"})
    _write_tokenizer(fields, checkpoint)


def _config(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
        "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
        "hidden_act": "silu",
        "hidden_size": fields["llama.embedding_length"],
        "initializer_range": 0.041666666666666664,
        "intermediate_size": fields["llama.feed_forward_length"],
        "max_position_embeddings": fields["llama.context_length"],
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": fields["llama.attention.head_count"],
        "num_hidden_layers": fields["llama.block_count"],
        "num_key_value_heads": fields["llama.attention.head_count_kv"],
        "pad_token_id": fields["tokenizer.ggml.padding_token_id"],
        # the file has it in single precision: 0.00000999999...
        "rms_norm_eps": round(fields["llama.attention.layer_norm_rms_epsilon"], 8),
        "rope_theta": fields["llama.rope.freq_base"],
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "vocab_size": fields["llama.vocab_size"],
    }


def _weights(reader: GGUFReader, config: dict[str, Any]) -> dict[str, torch.Tensor]:
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    weights = {}
    for tensor in reader.tensors:
        *block, kind, _ = tensor.name.split(".")  # "blk.7.attn_q.weight" or "output_norm.weight"
        values = dequantize(tensor.data, tensor.tensor_type)
        if kind in heads:
            values = _halves_together(values, heads[kind])
        name = f"model.layers.{block[1]}.{LAYER_NAMES[kind]}" if block else OUTER_NAMES[kind]
        weights[f"{name}.weight"] = torch.tensor(values, dtype=torch.bfloat16)
    return weights


def _halves_together(matrix: np.ndarray, heads: int) -> np.ndarray:
    """Undoes GGUF's order of a head's rows: it interleaves the two halves that transformers' rotary embedding pairs."""
    rows, columns = matrix.shape
    interleaved = matrix.reshape(heads, rows // heads // 2, 2, columns)
    return np.ascontiguousarray(interleaved.swapaxes(1, 2)).reshape(rows, columns)


def _write_tokenizer(fields: dict[str, Any], checkpoint: Path) -> None:
    pieces = fields["tokenizer.ggml.tokens"]
    kinds = fields["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"]]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    # What the file calls "smollm": every digit is a token of its own, everything else as in GPT-2.
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    control = [piece for piece, kind in zip(pieces, kinds, strict=True) if kind == CONTROL_TOKEN]
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in control])
    tokenizer.save(str(checkpoint / "tokenizer.json"))
    named = {
        f"{role}_token": pieces[fields[f"tokenizer.ggml.{key}_token_id"]]
        for role, key in (("bos", "bos"), ("eos", "eos"), ("pad", "padding"), ("unk", "unknown"))
    }
    settings = {
        # Every version of transformers takes tokenizer.json as it is for the general class; for GPT2Tokenizer, some
        # build GPT-2's own rules, which keep digits together.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_prefix_space": False,
        "additional_special_tokens": [named["bos_token"], named["eos_token"]],
        "chat_template": fields["tokenizer.chat_template"],
        "clean_up_tokenization_spaces": False,
        "model_max_length": fields["llama.context_length"],
    }
    write_json(checkpoint / "tokenizer_config.json", settings | named)
    write_json(checkpoint / "special_tokens_map.json", named)
