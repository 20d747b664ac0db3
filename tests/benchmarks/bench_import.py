"""How long a notebook waits for its vocabulary, beside a Python that has what every kernel has."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 7


def measure() -> dict[str, float]:
    """Medians in seconds; both kinds of process take turns, so that a busy moment hits them alike."""
    kernel, full = [], []
    for _ in range(ROUNDS):
        kernel.append(_seconds("import IPython"))
        full.append(_seconds("import IPython, grader; from grader import check, hint, progress, quiz"))
    bare, with_it = statistics.median(kernel), statistics.median(full)
    return {"import grader and its vocabulary (s)": with_it - bare, "a kernel with it : without": with_it / bare}


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began
