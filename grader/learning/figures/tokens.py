"""Texts as their tokenizers see them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from grader.learning.figures.canvas import BLUE, GREEN, INK, ORANGE, WIDTH, Picture, box, canvas, drawn, visible

SPOKEN = {" ": "space", None: "gap"}  # in the text for those who do not see the picture


@drawn
def token_strips(rows: dict[str, Sequence[str | None]], ids: dict[str, Sequence[int]] | None = None) -> Picture:
    """Texts as colored strips of tokens, one row for each name; `ids` of the same name stand below the tokens.

    The colors only tell neighbors apart. A space is drawn as ␣, so that it can be seen. None among the tokens leaves a
    gap: a border between words that no token holds.
    """
    letter, gap, line, most_lines = 0.07, 0.04, 0.3, 6
    boxes, titles, y = [], [], 0.0
    for name, tokens in rows.items():
        numbers = [str(number) for number in (ids or {}).get(name, [])]
        height = line * (1.5 if numbers else 1)
        count = sum(token is not None for token in tokens)
        titles.append((y + 0.13, f"{name} · {count} token{'s' * (count != 1)}"))
        x, y, first = 0.02, y + 0.26, y + 0.26
        for i, token in enumerate(tokens):
            if token is None:
                x += 3 * letter
                continue
            shown, number = visible(str(token)), numbers[i] if i < len(numbers) else ""
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
    figure, axes = canvas(WIDTH, y, xlim=(0, WIDTH), ylim=(y, 0))
    for top, title in titles:
        axes.text(0, top, title, va="center", fontsize=9, weight="bold")
    for x, top, width, height, color, shown, number in boxes:
        axes.add_patch(box(x, top, width, height, color, rounding=0.05))
        mono = {"ha": "center", "va": "center", "family": "monospace"}
        axes.text(x + width / 2, top + height * (0.32 if number else 0.5), shown, fontsize=8, **mono)
        axes.text(x + width / 2, top + height * 0.74, number, fontsize=6.5, color=INK, **mono)
    spoken = {name: " | ".join(SPOKEN.get(token, str(token)) for token in rows[name]) for name in rows}
    told = (
        f"{name}, {len(rows[name]) - list(rows[name]).count(None)}: {textwrap.shorten(spoken[name], 150)}"
        for name in rows
    )
    return Picture(figure, f"Strips of tokens. {'; '.join(told)}.")
