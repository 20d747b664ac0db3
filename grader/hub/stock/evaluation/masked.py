"""Masked words: how often the hidden word is among the first five that the model proposes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer, PreTrainedTokenizerBase

from grader.hub.stock.evaluation.scores import Score, percent
from grader.hub.stock.training import corpus

LONGEST = 128  # tokens
PARAGRAPHS = 300
BATCH = 32
SEED = 3
TITLES = {
    1: "{}: one whole word hidden in each",
    0.15: "{}: 15 % of the pieces hidden at once, as while BERT was trained",
}


def english(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of an English checkpoint on paragraphs of Wikipedia."""
    texts = corpus.wikitext("validation", folder)[:PARAGRAPHS]
    return _scores(checkpoint, texts, "held-out paragraphs of WikiText-2 (Wikipedia)")


def french(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of a French checkpoint on everyday sentences."""
    texts = [text for text in corpus.french("validation", folder) if len(text.split()) >= 4]
    return _scores(checkpoint, texts, "held-out French sentences of Tatoeba")


def _scores(checkpoint: Path, texts: Sequence[str], title: str) -> list[Score]:
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForMaskedLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    rows = tokenizer(list(texts), truncation=True, max_length=LONGEST)["input_ids"]
    scores = []
    for share, form in TITLES.items():
        choose = random.Random(SEED)
        hidden = [pair for row in rows if (pair := _hide(row, tokenizer, share, choose))]
        ranks = _ranks(model, tokenizer, hidden)
        common = [token for token, _ in Counter(token for row in rows for token in row).most_common(60)]
        usual = [token for token in common if token not in tokenizer.all_special_ids][:5]
        targets = [token for _, found in hidden for token in found.values()]
        scores.append(
            Score(
                measured_on=form.format(title),
                measure="right word among the first five",
                value=percent(sum(rank < 5 for rank in ranks) / len(ranks)),
                baseline=percent(sum(token in usual for token in targets) / len(targets)),
                baseline_is="always the five most common pieces",
                count=len(ranks),
            )
        )
    return scores


def _hide(
    row: list[int], tokenizer: PreTrainedTokenizerBase, share: float, choose: random.Random
) -> tuple[list[int], dict[int, int]] | None:
    """The ids with some of them masked, and the true ones by position; nothing when there is none to mask."""
    special = set(tokenizer.all_special_ids)
    inner = [position for position, token in enumerate(row) if token not in special]
    if share == 1:
        pieces = tokenizer.convert_ids_to_tokens(row)
        inner = [position for position in inner if _is_whole_word(pieces, position)]
    if not inner:
        return None
    chosen = choose.sample(inner, 1 if share == 1 else max(1, round(share * len(inner))))
    hidden = [tokenizer.mask_token_id if position in chosen else token for position, token in enumerate(row)]
    return hidden, {position: row[position] for position in chosen}


def _is_whole_word(pieces: list[str], position: int) -> bool:
    """Whether the piece is all of a word, for WordPiece ("word", "##s") as for SentencePiece ("▁word", "s")."""
    piece, following = pieces[position], pieces[position + 1]
    if any(other.startswith("▁") for other in pieces):
        return piece.startswith("▁") and piece[1:].isalpha() and not following[:1].isalpha()
    return piece.isalpha() and not following.startswith("##")


@torch.inference_mode()
def _ranks(
    model: torch.nn.Module, tokenizer: PreTrainedTokenizerBase, hidden: Sequence[tuple[list[int], dict[int, int]]]
) -> list[int]:
    """The place of each true piece among the model's proposals, from 0."""
    head = model.cls if hasattr(model, "cls") else model.lm_head
    ranks = []
    hidden = sorted(hidden, key=lambda pair: len(pair[0]))
    for start in range(0, len(hidden), BATCH):
        batch = hidden[start : start + BATCH]
        inputs = tokenizer.pad({"input_ids": [ids for ids, _ in batch]}, return_tensors="pt")
        vectors = model.base_model(**inputs).last_hidden_state  # (batch, tokens, hidden)
        places = [(row, position) for row, (_, targets) in enumerate(batch) for position in targets]
        truths = torch.tensor([batch[row][1][position] for row, position in places])
        # The head only where something is hidden: the logits of all positions take minutes.
        logits = head(torch.stack([vectors[place] for place in places]))  # (hidden pieces, vocabulary)
        ranks += (logits > logits.gather(1, truths[:, None])).sum(dim=1).tolist()
    return ranks
