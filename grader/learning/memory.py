"""Room in memory before a cell that needs much of it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
from typing import Any


def make_room(namespace: dict[str, Any], *names: str) -> None:
    """Forgets `names` of a notebook's `globals()`, those that are there, and gives their memory back to the system.

    glibc keeps memory that was freed for later; other processes could not use it.
    """
    for name in names:
        namespace.pop(name, None)
    gc.collect()
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc can be told
        ctypes.CDLL(None).malloc_trim(0)
