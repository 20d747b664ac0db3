"""How long the practice hub takes to start, and how much memory it takes."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import psutil

from grader.hub import launch

ROUNDS = 3


def measure() -> dict[str, float]:
    """Medians over three starts: seconds from the call to the first answer, and the server's memory in MB (RSS)."""
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            home, began = Path(folder), time.perf_counter()
            hub = launch.start(home, stock=[])
            seconds.append(time.perf_counter() - began)
            megabytes.append(psutil.Process(hub.pid).memory_info().rss / 1e6)
            launch.stop(home)
    return {"hub start (s)": statistics.median(seconds), "hub memory (MB)": statistics.median(megabytes)}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:.2f}")
