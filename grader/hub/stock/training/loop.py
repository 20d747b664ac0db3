"""The training loop that all stand-ins share: length-sorted batches, AdamW, a schedule by steps.

Everything random comes from one seed and the number of steps is fixed beforehand, so that a slower machine takes
longer but does the same.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

IGNORED = -100  # the label of tokens that nothing is asked about, as PyTorch's losses have it
WARM_UP = 0.06  # share of the steps
ATTENTION = "eager"  # on a CPU the fused attention spends half of a step in its backward pass
POOL = 4000  # examples that are sorted by length together

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Plan:
    """How long and how fast one stand-in learns. `passes` over the examples may be a fraction."""

    passes: float
    learning_rate: float
    tokens_per_batch: int = 2048
    seed: int = 0

    def facts(self, examples: int, steps: int) -> dict[str, Any]:
        """What a model card says about the training."""
        return {"examples": examples, "steps": steps} | asdict(self)


def train(
    model: nn.Module,
    examples: Sequence[T],
    length: Callable[[T], int],
    loss: Callable[[list[T]], Tensor],
    plan: Plan,
) -> int:
    """Trains in place with AdamW, warm-up and linear decay in bfloat16; returns the number of steps.

    `length` is the number of tokens of an example; `loss` gives the mean loss of a batch, with its graph.
    """
    steps = batches_of_all_passes(examples, length, plan)
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=plan.learning_rate, weight_decay=0.01, fused=True)
    warm_up = WARM_UP * len(steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm_up, (len(steps) - step) / (len(steps) - warm_up))
    )
    model.train()
    started, recent = time.monotonic(), []
    for step, batch in enumerate(steps, start=1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mean_loss = loss(batch)
        mean_loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        recent.append(mean_loss.item())
        if step % 50 == 0 or step == len(steps):
            mean = sum(recent) / len(recent)
            print(f"step {step}/{len(steps)}  loss {mean:.4f}  {time.monotonic() - started:.0f} s", flush=True)
            recent.clear()
    return len(steps)


def batches_of_all_passes(examples: Sequence[T], length: Callable[[T], int], plan: Plan) -> list[list[T]]:
    """The batches of all steps of a training, in their order: the same ones for the same plan."""
    shuffle = random.Random(plan.seed)
    steps: list[list[T]] = []
    passes = plan.passes
    while passes > 0:
        one_pass = _shuffled_batches(examples, length, plan.tokens_per_batch, shuffle)
        steps += one_pass[: round(passes * len(one_pass))] if passes < 1 else one_pass
        passes -= 1
    return steps


def batches(ordered: Sequence[T], length: Callable[[T], int], tokens: int) -> list[list[T]]:
    """Cuts a sequence sorted by length into batches of at most `tokens` tokens, padding included."""
    cut: list[list[T]] = [[]]
    for example in ordered:
        if cut[-1] and length(example) * (len(cut[-1]) + 1) > tokens:
            cut.append([])
        cut[-1].append(example)
    return cut


def by_length(
    items: Sequence[T],
    length: Callable[[T], int],
    answer: Callable[[list[T]], Iterable[R]],
    *,
    tokens: int | None = None,
    count: int | None = None,
) -> list[R]:
    """What `answer` gives for each item, in the order of the items, worked out for batches of like length.

    A batch has at most `tokens` tokens, padding included, or at most `count` items.
    """
    order = sorted(range(len(items)), key=lambda index: length(items[index]))
    results: dict[int, R] = {}
    for batch in batches(order, lambda index: length(items[index]) if tokens else 1, tokens or count):
        results |= zip(batch, answer([items[index] for index in batch]), strict=True)
    return [results[index] for index in range(len(items))]


def pad(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """The rows as one tensor, filled up to the longest with `value`: (rows, longest)."""
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows])


def attention(rows: Sequence[Sequence[int]]) -> Tensor:
    """The attention mask of rows that `pad` fills up: 1 for their own tokens, 0 behind them."""
    return pad([[1] * len(row) for row in rows], 0)


def _shuffled_batches(
    examples: Sequence[T], length: Callable[[T], int], tokens: int, shuffle: random.Random
) -> list[list[T]]:
    order = list(examples)
    shuffle.shuffle(order)
    pools = [order[start : start + POOL] for start in range(0, len(order), POOL)]
    cut = [batch for pool in pools for batch in batches(sorted(pool, key=length), length, tokens)]
    shuffle.shuffle(cut)
    return cut
