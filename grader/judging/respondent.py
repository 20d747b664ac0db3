"""The learner's end of the wire: answers the judge's questions about the values that `check` was given.

It runs beside the learner's code, so nothing that it says is trusted: `answer.py` decodes every reply strictly.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import signal
import textwrap
import threading
import time
import traceback
import weakref
from collections.abc import Iterator
from typing import Any

from grader.judging.wire import Budget, Made, WireError, decode, encode


class Respondent:
    """Serves the values of one answer: `ask = Respondent({"attention": attention}).serve`."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def serve(self, request_text: str) -> str:
        """The reply to one request, both as JSON text. Never raises what the learner's code raises."""
        request = json.loads(request_text)
        try:
            return json.dumps({"ok": encode(self._perform(request), Budget())})
        except _NotCallable as error:
            return json.dumps({"not_callable": str(error)})
        except _TimeIsUp:
            return json.dumps({"too_slow": True})
        except WireError as error:
            return json.dumps({"cannot_travel": str(error)})
        except KeyboardInterrupt:
            raise  # the person at the keyboard, not the answer, wants to stop
        except BaseException as error:
            return json.dumps({"raised": [type(error).__name__, _text_of(error), _line_of(error)]})

    def _perform(self, request: dict) -> Any:
        value = self._values[request["name"]]
        if request["op"] == "value":
            return value
        if request["op"] == "source":
            return _source_of(value)
        if not callable(value):
            raise _NotCallable(type(value).__name__)
        args = [_ready(arg) for arg in decode(request["args"])]
        kwargs = {name: _ready(arg) for name, arg in decode(request["kwargs"]).items()}
        with _time_limit(request["seconds"]):
            if request["op"] == "call":
                return value(*args, **kwargs)
            with _watch_parameters() as observed:
                result = value(*args, **kwargs)
            return [result, observed]


def _ready(value: Any) -> Any:
    """Judge's inputs as a learner's function expects them: a described object becomes a real one."""
    return value.build() if isinstance(value, Made) else value


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:
        return "an error that cannot be printed"


def _line_of(error: BaseException) -> str:
    """The learner's own source line in which the error came up, if it is known."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "ipykernel" in frame.filename or frame.filename.startswith("<ipython")]
    return (own[-1].line or "")[:200] if own else ""


def _source_of(value: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(value))
    except (OSError, TypeError):
        return ""


class _NotCallable(Exception):
    pass


class _TimeIsUp(BaseException):
    """Not an Exception, so that a learner's `except Exception` does not swallow it."""


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    # Signals reach the main thread only, and Windows has no timer signal; there the call simply has no limit.
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum, frame):
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, stop)
    began = time.monotonic()
    # Again every half second: a bare `except:` in a loop would swallow the first one.
    remaining, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if remaining:
            # Somebody else's timer goes on where it was.
            signal.setitimer(signal.ITIMER_REAL, max(remaining - (time.monotonic() - began), 0.01))


@contextlib.contextmanager
def _watch_parameters() -> Iterator[dict[str, int]]:
    """Counts, while it is open, the model parameters that hold real memory at the same time."""
    from torch.nn.modules.module import register_module_parameter_registration_hook

    observed = {"parameters_alive": 0}
    alive: dict[int, int] = {}

    def registered(module, name, parameter):
        if parameter is None or parameter.is_meta or id(parameter) in alive:
            return
        alive[id(parameter)] = parameter.numel()
        weakref.finalize(parameter, alive.pop, id(parameter), None)
        observed["parameters_alive"] = max(observed["parameters_alive"], sum(alive.values()))

    handle = register_module_parameter_registration_hook(registered)
    try:
        yield observed
    finally:
        handle.remove()
