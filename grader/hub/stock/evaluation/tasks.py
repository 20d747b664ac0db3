"""The stand-ins that were trained, and how each is scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.hub.stock.evaluation import answers, entities, masked, sentiment, translation, zero_shot
from grader.hub.stock.evaluation.scores import Score


@dataclass(frozen=True)
class Task:
    """One stand-in. `everyday` names its file of everyday sentences."""

    title: str
    score: Callable[[Path, Path | None], list[Score]]  # (checkpoint, folder of data) -> scores
    everyday: str


# By the name of its function in `models` and of its facts in `deltas/`.
TASKS = {
    "sentiment": Task("sentiment", sentiment.score, "sentiment"),
    "zero_shot": Task("zero-shot", zero_shot.score, "zero_shot"),
    "bert_uncased": Task("masked words", masked.english, "fill_mask"),
    "bert_cased": Task("masked words, cased", masked.english, "fill_mask"),
    "entities": Task("named entities", entities.score, "ner"),
    "answers": Task("question answering", answers.score, "question_answering"),
    "translation": Task("translation", translation.score, "translation"),
    "french": Task("masked words, French", masked.french, "fill_mask_fr"),
}
