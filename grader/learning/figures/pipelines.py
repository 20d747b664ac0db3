"""What happens inside a pipeline."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from grader.learning.figures.canvas import BLUE, GREEN, INK, ORANGE, WIDTH, Picture, box, canvas, drawn, wrapped


@drawn
def pipeline_steps(text: str, tokens: Sequence[str], scores: dict[str, float]) -> Picture:
    """The three steps of a pipeline, with what one text becomes after each."""
    figure, axes = canvas(WIDTH, 1.7, xlim=(0, WIDTH), ylim=(0, 1.6))
    best = max(scores, key=scores.get)
    steps = [
        ("your text", text, INK),
        ("1  tokenizer", "\N{NO-BREAK SPACE}· ".join(tokens), BLUE),
        ("2  model", "one raw score\nfor each label", ORANGE),
        ("3  postprocessing", f"{best}\n{scores[best]:.0%}", GREEN),
    ]
    width, gap = 1.55, 0.31
    for i, (name, result, color) in enumerate(steps):
        x = 0.035 + (width + gap) * i
        axes.add_patch(box(x, 0.1, width, 1.4, color))
        axes.text(x + width / 2, 1.31, name, ha="center", va="center", color=color, fontsize=9.5, weight="bold")
        axes.text(x + width / 2, 0.66, wrapped(result, 18, 5), ha="center", va="center", fontsize=8.5)
        if i:
            arrow = {"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (x - 0.05, 0.8), (x - gap + 0.05, 0.8), arrowprops=arrow)
    start = textwrap.shorten(text, 100, placeholder=" …")
    return Picture(figure, f"Three steps of a pipeline: tokenizer, model, postprocessing. “{start}” becomes {best}.")
