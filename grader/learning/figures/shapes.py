"""How a text's tensor changes its shape on the way through a model."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from grader.learning.figures.canvas import BLUE, FAINT, GREEN, INK, ORANGE, WIDTH, Picture, canvas, drawn


@drawn
def shape_flow(steps: dict[str, Sequence[int]]) -> Picture:
    """The shape after each step as a block of numbers, for a model that labels texts.

    Down the texts, across the tokens, into the depth the numbers of a vector; after the vectors, across the labels.
    """
    figure, axes = canvas(WIDTH, 1.8, xlim=(0, WIDTH), ylim=(0, 1.8))
    room = WIDTH / max(1, len(steps))
    arrow = {"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0}
    told, across = [], "tokens"
    for i, (name, shape) in enumerate(steps.items()):
        if len(shape) > 2:
            names, across = ("texts", "tokens", "size"), "labels"
        else:
            names = ("texts", across)
        middle, color = room * (i + 0.5), (BLUE, ORANGE, GREEN)[i % 3]
        axes.text(middle, 1.65, name, ha="center", va="center", color=color, weight="bold", fontsize=9.5)
        rows, columns, depth = (*shape, 1, 1)[:3]
        _slab(axes, middle, rows, columns, depth if len(shape) > 2 else 1, color)
        axes.text(middle, 0.5, " × ".join(map(str, shape)), ha="center", va="center", fontsize=9, weight="bold")
        axes.text(middle, 0.22, "\n".join(_halves(names)), ha="center", va="center", fontsize=7.5)
        if i:
            axes.annotate("", (room * i + 0.14, 1.65), (room * i - 0.14, 1.65), arrowprops=arrow)
        told.append(f"{name}: " + " by ".join(f"{size} {axis}" for size, axis in zip(shape, names, strict=False)))
    return Picture(figure, f"Shapes on the way through a model. {'; '.join(told)}.")


def _slab(axes, middle: float, rows: int, columns: int, depth: int, color: str) -> None:
    """At most 6 x 16 cells are drawn, and four layers for any depth."""
    rows, columns, layers = min(rows, 6), min(columns, 16), 1 if depth == 1 else 4
    cell, shift = 0.06, 0.05
    left, bottom = middle - (columns * cell + (layers - 1) * shift) / 2, 1.05 - rows * cell
    for layer in reversed(range(layers)):
        x, y = left + layer * shift, bottom + layer * shift
        axes.add_patch(Rectangle((x, y), columns * cell, rows * 2 * cell, facecolor="white", edgecolor=color, lw=0.8))
    for row in range(rows):
        for column in range(columns):
            spot = (left + column * cell, bottom + row * 2 * cell)
            axes.add_patch(Rectangle(spot, cell, 2 * cell, facecolor=color + "22", edgecolor=FAINT, lw=0.4))


def _halves(names: Sequence[str]) -> list[str]:
    return [" × ".join(names)] if len(names) < 3 else [" × ".join(names[:2]) + " ×", " × ".join(names[2:])]
