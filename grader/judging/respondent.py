"""The learner's end of the wire: answers the judge's questions about the values that `check` was given.

It runs beside the learner's code, so nothing that it says is trusted: `answer.py` decodes every reply strictly.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import signal
import sys
import textwrap
import threading
import time
import traceback
import weakref
from collections.abc import Iterator
from types import FrameType
from typing import Any

from grader.judging.listing import listed
from grader.judging.wire import Budget, Made, WireError, decode, encode

LONGEST_TEXT = 2_000  # characters of an error's text


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
        if request["op"] == "processes":
            with _TimeLimit(request["seconds"]):
                return _in_processes(value, request)
        args = [_ready(arg) for arg in decode(request["args"])]
        kwargs = {name: _ready(arg) for name, arg in decode(request["kwargs"]).items()}
        with _TimeLimit(request["seconds"]):
            if request["op"] == "call":
                with listed(decode(request["models"])) if "models" in request else contextlib.nullcontext():
                    return value(*args, **kwargs)
            before = encode([args, kwargs])
            with _watch_parameters() as observed:
                result = value(*args, **kwargs)
            return [result, {**observed, "inputs_changed": encode([args, kwargs]) != before}]


def _in_processes(function: Any, request: dict) -> list:
    """What the function returns in each process, and what it did with its accelerator there."""
    from grader.judging.processes import run_processes

    def arguments() -> list:
        return [_ready(arg) for arg in decode(request["args"])]

    return [[result, vars(facts)] for result, facts in run_processes(function, request["kwargs"]["count"], arguments)]


def _ready(value: Any) -> Any:
    """Judge's inputs as a learner's function expects them: a described object becomes a real one."""
    return value.build() if isinstance(value, Made) else value


def _text_of(error: BaseException) -> str:
    try:
        text = str(error) or _missing_attribute(error)
    except Exception:
        return "an error that cannot be printed"
    # A model that is printed in front of the reason is long, and the reason stands behind it.
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT // 2]} … {text[-LONGEST_TEXT // 2 :]}"


def _missing_attribute(error: BaseException) -> str:
    """What Python knows of an attribute that was not found, for libraries that raise without a text."""
    if not isinstance(error, AttributeError) or error.name is None:
        return ""
    return f"'{type(error.obj).__name__}' object has no attribute '{error.name}'"


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


class _TimeLimit:
    """Ends the learner's code after some seconds, even inside a loop whose bare `except:` swallows everything.

    An alarm raises `_TimeIsUp`, and a tracer raises it once more at the next line or call: where an `except:` begins,
    which that `except:` does not cover. Python drops a tracer that raises, so the alarm comes again and again.

    Signals reach the main thread only, and Windows has no timer signal; there the call simply has no limit.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._works = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()

    def __enter__(self) -> None:
        if self._works:
            self._tracer_before, self._began = sys.gettrace(), time.monotonic()
            self._handler_before = signal.signal(signal.SIGALRM, self._time_is_up)
            self._remaining_before, _ = signal.setitimer(signal.ITIMER_REAL, self._seconds, 0.1)

    def __exit__(self, *error: Any) -> None:
        if not self._works:
            return
        sys.settrace(self._tracer_before)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._handler_before)
        if self._remaining_before:
            # Somebody else's timer goes on where it was.
            left = self._remaining_before - (time.monotonic() - self._began)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.01))

    def _time_is_up(self, signum: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_filename == __file__:
            return  # on the way in or out
        sys.settrace(_raise_once_more)
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace = _raise_once_more
            frame = frame.f_back
        raise _TimeIsUp


def _raise_once_more(frame: FrameType, event: str, argument: Any) -> Any:
    if frame.f_code.co_filename == __file__:
        return None  # our own way out must not be interrupted
    if event in ("line", "call"):
        raise _TimeIsUp
    return _raise_once_more


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
