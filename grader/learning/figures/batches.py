"""Texts of different lengths in one tensor."""

from __future__ import annotations

from collections.abc import Sequence

from grader.learning.figures.canvas import BLUE, FAINT, WIDTH, Picture, box, canvas, drawn


@drawn
def padding_grid(rows: Sequence[Sequence[str]], mask: Sequence[Sequence[int]]) -> Picture:
    """A batch as a grid of tokens; padding is pale and hatched, and carries the mask's 0."""
    width = max(map(len, rows))
    figure, axes = canvas(min(WIDTH, 0.9 * width), 0.2 + 0.5 * len(rows), xlim=(0, width), ylim=(len(rows), 0))
    for y, (row, seen) in enumerate(zip(rows, mask, strict=True)):
        for x, (token, bit) in enumerate(zip(row, seen, strict=True)):
            axes.add_patch(box(x + 0.04, y + 0.08, 0.92, 0.84, BLUE if bit else FAINT, hatch="" if bit else "///"))
            axes.text(x + 0.5, y + 0.4, token, ha="center", va="center", fontsize=8)
            axes.text(x + 0.5, y + 0.75, str(int(bit)), ha="center", va="center", fontsize=7)
    padded = sum(int(bit) == 0 for seen in mask for bit in seen)
    alt = f"A batch of {len(rows)} texts, {width} tokens wide; {padded} of {width * len(rows)} places are padding."
    return Picture(figure, alt)
