"""Two processes from a notebook, both ways: the same accuracy as in one, and nothing is left running."""

import json
import os

import psutil


def agree(folder):
    """The reports that chapter 3's training script wrote into a folder tell of one accuracy, and of no row twice."""
    one, two, launched = (json.loads((folder / f"{name}.json").read_text()) for name in ("one", "two", "launched"))
    assert (one["processes"], two["processes"], launched["processes"]) == (1, 2, 2)
    assert one["right"] == two["right"] == launched["right"] and one["gather_for_metrics"] == 77
    assert two["gather_for_metrics"] == 77 < two["gather"]


def left_running(folder):
    """The processes, other than this one, that were started with this folder in their command line or work in it."""
    return [process for process in psutil.process_iter() if _speaks_of(process, folder)]


def _speaks_of(process, folder):
    try:
        return process.pid != os.getpid() and (folder in " ".join(process.cmdline()) or process.cwd() == folder)
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False
