"""The course's pictures, drawn by code on the learner's own numbers.

Each is an image with a text that says what it shows, on a light ground of its own, so that it reads the same in light
and dark themes. Colors are from the Okabe-Ito palette, which color-blind people can tell apart, or they go from pale
to dark. Every color stands beside a word or a number.
"""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

GROUND, INK, FAINT = "#fbfaf7", "#22262b", "#8b9097"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"

WIDTH = 7.2  # inches, of a picture that is as wide as a card
PIXELS = 100  # CSS pixels an inch: one scale for all pictures, so that their letters are equally large
SHARPNESS = 2  # image pixels a CSS pixel, for screens with a high resolution
STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "text.color": INK,
    "text.parse_math": False,  # a learner's text may hold dollar signs
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.facecolor": GROUND,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "hatch.linewidth": 0.4,
}


class Picture:
    """An image with its alt text, as HTML for notebooks and as text for everything else."""

    def __init__(self, figure: Figure, alt: str) -> None:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=PIXELS * SHARPNESS, facecolor=GROUND)
        self._png, self.alt, self.width = buffer.getvalue(), alt, round(figure.get_figwidth() * PIXELS)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        source = base64.b64encode(self._png).decode("ascii")
        image = (
            f'<img class="course-picture" alt="{html.escape(self.alt)}" src="data:image/png;base64,{source}" '
            f'style="width:{self.width}px;max-width:100%;margin:4px 0;border-radius:6px">'
        )
        return {"text/html": image, "text/plain": f"[picture: {self.alt}]"}


@matplotlib.rc_context(STYLE)
def pipeline_steps(text: str, tokens: Sequence[str], scores: dict[str, float]) -> Picture:
    """The three steps of a pipeline, with what one text becomes after each."""
    figure, axes = _canvas(WIDTH, 1.7, xlim=(0, WIDTH), ylim=(0, 1.6))
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
        axes.add_patch(_box(x, 0.1, width, 1.4, color))
        axes.text(x + width / 2, 1.31, name, ha="center", va="center", color=color, fontsize=9.5, weight="bold")
        axes.text(x + width / 2, 0.66, _wrapped(result, 18, 5), ha="center", va="center", fontsize=8.5)
        if i:
            arrow = {"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (x - 0.05, 0.8), (x - gap + 0.05, 0.8), arrowprops=arrow)
    start = textwrap.shorten(text, 100, placeholder=" …")
    return Picture(figure, f"Three steps of a pipeline: tokenizer, model, postprocessing. “{start}” becomes {best}.")


@matplotlib.rc_context(STYLE)
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


@matplotlib.rc_context(STYLE)
def padding_grid(rows: Sequence[Sequence[str]], mask: Sequence[Sequence[int]]) -> Picture:
    """A batch as a grid of tokens; padding is pale and hatched, and carries the mask's 0."""
    width = max(map(len, rows))
    figure, axes = _canvas(min(WIDTH, 0.9 * width), 0.2 + 0.5 * len(rows), xlim=(0, width), ylim=(len(rows), 0))
    for y, (row, seen) in enumerate(zip(rows, mask, strict=True)):
        for x, (token, bit) in enumerate(zip(row, seen, strict=True)):
            axes.add_patch(_box(x + 0.04, y + 0.08, 0.92, 0.84, BLUE if bit else FAINT, hatch="" if bit else "///"))
            axes.text(x + 0.5, y + 0.4, token, ha="center", va="center", fontsize=8)
            axes.text(x + 0.5, y + 0.75, str(int(bit)), ha="center", va="center", fontsize=7)
    padded = sum(int(bit) == 0 for seen in mask for bit in seen)
    alt = f"A batch of {len(rows)} texts, {width} tokens wide; {padded} of {width * len(rows)} places are padding."
    return Picture(figure, alt)


@matplotlib.rc_context(STYLE)
def token_strips(rows: dict[str, Sequence[str]], ids: dict[str, Sequence[int]] | None = None) -> Picture:
    """Texts as colored strips of tokens, one row for each name; `ids` of the same name stand below the tokens.

    The colors only tell neighbors apart. A space is drawn as ␣, so that it can be seen.
    """
    letter, gap, line, most_lines = 0.07, 0.04, 0.3, 6
    boxes, titles, y = [], [], 0.0
    for name, tokens in rows.items():
        numbers = [str(number) for number in (ids or {}).get(name, [])]
        height = line * (1.5 if numbers else 1)
        titles.append((y + 0.13, f"{name} · {len(tokens)} token{'s' * (len(tokens) != 1)}"))
        x, y, first = 0.02, y + 0.26, y + 0.26
        for i, token in enumerate(tokens):
            shown, number = _visible(str(token)), numbers[i] if i < len(numbers) else ""
            width = (max(len(shown), len(number)) + 1) * letter
            if x + width > WIDTH - 0.02:
                x, y = 0.02, y + height + gap
            if y - first > most_lines * (height + gap) - gap:
                titles.append((y + 0.1, f"… and {len(tokens) - i} more"))
                break
            boxes.append((x, y, width, height, (BLUE, ORANGE, GREEN)[i % 3], shown, number))
            x += width + gap
        y += height + 0.12
    y = max(y, line)  # also without any row
    figure, axes = _canvas(WIDTH, y, xlim=(0, WIDTH), ylim=(y, 0))
    for top, title in titles:
        axes.text(0, top, title, va="center", fontsize=9, weight="bold")
    for x, top, width, height, color, shown, number in boxes:
        axes.add_patch(_box(x, top, width, height, color, rounding=0.05))
        mono = {"ha": "center", "va": "center", "family": "monospace"}
        axes.text(x + width / 2, top + height * (0.32 if number else 0.5), shown, fontsize=8, **mono)
        axes.text(x + width / 2, top + height * 0.74, number, fontsize=6.5, color=INK, **mono)
    spoken = {name: " | ".join("space" if token == " " else str(token) for token in rows[name]) for name in rows}
    told = (f"{name}, {len(rows[name])}: {textwrap.shorten(spoken[name], 150)}" for name in rows)
    return Picture(figure, f"Strips of tokens. {'; '.join(told)}.")


@matplotlib.rc_context(STYLE)
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


@matplotlib.rc_context(STYLE)
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


def _canvas(width: float, height: float, **limits: tuple[float, float]) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    axes.set(**limits)
    return figure, axes


def _box(
    x: float, y: float, width: float, height: float, color: str, hatch: str = "", rounding: float = 0.1
) -> FancyBboxPatch:
    style = f"round,pad=0,rounding_size={rounding}"
    return FancyBboxPatch(
        (x, y), width, height, style, facecolor=color + "22", edgecolor=color, hatch=hatch, linewidth=1
    )


def _wrapped(text: str, width: int, lines: int) -> str:
    wrapped = [line for part in text.split("\n") for line in textwrap.wrap(part, width)]
    return "\n".join(wrapped if len(wrapped) <= lines else [*wrapped[: lines - 1], wrapped[lines - 1] + " …"])


def _visible(token: str, longest: int = 40) -> str:
    shown = token.replace(" ", "␣").replace("\n", "⏎")
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
