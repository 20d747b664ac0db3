"""What a run has learned: its curves while it goes on, and afterwards."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from grader.learning.figures.canvas import BLUE, FAINT, GREEN, ORANGE, WIDTH, Picture, drawn

PAUSE = 20  # between two pictures of a live curve, in times of what drawing one took: a twentieth of a loop's time
SMOOTHED = 10  # losses of which a live curve shows the mean


@drawn
def learning_curve(
    steps: Sequence[int],
    losses: Sequence[float],
    accuracies: dict[str, float],
    validation: Mapping[int, float] | None = None,
) -> Picture:
    """Training loss over the steps, and accuracies as bars: a baseline, before, after.

    `validation`: the validation loss after some of the steps.
    """
    figure = Figure(figsize=(WIDTH, 2.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    left.plot(steps, losses, color=BLUE, marker="o", markersize=3, label="training")
    if validation:
        left.plot([*validation], [*validation.values()], color=ORANGE, marker="s", linestyle="--", label="validation")
        left.legend(frameon=False)
    left.set(xlabel="training step", ylabel="loss", title="The loss falls")
    names, values = list(accuracies), list(accuracies.values())
    colors = [FAINT, ORANGE, GREEN, BLUE]
    bars = right.barh(names, values, color=[colors[place % len(colors)] for place in range(len(names))])
    right.bar_label(bars, [f"{value:.0%}" for value in values], padding=3)
    right.set(xlim=(0, 1.12), xlabel="validation accuracy", title="What it learned")
    right.invert_yaxis()
    told = ", ".join(f"{name} {value:.0%}" for name, value in accuracies.items())
    # A run of a few steps may end before its first loss is logged.
    fall = f"training loss from {losses[0]:.2f} to {losses[-1]:.2f}" if losses else "no training loss was logged"
    if validation:
        fall += f"; validation loss {_path(list(validation.values()))}"
    return Picture(figure, f"Left: {fall}. Right: validation accuracy, {told}.")


@drawn
def loss_curves(runs: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Picture:
    """For each run the losses after every epoch, of training (line) and of validation (dashed); two runs a row."""
    columns = min(2, len(runs)) or 1
    rows = -(-len(runs) // columns) or 1
    figure = Figure(figsize=(WIDTH if columns == 2 else WIDTH * 0.62, 2.1 * rows + 0.3), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    highest = max((loss for run in runs.values() for losses in run for loss in losses), default=1)
    for axes, (name, (training, validation)) in zip(panels, runs.items(), strict=False):
        for losses, color, mark, line, label in (
            (training, BLUE, "o", "-", "training"),
            (validation, ORANGE, "s", "--", "validation"),
        ):
            axes.plot(range(1, len(losses) + 1), losses, color=color, marker=mark, ms=3, ls=line, label=label)
        axes.set(title=name, ylim=(0, 1.08 * highest), xlabel="epoch", ylabel="loss")
        axes.legend(frameon=False, fontsize=8)
    for axes in panels[len(runs) :]:
        axes.axis("off")
    told = ". ".join(
        f"{name}: training loss {_path(training)}; validation loss {_path(validation)}"
        for name, (training, validation) in runs.items()
    )
    return Picture(figure, f"{told or 'No run'}.")


class LiveCurve:
    """A picture of the loss that grows while a loop runs: `live = LiveCurve(steps)`, then `live.add(loss)` each step.

    total: how many steps there will be
    """

    def __init__(self, total: int) -> None:
        self.losses: list[float] = []
        self._total = total
        self._handle: Any = None
        self._next_at = 0.0

    def add(self, loss: float) -> None:
        """One more loss; draws now and then, and at the end."""
        self.losses.append(float(loss))
        if time.monotonic() >= self._next_at or len(self.losses) == self._total:
            self._show()

    def _show(self) -> None:
        from IPython.display import display

        began = time.monotonic()
        picture = _live_picture(self.losses, self._total)
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)
        now = time.monotonic()
        self._next_at = now + PAUSE * (now - began)


@drawn
def _live_picture(losses: Sequence[float], total: int) -> Picture:
    figure = Figure(figsize=(WIDTH * 0.72, 2.1), layout="constrained")
    axes = figure.subplots()
    steps = range(1, len(losses) + 1)
    means = [sum(losses[max(0, step - SMOOTHED) : step]) / min(step, SMOOTHED) for step in steps]
    axes.plot(steps, losses, color=FAINT, linewidth=0.8, label="each step")
    axes.plot(steps, means, color=BLUE, label=f"mean of {SMOOTHED}")
    axes.set(xlim=(1, max(total, 2)), ylim=(0, None), xlabel="training step", ylabel="loss")
    axes.set_title(f"step {len(losses)} of {total}: loss {means[-1]:.2f}")
    axes.legend(frameon=False, fontsize=8)
    return Picture(
        figure, f"Step {len(losses)} of {total}: training loss {_path(means)}, as a mean of {SMOOTHED} steps."
    )


def _path(losses: Sequence[float]) -> str:
    """Where a curve goes, in words: "from 0.69 to 0.40, lowest 0.31 at 5 of 12"."""
    if not losses:
        return "not there"
    lowest = min(range(len(losses)), key=losses.__getitem__)
    path = f"from {losses[0]:.2f} to {losses[-1]:.2f}"
    if lowest + 1 < len(losses):
        path += f", lowest {losses[lowest]:.2f} at {lowest + 1} of {len(losses)}"
    return path
