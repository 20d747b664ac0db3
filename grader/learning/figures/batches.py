"""Texts of different lengths in one tensor."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from grader.learning.figures.canvas import BLUE, FAINT, GROUND, ORANGE, WIDTH, Picture, box, canvas, drawn


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


@drawn
def padding_bars(lengths: Sequence[int], batch_size: int, width: int) -> Picture:
    """Texts of these lengths in batches: the tokens of each, text and padding, padded in two ways.

    On the left each batch is padded to its own longest text, on the right to `width` tokens.
    """
    batches = [lengths[start : start + batch_size] for start in range(0, len(lengths), batch_size)]
    numbers = range(1, len(batches) + 1)
    text = [sum(batch) for batch in batches]
    ways = {
        "to the longest of the batch": [max(batch) * len(batch) for batch in batches],
        f"to {width} tokens": [width * len(batch) for batch in batches],
    }
    figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
    told = []
    for axes, (way, tokens) in zip(figure.subplots(1, 2, sharey=True), ways.items(), strict=True):
        padding = [all - of_text for all, of_text in zip(tokens, text, strict=True)]
        axes.bar(numbers, text, color=BLUE, label="text")
        axes.bar(numbers, padding, bottom=text, color=GROUND, edgecolor=ORANGE, hatch="////", label="padding")
        share = sum(padding) / max(1, sum(tokens))
        axes.set(title=f"{way}: {share:.0%} padding", xlabel=f"batch of {batch_size} texts")
        axes.xaxis.get_major_locator().set_params(integer=True)
        told.append(f"padded {way}, {share:.0%} of the tokens are padding")
    figure.axes[0].set_ylabel("tokens")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return Picture(figure, f"Bars, tokens of {len(batches)} batches: {'; '.join(told)}.")
