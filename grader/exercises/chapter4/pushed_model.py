"""What a repository needs so that others can load a model from it: safe weights, a config, a tokenizer."""

from __future__ import annotations

import re

from grader.exercises.chapter4.own_repository import listing
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong

# Weights as a pickle; the Trainer's training_args.bin beside safe weights is nobody's model.
PICKLED_WEIGHTS = re.compile(r"(^|/)(pytorch_model[^/]*\.bin|[^/]*\.(pt|pth|pkl|ckpt))$")
# A large model comes in several files, with an index that names them.
SAFE_WEIGHTS = {"model.safetensors", "model.safetensors.index.json"}
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")


def has_model(repository: Repository, *, pushed_by: str, advice: str) -> None:
    """Weights in safetensors and a config, at the top; otherwise raises `Wrong`.

    pushed_by: what writes safe weights by itself
    advice: how a model gets to the top of a repository
    """
    files = repository.files
    if pickles := [path for path in files if PICKLED_WEIGHTS.search(path)]:
        raise Wrong(
            "weights-as-pickle",
            "The weights lie there as a pickle.",
            got=", ".join(pickles),
            wanted="model.safetensors",
            advice=f"Unpickling runs code of whoever made the file. {pushed_by} writes safetensors by itself.",
        )
    if "config.json" not in files or not SAFE_WEIGHTS & set(files):
        raise Wrong(
            "no-model",
            "There is no model at the top of the repository.",
            got=listing(repository),
            wanted="config.json and model.safetensors",
            advice=advice,
        )


def has_tokenizer(repository: Repository, *, beside: str, advice: str) -> None:
    """The tokenizer's files beside what is there; otherwise raises `Wrong`, with a point for the model."""
    if missing := [name for name in TOKENIZER_FILES if name not in repository.files]:
        raise Wrong(
            "tokenizer-forgotten",
            f"The {beside} is there, its tokenizer is not.",
            got=listing(repository),
            wanted=" and ".join(missing),
            advice=advice,
            earned=1,
        )
