"""Where a model looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from grader.learning.figures.canvas import GROUND, INK, Picture, drawn


@drawn
def attention_map(tokens: Sequence[str], weights: Any, title: str) -> Picture:
    """A heat map of attention weights, shape (tokens, tokens): row i shows where token i looks."""
    size = len(tokens)
    figure = Figure(figsize=(1.6 + 0.4 * size, 1.2 + 0.4 * size), layout="compressed")
    axes = figure.subplots()
    image = axes.imshow(weights, cmap="Blues", vmin=0)
    axes.set_xticks(range(size), tokens, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), tokens)
    axes.tick_params(length=0)
    axes.set(xlabel="looks at", ylabel="token", title=title)
    axes.spines[:].set_visible(True)
    for i in range(size):
        for j in range(size):
            if (weight := float(weights[i][j])) >= 0.05:  # a smaller one would be written as 0
                color = GROUND if image.norm(weight) > 0.55 else INK
                number = f"{weight:.1f}".removeprefix("0")
                axes.text(j, i, number, ha="center", va="center", fontsize=7.5, color=color)
    figure.colorbar(image, ax=axes, fraction=0.04, pad=0.03, label="attention weight")
    strongest = max((float(weights[i][j]), i, j) for i in range(size) for j in range(size) if i != j)
    alt = (
        f"Heat map, {size} by {size}: {title}. The strongest look at another token is from “{tokens[strongest[1]]}” "
        f"to “{tokens[strongest[2]]}”, weight {strongest[0]:.2f}."
    )
    return Picture(figure, alt)
