"""A recipe that takes no time, for the tests that build: also run by the processes that these tests start."""

from __future__ import annotations

import os
import time
from pathlib import Path

from grader.hub.stock.materials import Materials
from grader.hub.stock.recipes import Recipe

INPUT = Path(__file__)


def write(materials: Materials, folder: Path) -> None:
    """A text file, a large file by its ending and one in a folder; as slow as SECONDS says, noted in LOG."""
    (folder / "README.md").write_text("# Tiny\n", newline="\n")
    (folder / "model.safetensors").write_bytes(bytes(range(256)))
    if log := os.environ.get("LOG"):
        with Path(log).open("a") as file:
            file.write("built\n")
    time.sleep(float(os.environ.get("SECONDS", "0")))
    (folder / "sub").mkdir()
    (folder / "sub" / "config.json").write_text("{}\n", newline="\n")


TINY = Recipe(
    name="tiny",
    repo_type="models",
    repo_id="course/tiny",
    build=write,
    inputs=(INPUT,),
    size=1000,
    aliases=("tiny",),
    tags=("abc1234",),
)

if __name__ == "__main__":
    from grader.hub.stock.stocking import ensure_stock

    print(*ensure_stock(recipes=[TINY]))
