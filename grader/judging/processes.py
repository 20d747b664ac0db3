"""Several processes played by threads: the `Accelerator` of a distributed run, small enough for a check.

Each thread has its own model and its share of the batches, as a process has. They meet where real processes meet: in
`backward`, which averages gradients, and in `gather`, `gather_for_metrics` and `reduce`. Shares are even, as those of
`accelerate` are: at the end of the data, examples from its beginning are given out once more.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


class Deadlock(RuntimeError):
    """A process waits for another one that never comes: real ones would wait for ever."""


@dataclass
class Facts:
    """What a process did with its accelerator.

    prepared      "model", "optimizer", "scheduler", "batches": in the order in which `prepare` was given them
    backward      how often `accelerator.backward` was called
    gathered      the names of the methods that brought results together
    in_training   whether a prepared model was in training mode while results were brought together
    """

    prepared: list[str] = field(default_factory=list)
    backward: int = 0
    gathered: list[str] = field(default_factory=list)
    in_training: bool = False


def run_processes(function: Callable, count: int, arguments: Callable[[], list]) -> list[tuple[Any, Facts]]:
    """Calls `function(accelerator, *arguments())` once in each of `count` processes; what each returned and did.

    Raises what the first of them raised.
    """
    meeting = _Meeting(count)
    accelerators = [PracticeAccelerator(meeting, index) for index in range(count)]
    results: list[Any] = [None] * count
    errors: list[BaseException] = []

    def process(index: int) -> None:
        try:
            results[index] = function(accelerators[index], *arguments())
        except BaseException as error:
            errors.append(error)
        finally:
            meeting.leave()

    threads = [threading.Thread(target=process, args=(index,), daemon=True) for index in range(count)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.05)  # in small pieces, so that a time limit can interrupt it
    finally:
        meeting.close()
    if errors:
        raise next((error for error in errors if not isinstance(error, Deadlock)), errors[0])
    return [(result, accelerator.facts) for result, accelerator in zip(results, accelerators, strict=True)]


class PracticeAccelerator:
    """What a training loop uses of `accelerate.Accelerator`, for one of several processes."""

    def __init__(self, meeting: _Meeting, index: int) -> None:
        import torch

        self.process_index = self.local_process_index = index
        self.num_processes = meeting.count
        self.is_main_process = self.is_local_main_process = index == 0
        self.device = torch.tensor(0).device
        self.sync_gradients = True
        self.facts = Facts()
        self._meeting = meeting
        self._models: list[Any] = []
        self._batches: _Share | None = None

    def prepare(self, *objects: Any) -> Any:
        prepared = tuple(self._prepared(item) for item in objects)
        return prepared if len(prepared) != 1 else prepared[0]

    def prepare_model(self, model: Any) -> Any:
        return self.prepare(model)

    def prepare_data_loader(self, batches: Any) -> Any:
        return self.prepare(batches)

    def backward(self, loss: Any) -> None:
        loss.backward()
        self.facts.backward += 1
        for model in self._models:
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.grad = sum(self._meet(parameter.grad)) / self.num_processes

    def gather(self, value: Any) -> Any:
        self._note("gather")
        return self._gathered(value)

    def gather_for_metrics(self, value: Any) -> Any:
        self._note("gather_for_metrics")
        kept = self._batches.last_examples if self._batches else None
        return _each(self._gathered(value), lambda whole: whole[:kept])

    def reduce(self, value: Any, reduction: str = "sum", scale: float = 1.0) -> Any:
        self._note("reduce")
        return _each(value, lambda part: sum(self._meet(part)) / (self.num_processes if reduction == "mean" else 1))

    def wait_for_everyone(self) -> None:
        self._meet(None)

    def unwrap_model(self, model: Any) -> Any:
        return model

    def clip_grad_norm_(self, parameters: Any, max_norm: float) -> Any:
        import torch

        return torch.nn.utils.clip_grad_norm_(parameters, max_norm)

    @contextlib.contextmanager
    def accumulate(self, *models: Any) -> Iterator[None]:
        yield

    autocast = accumulate

    def print(self, *values: Any) -> None:
        pass

    def _prepared(self, item: Any) -> Any:
        import torch

        if isinstance(item, torch.nn.Module):
            self.facts.prepared.append("model")
            self._models.append(item)
        elif hasattr(item, "param_groups"):
            self.facts.prepared.append("optimizer")
        elif hasattr(item, "get_last_lr"):
            self.facts.prepared.append("scheduler")
        elif hasattr(item, "__iter__"):
            self.facts.prepared.append("batches")
            return _Share(self, list(item))
        return item

    def _note(self, method: str) -> None:
        self.facts.gathered.append(method)
        self.facts.in_training |= any(model.training for model in self._models)

    def _gathered(self, value: Any) -> Any:
        import torch

        def whole(part: Any) -> Any:
            parts = self._meet(part.detach())
            return torch.cat(parts) if part.ndim else torch.stack(parts)

        return _each(value, whole)

    def _meet(self, value: Any) -> list[Any]:
        return self._meeting.exchange(self.process_index, value)


class _Share:
    """One process's share of some batches; an example stands in one share, or in one more at the end of the data."""

    def __init__(self, accelerator: PracticeAccelerator, batches: list[dict]) -> None:
        import torch

        self._accelerator = accelerator
        self._all = {key: torch.cat([batch[key] for batch in batches]) for key in batches[0]}
        self._size = len(batches[0]["labels"])
        self._examples = len(self._all["labels"])
        self.last_examples: int | None = None
        self.dataset = range(self._examples)

    def __len__(self) -> int:
        return -(-self._examples // (self._size * self._accelerator.num_processes))

    def __iter__(self) -> Iterator[dict]:
        import torch

        together = self._size * self._accelerator.num_processes
        self._accelerator._batches = self
        for turn in range(len(self)):
            rest = self._examples - turn * together
            self.last_examples = rest if rest < together else None
            start = turn * together + self._accelerator.process_index * self._size
            places = torch.arange(start, start + self._size) % self._examples
            yield {key: values[places] for key, values in self._all.items()}


class _Meeting:
    """Where processes exchange what they bring, all at once."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._brought: list[Any] = [None] * count
        self._barrier = threading.Barrier(count)

    def exchange(self, index: int, value: Any) -> list[Any]:
        self._brought[index] = value
        self._wait()
        brought = list(self._brought)
        self._wait()
        return brought

    def leave(self) -> None:
        """A process has ended: whoever waits for it now would wait for ever."""
        if self.count > 1:
            threading.Timer(0.2, self._abort_if_waiting).start()

    def close(self) -> None:
        self._barrier.abort()

    def _abort_if_waiting(self) -> None:
        if self._barrier.n_waiting:
            self._barrier.abort()

    def _wait(self) -> None:
        try:
            self._barrier.wait(timeout=20)
        except threading.BrokenBarrierError:
            raise Deadlock("a process waits for another one that never comes") from None


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """`change` for each tensor of a tensor, a tuple, a list or a dictionary."""
    if isinstance(value, tuple | list):
        return type(value)(_each(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return change(value)
