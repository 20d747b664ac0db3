"""What a run has learned."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from grader.learning.figures.canvas import BLUE, FAINT, GREEN, ORANGE, WIDTH, Picture, drawn


@drawn
def learning_curve(steps: Sequence[int], losses: Sequence[float], accuracies: dict[str, float]) -> Picture:
    """Training loss over the steps, and accuracies as bars: a baseline, before, after."""
    figure = Figure(figsize=(WIDTH, 2.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    left.plot(steps, losses, color=BLUE, marker="o", markersize=3)
    left.set(xlabel="training step", ylabel="training loss", title="The loss falls")
    names, values = list(accuracies), list(accuracies.values())
    bars = right.barh(names, values, color=[FAINT, ORANGE, GREEN][: len(names)])
    right.bar_label(bars, [f"{value:.0%}" for value in values], padding=3)
    right.set(xlim=(0, 1.12), xlabel="validation accuracy", title="What it learned")
    right.invert_yaxis()
    told = ", ".join(f"{name} {value:.0%}" for name, value in accuracies.items())
    # A run of a few steps may end before its first loss is logged.
    fall = f"training loss from {losses[0]:.2f} to {losses[-1]:.2f}" if losses else "no training loss was logged"
    return Picture(figure, f"Left: {fall}. Right: validation accuracy, {told}.")
