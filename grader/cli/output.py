"""What all commands share: how they speak, and how they say what went wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import typer
from rich.console import Console

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """Print a line as it is."""
    # Without markup: a path or a message may hold square brackets. Unbroken, so that a path can be copied.
    console.print(message, markup=False, soft_wrap=True)


def explained(command: Callable) -> Callable:
    """Ends a command with one clear line instead of a traceback when something foreseen is wrong."""

    @functools.wraps(command)
    def run_explained(*args: Any, **kwargs: Any) -> None:
        from grader.hub.errors import HubError

        try:
            command(*args, **kwargs)
        # A missing device is a RuntimeError of its own; wrong settings and stale sources are ValueErrors.
        except (HubError, OSError, ValueError, _device_error()) as error:
            errors.print("[bold red]Error[/]", end=" ")
            errors.print(str(error), markup=False, soft_wrap=True)
            raise typer.Exit(2) from None

    return run_explained


def _device_error() -> type[Exception]:
    from grader.learning.devices import DeviceError

    return DeviceError
