"""Silence on standard error while a check works.

nbgrader gives 0 points to a test cell that wrote anything to standard error, even a right one, and libraries write
progress bars and warnings there. Redirecting `sys.stderr` alone is not enough: log handlers made earlier and code in C
keep writing to the file descriptor.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing reaches standard error, on any level, while this is open."""
    disabled_before = logging.root.manager.disable
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        logging.disable(logging.CRITICAL)
        os.dup2(nowhere, 2)
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
        logging.disable(disabled_before)
