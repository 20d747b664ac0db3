"""Trains the stand-in for opus-mt-fr-en: a small Marian translator from French to English.

    python -m grader.hub.stock.training.translation [--data FOLDER]

Steps: take Tatoeba's sentence pairs, vary the names in them, add sentences from our own frames, learn a vocabulary that
both languages share, start its embeddings from all-MiniLM-L6-v2 (the French ones through word alignment), train all
weights, store them in eight bits, score what is served.

It learns in rounds, each with other names in the sentences. A round starts from what the one before has stored, so a
training that was stopped can go on: `main(folder, first_round=2)`. The second stores the mean of where it started and
where it ended. The third adds our phrasebook, and a layer to encoder and decoder each.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from torch.nn import functional
from transformers import MarianConfig, MarianMTModel

from grader.hub.stock.assemble import tokenizer_json
from grader.hub.stock.delta_files import FOLDER
from grader.hub.stock.marian import CONFIG, EOS, HIDDEN, PAD, UNKNOWN, VOCABULARY
from grader.hub.stock.training import averaging, loop, names, phrasebook
from grader.hub.stock.training.alignment import align
from grader.hub.stock.training.corpus import plain
from grader.hub.stock.training.data import TATOEBA, load, parse_arguments
from grader.hub.stock.training.delta import eight_bits, write
from grader.hub.stock.training.phrasebook import Pair
from grader.hub.stock.training.result import base_model, of_rounds, record, served


@dataclass(frozen=True)
class Round:
    """How long it learns, from what, and what becomes of it."""

    plan: loop.Plan
    phrasebook: int = 0  # how often each of its pairs is taken
    is_deeper: bool = False  # than the round before, by a layer on top of encoder and decoder
    kept: float = 0.0  # of where it started


NAME = "translation"
ROUNDS = (
    Round(loop.Plan(passes=3.2, learning_rate=1.2e-3, tokens_per_batch=2000)),
    Round(loop.Plan(passes=2, learning_rate=8e-4, tokens_per_batch=2000, seed=1), kept=0.5),
    Round(loop.Plan(passes=4, learning_rate=8e-4, tokens_per_batch=2000, seed=2), phrasebook=2, is_deeper=True),
)
FIRST_DEPTH = {"encoder_layers": 3, "decoder_layers": 2}
TOKENIZER = FOLDER / f"{NAME}_tokenizer.json"
LONGEST = 48  # tokens
PASSIVES, FILLINGS = 60, 40  # how often a frame with names is filled: of the passive ones, of the others
REPEATS = 4  # how often a frame without names is taken
ALIGNED_PAIRS = 110_000
SPECIAL = ("</s>", "<unk>", "<pad>")

_FAMILIAR = re.compile(r"\b(Tom|Mary|Marie|John|Jean|Ken|Jim|Bob|Alice|Bill|Jack|Mike|Lucy)\b")


def main(folder: Path | None, first_round: int = 1) -> None:
    """Trains and writes `deltas/translation.safetensors` and `deltas/translation_tokenizer.json`."""
    told = []
    for number, round_ in enumerate(ROUNDS, start=1):
        plan = round_.plan
        torch.manual_seed(plan.seed)
        choose = random.Random(plan.seed)
        pairs = with_other_names(tatoeba("train", folder), choose)
        framed = filled_frames(choose)
        ours = [pair for _ in range(round_.phrasebook) for pair in phrasebook.pairs(choose)]
        if number == 1 == first_round:
            new_tokenizer([text for pair in pairs for text in pair]).save(str(TOKENIZER))
        examples = _encoded(Tokenizer.from_file(str(TOKENIZER)), pairs + framed + ours)
        print(f"round {number}: {len(pairs)} pairs, {len(framed)} from frames, {len(ours)} phrases", flush=True)
        if number >= first_round:
            _learn(examples, round_, is_first=number == 1)
        steps = len(loop.batches_of_all_passes(examples, _length, plan))
        told.append(plan.facts(len(examples), steps) | {"from_frames": len(framed), "phrases": len(ours)})
    record(NAME, [TATOEBA], of_rounds(told) | {"phrases": len(phrasebook.lines())}, folder)


def _learn(examples: Sequence[tuple[list[int], list[int]]], round_: Round, *, is_first: bool) -> None:
    """One round, from the stored model to the stored model."""
    model = _new_model(examples, round_.plan) if is_first else _stored_model()
    if round_.is_deeper:
        model = deeper(model)
    start = averaging.values(model)
    loop.train(model, examples, _length, lambda batch: loss(model, batch), round_.plan)
    averaging.keep(model, start, round_.kept)
    nothing = {name: torch.zeros(()) for name, _ in model.named_parameters()}
    write(eight_bits(model, nothing) | {"final_logits_bias": model.final_logits_bias.half()}, NAME)


def _encoded(tokenizer: Tokenizer, pairs: Sequence[Pair]) -> list[tuple[list[int], list[int]]]:
    french, english = (tokenizer.encode_batch(list(side)) for side in zip(*pairs, strict=True))
    return [(one.ids[:LONGEST], other.ids[:LONGEST]) for one, other in zip(french, english, strict=True)]


def _length(pair: tuple[list[int], list[int]]) -> int:
    return max(map(len, pair))


def _new_model(examples: Sequence[tuple[list[int], list[int]]], plan: loop.Plan) -> MarianMTModel:
    model = _of_depth(FIRST_DEPTH)
    with base_model() as base:
        warm_start(model, Tokenizer.from_file(str(TOKENIZER)), examples, base, plan.seed)
    return model


def _stored_model() -> MarianMTModel:
    """The model as the round before has stored it."""
    with served(NAME) as checkpoint:
        return MarianMTModel.from_pretrained(checkpoint, dtype=torch.float32, attn_implementation=loop.ATTENTION)


def _of_depth(depth: Mapping[str, int]) -> MarianMTModel:
    return MarianMTModel(MarianConfig(**CONFIG, **depth, attn_implementation=loop.ATTENTION))


@torch.no_grad()
def deeper(model: MarianMTModel) -> MarianMTModel:
    """The model with one layer more on encoder and decoder, which at first pass on what they get, or nearly so."""
    depth = {part: getattr(model.config, part) + 1 for part in FIRST_DEPTH}
    grown = _of_depth(depth)
    grown.load_state_dict(model.state_dict(), strict=False)
    for half in (grown.model.encoder, grown.model.decoder):
        below, added = half.layers[-2:]
        added.load_state_dict(below.state_dict())
        for name, module in added.named_children():
            if isinstance(module, nn.LayerNorm):
                # What comes in has the size that the layer below has given it.
                module.weight.fill_(below.final_layer_norm.weight.square().mean().sqrt())
                module.bias.zero_()
            elif name in ("self_attn", "encoder_attn", "fc2"):
                last = module if name == "fc2" else module.out_proj
                last.weight.zero_()
                last.bias.zero_()
    return grown


def tatoeba(split: str, folder: Path | None) -> list[Pair]:
    """The sentence pairs of a split; those of `train` share no sentence with `validation`."""
    pairs = [(plain(row["fr"]), plain(row["en"])) for row in load(TATOEBA, split, folder)]
    if split == "train":
        held_out = {text for pair in tatoeba("validation", folder) for text in pair}
        pairs = [pair for pair in pairs if not held_out.intersection(pair)]
    return pairs


def with_other_names(pairs: Sequence[Pair], choose: random.Random) -> list[Pair]:
    """The pairs, with the few names that Tatoeba is full of replaced by various ones in half of them."""
    return [_renamed(pair, choose) if choose.random() < 0.5 else pair for pair in pairs]


def _renamed(pair: Pair, choose: random.Random) -> Pair:
    french, english = pair
    for name in sorted(set(_FAMILIAR.findall(french)) & set(_FAMILIAR.findall(english))):
        new = names.person(choose) if choose.random() < 0.6 else names.coined(choose)
        # "d'Alice", "qu'Alice": before a vowel French writes another word in front of the name.
        if phrasebook.starts_with_vowel(new) == phrasebook.starts_with_vowel(name):
            french, english = (re.sub(rf"\b{name}\b", new, text) for text in (french, english))
    return french, english


def filled_frames(choose: random.Random) -> list[Pair]:
    """Pairs from our own frames; the ones about who made what are filled more often."""
    pairs: list[Pair] = []
    for frame in names.bank("mt_frames")["frames"]:
        if "{" not in frame["fr"]:
            pairs += [(frame["fr"], frame["en"])] * REPEATS
            continue
        times = PASSIVES if " par {" in frame["fr"] else FILLINGS
        pairs += [phrasebook.filled((frame["fr"], frame["en"]), choose) for _ in range(times)]
    return pairs


def new_tokenizer(texts: Sequence[str]) -> Tokenizer:
    """Byte pair encoding of both languages in one vocabulary; a sentence ends with `</s>`."""
    tokenizer = Tokenizer(models.BPE(unk_token=SPECIAL[UNKNOWN]))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace("’", "'")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=list(SPECIAL), limit_alphabet=200, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", EOS)])
    return tokenizer


def loss(model: MarianMTModel, batch: Sequence[tuple[list[int], list[int]]]) -> Tensor:
    """Cross-entropy with label smoothing over the tokens of the translations."""
    source = loop.pad([french for french, _ in batch], PAD)
    target = loop.pad([english for _, english in batch], loop.IGNORED)
    given = torch.cat([torch.full((len(batch), 1), PAD), target[:, :-1]], dim=1)
    hidden = model.model(
        input_ids=source,
        attention_mask=(source != PAD).long(),
        decoder_input_ids=given.where(given != loop.IGNORED, PAD),
    ).last_hidden_state
    wanted = target != loop.IGNORED
    logits = functional.linear(hidden[wanted], model.lm_head.weight).float() + model.final_logits_bias[0]
    return functional.cross_entropy(logits, target[wanted], label_smoothing=0.1)


def warm_start(
    model: MarianMTModel, tokenizer: Tokenizer, examples: Sequence[tuple[list[int], list[int]]], base: Path, seed: int
) -> None:
    """Starts the shared embeddings from the base model's, and the decoder's attention as a copy of what it looks at."""
    sample = random.Random(seed).sample(examples, min(ALIGNED_PAIRS, len(examples)))
    table = align([(french[:-1], english[:-1]) for french, english in sample], VOCABULARY, VOCABULARY)
    counts = np.array([np.bincount(np.concatenate(side), minlength=VOCABULARY) for side in zip(*examples, strict=True)])
    french_share = counts[0] / np.maximum(counts.sum(axis=0), 1)
    english = english_vectors(tokenizer, base)
    french = table @ english
    known = np.abs(french).sum(axis=1) > 0
    vectors = np.where(known[:, None], french_share[:, None] * french + (1 - french_share)[:, None] * english, english)
    common = english[counts[1] > 5]
    _, _, directions = np.linalg.svd(common, full_matrices=False)
    vectors = vectors @ directions[:HIDDEN].T
    vectors /= vectors[counts[1] > 5].std()
    noise = np.random.default_rng(seed).normal(scale=0.15, size=vectors.shape)
    frequency = np.log((counts[1] + 0.3) / (counts[1].sum() + 0.3 * VOCABULARY))
    with torch.no_grad():
        model.model.shared.weight.copy_(torch.tensor((vectors + noise) * 0.7 / np.sqrt(HIDDEN)))
        model.model.shared.weight[PAD] = 0
        model.final_logits_bias[0] = torch.tensor(frequency - frequency.mean())
        for layer in model.model.decoder.layers:
            attention = layer.encoder_attn
            _start_alike(attention.v_proj, attention.out_proj, transpose=True)
            _start_alike(attention.q_proj, attention.k_proj, scale=0.6)


def _start_alike(one: nn.Linear, other: nn.Linear, scale: float = 1.0, transpose: bool = False) -> None:
    rotation, _ = torch.linalg.qr(torch.randn(HIDDEN, HIDDEN))
    one.weight.copy_(rotation * scale)
    other.weight.copy_((rotation.T if transpose else rotation) * scale)


def english_vectors(tokenizer: Tokenizer, base: Path) -> np.ndarray:
    """The centered embedding of each piece read as English: (vocabulary, hidden of the base model)."""
    words = load_file(base / "model.safetensors")["embeddings.word_embeddings.weight"]
    words = words - words[1000:20_000].mean(axis=0)
    wordpiece = Tokenizer.from_str(json.dumps(tokenizer_json(base)))
    vectors = np.zeros((VOCABULARY, words.shape[1]), dtype=np.float32)
    for piece, row in tokenizer.get_vocab().items():
        encoded = wordpiece.encode(piece.replace("▁", " ").strip(), add_special_tokens=False)
        ids = list(encoded.ids)
        continued = wordpiece.token_to_id("##" + encoded.tokens[0]) if ids else None
        if continued is not None and not piece.startswith("▁"):
            ids[0] = continued
        if ids:
            vectors[row] = words[ids].mean(axis=0)
    return vectors


if __name__ == "__main__":
    main(parse_arguments(__doc__))
