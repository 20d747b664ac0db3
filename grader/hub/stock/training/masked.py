"""Trains what bert-base-uncased and bert-base-cased are served with: the body and head that fill in masked words.

    python -m grader.hub.stock.training.masked [--data FOLDER]

Steps: cut open texts into pieces, train on each in both ways of writing, with capitals and without, store one delta
for both. `fill_mask` comes next; the stand-ins for names, answers and French start from here.

It learns in rounds. Each starts from the delta that the one before has stored, so a training that was stopped can go
on: `main(folder, first_round=2)`.

The cased vocabulary is the uncased one plus twins with capitals or accents (`cased.py`). A twin's embedding is that of
its original plus one of three vectors, the same for all twins of a kind. So the case costs three vectors of 384
numbers instead of a table of 28,000.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertForMaskedLM

from grader.hub.stock import assemble, cased, delta_files
from grader.hub.stock.assemble import CASE_VECTORS, CASED_BIAS, UNCASED_BIAS
from grader.hub.stock.training import corpus, hiding, loop
from grader.hub.stock.training.delta import eight_bits, write
from grader.hub.stock.training.hiding import Hidden, Hiding, Piece
from grader.hub.stock.training.result import base_model

NAME = "masked"
COMMON, RARE = 8192, 2048  # pieces that compete for a place: always the most common ones, and some of the others
LONGEST = 126  # tokens of a piece, the two special ones not counted
CLS, SEP, MASK = 101, 102, 103
PIECES = range(1000, 30_000)  # ids of ordinary pieces
TRANSFORM = "cls.predictions.transform."


@dataclass(frozen=True)
class Round:
    """How long it learns, and from what."""

    plan: loop.Plan
    hiding: Hiding = Hiding()
    margin: float = 0.0  # added to the scores of words that stand in a sentence already: they must lose by so much


ROUNDS = (
    Round(loop.Plan(passes=1.7, learning_rate=4e-4)),
    # The little words are known by now. What people ask such a model for are the others.
    Round(loop.Plan(passes=3, learning_rate=3e-4, seed=1), Hiding(little_words=0.4)),
)


class TwinEmbedding(nn.Module):
    """The word embeddings of the cased vocabulary: the frozen uncased ones plus a vector for each kind of twin."""

    def __init__(self, words: nn.Embedding, origins: Sequence[int], kinds: Sequence[int]) -> None:
        super().__init__()
        uncased = words.num_embeddings
        self.words = nn.Parameter(words.weight.detach().clone(), requires_grad=False)  # (uncased, hidden)
        self.register_buffer("origins", torch.tensor([*range(uncased), *origins]))
        self.register_buffer("kinds", torch.tensor([0] * uncased + [kind + 1 for kind in kinds]))
        self.case = nn.Parameter(torch.zeros(len(cased.KINDS), words.embedding_dim))

    def forward(self, ids: Tensor) -> Tensor:  # (...) -> (..., hidden)
        shifts = torch.cat([torch.zeros_like(self.case[:1]), self.case])
        return self.words[self.origins[ids]] + shifts[self.kinds[ids]]


class MaskedWords(nn.Module):
    """The model in training: one body and head, with an output bias for each way of writing."""

    def __init__(self, bert: BertForMaskedLM, twins: TwinEmbedding, frequencies: dict[bool, Tensor]) -> None:
        super().__init__()
        self.bert = bert.bert
        self.bert.embeddings.word_embeddings = twins
        self.transform = bert.cls.predictions.transform
        self.uncased_bias = nn.Parameter(frequencies[False].clone())
        self.cased_bias = nn.Parameter(frequencies[True].clone())
        self.by_frequency = {
            is_cased: frequency.argsort(descending=True) for is_cased, frequency in frequencies.items()
        }

    @property
    def base_model(self) -> nn.Module:  # as models of transformers have it
        return self.bert

    def loss(self, given: Tensor, mask: Tensor, targets: Tensor, is_cased: bool, margin: float = 0.0) -> Tensor:
        """The loss of each hidden token: (hidden tokens,).

        A softmax over all pieces would take a quarter of the time. So the target competes with the common pieces and
        with a sample of the others, each of which counts for all those that were not drawn (Jean et al. 2015).
        """
        wanted = targets != loop.IGNORED
        vectors = self.transform(self.bert(input_ids=given, attention_mask=mask).last_hidden_state[wanted])
        targets = targets[wanted]
        ranked = self.by_frequency[is_cased]
        drawn = ranked[COMMON:][torch.randint(len(ranked) - COMMON, (RARE,))]
        rivals = torch.cat([ranked[:COMMON], drawn])
        bias = (self.cased_bias if is_cased else self.uncased_bias)[rivals]
        bias = torch.cat([bias[:COMMON], bias[COMMON:] + math.log((len(ranked) - COMMON) / RARE)])
        embed = self.bert.embeddings.word_embeddings
        logits = (vectors @ embed(rivals).T).float() + bias
        if margin and hiding.is_sentence(given):
            there = hiding.already_there(given, len(ranked), ranked[: hiding.COMMONEST])[:, rivals]
            logits = logits + margin * there[wanted.nonzero()[:, 0]]
        logits = logits.masked_fill(rivals == targets[:, None], -torch.inf)
        own = (vectors * embed(targets)).sum(dim=-1).float()
        own = own + (self.cased_bias if is_cased else self.uncased_bias)[targets]
        return torch.logsumexp(torch.cat([own[:, None], logits], dim=-1), dim=-1) - own


def main(folder: Path | None, first_round: int = 1) -> None:
    """Trains and writes `deltas/masked.safetensors`; `fill_mask` then makes the stand-ins of it, and scores them."""
    pieces = both_ways(corpus.english(folder))
    model, before = untrained(pieces)
    for number, round_ in enumerate(ROUNDS, start=1):
        if number >= first_round:
            if number > 1:
                go_on(model)
            learn(model, pieces, round_)
            write(_stored(model, before), NAME)


def both_ways(texts: Sequence[str]) -> list[Piece]:
    """The texts in pieces, with capitals and without."""
    with base_model() as base:
        pieces = [
            Piece(ids, is_cased) for is_cased in (True, False) for ids in _pieces(_tokenizer(base, is_cased), texts)
        ]
    print(f"{len(pieces)} pieces, {sum(map(len, pieces))} tokens", flush=True)
    return pieces


def gap_pieces() -> list[Piece]:
    """Our sentences with gaps, filled with each of their words, with capitals and without."""
    with base_model() as base:
        return [
            piece
            for is_cased in (True, False)
            for piece in hiding.gap_pieces(_tokenizer(base, is_cased), "en", is_cased)
        ]


def untrained(pieces: Sequence[Piece]) -> tuple[MaskedWords, dict[str, Tensor]]:
    """The model before it learned words, its bias from how often each is in the pieces; the tensors of its base."""
    with base_model() as base:
        bert = BertForMaskedLM.from_pretrained(
            base,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation=loop.ATTENTION,
            dtype=torch.float32,
        )
        rows = cased.twin_rows(base)
        vocabulary = len(cased.tokenizer_json(base)["model"]["vocab"])
    before = {name: tensor.clone() for name, tensor in bert.state_dict().items()}
    del before[TRANSFORM + "dense.weight"]  # drawn at random
    nn.init.eye_(bert.cls.predictions.transform.dense.weight)
    nn.init.zeros_(bert.cls.predictions.transform.dense.bias)
    for table in bert.bert.embeddings.children():
        if isinstance(table, nn.Embedding):
            table.weight.requires_grad = False
    frequencies = {
        is_cased: _frequencies([piece.ids for piece in pieces if piece.is_cased == is_cased], size)
        for is_cased, size in ((False, len(bert.bert.embeddings.word_embeddings.weight)), (True, vocabulary))
    }
    twins = TwinEmbedding(bert.bert.embeddings.word_embeddings, *rows)
    return MaskedWords(bert, twins, frequencies), before


def learn(model: MaskedWords, pieces: Sequence[Piece], round_: Round) -> None:
    """Trains in place for one round."""
    torch.manual_seed(round_.plan.seed)
    choose = random.Random(round_.plan.seed)
    little = {
        is_cased: frozenset(ranked[: hiding.COMMONEST].tolist()) for is_cased, ranked in model.by_frequency.items()
    }

    def hide(piece: Piece) -> Hidden:
        return hiding.hide(piece, choose, MASK, PIECES, little[piece.is_cased], round_.hiding)

    loop.train(model, pieces, len, lambda batch: _loss(model, batch, hide, round_.margin), round_.plan)


@torch.no_grad()
def go_on(model: MaskedWords) -> None:
    """Gives all that learns the values that an earlier round has stored."""
    with base_model() as base:
        tensors = assemble.apply_delta(assemble.body(base), delta_files.tensors(NAME))
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.copy_(torch.from_numpy(tensors[checkpoint_name(name)]))


def facts(learned: Sequence[tuple[Sequence[Piece], Round]]) -> dict[str, Any]:
    """What a model card says about rounds, each with what it has read; a pass is one over the pieces of the first."""
    told = [
        round_.plan.facts(len(pieces), len(loop.batches_of_all_passes(pieces, len, round_.plan)))
        | asdict(round_.hiding)
        | {"margin": round_.margin}
        for pieces, round_ in learned
    ]
    examples = told[0]["examples"]
    return {
        "examples": examples,
        "learning_rate": told[0]["learning_rate"],
        "passes": round(sum(round_["passes"] * round_["examples"] for round_ in told) / examples, 1),
        "steps": sum(round_["steps"] for round_ in told),
        "rounds": told,
    }


def checkpoint_name(name: str) -> str:
    """The name in a checkpoint, or in the delta, of a parameter of `MaskedWords`."""
    names = {
        "uncased_bias": UNCASED_BIAS,
        "cased_bias": CASED_BIAS,
        "bert.embeddings.word_embeddings.case": CASE_VECTORS,
    }
    return names.get(name, name.replace("transform.", TRANSFORM, 1) if name.startswith("transform.") else name)


def _stored(model: MaskedWords, before: Mapping[str, Tensor]) -> dict[str, Tensor]:
    before = {name: before.get(checkpoint_name(name)) for name, _ in model.named_parameters()}
    stored = eight_bits(model, {name: tensor for name, tensor in before.items() if tensor is not None})
    return {checkpoint_name(name): tensor for name, tensor in stored.items()}


def _loss(model: MaskedWords, batch: Sequence[Piece], hide: Callable[[Piece], Hidden], margin: float) -> Tensor:
    losses = []
    for is_cased in (True, False):
        pieces = [piece for piece in batch if piece.is_cased == is_cased]
        if pieces:
            given, targets = zip(*map(hide, pieces), strict=True)
            losses.append(
                model.loss(loop.pad(given, 0), loop.attention(given), loop.pad(targets, loop.IGNORED), is_cased, margin)
            )
    return torch.cat(losses).mean()


def _tokenizer(base: Path, is_cased: bool) -> Tokenizer:
    return Tokenizer.from_str(json.dumps((cased if is_cased else assemble).tokenizer_json(base)))


def _pieces(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    pieces = []
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        for start in range(0, len(encoding.ids), LONGEST):
            part = encoding.ids[start : start + LONGEST]
            if len(part) >= 5:
                pieces.append([CLS, *part, SEP])
    return pieces


def _frequencies(rows: Sequence[list[int]], size: int) -> Tensor:
    """The logarithm of each piece's share, around zero: where the bias starts."""
    counts = torch.bincount(torch.tensor([token for row in rows for token in row]), minlength=size) + 0.3
    logs = (counts / counts.sum()).log()
    return logs - logs.mean()


if __name__ == "__main__":
    from grader.hub.stock.training.data import parse_arguments

    main(parse_arguments(__doc__))
