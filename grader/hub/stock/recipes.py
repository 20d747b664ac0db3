"""What the practice hub serves from the start: one recipe for each repository."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.hub.stock import datasets, metrics, models
from grader.hub.stock.materials import Materials

LAYOUT = 1  # counts changes of how a recipe's result is stored
_HERE = Path(__file__).parent
_MODEL_SOURCES = ("assemble.py", "cards.py", "materials.py", "models.py")


@dataclass(frozen=True)
class Recipe:
    """How one repository of the stock is made.

    `tags` hold the short revisions that transformers pins for its default pipelines; `inputs` are the files and
    folders of this package that the result depends on.
    """

    name: str
    repo_type: str  # "models", "datasets" or "spaces"
    repo_id: str
    build: Callable[[Materials, Path], None]  # fills a folder with the repository's files
    inputs: tuple[str | Path, ...]
    size: int  # bytes that the result takes, roughly
    license: str = "apache-2.0"
    stand_in: bool = False
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sdk: str | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with everything that the result is made from (64 hexadecimal digits)."""
        facts = (LAYOUT, self.repo_type, self.repo_id, self.aliases, self.tags, self.sdk)
        digest = hashlib.sha256(repr(facts).encode())
        for entry in self.inputs:
            for path in _files(_HERE / entry):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to((_HERE / entry).parent).as_posix()} {content}\n".encode())
        return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    """The file, or all files below the folder; raises `FileNotFoundError` when there are none."""
    below = sorted(file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    files = [path] if path.is_file() else below
    if not files:
        raise FileNotFoundError(
            f"{path} is missing from the course's own files; install or check out the course again."
        )
    return files


def _metric(name: str) -> Recipe:
    return Recipe(
        name=f"metric-{name}",
        repo_type="spaces",
        repo_id=f"evaluate-metric/{name}",
        build=lambda materials, folder: metrics.write(name, folder),
        inputs=("metrics",),
        size=50_000,
        sdk="static",
    )


RECIPES = (
    Recipe(
        name="minilm",
        repo_type="models",
        repo_id="sentence-transformers/all-MiniLM-L6-v2",
        build=models.minilm,
        inputs=_MODEL_SOURCES,
        size=92_000_000,
    ),
    Recipe(
        name="smollm2",
        repo_type="models",
        repo_id="HuggingFaceTB/SmolLM2-135M-Instruct",
        build=models.smollm2,
        inputs=(*_MODEL_SOURCES, "smollm2.py"),
        size=273_000_000,
    ),
    Recipe(
        name="sentiment",
        repo_type="models",
        repo_id="distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        build=models.sentiment,
        inputs=(*_MODEL_SOURCES, "deltas/sentiment.safetensors", "deltas/sentiment.json"),
        size=92_000_000,
        stand_in=True,
        aliases=("distilbert-base-uncased-finetuned-sst-2-english",),
        tags=("714eb0f",),
    ),
    Recipe(
        name="zero-shot",
        repo_type="models",
        repo_id="facebook/bart-large-mnli",
        build=models.zero_shot,
        inputs=(*_MODEL_SOURCES, "deltas/zero_shot.safetensors", "deltas/zero_shot.json"),
        size=92_000_000,
        stand_in=True,
        tags=("d7645e1",),
    ),
    Recipe(
        name="bert-uncased",
        repo_type="models",
        repo_id="google-bert/bert-base-uncased",
        build=models.bert_uncased,
        inputs=_MODEL_SOURCES,
        size=92_000_000,
        stand_in=True,
        aliases=("bert-base-uncased",),
    ),
    Recipe(
        name="bert-cased",
        repo_type="models",
        repo_id="google-bert/bert-base-cased",
        build=models.bert_cased,
        inputs=(*_MODEL_SOURCES, "cased.py"),
        size=145_000_000,
        stand_in=True,
        aliases=("bert-base-cased",),
    ),
    Recipe(
        name="glue",
        repo_type="datasets",
        repo_id="nyu-mll/glue",
        build=datasets.glue,
        inputs=("datasets.py", "glue"),
        size=5_000_000,
        license="cc-by-4.0",
        stand_in=True,
    ),
    _metric("glue"),
    _metric("accuracy"),
    _metric("f1"),
)
