"""The vocabulary of the notebooks: start, check, hint, quiz, progress.

Importing it costs next to nothing; torch and transformers are imported by what needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.learning.checking import check, hint, quiz
    from grader.learning.devices import pick_device, precision_flags
    from grader.learning.progress import progress
    from grader.learning.session import start
    from grader.settings import is_grading

__all__ = ["check", "hint", "is_grading", "pick_device", "precision_flags", "progress", "quiz", "start"]

_HOMES = {
    "check": "grader.learning.checking",
    "hint": "grader.learning.checking",
    "quiz": "grader.learning.checking",
    "is_grading": "grader.settings",
    "pick_device": "grader.learning.devices",
    "precision_flags": "grader.learning.devices",
    "progress": "grader.learning.progress",
    "start": "grader.learning.session",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
