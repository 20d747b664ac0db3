"""Expectations that many checks share, from general to special: type, keys, shape, values.

Each raises `Wrong` with what was seen and what was looked for; none of them gives the answer away.
"""

from __future__ import annotations

from typing import Any

from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Opaque


def array(value: Any, name: str, *, shape: tuple[int, ...] | None = None) -> Any:
    """`value` (tensor, array or nested list of numbers) as a float64 NumPy array, of the given shape."""
    import numpy

    if isinstance(value, Opaque) or value is None or isinstance(value, str | dict | set | bool):
        raise Wrong(
            "not-a-tensor",
            f"{name} is not a tensor.",
            got=shorten(value),
            wanted="a tensor, an array or a list of numbers",
            advice="Does every path of your code `return` the result?" if value is None else "",
        )
    try:
        found = numpy.asarray(_plain(value), dtype="float64")
    except (TypeError, ValueError):
        raise Wrong(
            "not-a-tensor",
            f"{name} is not a rectangle of numbers.",
            got=shorten(value),
            wanted="rows of one length, numbers only",
        ) from None
    if shape is not None and found.shape != shape:
        raise Wrong("wrong-shape", f"{name} has the wrong shape.", got=f"shape {found.shape}", wanted=f"shape {shape}")
    return found


def _plain(value: Any) -> Any:
    if type(value).__module__.partition(".")[0] == "torch":
        return value.double().numpy()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Wrong("not-a-text", f"{name} is not a text.", got=shorten(value), wanted="a string in quotes")
    return value


def integer(value: Any, name: str) -> int:
    """An integer, also as a whole float, a 0-d tensor or a one-element array."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if type(value).__module__.partition(".")[0] in ("torch", "numpy") and value.reshape(-1).shape[0] == 1:
        return integer(value.item(), name)
    raise Wrong("not-an-integer", f"{name} is not a whole number.", got=shorten(value), wanted="an integer")


def dictionary(value: Any, name: str, *, keys: tuple[str, ...] = ()) -> dict:
    if not isinstance(value, dict):
        raise Wrong("not-a-dict", f"{name} is not a dictionary.", got=shorten(value), wanted="a dictionary")
    if missing := [key for key in keys if key not in value]:
        raise Wrong(
            "missing-keys",
            f"{name} lacks {' and '.join(f'`{key}`' for key in missing)}.",
            got=f"the keys {', '.join(map(str, value))}" if value else "an empty dictionary",
            wanted=f"the keys {', '.join(keys)}",
        )
    return value


def list_of(value: Any, name: str, kind: type, *, length: int | None = None) -> list:
    """A list (or tuple) whose items are all of `kind`."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, kind) for item in value):
        raise Wrong(
            "not-a-list",
            f"{name} is not a list of {_PLURALS[kind]}.",
            got=shorten(value),
            wanted=f"a list of {_PLURALS[kind]}",
        )
    if length is not None and len(value) != length:
        raise Wrong(
            "wrong-length",
            f"{name} has the wrong length.",
            got=f"{len(value)} items",
            wanted=f"{length} items",
        )
    return list(value)


_PLURALS = {str: "texts", int: "whole numbers", float: "numbers", dict: "dictionaries", list: "lists"}


def close(found: Any, reference: Any, *, tolerance: float = 1e-4) -> bool:
    """Whether two arrays agree within `tolerance`, absolute and relative; NaN agrees with nothing."""
    import numpy

    return found.shape == reference.shape and bool(numpy.allclose(found, reference, rtol=tolerance, atol=tolerance))
