"""Named entities: F1 over whole names, each of which has to have the right words and the right type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from transformers import AutoTokenizer, BertForTokenClassification

from grader.hub.stock.evaluation.scores import Score, percent
from grader.hub.stock.training import loop
from grader.hub.stock.training.tagged import Entity, Tagged, crossner, entities_of, wikigold


def score(checkpoint: Path, folder: Path | None) -> list[Score]:
    """Scores of the checkpoint in a folder."""
    _, gold = wikigold(folder)
    sets = {
        "held-out sentences of WikiGold (Wikipedia)": gold,
        "held-out sentences of CrossNER (Wikipedia articles on politics, science, music, literature, AI)": crossner(
            "validation", folder
        ),
    }
    return [
        Score(
            measured_on=title,
            measure="F1 of names",
            value=percent(f1([sentence.entities for sentence in sentences], tag(checkpoint, sentences))),
            baseline=percent(f1([sentence.entities for sentence in sentences], capitals(sentences))),
            baseline_is="every run of capitalized words is a person",
            count=len(sentences),
        )
        for title, sentences in sets.items()
    ]


@torch.inference_mode()
def tag(checkpoint: Path, sentences: Sequence[Tagged]) -> list[tuple[Entity, ...]]:
    """The entities that the model finds; the first piece of a word decides."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = BertForTokenClassification.from_pretrained(checkpoint, dtype=torch.float32).eval()
    labels = model.config.id2label

    def found(batch: list[Tagged]) -> Iterator[tuple[Entity, ...]]:
        words = [list(sentence.words) for sentence in batch]
        inputs = tokenizer(words, is_split_into_words=True, truncation=True, padding=True, return_tensors="pt")
        best = model(**inputs).logits.argmax(dim=-1).tolist()
        for row, sentence in enumerate(batch):
            tags = ["O"] * len(sentence.words)
            for position, word in reversed(list(enumerate(inputs.word_ids(row)))):
                if word is not None:
                    tags[word] = labels[best[row][position]]
            yield entities_of(tags)

    return loop.by_length(sentences, lambda sentence: 2 * len(sentence.words), found, tokens=4096)


def f1(truth: Sequence[Sequence[Entity]], found: Sequence[Sequence[Entity]]) -> float:
    """The harmonic mean of precision and recall over all names, between 0 and 1."""
    hits = sum(len(set(one) & set(other)) for one, other in zip(truth, found, strict=True))
    total = sum(map(len, truth)) + sum(map(len, found))
    return 2 * hits / total if total else 0.0


def capitals(sentences: Sequence[Tagged]) -> list[tuple[Entity, ...]]:
    """What someone finds who knows nothing but capitals, the first word left out."""
    return [
        entities_of("I-PER" if number and word[:1].isupper() else "O" for number, word in enumerate(sentence.words))
        for sentence in sentences
    ]
