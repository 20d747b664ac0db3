"""Where a secret can end up: in the outputs of a notebook, in what was pushed to a hub, in files of git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat

# What the Hub's tokens look like, and those of a practice hub.
ANY_TOKEN = re.compile("hf_[A-Za-z0-9]{20,}")


def in_notebook(path: Path, token: str = "") -> Iterator[str]:
    """The cells of an executed notebook that hold a token in source, output or metadata: this one, or any."""
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        text = nbformat.from_dict(cell).__repr__() + cell.source
        if ANY_TOKEN.search(text) or (token and token in text):
            yield f"cell {number}: {cell.source[:60]!r}"


def in_folder(folder: Path, token: str) -> Iterator[str]:
    """The files below a folder that hold the token, and the objects of the git repositories among them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and token.encode() in path.read_bytes():
            yield str(path.relative_to(folder))
        if path.is_dir() and (path / "objects").is_dir() and token.encode() in _objects(path):
            yield f"{path.relative_to(folder)}: an object of git"


def _objects(repository: Path) -> bytes:
    """All that a repository remembers, unpacked: commits, messages, names and contents, reachable or not."""
    command = ["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, capture_output=True, check=True).stdout
