"""`course lab` as a process, in a course folder of its own and with Jupyter settings that are nobody's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
COURSE = shutil.which("course", path=sysconfig.get_path("scripts"))
PATIENCE = 60  # seconds for one step, many times what it takes on an idle machine


class RunningLab:
    """A running `course lab`; all that it and its notebooks write goes below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.home, self._log, self._runtime = folder / "course", folder / "lab.log", folder / "runtime"
        shutil.copytree(ROOT / "chapters", self.home / "chapters")
        shutil.copytree(ROOT / "solutions" / "figures", self.home / "solutions" / "figures")
        self._environment = os.environ | {
            "COURSE_HOME": str(self.home),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self._runtime),
        }
        # The last option lets a test ask the page which cells have run.
        options = ["--no-browser", "--ServerApp.port=0", "--LabApp.expose_app_in_browser=True"]
        # A terminal of its own: without one, JupyterLab does not ask whether it should end, and just dies.
        self._keyboard, stdin = os.openpty()
        with self._log.open("w") as log:
            self._server = subprocess.Popen(
                [COURSE, "lab", *options], env=self._environment, stdin=stdin, stdout=log, stderr=subprocess.STDOUT
            )
        os.close(stdin)

    def address(self) -> str:
        """Where a learner's browser is sent to, with the token; waits until the server is there."""
        known = wait_until(self._known_address, "JupyterLab to say where it is")
        return f"{known['url']}?token={known['token']}"

    def _known_address(self) -> dict[str, Any] | None:
        assert self._server.poll() is None, f"JupyterLab ended:\n{self._log.read_text()[-2000:]}"
        found = self._runtime / f"jpserver-{self._server.pid}.json"
        return json.loads(found.read_text()) if found.exists() and found.stat().st_size else None

    def course(self, *arguments: str) -> str:
        """What the `course` command says in this course folder."""
        return subprocess.run(
            [COURSE, *arguments], env=self._environment, capture_output=True, text=True, timeout=PATIENCE, check=True
        ).stdout.strip()

    def press_control_c(self) -> None:
        """Ends it as a learner does in the terminal, and confirms."""
        self._server.send_signal(signal.SIGINT)
        os.write(self._keyboard, b"y\n")
        self._server.wait(PATIENCE)

    def programs(self) -> list[str]:
        """What runs for this course folder, such as `ipykernel_launcher` for a kernel."""
        return sorted(_program(process.info["cmdline"]) for process in self._processes())

    def clean_up(self) -> None:
        """Leaves nothing running, whatever a test did."""
        for process in self._processes():
            process.kill()
        self._server.wait(PATIENCE)
        os.close(self._keyboard)

    def _processes(self) -> list[psutil.Process]:
        return [
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if (process.info["environ"] or {}).get("COURSE_HOME") == str(self.home)
        ]


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """The first value of `condition` that is true; fails when there is none within `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, f"Waited {PATIENCE} seconds for {what}."
        time.sleep(0.1)
    return value


def _program(command: list[str]) -> str:
    return command[command.index("-m") + 1] if "-m" in command else " ".join(command)
