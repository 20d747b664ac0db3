"""How large the repository is: all tracked files, and the whole history as git packs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def measure() -> dict[str, float]:
    """Megabytes of the tracked files and of their history."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [ROOT / name for name in tracked.split("\0") if name]
    counted = subprocess.run(
        ["git", "count-objects", "-v"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    facts = dict(line.split(": ") for line in counted.splitlines())
    return {
        "tracked files (MB)": sum(path.stat().st_size for path in files if path.exists()) / 1e6,
        "history (MB)": (int(facts["size"]) + int(facts["size-pack"])) * 1024 / 1e6,
    }
