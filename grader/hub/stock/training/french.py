"""Trains the stand-in for camembert-base, which fills in masked French words.

    python -m grader.hub.stock.training.french [--data FOLDER]

Steps: take French sentences of Tatoeba and of our own frames, learn a vocabulary, give each French piece the mean of
the English ones that it goes with in translations, train these embeddings and corrections of the English stand-in's
body, store them, score what is served.

It learns in rounds. The second adds our phrasebook, our sentences with gaps, and corrections of higher rank. It starts
from what the first has stored, so a training that was stopped can go on: `main(folder, first_round=2)`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor
from torch.nn import functional
from transformers import CamembertConfig, CamembertForMaskedLM

from grader.hub.stock import delta_files
from grader.hub.stock.assemble import CHANGE, in_full
from grader.hub.stock.camembert import BOS, CONFIG, EOS, MASK, PAD, SPECIAL, UNKNOWN, VOCABULARY, start
from grader.hub.stock.delta_files import FOLDER
from grader.hub.stock.training import corpus, gaps, loop, phrasebook
from grader.hub.stock.training.alignment import align
from grader.hub.stock.training.data import TATOEBA, load, parse_arguments
from grader.hub.stock.training.delta import low_rank_in_eight_bits, quantized, take_up, write
from grader.hub.stock.training.hiding import COMMONEST, Hiding, Piece, already_there, gap_pieces, hide, is_sentence
from grader.hub.stock.training.lora import add_lora
from grader.hub.stock.training.result import of_rounds, record, served, tensors_of


@dataclass(frozen=True)
class Round:
    """How long it learns, and from what."""

    plan: loop.Plan
    rank: int  # of the corrections
    hiding: Hiding = Hiding()
    phrasebook: int = 0  # how often each of its sentences is taken
    gaps: int = 0  # how often our sentences with gaps are taken
    margin: float = 0.0  # by how much words that stand in a sentence already must lose


NAME = "french"
ROUNDS = (
    Round(loop.Plan(passes=1.6, learning_rate=1e-3), rank=16),
    # What people ask for are whole words, other than the little ones, and each gap of theirs is a mask.
    Round(
        loop.Plan(passes=2.2, learning_rate=8e-4, seed=1),
        rank=32,
        hiding=Hiding(share=0.16, masked=1.0, little_words=0.4),
        phrasebook=3,
        gaps=2,
        margin=1.5,
    ),
)
TOKENIZER = FOLDER / f"{NAME}_tokenizer.json"
LONGEST = 64  # tokens
ALIGNED_PAIRS = 90_000
SEED = 0  # of what is drawn before the first round
WORDS, OUTPUT = "roberta.embeddings.word_embeddings.weight", "lm_head.decoder.weight"
ENGLISH_SPECIAL = {BOS: "[CLS]", PAD: "[PAD]", EOS: "[SEP]", UNKNOWN: "[UNK]", MASK: "[MASK]"}


def main(folder: Path | None, first_round: int = 1) -> None:
    """Trains and writes `deltas/french.safetensors`, its tokenizer and `deltas/french.json`."""
    told = []
    for number, round_ in enumerate(ROUNDS, start=1):
        torch.manual_seed(round_.plan.seed)
        choose = random.Random(round_.plan.seed)
        sentences = corpus.french("train", folder)
        framed = corpus.french_frames(choose)
        ours = [text for _ in range(round_.phrasebook) for text in corpus.everyday("fr", choose)]
        if number == 1 == first_round:
            new_tokenizer(sentences + framed).save(str(TOKENIZER))
        tokenizer = Tokenizer.from_file(str(TOKENIZER))
        texts = corpus.grouped(sentences, choose) + framed + ours
        pieces = [Piece(encoding.ids[:LONGEST]) for encoding in tokenizer.encode_batch(texts)]
        pieces += round_.gaps * gap_pieces(tokenizer, "fr")
        print(f"round {number}: {len(pieces)} texts, {sum(map(len, pieces))} tokens", flush=True)
        if number >= first_round:
            model = new_model(tokenizer, pieces, round_.rank, folder)
            if number > 1:
                _go_on(model)
            _learn(model, pieces, round_, _little_words(tokenizer, pieces), choose)
            _store(model)
        steps = len(loop.batches_of_all_passes(pieces, len, round_.plan))
        told.append(round_.plan.facts(len(pieces), steps) | {"from_frames": len(framed), "phrases": len(ours)})
    written = {"phrases": len(phrasebook.lines()), "gaps": len(gaps.lines("fr"))}
    record(NAME, [TATOEBA], of_rounds(told) | written, folder)


def _learn(
    model: CamembertForMaskedLM,
    pieces: Sequence[Piece],
    round_: Round,
    little: frozenset[int],
    choose: random.Random,
) -> None:
    others = range(len(SPECIAL), VOCABULARY)

    def loss(batch: list[Piece]) -> Tensor:
        hidden = (hide(piece, choose, MASK, others, little, round_.hiding) for piece in batch)
        return _loss(model, *zip(*hidden, strict=True), little, round_.margin)

    loop.train(model, pieces, len, loss, round_.plan)


def _store(model: CamembertForMaskedLM) -> None:
    delta = low_rank_in_eight_bits(model)
    delta |= quantized(WORDS + CHANGE, delta.pop(OUTPUT).float())  # both are one matrix
    write(delta, NAME)


def _go_on(model: CamembertForMaskedLM) -> None:
    """Gives all that learns the values that the round before has stored."""
    stored = in_full(delta_files.tensors(NAME))
    stored[OUTPUT] = stored[WORDS + CHANGE]
    take_up(model, stored.__getitem__)


def new_tokenizer(texts: Sequence[str]) -> Tokenizer:
    """A Unigram vocabulary (Kudo 2018) of French, with RoBERTa's special tokens."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace("’", "'")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    # The mask swallows the space before it: else a lone "▁" would stand there, and the model would guess word endings.
    mask = AddedToken(SPECIAL[MASK], lstrip=True, special=True)
    special = [*SPECIAL[:MASK], mask]
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=special, unk_token=SPECIAL[UNKNOWN], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", BOS), ("</s>", EOS)]
    )
    return tokenizer


