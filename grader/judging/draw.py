"""Draw: the inputs that a judge makes up, the same for the same seed and unknown to the learner."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Draw:
    """Random inputs for the check of one exercise. Two draws with one seed and exercise give the same inputs."""

    def __init__(self, seed: str, exercise_id: str) -> None:
        digest = hashlib.sha256(f"{seed}/{exercise_id}".encode()).digest()
        self._number = int.from_bytes(digest[:8], "big") >> 1
        self._random = random.Random(self._number)
        self._generator: Any = None

    def integer(self, low: int, high: int) -> int:
        """An integer between `low` and `high`, both included."""
        return self._random.randint(low, high)

    def integers(self, count: int, low: int, high: int) -> list[int]:
        """`count` different integers between `low` and `high`, both included."""
        return self._random.sample(range(low, high + 1), count)

    def number(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def choice(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        return self._random.sample(options, count)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return self._random.sample(items, len(items))

    def tensor(self, *shape: int) -> Any:
        """A float32 tensor of standard normal numbers of the given shape."""
        import torch

        if self._generator is None:
            self._generator = torch.Generator().manual_seed(self._number)
        return torch.randn(*shape, generator=self._generator)
