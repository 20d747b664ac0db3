"""JupyterLab for learners: on the chapters, with the practice hub up and nbgrader's authoring tools out of sight."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from grader.hub.server.joining import join
from grader.hub.server.launch import client_environment
from grader.hub.server.launch import start as start_hub
from grader.hub.stock.stocking import ensure_stock
from grader.settings import class_hub_token, hub_choice, state_dir

# nbgrader switches all its tools on for everybody; a learner needs Validate alone.
PAGE_CONFIG = {
    "disabledExtensions": {
        "@jupyter/nbgrader:create-assignment": True,
        "@jupyter/nbgrader:formgrader": True,
        "@jupyter/nbgrader:course-list": True,
        "@jupyter/nbgrader:assignment-list": True,
        "@jupyter/nbgrader:menu": True,
        "@jupyterlab/apputils-extension:announcements": True,
    }
}
SERVER_CONFIG = {
    "ServerApp": {
        "jpserver_extensions": {
            "nbgrader.server_extensions.formgrader": False,
            "nbgrader.server_extensions.assignment_list": False,
            "nbgrader.server_extensions.course_list": False,
        }
    },
    # Else the last line in the terminal is a long list of language servers that are not installed.
    "LanguageServerManager": {"autodetect": False},
}
SETTING_OVERRIDES = {"@jupyterlab/apputils-extension:themes": {"adaptive-theme": True}}
# Validate runs the whole chapter again: its limit for one cell must leave time for a training cell.
NBGRADER_CONFIG = "c = get_config()\nc.Execute.timeout = 900\n"


def lab_command(course: Path, arguments: list[str]) -> list[str]:
    """The command that opens JupyterLab on the first chapter."""
    first = next(iter(sorted((course / "chapters").glob("*.ipynb"))), None)
    opened = f"--LabApp.default_url=/lab/tree/chapters/{first.name}" if first else "--LabApp.default_url=/lab"
    # Root is the only user of many containers, and nobody but this machine can reach the server.
    local = ["--ServerApp.ip=127.0.0.1", "--ServerApp.allow_root=True", f"--ServerApp.root_dir={course}"]
    return [sys.executable, "-m", "jupyterlab", *local, opened, *arguments]


def lab_environment(course: Path) -> dict[str, str]:
    """The environment of JupyterLab and its kernels: the learner's settings, and the hub that was started."""
    environment = {**os.environ, "COURSE_HOME": str(course)}
    folder = _write_config()
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(folder), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    if hub_choice() == "practice":
        hub = start_hub(stock=ensure_stock(print))
        environment |= client_environment(hub)
        print(f"Practice hub at {hub.url}", flush=True)  # JupyterLab takes over this process
    elif hub_choice() != "real":
        class_hub = join(hub_choice(), class_hub_token())
        environment |= client_environment(class_hub)
        print(f"Class hub at {class_hub.url}", flush=True)
    return environment


def _write_config() -> Path:
    folder = state_dir() / "jupyter"
    files = {
        "labconfig/page_config.json": json.dumps(PAGE_CONFIG),
        "labconfig/default_setting_overrides.json": json.dumps(SETTING_OVERRIDES),
        "jupyter_server_config.json": json.dumps(SERVER_CONFIG),
        "nbgrader_config.py": NBGRADER_CONFIG,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
