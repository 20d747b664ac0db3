"""Expectations that many checks share, from general to special: type, keys, shape, values.

Each raises `Wrong` with what was seen and what was looked for; none of them gives the answer away.
"""

from __future__ import annotations

import ast
from typing import Any

from grader.judging.answer import Answer
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Opaque


def array(value: Any, name: str, *, shape: tuple[int, ...] | None = None) -> Any:
    """`value` (tensor, array or nested list of numbers) as a float64 NumPy array, of the given shape."""
    import numpy

    if isinstance(value, dict) and "logits" in value:
        raise Wrong(
            "whole-output",
            f"{name} is the whole output of the model.",
            got=f"an output with {', '.join(map(str, value))}",
            wanted="the tensor of logits in it",
            advice="Take `.logits` of what the model returns.",
        )
    if isinstance(value, Opaque) or value is None or isinstance(value, str | dict | set | bool):
        raise Wrong(
            "not-a-tensor",
            f"{name} is not a tensor.",
            got=shorten(value),
            wanted="a tensor, an array or a list of numbers",
            advice=_return_advice(value),
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
        raise Wrong(
            "wrong-shape",
            f"{name} has the wrong shape.",
            got=f"shape {found.shape}",
            wanted=f"shape {shape}",
            advice="Print the `.shape` after each step: where does an axis appear, vanish or change places?",
        )
    return found


def tensor(value: Any, name: str, *, shape: tuple[int, ...]) -> Any:
    """A tensor or array, not a list, of the given shape, as a float64 NumPy array."""
    found = array(value, name, shape=shape)
    if isinstance(value, list | tuple):
        raise Wrong(
            "list-not-tensor",
            f"{name} is a list.",
            got="a list of rows",
            wanted="a tensor",
            advice="Wrap the rows in `torch.tensor(…)` once they have the same length.",
        )
    return found


def whole_numbers(value: Any, name: str, *, shape: tuple[int, ...]) -> Any:
    """A tensor or array of integers (or booleans) of the given shape, as a float64 NumPy array."""
    found = tensor(value, name, shape=shape)
    if "float" in str(value.dtype):
        raise Wrong(
            "floats",
            f"{name} holds floating-point numbers.",
            got=str(value.dtype),
            wanted="whole numbers: a model looks them up in tables",
            advice="`torch.zeros` makes floats unless you give it `dtype=torch.long`.",
        )
    return found


def library_of(value: Any) -> str:
    """The package that the value's type comes from, such as "torch"; found without importing it."""
    return type(value).__module__.partition(".")[0]


def _plain(value: Any) -> Any:
    if isinstance(value, str | Opaque):
        raise TypeError("not a number")
    if library_of(value) == "torch":
        return value.double().numpy()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _return_advice(value: Any) -> str:
    return "Does every path of your function `return` the result?" if value is None else ""


def text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Wrong("not-a-text", f"{name} is not a string.", got=shorten(value), wanted="a text in quotes")
    return value


def number(value: Any, name: str, *, earned: float = 0) -> float:
    """A number, also as a 0-d tensor or a one-element array; `earned` points are kept when it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if library_of(value) in ("torch", "numpy") and value.reshape(-1).shape[0] == 1:
        return float(value.item())
    raise Wrong(
        "not-a-number",
        f"{name} is not a number.",
        got=shorten(value),
        wanted="a number such as 0.5",
        advice="Without quotes and without a percent sign." if isinstance(value, str) else _return_advice(value),
        earned=earned,
    )


def integer(value: Any, name: str) -> int:
    """An integer, also as a whole float, a 0-d tensor or a one-element array."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if library_of(value) in ("torch", "numpy") and value.reshape(-1).shape[0] == 1:
        return integer(value.item(), name)
    raise Wrong(
        "not-an-integer",
        f"{name} is not a whole number.",
        got=shorten(value),
        wanted="an integer",
        advice=_return_advice(value),
    )


def dictionary(value: Any, name: str, *, keys: tuple[str, ...] = ()) -> dict:
    if not isinstance(value, dict):
        raise Wrong(
            "not-a-dict",
            f"{name} is not a dictionary.",
            got=shorten(value),
            wanted="a dictionary",
            advice=_return_advice(value),
        )
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
            advice=_return_advice(value),
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


def not_calling(answer: Answer, name: str, forbidden: str) -> None:
    """Refuses a function whose own source calls `forbidden`, which would do the whole work for it."""
    try:
        tree = ast.parse(answer.source(name))
    except SyntaxError:
        return
    called = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    if forbidden in called:
        raise Wrong(
            "library-call",
            f"`{name}` leaves the work to `{forbidden}`.",
            got=f"a call of `{forbidden}` in your function",
            wanted="the steps, done by yourself",
            advice="Use it to compare your results with, outside of your function.",
        )
