"""The files in `deltas/`: what our trainings left behind, each known by its checksum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.hub.stock.wheels import StockError
from grader.hub.store.lfs import sha256_of

if TYPE_CHECKING:
    import numpy as np

FOLDER = Path(__file__).parent / "deltas"
SUMS = "SHA256SUMS"


def tensors(name: str) -> dict[str, np.ndarray]:
    """The tensors of `NAME.safetensors`; raises `StockError` when the file is missing or damaged."""
    from safetensors.numpy import load_file  # loads numpy, which nobody needs once the hub is stocked

    return load_file(_verified(f"{name}.safetensors"))


def tokenizer(name: str) -> dict[str, Any]:
    """The content of `NAME_tokenizer.json`; raises `StockError` when the file is missing or damaged."""
    return json.loads(_verified(f"{name}_tokenizer.json").read_text(encoding="utf-8"))


def facts(name: str) -> dict[str, Any]:
    """What is known of a stand-in: the content of `NAME.json`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def write_sums() -> None:
    """Notes the checksums of all files that stand-ins are made of. A training calls it after it has written its own."""
    files = sorted([*FOLDER.glob("*.safetensors"), *FOLDER.glob("*_tokenizer.json")])
    lines = "".join(f"{sha256_of(file)}  {file.name}\n" for file in files)
    (FOLDER / SUMS).write_text(lines, encoding="utf-8", newline="\n")


def _verified(name: str) -> Path:
    path = FOLDER / name
    lines = (FOLDER / SUMS).read_text(encoding="utf-8").splitlines()
    known = {file: checksum for checksum, file in (line.split(maxsplit=1) for line in lines)}
    found = sha256_of(path) if path.exists() else "none, for it is missing"
    if found != known.get(name):
        raise StockError(
            f"{path} is not the file that belongs to this version of the course: its sha256 is {found}, "
            f"it should be {known.get(name)}.\n"
            "What was stocked before is kept; nothing was made from this file.\n"
            f"Get it again, with `git checkout -- {name}` in its folder or by installing the course anew, "
            "then start again."
        )
    return path
