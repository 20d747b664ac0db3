"""Memory: kept where a training needs it again at once, given back before a cell that needs much of it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
from typing import Any

# Parameters of glibc's mallopt(3).
M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4


def keep_for_reuse() -> None:
    """Tells glibc to keep what is freed, instead of giving it back and fetching it again at each step of a training.

    The system clears each page that it hands out. Gradients are large and come and go: 18 % of a training's time went
    into that (two cores, a body of 22 million parameters).
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc can be told
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, -1)


def make_room(namespace: dict[str, Any], *names: str) -> None:
    """Forgets `names` of a notebook's `globals()`, those that are there, and gives their memory back to the system.

    glibc keeps memory that was freed for later; other processes could not use it.
    """
    for name in names:
        namespace.pop(name, None)
    gc.collect()
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc can be told
        ctypes.CDLL(None).malloc_trim(0)
