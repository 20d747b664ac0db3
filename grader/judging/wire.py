"""The wire between a learner's answer and its judge: JSON plus raw tensor bytes, never pickle.

`encode` runs beside the learner's code and turns a value into JSON-ready data. `decode` runs in the judge and trusts
nothing: it rebuilds plain types only, so that a learner's own class, `__eq__` or `__len__` never reaches a check.

| value | on the wire |
|---|---|
| None, bool, int, finite float, str, list | as JSON has them |
| NaN and infinities | `{"$float": "nan"}` |
| tuple, set, dict | `{"$tuple": […]}`, `{"$set": […]}`, `{"$dict": [[key, value], …]}` |
| torch tensor, NumPy array | `{"$torch": [dtype, shape, base64]}`, `{"$numpy": […]}` |
| the placeholder `...` of an untouched answer | `{"$placeholder": true}` |
| an object that a library makes (a configuration, a prediction) | `{"$made": [kind, fields]}` |
| everything else (functions, models, generators) | `{"$opaque": "name of its type"}` |
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 16
INTEGERS = range(-(1 << 63), 1 << 63)
MAX_DIMENSIONS = 8
_MADE = ("config", "predictions", "classifier", "trainer")
ITEM_BYTES = {
    "bool": 1, "uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8,
    "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8,
}  # fmt: skip


class WireError(ValueError):
    """A value that cannot travel, or data that does not follow the table above. Its text is fit for a learner."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that stays on the learner's side; all the judge knows is the name of its type."""

    type_name: str

    def __repr__(self) -> str:
        return f"a value of type {self.type_name}"


@dataclass(frozen=True)
class Made:
    """An object of a library as data: what kind it is and what it is made from.

    kind "config": a transformers configuration, `model_type` and the settings that differ from the defaults
    kind "predictions": a `transformers.EvalPrediction`, `predictions` and `label_ids`
    kind "classifier": a tiny model, see `classifiers.py`; only ever sent by the judge
    kind "trainer": what a `transformers.Trainer` says of its run; only ever sent by a learner, who may claim anything
    """

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)

    def build(self) -> Any:
        """The real object. Only ever called on the learner's side, for inputs that the judge drew."""
        if self.kind == "classifier":
            from grader.judging.classifiers import build_classifier

            return build_classifier(self.fields)
        from transformers import AutoConfig, EvalPrediction

        return {"config": AutoConfig.for_model, "predictions": EvalPrediction}[self.kind](**self.fields)


@dataclass
class Budget:
    """What one answer may weigh: bytes of text and tensors, and number of items. Shared by all parts of the answer."""

    bytes: int = 64 << 20
    items: int = 500_000

    def spend(self, *, bytes: int = 0, items: int = 0) -> None:
        self.bytes -= bytes
        self.items -= items
        if self.bytes < 0:
            raise WireError("the answer is too large: more than 64 MB of text and numbers")
        if self.items < 0:
            raise WireError("the answer is too large: more than 500,000 items")


# ---------------------------------------------------------------- the learner's end


def encode(value: Any, budget: Budget | None = None, depth: int = 0) -> Any:
    """`value` as JSON-ready data; raises `WireError` when it is too deep or too large to travel."""
    budget = budget or Budget()
    if depth > MAX_DEPTH:
        raise WireError("the answer is nested too deeply: does it contain itself?")
    budget.spend(items=1)
    if value is None or value is True or value is False:
        return value
    if value is ...:
        return {"$placeholder": True}
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, float):
        value = float(value)
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, str):
        budget.spend(bytes=len(value))
        return str.__str__(value)  # the text itself, also of a subclass that prints as something else
    if (tensor := _encode_tensor(value, budget)) is not None:
        return tensor
    if (made := _encode_made(value, budget, depth)) is not None:
        return made
    if isinstance(value, list):
        return [encode(item, budget, depth + 1) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [encode(item, budget, depth + 1) for item in value]}
    if isinstance(value, set | frozenset):
        return {"$set": [encode(item, budget, depth + 1) for item in value]}
    if isinstance(value, Mapping):
        return {"$dict": [[encode(k, budget, depth + 1), encode(v, budget, depth + 1)] for k, v in value.items()]}
    return {"$opaque": type(value).__name__[:100]}


