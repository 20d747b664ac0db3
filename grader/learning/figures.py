"""The course's pictures, drawn by code on the learner's own numbers.

Each is an image with a text that says what it shows, on a light ground of its own, so that it reads the same in light
and dark themes. Colors are from the Okabe-Ito palette, which color-blind people can tell apart, and every color stands
beside a word or a number.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

GROUND, INK, FAINT = "#fbfaf7", "#22262b", "#8b9097"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"


class Picture:
    """An image with its alt text, as HTML for notebooks and as text for everything else."""

    def __init__(self, figure: Any, alt: str) -> None:
        import matplotlib.pyplot as plt

        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150, bbox_inches="tight", facecolor=GROUND)
        plt.close(figure)
        self._png, self.alt = buffer.getvalue(), alt

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        source = base64.b64encode(self._png).decode("ascii")
        image = (
            f'<img class="course-picture" alt="{html.escape(self.alt)}" src="data:image/png;base64,{source}" '
            'style="max-width:100%;width:680px;border-radius:6px">'
        )
        return {"text/html": image, "text/plain": f"[picture: {self.alt}]"}


def pipeline_steps(text: str, tokens: Sequence[str], scores: dict[str, float]) -> Picture:
    """The three steps of a pipeline, with what one text becomes after each."""
    figure, axes = _canvas(9, 2.4)
    axes.axis("off")
    axes.set(xlim=(0, 12), ylim=(0, 3))
    best = max(scores, key=scores.get)
    steps = [
        ("your text", text, INK),
        ("tokenizer", " ".join(tokens[:9]) + (" …" if len(tokens) > 9 else ""), BLUE),
        ("model", "one raw score\nfor each label", ORANGE),
        ("postprocessing", f"{best}\n{scores[best]:.0%}", GREEN),
    ]
    for i, (name, result, color) in enumerate(steps):
        x = 0.1 + 3 * i
        axes.add_patch(_box(x, 0.4, 2.6, 2.0, color))
        axes.text(x + 1.3, 2.1, name, ha="center", va="center", color=color, fontsize=11, weight="bold")
        axes.text(x + 1.3, 1.2, _wrapped(result, 22), ha="center", va="center", color=INK, fontsize=9)
        if i:
            axes.annotate("", (x, 1.4), (x - 0.4, 1.4), arrowprops={"arrowstyle": "->", "color": INK})
    return Picture(figure, f"Three steps of a pipeline: tokenizer, model, postprocessing. “{text}” becomes {best}.")


def attention_map(tokens: Sequence[str], weights: Any, title: str) -> Picture:
    """A heat map of attention weights, shape (tokens, tokens): row i shows where token i looks."""
    size = len(tokens)
    figure, axes = _canvas(1.6 + 0.42 * size, 1.2 + 0.42 * size)
    image = axes.imshow(weights, cmap="cividis", vmin=0)
    axes.set_xticks(range(size), tokens, rotation=60, ha="right", fontsize=9)
    axes.set_yticks(range(size), tokens, fontsize=9)
    axes.set(xlabel="looks at", ylabel="token")
    axes.set_title(title, fontsize=10)
    bar = figure.colorbar(image, ax=axes, fraction=0.046, pad=0.04)
    bar.set_label("attention weight")
    strongest = max((float(weights[i][j]), i, j) for i in range(size) for j in range(size) if i != j)
    alt = (
        f"Heat map, {size} by {size}: {title}. The strongest look at another token is from “{tokens[strongest[1]]}” "
        f"to “{tokens[strongest[2]]}”, weight {strongest[0]:.2f}."
    )
    return Picture(figure, alt)


def padding_grid(rows: Sequence[Sequence[str]], mask: Sequence[Sequence[int]]) -> Picture:
    """A batch as a grid of tokens; padding is pale and hatched, and carries the mask's 0."""
    width = max(map(len, rows))
    figure, axes = _canvas(max(6, 0.85 * width), 0.7 + 0.6 * len(rows))
    axes.axis("off")
    axes.set(xlim=(0, width), ylim=(len(rows), 0))
    for y, (row, seen) in enumerate(zip(rows, mask, strict=True)):
        for x, (token, bit) in enumerate(zip(row, seen, strict=True)):
            axes.add_patch(_box(x + 0.04, y + 0.08, 0.92, 0.84, BLUE if bit else FAINT, hatch="" if bit else "///"))
            axes.text(x + 0.5, y + 0.4, token, ha="center", va="center", fontsize=8, color=INK)
            axes.text(x + 0.5, y + 0.75, str(int(bit)), ha="center", va="center", fontsize=7, color=INK)
    padded = sum(int(bit) == 0 for seen in mask for bit in seen)
    alt = f"A batch of {len(rows)} texts, {width} tokens wide; {padded} of {width * len(rows)} places are padding."
    return Picture(figure, alt)


def learning_curve(steps: Sequence[int], losses: Sequence[float], accuracies: dict[str, float]) -> Picture:
    """Training loss over the steps, and accuracies as bars: a baseline, before, after."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), facecolor=GROUND, gridspec_kw={"width_ratios": [3, 2]})
    left.plot(steps, losses, color=BLUE, marker="o", markersize=3)
    left.set(xlabel="training step", ylabel="training loss", title="The loss falls")
    names, values = list(accuracies), list(accuracies.values())
    bars = right.barh(names, values, color=[FAINT, ORANGE, GREEN][: len(names)])
    right.bar_label(bars, [f"{value:.0%}" for value in values], padding=3, color=INK)
    right.set(xlim=(0, 1.12), xlabel="accuracy on the validation split", title="What it learned")
    right.invert_yaxis()
    for axes in (left, right):
        _plain(axes)
    figure.tight_layout()
    told = ", ".join(f"{name} {value:.0%}" for name, value in accuracies.items())
    alt = f"Left: training loss from {losses[0]:.2f} to {losses[-1]:.2f}. Right: validation accuracy, {told}."
    return Picture(figure, alt)


def _canvas(width: float, height: float) -> tuple[Any, Any]:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(width, height), facecolor=GROUND)
    _plain(axes)
    return figure, axes


def _plain(axes: Any) -> None:
    axes.set_facecolor(GROUND)
    axes.tick_params(colors=INK)
    for item in (axes.title, axes.xaxis.label, axes.yaxis.label):
        item.set_color(INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _box(x: float, y: float, width: float, height: float, color: str, hatch: str = "") -> Any:
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=0.1"
    return FancyBboxPatch(
        (x, y), width, height, style, facecolor=color + "22", edgecolor=color, hatch=hatch, linewidth=1
    )


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(line for part in text.split("\n") for line in textwrap.wrap(part, width))
