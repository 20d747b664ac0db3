"""How many parameters a model has, read off the headers of its safetensors files."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from grader.hub.info.cards import plain_json
from grader.hub.store.reading import Entry, RepoReader

_LONGEST_HEADER = 10_000_000  # bytes


def count_parameters(repo: RepoReader, files: Iterable[Entry]) -> dict[str, Any] | None:
    """Parameters by number type and in all, over the safetensors files at the top level; None when there are none."""
    counted: Counter[str] = Counter()
    for entry in files:
        if entry.path.endswith(".safetensors") and "/" not in entry.path:
            counted.update(_count(repo, entry))
    return {"parameters": dict(counted), "total": counted.total()} if counted else None


def _count(repo: RepoReader, entry: Entry) -> Counter[str]:
    """Of one file; nothing for a file that is not safetensors in spite of its name."""
    found = repo.lfs.find(entry.pointer.sha256) if entry.pointer else None
    counted: Counter[str] = Counter()
    if found is None:
        return counted
    with found.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length) if length <= _LONGEST_HEADER else b""
    try:
        tensors = json.loads(header)
        for name, tensor in tensors.items():
            if name != "__metadata__":
                counted[plain_json(tensor["dtype"])] += plain_json(math.prod(map(int, tensor["shape"])))
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return Counter()
    return counted