def _encode_integer(value: int) -> Any:
    return int(value) if int(value) in INTEGERS else {"$opaque": "an integer of more than 63 bits"}


def _encode_tensor(value: Any, budget: Budget) -> Any:
    # By module name, so that an answer without tensors never pays for importing torch or NumPy.
    library = type(value).__module__.partition(".")[0]
    if library == "torch" or hasattr(value, "__torch_function__"):
        return _encode_torch(value, budget)
    if library == "numpy":
        return _encode_numpy(value, budget)
    return None


def _encode_torch(value: Any, budget: Budget) -> Any:
    import torch

    if not isinstance(value, torch.Tensor):
        return {"$opaque": str(value)} if isinstance(value, torch.dtype | torch.device) else None
    name = str(value.dtype).removeprefix("torch.")
    if name not in ITEM_BYTES or value.layout != torch.strided or value.is_meta:
        return {"$opaque": f"a {value.layout} tensor of {value.dtype} on {value.device}"}
    budget.spend(bytes=value.numel() * ITEM_BYTES[name])
    flat = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return {"$torch": [name, list(value.shape), _base64(flat.numpy().tobytes())]}


def _encode_numpy(value: Any, budget: Budget) -> Any:
    import numpy

    if isinstance(value, numpy.generic):
        item = value.item()
        return encode(item, budget) if isinstance(item, bool | int | float | str) else None
    if not isinstance(value, numpy.ndarray):
        return None
    if value.dtype.kind == "U":
        return encode(value.tolist(), budget)
    if value.dtype.name not in ITEM_BYTES:
        return {"$opaque": f"an array of {value.dtype}"}
    budget.spend(bytes=value.nbytes)
    value = value.astype(value.dtype.newbyteorder("<"))
    return {"$numpy": [value.dtype.name, list(value.shape), _base64(numpy.ascontiguousarray(value).tobytes())]}


def _encode_made(value: Any, budget: Budget, depth: int) -> Any:
    if isinstance(value, Made):
        return {"$made": [value.kind, encode(value.fields, budget, depth + 1)]}
    if any(kind.__module__ == "transformers.trainer" for kind in type(value).__mro__):
        return {"$made": ["trainer", encode(_facts_of(value), budget, depth + 1)]}
    model_type, to_diff_dict = getattr(value, "model_type", None), getattr(value, "to_diff_dict", None)
    if isinstance(value, type) or not isinstance(model_type, str) or not callable(to_diff_dict):
        return None
    return {"$made": ["config", encode({**to_diff_dict(), "model_type": model_type}, budget, depth + 1)]}


