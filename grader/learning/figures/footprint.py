"""What a run costs."""

from __future__ import annotations

from math import isfinite

from matplotlib.figure import Figure

from grader.learning.figures.canvas import BLUE, GREEN, ORANGE, WIDTH, Picture, drawn


@drawn
def co2_bars(kilograms: dict[str, float]) -> Picture:
    """What each run weighs in CO₂, as bars on a scale that goes up tenfold at each step."""
    weights = {name: float(kg) for name, kg in kilograms.items()}
    figure = Figure(figsize=(WIDTH, 1 + 0.3 * max(1, len(weights))), layout="constrained")
    axes = figure.subplots()
    labels = [f"{kg:,.1f} kg" if abs(kg) >= 1 else f"{1000 * kg:,.1f} g" for kg in weights.values()]
    axes.bar_label(axes.barh(list(weights), list(weights.values()), color=BLUE), labels, padding=3)
    if weights and all(0 < kg < float("inf") for kg in weights.values()):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda kg, place: f"{kg:,.0f}" if kg >= 1 else f"{kg:g}")  # no formulas
        axes.minorticks_off()
        axes.set_xlabel("kg of CO₂: each step to the right is ten times as much")
    axes.margins(x=0.2)
    axes.invert_yaxis()
    told = "; ".join(f"{name}: {label}" for name, label in zip(weights, labels, strict=True))
    return Picture(figure, f"Bars, CO₂ of each run. {told or 'There is no run yet'}.")


@drawn
def run_costs(runs: dict[str, dict[str, float]]) -> Picture:
    """Runs side by side, a panel for each of their costs: run -> {cost with its unit: number}.

    Each panel has a scale of its own that goes up tenfold at each step.
    """
    costs = list(dict.fromkeys(cost for run in runs.values() for cost in run))
    figure = Figure(figsize=(WIDTH, 1.1 + 0.33 * max(1, len(runs))), layout="constrained")
    told = []
    for i, cost in enumerate(costs):
        axes = figure.add_subplot(1, len(costs), i + 1)
        values = [float(run.get(cost, 0)) for run in runs.values()]
        labels = [f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.2g}" for value in values]
        lengths = [value if isfinite(value) else 0 for value in values]
        bars = axes.barh(list(runs) if i == 0 else range(len(runs)), lengths, color=(BLUE, ORANGE, GREEN)[i % 3])
        axes.bar_label(bars, labels, padding=3)
        if min(lengths) > 0:
            axes.set(xscale="log", xlim=(min(lengths) / 10, max(lengths) * 30))
        axes.set(title=cost)
        axes.xaxis.set_major_formatter("")
        axes.minorticks_off()
        if i:
            axes.set_yticks([])
        axes.invert_yaxis()
        axes.set_xlabel("each mark: ten times as much", fontsize=7.5)
        told.append(f"{cost}: " + ", ".join(f"{run} {label}" for run, label in zip(runs, labels, strict=True)))
    return Picture(figure, f"Costs of runs, each on its own log scale. {'; '.join(told) or 'There is no run yet'}.")
