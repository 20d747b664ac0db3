"""Builds `.venv-colab`: Colab's Python and Colab's versions, and then the course, installed as on Colab.

`make test-colab` calls it. What Colab ships comes first and the course on top of it, without any pin, as the first cell
of a chapter does it; whoever replaces one of Colab's packages that way is found by `test_environment.py`. Jupyter finds
the environment's kernel, under the usual name, when `JUPYTER_PATH` names its `share/jupyter`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGES = Path(__file__).with_name("packages.txt")
FOLDER = ROOT / ".venv-colab"
PYTHON = FOLDER / "bin" / "python"
# Colab's runtimes, the newest first. Where none of them is installed, the Python that runs this has to do.
COLABS_PYTHONS = ("3.13", "3.12")


def shipped() -> dict[str, str]:
    """What Colab ships, as far as the course knows: canonical names with versions."""
    lines = [line for line in PACKAGES.read_text().splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def build() -> None:
    print(f"Installing Colab's versions into {FOLDER.name}; the first time this takes a few minutes.", flush=True)
    if uv := shutil.which("uv"):
        run(uv, "venv", "--quiet", "--clear", "--python", COLABS_PYTHONS[0], FOLDER)
        install = (uv, "pip", "install", "--quiet", "--python", PYTHON)
    else:
        run(colabs_python(), "-m", "venv", "--clear", FOLDER)
        install = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, "--requirement", PACKAGES)
    run(*install, "--editable", ROOT)
    run(PYTHON, "-m", "ipykernel", "install", "--prefix", FOLDER, "--name", "python3")


def colabs_python() -> Path | str:
    """An interpreter of Colab's version: from the `PATH`, or one of pyenv's, whose names in the `PATH` may be dead."""
    for version in COLABS_PYTHONS:
        installed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python{version}"))
        for candidate in (f"python{version}", *installed):
            if shutil.which(candidate) and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
                return candidate
    print(f"Neither Python {' nor '.join(COLABS_PYTHONS)} is here: taking {sys.version.split()[0]}.", flush=True)
    return sys.executable


def run(*command: Path | str) -> None:
    done = subprocess.run(list(map(str, command)))
    if done.returncode:
        sys.exit(
            f"{FOLDER.name} is not complete: this command failed, and said why above.\n{' '.join(map(str, command))}"
        )


if __name__ == "__main__":
    build()
