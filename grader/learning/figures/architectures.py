"""The three families of models, and the blocks that they are built of."""

from __future__ import annotations

from typing import Any

from grader.learning.figures.canvas import BLUE, FAINT, GREEN, INK, ORANGE, WIDTH, Picture, box, canvas, drawn

ARROW = {"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0, "linewidth": 0.9}


@drawn
def families() -> Picture:
    """What goes in and out of an encoder, a decoder, and both together; and who may look where."""
    figure, axes = canvas(WIDTH, 2.65, xlim=(0, WIDTH), ylim=(0, 2.65))
    titles = [(1.0, "encoder", BLUE), (3.2, "decoder", ORANGE), (5.75, "encoder-decoder", GREEN)]
    for x, name, color in titles:
        axes.text(x, 2.53, name, ha="center", va="center", color=color, fontsize=10.5, weight="bold")
    _half(axes, 1.0, ["The", "cat", "sleeps"], ["vector"] * 3, BLUE, causal=False, says="looks both ways")
    _half(axes, 3.2, ["The", "cat", "sleeps"], ["cat", "sleeps", "on"], ORANGE, causal=True, says="looks back only")
    _half(axes, 5.05, ["Le", "chat"], [], BLUE, causal=False, says="reads")
    _half(axes, 6.45, ["start", "The"], ["The", "cat"], ORANGE, causal=True, says="writes")
    axes.annotate("", (5.81, 1.3), (5.68, 1.3), arrowprops={**ARROW, "linewidth": 2, "color": GREEN})
    notes = [(1.0, "a vector for each token"), (3.2, "the next token"), (5.75, "another text")]
    for x, note in notes:
        axes.text(x, 0.12, note, ha="center", va="center", fontsize=8.5)
    alt = (
        "Three families. An encoder looks both ways and makes a vector for each token. A decoder looks back only and "
        "makes the next token at each place. An encoder-decoder has an encoder that reads one text and hands it to a "
        "decoder that writes another."
    )
    return Picture(figure, alt)


def _half(axes: Any, middle: float, ins: list[str], outs: list[str], color: str, *, causal: bool, says: str) -> None:
    """One stack of layers: tokens below it, results above it, and lines inside from each token to where it looks."""
    gap = 0.6
    places = [middle + gap * (i - (len(ins) - 1) / 2) for i in range(len(ins))]
    left, width = places[0] - 0.33, gap * (len(ins) - 1) + 0.66
    axes.add_patch(box(left, 0.8, width, 1.05, color))
    axes.text(middle, 0.94, says, ha="center", va="center", fontsize=8, color=INK)
    for i, (x, token) in enumerate(zip(places, ins, strict=True)):
        axes.text(x, 0.42, token, ha="center", va="center", fontsize=8.5, style="italic")
        axes.annotate("", (x, 0.78), (x, 0.54), arrowprops=ARROW)
        for j, other in enumerate(places):
            if j <= i or not causal:
                axes.plot([x, other], [1.72, 1.12], color=color, linewidth=1.1)
        axes.plot([x, x], [1.72, 1.12], "o", color=color, markersize=3.5)
    for x, result in zip(places, outs, strict=False):
        axes.annotate("", (x, 2.12), (x, 1.87), arrowprops=ARROW)
        axes.text(x, 2.25, result, ha="center", va="center", fontsize=8.5, style="italic")


@drawn
def blocks() -> Picture:
    """One layer of an encoder beside one layer of a decoder that listens to it (Vaswani et al. 2017, figure 1)."""
    figure, axes = canvas(WIDTH, 3.9, xlim=(0, WIDTH), ylim=(0, 3.9))
    encoder = [("self-attention", "every token looks at all tokens", BLUE), ("feed-forward", "each token alone", FAINT)]
    decoder = [
        ("masked self-attention", "looks back only", ORANGE),
        ("encoder-decoder attention", "looks at what the encoder made", GREEN),
        ("feed-forward", "each token alone", FAINT),
    ]
    end = _block(axes, 0.1, "encoder block", encoder)
    _block(axes, 4.1, "decoder block", decoder)
    listened = 0.62 + 0.92 + 0.31  # the middle of the decoder's second part
    axes.plot([1.6, 3.6, 3.6], [end, end, listened], color=GREEN, linewidth=2, solid_joinstyle="round")
    axes.annotate("", (4.29, listened), (3.59, listened), arrowprops={**ARROW, "color": GREEN, "linewidth": 2})
    axes.text(2.65, end + 0.15, "what the last encoder block made", ha="center", va="center", fontsize=8)
    alt = (
        "Encoder block beside decoder block, from below. Encoder: self-attention, in which every token looks at all "
        "tokens, then feed-forward. Decoder: masked self-attention, which looks back only, then encoder-decoder "
        "attention, which looks at what the encoder made, then feed-forward. Each part is followed by add and "
        "normalize."
    )
    return Picture(figure, alt)


def _block(axes: Any, left: float, title: str, parts: list[tuple[str, str, str]]) -> float:
    """A block with its parts, the first one at the bottom; returns where its last part ends."""
    width, height, step = 3.0, 0.62, 0.92
    middle, y = left + width / 2, 0.62
    axes.text(middle, 0.12, "vectors of the tokens", ha="center", va="center", fontsize=8.5)
    axes.annotate("", (middle, y - 0.02), (middle, 0.24), arrowprops=ARROW)
    for name, says, color in parts:
        axes.add_patch(box(left + 0.2, y, width - 0.4, height, color))
        axes.text(middle, y + 0.41, name, ha="center", va="center", fontsize=9.5, weight="bold")
        axes.text(middle, y + 0.18, says, ha="center", va="center", fontsize=8)
        axes.annotate("", (middle, y + step - 0.02), (middle, y + height), arrowprops=ARROW)
        axes.text(middle + 0.1, y + height + 0.14, "add & normalize", va="center", fontsize=7.5)
        y += step
    axes.text(middle, 3.75, title, ha="center", va="center", fontsize=10.5, weight="bold")
    return y
