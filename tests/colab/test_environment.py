"""`make test-colab` really runs on Colab's versions: the course came on top of them and replaced none."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from packaging.utils import canonicalize_name

from tests.colab.environment import FOLDER, PYTHON, ROOT, shipped

INSTALLED = """
import json
from importlib.metadata import distributions
print(json.dumps([(found.name, found.version) for found in distributions()]))
"""

pytestmark = pytest.mark.skipif(
    str(FOLDER) not in os.environ.get("JUPYTER_PATH", ""), reason="belongs to `make test-colab`"
)


def test_notebooks_run_in_this_environment():
    kernel = KernelSpecManager().get_kernel_spec("python3").argv[0]
    assert Path(kernel).is_relative_to(FOLDER)
    code = "import sys, torch, transformers, grader; print(sys.prefix, grader.__file__)"
    prefix, grader = subprocess.check_output([kernel, "-c", code], text=True, cwd="/").split()
    assert Path(prefix) == FOLDER and Path(grader).is_relative_to(ROOT)


@pytest.fixture(scope="module")
def installed():
    listing = subprocess.check_output([PYTHON, "-c", INSTALLED], text=True)
    return {canonicalize_name(name): version.partition("+")[0] for name, version in json.loads(listing)}


def test_installing_the_course_replaced_nothing(installed):
    assert {name: installed.get(name) for name in shipped()} == shipped()


def test_nothing_that_only_other_machines_need_came_along(installed):
    assert installed.keys().isdisjoint({"nbgrader", "papermill", "jupytext", "jupyterlab"})
