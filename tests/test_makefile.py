"""`make` on machines that lack something: it says what, and changes nothing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(*arguments, cwd):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


def test_an_old_python_is_refused_before_anything_is_installed(checkout):
    # An interpreter that believes to be Python 3.9, and can do nothing but answer the question for its version.
    old, real = checkout / "python3.9", shutil.which("python3")
    old.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exec {real} -c "import sys; sys.version_info = (3, 9, 2); sys.version = \'3.9.2\'; exec(sys.argv[1])" "$2"\n'
        "exit 99\n"
    )
    old.chmod(0o755)
    done = make("env", f"PYTHON={old}", cwd=checkout)
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr and "3.9.2" in done.stderr and "make PYTHON=" in done.stderr
    assert not (checkout / ".venv").exists()


def test_every_target_in_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text()
    for target in ("run", "test", "test-colab", "test-long", "build", "bench", "lab"):
        assert f"\n{target}:" in makefile and f"make {target}" in (ROOT / "README.md").read_text()
