"""A place to work with git in: a temporary folder with git settings of its own; the learner's stay as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# Who installs git-lfs, by the program that is there to do it: https://git-lfs.com and each system's own package.
INSTALLERS = {
    "apt-get": "sudo apt-get install git-lfs",
    "dnf": "sudo dnf install git-lfs",
    "brew": "brew install git-lfs",
    "conda": "conda install -c conda-forge git-lfs",
    "winget": "winget install GitHub.GitLFS",
}

_kept: list[tempfile.TemporaryDirectory] = []  # until the kernel ends


def git_workshop() -> Path:
    """A new folder, gone when the kernel ends; says which git there is, and how to get what is missing.

    From here on `git config --global` counts in this kernel alone; when this is called again, what was set stays.
    """
    _kept.append(tempfile.TemporaryDirectory(prefix="git-workshop-", ignore_cleanup_errors=True))
    folder = Path(_kept[-1].name)
    settings = folder / "gitconfig"
    settings.touch()
    if len(_kept) > 1:  # the cells that set something may not run again
        settings.write_bytes((Path(_kept[-2].name) / "gitconfig").read_bytes())
    os.environ |= {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}
    # Nobody sees a question in a notebook: no password is an error, and long output has no pages to turn.
    os.environ |= {"GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat"}
    for line in _tools():
        print(line)
    return folder


def _tools() -> list[str]:
    if shutil.which("git") is None:
        return ["git       missing. Install it from https://git-scm.com/downloads and restart the kernel."]
    lines = [f"git       {_version('git', '--version')}"]
    if shutil.which("git-lfs"):
        return [*lines, f"git-lfs   {_version('git-lfs', 'version')}"]
    install = next((command for program, command in INSTALLERS.items() if shutil.which(program)), None)
    return [
        *lines,
        f"git-lfs   missing. {f'In a terminal: {install}' if install else 'Get it from https://git-lfs.com'}",
        "          Then run this cell again. You can go on without it: cells with `git lfs` say that it is missing,",
        "          and the exercise can be solved with `api.upload_folder`, which stores large files without git.",
    ]


def _version(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip().partition("\n")[0]
