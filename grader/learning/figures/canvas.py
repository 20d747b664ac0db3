"""What all pictures stand on: the paper, the colors, and a way to show and to speak them."""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

GROUND, INK, FAINT = "#fbfaf7", "#22262b", "#8b9097"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"

WIDTH = 7.2  # inches, of a picture that is as wide as a card
PIXELS = 100  # CSS pixels an inch: one scale for all pictures, so that their letters are equally large
LEGIBLE = 540  # CSS pixels: a wide picture shrinks no further on a narrow screen, where it is scrolled instead
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
            f'style="width:{self.width}px;max-width:100%;min-width:{min(self.width, LEGIBLE)}px;'
            'margin:4px 0;border-radius:6px">'
        )
        return {"text/html": image, "text/plain": f"[picture: {self.alt}]"}


Draw = TypeVar("Draw", bound=Callable[..., "Picture"])


def drawn(draw: Draw) -> Draw:
    """Lets a function draw in the course's style, and leaves the learner's own plots as they are."""
    return matplotlib.rc_context(STYLE)(draw)


def canvas(width: float, height: float, **limits: tuple[float, float]) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    axes.set(**limits)
    return figure, axes


def box(
    x: float, y: float, width: float, height: float, color: str, hatch: str = "", rounding: float = 0.1
) -> FancyBboxPatch:
    style = f"round,pad=0,rounding_size={rounding}"
    return FancyBboxPatch(
        (x, y), width, height, style, facecolor=color + "22", edgecolor=color, hatch=hatch, linewidth=1
    )


def wrapped(text: str, width: int, lines: int) -> str:
    wrapped = [line for part in text.split("\n") for line in textwrap.wrap(part, width)]
    return "\n".join(wrapped if len(wrapped) <= lines else [*wrapped[: lines - 1], wrapped[lines - 1] + " …"])


def visible(token: str, longest: int = 40) -> str:
    shown = token.replace(" ", "␣").replace("\n", "⏎")
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
