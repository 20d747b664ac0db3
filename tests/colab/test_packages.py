"""Installing the helper package on Colab must change none of Colab's packages, and drag in no notebook server."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.colab.environment import shipped

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_what_colab_ships_is_good_enough(line):
    requirement = Requirement(line)
    colabs = shipped().get(canonicalize_name(requirement.name))
    assert colabs is None or requirement.specifier.contains(colabs), f"{line} would replace Colab's {colabs}"


def test_no_upper_bounds_and_no_pins():
    for line in PROJECT["dependencies"]:
        assert all(part.operator == ">=" for part in Requirement(line).specifier), line


def test_what_notebooks_need_elsewhere_is_not_installed_on_colab():
    # Colab's own kernel and server are older than these want.
    named = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert named.isdisjoint({"nbgrader", "papermill", "jupytext", "jupyterlab", "ipykernel", "notebook"})
