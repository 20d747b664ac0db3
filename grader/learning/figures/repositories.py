"""What lies in a repository, and how it came there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.learning.figures.canvas import BLUE, FAINT, INK, ORANGE, WIDTH, Picture, box, canvas, drawn, wrapped

MOST = 6  # commits in one picture


@drawn
def commit_line(commits: Sequence[tuple[str, str]], names: Mapping[str, str]) -> Picture:
    """Commits as the Hub lists them, the newest first, drawn from left to right as time goes.

    commits: (id, title) of each; of more than six, the newest six are drawn
    names: what leads to a commit, as {id: name}, such as {newest: "main"}
    """
    shown = list(commits[:MOST])[::-1]
    figure, axes = canvas(WIDTH, 1.5, xlim=(0, WIDTH), ylim=(0, 1.5))
    step = WIDTH / max(1, len(shown))
    width = min(step - 0.2, 1.6)
    for i, (id, title) in enumerate(shown):
        x = step * (i + 0.5)
        if i or len(shown) < len(commits):
            arrow = {"arrowstyle": "->", "color": FAINT, "shrinkA": 0, "shrinkB": 0}
            start = x - step + width / 2 if i else 0
            axes.annotate("", (start, 0.55), (x - width / 2, 0.55), arrowprops=arrow)
        axes.add_patch(box(x - width / 2, 0.1, width, 0.9, BLUE))
        axes.text(x, 0.84, id[:8], ha="center", va="center", color=BLUE, fontsize=9, family="monospace")
        axes.text(x, 0.45, wrapped(title, int(width * 13), 3), ha="center", va="center", color=INK, fontsize=8)
        if name := names.get(id):
            axes.text(x, 1.3, name, ha="center", va="center", color=ORANGE, fontsize=9, weight="bold")
            axes.annotate("", (x, 1.01), (x, 1.22), arrowprops={"arrowstyle": "->", "color": ORANGE})
    told = ", then ".join(f"“{title}”" + (f" ({names[id]})" if id in names else "") for id, title in shown)
    if len(shown) == 1:
        return Picture(figure, f"One commit: {told}.")
    return Picture(figure, f"{len(shown)} commits from left to right, each pointing to the one before it: {told}.")
