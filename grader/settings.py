"""Where things lie and which switches are set: the one place that reads the course's environment variables.

| variable | meaning | default |
|---|---|---|
| `COURSE_HOME` | the course folder (holds `.course/`, the state that belongs to it) | found by walking up |
| `COURSE_CACHE` | downloads and the stocked practice hub, shared by all course folders | the user's cache folder |
| `COURSE_HUB` | `practice`, `real` or the address of a class hub | `practice` |
| `COURSE_HUB_TOKEN` | your token for the class hub | the one that was given last |
| `COURSE_DEVICE` | `auto`, `cpu`, `cuda` or `mps` | `auto` |
| `COURSE_SEED` | secret from which a check draws its inputs | `practice` |
| `COURSE_RUN` | set while `course run` executes a notebook: a wrong answer then stops the run | not set |
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

# A folder is a course folder when it holds one of these: the state of one, the repository's chapters, or a class.
MARKERS = (".course", "chapters", "nbgrader_config.py")


def course_home(start: Path | None = None) -> Path:
    """The course folder that `start` (default: the working directory) lies in; `start` itself if it lies in none."""
    if configured := os.environ.get("COURSE_HOME"):
        return Path(configured).resolve()
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if any((folder / marker).exists() for marker in MARKERS):
            return folder
    return start


def state_dir() -> Path:
    """`.course/` of this course folder: the practice hub's writable part, the Hub clients' cache, the progress."""
    return course_home() / ".course"


def cache_dir() -> Path:
    """What all course folders share: downloaded wheels and the stocked read-only part of the practice hub."""
    if configured := os.environ.get("COURSE_CACHE"):
        return Path(configured).resolve()
    return platformdirs.user_cache_path("transformers-course")


def hub_choice() -> str:
    """`practice`, `real` or the address of a class hub; raises `ValueError` for anything else."""
    choice = os.environ.get("COURSE_HUB", "practice").strip()
    if choice.lower() in ("practice", "real"):
        return choice.lower()
    try:
        return checked_url(choice)
    except ValueError:
        raise ValueError(
            f"COURSE_HUB is {choice!r}; it can be 'practice' or 'real', or the address of a class hub, such as "
            "http://10.0.0.5:8080."
        ) from None


def class_hub_token() -> str:
    """The learner's token for the class hub; empty when none was given."""
    return os.environ.get("COURSE_HUB_TOKEN", "").strip()


def checked_url(text: str) -> str:
    """The address of a hub, `http(s)://host[:port]` with no more than that; raises `ValueError` for anything else."""
    parts = urlsplit(text.strip())
    address = f"{parts.scheme}://{parts.netloc}"
    harmless = parts.netloc.isascii() and not set(parts.netloc) & set("@ \\\"'<>") and parts.netloc.isprintable()
    if parts.scheme not in ("http", "https") or not parts.hostname or not harmless or parts.port == 0:
        raise ValueError(f"{text!r} is not the address of a hub, such as http://10.0.0.5:8080.")
    if text.strip().rstrip("/") != address:
        raise ValueError(f"{text!r} is more than the address of a hub: use {address}.")
    return address


def device_choice() -> str:
    """`auto`, `cpu`, `cuda` or `mps`; raises `ValueError` for anything else."""
    choice = os.environ.get("COURSE_DEVICE", "auto").lower()
    if choice not in ("auto", "cpu", "cuda", "mps"):
        raise ValueError(f"COURSE_DEVICE is {choice!r}; it can be 'auto', 'cpu', 'cuda' or 'mps'.")
    return choice


def draw_seed() -> str:
    """The secret from which a check's inputs are drawn. A class sets its own, so that inputs cannot be foreseen."""
    return os.environ.get("COURSE_SEED", "practice")


def someone_depends_on_it() -> bool:
    """True while nbgrader or `course run` executes the notebook: an answer that is not right must then raise."""
    return bool(os.environ.get("NBGRADER_EXECUTION") or os.environ.get("COURSE_RUN"))


def is_grading() -> bool:
    """True while nbgrader executes the notebook: it reads a numeric last value of a test cell as partial credit."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))
