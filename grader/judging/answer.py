"""Answer: all that a check ever sees of a learner's work.

It holds no learner object. Each question is a JSON text that goes to the learner's side (`respondent.py`) and each
reply is a JSON text that comes back; where that side lives, in this process or in a sandbox, is the business of the
`ask` function alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.judging.processes import Facts
from grader.judging.wire import Budget, WireError, decode, encode

MAX_REPLY = 128 << 20


class LearnerRaised(Exception):
    """The learner's function raised. `error` is the exception's class name, `line` the source line when known."""

    def __init__(self, name: str, error: str, text: str, line: str = "") -> None:
        super().__init__(f"{name} raised {error}: {text}")
        self.name, self.error, self.text, self.line = name, error, text, line


class NotCallable(Exception):
    """What should be a function is something else, of type `type_name`."""

    def __init__(self, name: str, type_name: str) -> None:
        super().__init__(f"{name} is not a function but a value of type {type_name}")
        self.name, self.type_name = name, type_name


class StillMissing(Exception):
    """A value that the exercise asks for is still the placeholder `...`."""


class TooSlow(Exception):
    """The learner's function did not come back in time."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(f"{name} did not finish within {seconds:g} seconds")
        self.name, self.seconds = name, seconds


@dataclass(frozen=True)
class Trace:
    """One call of a learner's function, with what was observed while it ran.

    parameters_alive: the largest number of model parameters that held real memory at one time
    inputs_changed: whether the function changed what it was given
    """

    value: Any
    parameters_alive: int
    inputs_changed: bool


class Answer:
    """`names` are what the exercise asks for, in the order in which `check` was given them."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        self._ask = ask
        self._values: dict[str, Any] = {}

    def value(self, name: str) -> Any:
        """A plain copy of what the learner calls `name`; raises `StillMissing` when it was not filled in."""
        if self.is_missing(name):
            raise StillMissing(name)
        return self._values[name]

    def is_missing(self, name: str) -> bool:
        """Whether `name` is still the placeholder; its value is asked for once and cannot change between looks."""
        if name not in self._values:
            self._values[name] = self._reply({"op": "value", "name": name})
        return self._values[name] is ...

    def source(self, name: str) -> str:
        """The source of the learner's function `name` as they wrote it; empty when it is not known."""
        source = self._reply({"op": "source", "name": name})
        return source if isinstance(source, str) else ""

    def call(self, name: str, *args: Any, seconds: float = 20, **kwargs: Any) -> Any:
        """What the learner's function `name` returns for inputs that the judge made.

        Raises `LearnerRaised`, `TooSlow`, or `WireError` when the result cannot travel.
        """
        return self._reply(self._call_request("call", name, args, kwargs, seconds))

    def call_with_models(self, name: str, models: list[dict], *args: Any, seconds: float = 20) -> Any:
        """Like `call`, while the Hub's list of models is the given one (`listing.py`)."""
        return self._reply({**self._call_request("call", name, args, {}, seconds), "models": encode(models)})

    def trace(self, name: str, *args: Any, seconds: float = 20, **kwargs: Any) -> Trace:
        """Like `call`, with what was observed during the call."""
        value, observed = self._reply(self._call_request("trace", name, args, kwargs, seconds))
        alive, changed = int(observed["parameters_alive"]), bool(observed["inputs_changed"])
        return Trace(value, parameters_alive=alive, inputs_changed=changed)

    def processes(self, name: str, count: int, *args: Any, seconds: float = 20) -> list[tuple[Any, Facts]]:
        """What the learner's function returns in each of `count` processes, with an accelerator as first argument.

        The processes are played by threads (`processes.py`); each gets its own copy of `args`. What it did with its
        accelerator comes back beside it.
        """
        request = self._call_request("processes", name, args, {}, seconds)
        replies = self._reply({**request, "kwargs": {"count": count}})
        try:
            return [(value, Facts(**facts)) for value, facts in replies]
        except (TypeError, ValueError):
            raise WireError("the answer did not arrive in the agreed form") from None

    def _call_request(self, op: str, name: str, args: tuple, kwargs: dict, seconds: float) -> dict:
        return {
            "op": op,
            "name": name,
            "args": encode(list(args)),
            "kwargs": encode(kwargs),
            "seconds": seconds,
        }

    def _reply(self, request: dict) -> Any:
        text = self._ask(json.dumps(request))
        if len(text) > MAX_REPLY:
            raise WireError("the answer is too large")
        try:
            reply = json.loads(text)
        except (ValueError, RecursionError):
            raise WireError("the answer did not arrive in the agreed form") from None
        match reply:
            case {"ok": data}:
                return decode(data, Budget())
            case {"raised": [str(error), str(message), str(line)]}:
                raise LearnerRaised(request["name"], error, message, line)
            case {"not_callable": str(type_name)}:
                raise NotCallable(request["name"], type_name)
            case {"too_slow": _}:
                raise TooSlow(request["name"], request["seconds"])
            case {"cannot_travel": str(message)}:
                raise WireError(message)
        raise WireError("the answer did not arrive in the agreed form")
