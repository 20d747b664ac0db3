"""What the practice hub serves from the start: one recipe for each repository."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.hub.stock import cards, datasets, metrics, models
from grader.hub.stock.materials import Materials

LAYOUT = 1  # counts changes of how a recipe's result is stored
_HERE = Path(__file__).parent
_MODEL_SOURCES = ("assemble.py", "cards.py", "delta_files.py", "materials.py", "models.py")


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
    card: Callable[[], str] | None = None  # README.md, where `build` does not write it
    license: str = "apache-2.0"
    stand_in: bool = False
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sdk: str | None = None

    @property
    def is_real_model(self) -> bool:
        """Whether it is a model with the weights that its name promises."""
        return self.repo_type == "models" and not self.stand_in

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


def _set(name: str) -> Recipe:
    return Recipe(
        name=f"set-{name}",
        repo_type="datasets",
        repo_id=f"course/{name}",
        build=lambda materials, folder: datasets.small(name, folder),
        inputs=("datasets.py", "parquet_splits.py", "sets"),
        size=50_000,
        license="cc-by-4.0",
    )


def _trained(name: str, repo_id: str, *inputs: str, size: int, aliases: tuple[str, ...] = (), tag: str = "") -> Recipe:
    """A stand-in that we trained: `name` is that of its function in `models` and of its facts in `deltas/`."""
    return Recipe(
        name=name.replace("_", "-"),
        repo_type="models",
        repo_id=repo_id,
        build=getattr(models, name),
        card=lambda: cards.trained(name, repo_id),
        inputs=(*_MODEL_SOURCES, f"deltas/{name}.json", *inputs),
        size=size,
        stand_in=True,
        aliases=aliases,
        tags=(tag,) if tag else (),
    )


_UNCASED, _CASED = 92_000_000, 136_000_000  # bytes of a model with one of the two vocabularies
_MASKED = ("deltas/masked.safetensors",)
_CASED_BODY = (*_MASKED, "cased.py")
_FILL_MASK = "deltas/fill_mask.safetensors"

RECIPES = (
    Recipe(
        name="minilm",
        repo_type="models",
        repo_id=cards.MINILM_ID,
        build=models.minilm,
        card=cards.minilm,
        inputs=_MODEL_SOURCES,
        size=_UNCASED,
    ),
    Recipe(
        name="smollm2",
        repo_type="models",
        repo_id=cards.SMOLLM2_ID,
        build=models.smollm2,
        card=cards.smollm2,
        inputs=(*_MODEL_SOURCES, "smollm2.py"),
        size=273_000_000,
    ),
    Recipe(
        name="gpt2",
        repo_type="models",
        repo_id="openai-community/gpt2",
        build=models.gpt2,
        card=cards.gpt2,
        inputs=(*_MODEL_SOURCES, "smollm2.py"),
        size=273_000_000,
        stand_in=True,
        aliases=("gpt2",),
        tags=("607a30d",),
    ),
    _trained(
        "sentiment",
        "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        "deltas/sentiment.safetensors",
        size=_UNCASED,
        aliases=("distilbert-base-uncased-finetuned-sst-2-english",),
        tag="714eb0f",
    ),
    _trained("zero_shot", "facebook/bart-large-mnli", "deltas/zero_shot.safetensors", size=_UNCASED, tag="d7645e1"),
    _trained(
        "bert_uncased",
        "google-bert/bert-base-uncased",
        *_MASKED,
        _FILL_MASK,
        size=_UNCASED,
        aliases=("bert-base-uncased",),
    ),
    _trained(
        "bert_cased",
        "google-bert/bert-base-cased",
        *_CASED_BODY,
        _FILL_MASK,
        size=_CASED,
        aliases=("bert-base-cased",),
    ),
    _trained(
        "entities",
        "dbmdz/bert-large-cased-finetuned-conll03-english",
        "deltas/entities.safetensors",
        *_CASED_BODY,
        size=_CASED,
        tag="4c53496",
    ),
    _trained(
        "answers",
        "distilbert/distilbert-base-cased-distilled-squad",
        "deltas/answers.safetensors",
        *_CASED_BODY,
        size=_CASED,
        aliases=("distilbert-base-cased-distilled-squad",),
    ),
    _trained(
        "translation",
        "Helsinki-NLP/opus-mt-fr-en",
        "deltas/translation.safetensors",
        "deltas/translation_tokenizer.json",
        "marian.py",
        size=35_000_000,
    ),
    _trained(
        "french",
        "almanach/camembert-base",
        "deltas/french.safetensors",
        "deltas/french_tokenizer.json",
        *_MASKED,
        "camembert.py",
        size=56_000_000,
        aliases=("camembert-base", "camembert/camembert-base"),
    ),
    Recipe(
        name="glue",
        repo_type="datasets",
        repo_id="nyu-mll/glue",
        build=datasets.glue,
        inputs=("datasets.py", "parquet_splits.py", "glue"),
        size=5_000_000,
        license="cc-by-4.0",
        stand_in=True,
    ),
    *map(_set, ("french-sentences", "entities", "long-documents")),
    *map(_metric, ("glue", "accuracy", "f1")),
)
