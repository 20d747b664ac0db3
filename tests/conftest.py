"""What all tests share: a course folder of their own, for temporary files too, and a practice hub; all gone afterwards.

The Hub's clients read their settings when they are first imported, so the hub must be there before any test module is.
"""

import os
import tempfile
from pathlib import Path

from grader.hub.server.launch import client_environment, start
from grader.learning.session import CALM_THREADS, QUIET_LIBRARIES


def pytest_configure(config):
    is_controller = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if is_controller or config.option.collectonly:
        return
    home = Path(tempfile.mkdtemp(prefix="course-tests-"))
    os.environ["COURSE_HOME"] = str(home)
    # What tests, their kernels and commands leave in temporary folders goes with it.
    tempfile.tempdir = os.environ["TMPDIR"] = str(home / "tmp")
    Path(tempfile.tempdir).mkdir()
    os.environ.update(QUIET_LIBRARIES | CALM_THREADS)
    os.environ.update(client_environment(start(ephemeral=True)))


def pytest_collection_modifyitems(items):
    """Slow tests first, the notebooks' before all: started last, they would leave all workers but one idle."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    items[:] = slow[::-1] + [item for item in items if not item.get_closest_marker("slow")]


def pytest_unconfigure(config):
    if home := os.environ.get("COURSE_HOME", ""):
        import shutil

        if "course-tests-" in home:
            shutil.rmtree(home, ignore_errors=True)
