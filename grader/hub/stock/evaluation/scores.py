"""One measured number, and what to compare it with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A result in percent (BLEU: in its points) on data that was never trained on."""

    measured_on: str
    measure: str
    value: float
    baseline: float
    baseline_is: str
    count: int  # how many examples it was measured on

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", round(self.value, 1))
        object.__setattr__(self, "baseline", round(self.baseline, 1))


def percent(share: float) -> float:
    """0.915 -> 91.5"""
    return 100 * share


def majority(labels: list) -> float:
    """The share of the most common label, in percent."""
    return percent(max(labels.count(label) for label in set(labels)) / len(labels))
