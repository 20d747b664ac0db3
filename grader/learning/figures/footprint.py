"""What a run costs."""

from __future__ import annotations

from matplotlib.figure import Figure

from grader.learning.figures.canvas import BLUE, WIDTH, Picture, drawn


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