def _facts_of(trainer: Any) -> dict[str, Any]:
    """Of a `Trainer`: its training examples, steps, learning rate, and whether the head was allowed to learn."""
    rows, state, arguments = trainer.train_dataset, trainer.state, trainer.args
    head = [weight for name, weight in trainer.model.named_parameters() if name.startswith(("classifier", "score"))]
    return {
        "rows": len(rows) if hasattr(rows, "__len__") else None,
        "steps": state.global_step,
        "batch_size": arguments.train_batch_size * arguments.gradient_accumulation_steps,
        "learning_rate": float(arguments.learning_rate),
        "head_learns": all(weight.requires_grad for weight in head),
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


# ---------------------------------------------------------------- the judge's end


def decode(data: Any, budget: Budget | None = None, depth: int = 0) -> Any:
    """The plain value behind `data`; raises `WireError` for anything that `encode` would not have written."""
    budget = budget or Budget()
    if depth > MAX_DEPTH + 1:
        raise WireError("the answer is nested too deeply")
    budget.spend(items=1)
    kind = type(data)
    if data is None or kind is bool or kind is float:
        return data
    if kind is int:
        if data not in INTEGERS:
            raise WireError("an integer is larger than 63 bits")
        return data
    if kind is str:
        budget.spend(bytes=len(data))
        return data
    if kind is list:
        return [decode(item, budget, depth + 1) for item in data]
    if kind is dict and len(data) == 1:
        ((tag, body),) = data.items()
        if reader := _READERS.get(tag):
            return reader(body, budget, depth)
    raise WireError("the answer did not arrive in the agreed form")


def _read_float(body: Any, budget: Budget, depth: int) -> float:
    if body not in ("nan", "inf", "-inf"):
        raise WireError("a number did not arrive in the agreed form")
    return float(body)


def _read_items(body: Any, budget: Budget, depth: int) -> list:
    if type(body) is not list:
        raise WireError("a collection did not arrive in the agreed form")
    return [decode(item, budget, depth + 1) for item in body]


def _read_tuple(body: Any, budget: Budget, depth: int) -> tuple:
    return tuple(_read_items(body, budget, depth))


def _read_set(body: Any, budget: Budget, depth: int) -> set:
    return {_hashable(item) for item in _read_items(body, budget, depth)}


def _read_dict(body: Any, budget: Budget, depth: int) -> dict:
    if type(body) is not list or not all(type(pair) is list and len(pair) == 2 for pair in body):
        raise WireError("a dictionary did not arrive in the agreed form")
    return {_hashable(decode(k, budget, depth + 1)): decode(v, budget, depth + 1) for k, v in body}


def _hashable(value: Any) -> Any:
    if value is None or value is ... or isinstance(value, bool | int | float | str | Opaque):
        return value
    if isinstance(value, tuple):
        return tuple(_hashable(item) for item in value)
    raise WireError("a set or the keys of a dictionary hold something that cannot be a key")


def _read_torch(body: Any, budget: Budget, depth: int) -> Any:
    import torch

    dtype, shape, raw = _read_buffer(body, budget)
    flat = (
        torch.frombuffer(bytearray(raw), dtype=getattr(torch, dtype))
        if raw
        else torch.empty(0, dtype=getattr(torch, dtype))
    )
    return flat.reshape(shape)


def _read_numpy(body: Any, budget: Budget, depth: int) -> Any:
    import numpy

    dtype, shape, raw = _read_buffer(body, budget)
    if dtype == "bfloat16":
        raise WireError("NumPy has no bfloat16")
    return numpy.frombuffer(raw, dtype=numpy.dtype(dtype).newbyteorder("<")).reshape(shape).astype(dtype)


def _read_buffer(body: Any, budget: Budget) -> tuple[str, list[int], bytes]:
    if type(body) is not list or len(body) != 3:
        raise WireError("a tensor did not arrive in the agreed form")
    dtype, shape, text = body
    if type(dtype) is not str or dtype not in ITEM_BYTES or type(text) is not str or type(shape) is not list:
        raise WireError("a tensor did not arrive in the agreed form")
    if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n < 1 << 31 for n in shape):
        raise WireError("a tensor has an impossible shape")
    promised = math.prod(shape) * ITEM_BYTES[dtype]
    budget.spend(bytes=promised)
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WireError("a tensor did not arrive in the agreed form") from None
    if len(raw) != promised:
        raise WireError("a tensor's shape does not fit its data")
    return dtype, shape, raw


def _read_made(body: Any, budget: Budget, depth: int) -> Made:
    if type(body) is not list or len(body) != 2 or body[0] not in _MADE:
        raise WireError("an object did not arrive in the agreed form")
    fields = decode(body[1], budget, depth + 1)
    if type(fields) is not dict or not all(type(key) is str for key in fields):
        raise WireError("an object did not arrive in the agreed form")
    return Made(body[0], fields)


def _read_opaque(body: Any, budget: Budget, depth: int) -> Opaque:
    if type(body) is not str or len(body) > 200:
        raise WireError("the answer did not arrive in the agreed form")
    return Opaque(body)


_READERS = {
    "$float": _read_float,
    "$tuple": _read_tuple,
    "$set": _read_set,
    "$dict": _read_dict,
    "$torch": _read_torch,
    "$numpy": _read_numpy,
    "$made": _read_made,
    "$opaque": _read_opaque,
    "$placeholder": lambda body, budget, depth: ...,
}
