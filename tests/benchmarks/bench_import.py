"""How long a notebook waits for `import grader`, beside an empty Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 7


def measure() -> dict[str, float]:
    """Medians in seconds; both kinds of process take turns, so that a busy moment hits them alike."""
    empty, full = [], []
    for _ in range(ROUNDS):
        empty.append(_seconds("pass"))
        full.append(_seconds("import grader"))
    own = statistics.median(full) - statistics.median(empty)
    return {
        "import grader (s)": own,
        "python with it : empty python": statistics.median(full) / statistics.median(empty),
    }


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began
