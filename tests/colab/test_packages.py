"""Installing the helper package on Colab must change none of Colab's packages, and drag in no notebook server."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINES = (Path(__file__).parent / "packages.txt").read_text().splitlines()
COLAB = dict(re.fullmatch(r"([\w-]+)==(\S+)", line).groups() for line in LINES if not line.startswith("#"))


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_what_colab_ships_is_good_enough(line):
    requirement = Requirement(line)
    shipped = {canonicalize_name(name): version for name, version in COLAB.items()}.get(
        canonicalize_name(requirement.name)
    )
    assert shipped is None or requirement.specifier.contains(shipped), f"{line} would replace Colab's {shipped}"


def test_no_upper_bounds_and_no_pins():
    for line in PROJECT["dependencies"]:
        assert all(part.operator == ">=" for part in Requirement(line).specifier), line


def test_what_notebooks_need_elsewhere_is_not_installed_on_colab():
    # Colab's own kernel and server are older than these want.
    named = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert named.isdisjoint({"nbgrader", "papermill", "jupytext", "jupyterlab", "ipykernel", "notebook"})
