"""Where a large file is: a pointer in git's commit, the content in a store beside it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.learning.figures.canvas import BLUE, FAINT, GREEN, INK, WIDTH, Picture, box, canvas, drawn

IS_POINTER = "version https://git-lfs"


@drawn
def pointer_and_content(lines: Sequence[str], size: int) -> Picture:
    """What git has of a large file, and what git-lfs has.

    lines: what git shows of it, the three lines of a pointer; anything else is taken for the content itself
    size: of the content, in bytes
    """
    is_pointer = len(lines) >= 3 and lines[0].startswith(IS_POINTER)
    figure, axes = canvas(WIDTH, 1.7, xlim=(0, WIDTH), ylim=(0, 1.7))
    content = f"{size / 1e6:.1f} MB of content"
    if is_pointer:
        checksum = lines[1].removeprefix("oid sha256:")[:8]
        in_git = [line if len(line) < 42 else line[:40] + "…" for line in lines[:3]]
        beside = [content, f"stored under {checksum}…"]
        axes.annotate("", (4.7, 0.65), (3.6, 0.65), arrowprops={"arrowstyle": "->", "color": FAINT})
        axes.text(4.15, 0.8, "checksum", ha="center", color=INK, fontsize=8)
    else:
        in_git, beside = [content], ["nothing: git-lfs was not there"]
    for x, width, color, title, texts in (
        (0.1, 3.5, BLUE, "In git: every clone has it, for each version", in_git),
        (4.7, 2.4, GREEN, "With git-lfs: when needed", beside),
    ):
        axes.add_patch(box(x, 0.15, width, 1.05, color))
        axes.text(x, 1.4, title, color=color, fontsize=9, weight="bold", va="center")
        for i, text in enumerate(texts):
            y = 0.675 + 0.29 * ((len(texts) - 1) / 2 - i)
            axes.text(x + 0.15, y, text, color=INK, fontsize=8, va="center", family="monospace")
    alt = f"In git: {', '.join(in_git)}. With git-lfs: {', '.join(beside)}."
    return Picture(figure, f"Two boxes. {alt}" + (" An arrow, the checksum, leads from one to the other." * is_pointer))