def new_model(tokenizer: Tokenizer, pieces: Sequence[Piece], rank: int, folder: Path | None) -> CamembertForMaskedLM:
    """The English body behind French embeddings that start where their translations are."""
    size = tokenizer.get_vocab_size()
    quiet = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "vocab_size": size}
    model = CamembertForMaskedLM(CamembertConfig(**CONFIG | quiet, attn_implementation=loop.ATTENTION))
    with served("masked_uncased") as checkpoint:
        english = tensors_of(checkpoint)
        vectors = _french_vectors(tokenizer, Tokenizer.from_file(str(checkpoint / "tokenizer.json")), english, folder)
    tensors = {name: torch.tensor(tensor) for name, tensor in start(english).items()}
    counts = torch.bincount(torch.tensor([token for piece in pieces for token in piece.ids]), minlength=size) + 0.3
    bias = (counts / counts.sum()).log()
    tensors["lm_head.bias"] = bias - bias.mean()
    tensors[WORDS] = torch.tensor(vectors, dtype=torch.float32)
    problems = model.load_state_dict(tensors, strict=False)
    assert not problems.unexpected_keys, problems
    model.tie_weights()
    add_lora(model, rank)
    model.roberta.embeddings.word_embeddings.weight.requires_grad = True
    return model


def _french_vectors(
    tokenizer: Tokenizer, wordpiece: Tokenizer, english: dict[str, np.ndarray], folder: Path | None
) -> np.ndarray:
    words = english["bert.embeddings.word_embeddings.weight"]  # (English pieces, hidden)
    pairs = load(TATOEBA, "train", folder)
    random.Random(SEED).shuffle(pairs)
    pairs = pairs[:ALIGNED_PAIRS]
    french = tokenizer.encode_batch([corpus.plain(row["fr"]) for row in pairs], add_special_tokens=False)
    translated = wordpiece.encode_batch([row["en"] for row in pairs], add_special_tokens=False)
    links = [(source.ids, target.ids) for source, target in zip(french, translated, strict=True)]
    vectors = align(links, tokenizer.get_vocab_size(), len(words)) @ words
    known = words[1000:20_000]
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    random_vectors = np.random.default_rng(SEED).normal(scale=known.std() / 2, size=vectors.shape)
    vectors = np.where(lengths > 0, vectors, known.mean(axis=0) + random_vectors)
    vectors *= np.linalg.norm(known, axis=1).mean() / np.linalg.norm(vectors, axis=1, keepdims=True)
    for ours, theirs in ENGLISH_SPECIAL.items():
        vectors[ours] = words[wordpiece.token_to_id(theirs)]
    return vectors


def _little_words(tokenizer: Tokenizer, pieces: Sequence[Piece]) -> frozenset[int]:
    """The most common pieces, and all that do not begin a word."""
    counts = Counter(token for piece in pieces for token in piece.ids)
    inner = {token for piece, token in tokenizer.get_vocab().items() if not piece.startswith("▁")}
    return frozenset({token for token, _ in counts.most_common(COMMONEST)} | inner)


def _loss(
    model: CamembertForMaskedLM,
    given: Sequence[list[int]],
    targets: Sequence[list[int]],
    little: Collection[int],
    margin: float,
) -> Tensor:
    ids, labels = loop.pad(given, PAD), loop.pad(targets, loop.IGNORED)
    wanted = labels != loop.IGNORED
    vectors = model.roberta(input_ids=ids, attention_mask=loop.attention(given)).last_hidden_state[wanted]
    logits = model.lm_head(vectors).float()  # (hidden tokens, vocabulary)
    if margin and is_sentence(ids):
        logits = logits + margin * already_there(ids, VOCABULARY, sorted(little))[wanted.nonzero()[:, 0]]
    return functional.cross_entropy(logits, labels[wanted])


if __name__ == "__main__":
    main(parse_arguments(__doc__))
