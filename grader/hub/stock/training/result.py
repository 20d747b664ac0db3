"""What a training leaves behind beside the delta: facts for the model card. And models to start from."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors.numpy import load_file

from grader.hub.stock.delta_files import FOLDER
from grader.hub.stock.evaluation import everyday, tasks
from grader.hub.stock.evaluation.serving import materials, served
from grader.hub.stock.training.data import Source

__all__ = ["base_model", "of_rounds", "record", "served", "tensors_of"]


def record(name: str, sources: Sequence[Source], training: dict[str, Any], folder: Path | None) -> None:
    """Scores the stand-in as it is served, and writes `deltas/NAME.json`: all numbers of its card."""
    task = tasks.TASKS[name]
    with served(name) as checkpoint:
        scores = task.score(checkpoint, folder)
        entries = everyday.course_sentences(task.everyday)
        answers = everyday.answers(task.everyday, checkpoint, entries)
    content = {
        "sources": list({source.hub_id: source.describe() for source in sources}.values()),
        "training": training,
        "scores": [asdict(score) for score in scores],
        # None of these was trained on.
        "examples": {everyday.question(entry): answer.text for entry, answer in zip(entries, answers, strict=True)},
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__.split("+")[0],
            "transformers": transformers.__version__,
        },
    }
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def of_rounds(told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of a training in rounds from the facts of each: those of the first, with all passes and steps."""
    totals = {key: sum(facts[key] for facts in told) for key in ("passes", "steps")}
    return dict(told[0]) | totals | {"rounds": list(told)}


@contextmanager
def base_model() -> Iterator[Path]:
    """A folder with all-MiniLM-L6-v2, deleted afterwards."""
    with materials() as found:
        yield found.minilm


def tensors_of(checkpoint: Path) -> dict[str, np.ndarray]:
    """The weights in a checkpoint folder."""
    return load_file(checkpoint / "model.safetensors")
