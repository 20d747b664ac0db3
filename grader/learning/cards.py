"""Feedback as a card: HTML for the notebook and the same as plain text for logs, feedback pages and screen readers.

One markup serves light and dark themes: a translucent background and the notebook's own text color. JupyterLab
strips scripts, style elements, ids and ARIA attributes from untrusted notebooks, so the card needs none of them for
its meaning: the outcome is always there as a word.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from grader.judging.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Look:
    """How an outcome is shown: a sign that every font has, a word, a color (red, green, blue)."""

    sign: str
    word: str
    color: str
    css_class: str


LOOKS = {
    Outcome.RIGHT: Look("✓", "Correct", "46,125,50", "course-pass"),
    Outcome.WRONG: Look("✗", "Not yet", "198,40,40", "course-fail"),
    Outcome.NOT_ATTEMPTED: Look("○", "Not attempted", "178,106,0", "course-todo"),
    Outcome.OUR_FAULT: Look("!", "Our fault", "106,27,154", "course-our-fault"),
}
HINT_LOOK = Look("?", "Hint", "21,101,192", "course-hint")


class Card:
    """What a notebook displays; `title` is plain text, `lines` are (label, text) pairs in Markdown's inline code."""

    def __init__(self, look: Look, title: str, lines: list[tuple[str, str]], points: str = "", fold: str = "") -> None:
        self.look, self.title, self.lines, self.points, self.fold = look, title, lines, points, fold

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.as_html(), "text/plain": self.as_text()}

    def __repr__(self) -> str:
        return self.as_text()

    def as_text(self) -> str:
        head = f"{self.look.sign} {self.look.word}: {self.title}" + (f" ({self.points})" if self.points else "")
        body = [f"{label}: {text}" if label else text for label, text in self.lines]
        return "\n".join([head, *body, *([self.fold] if self.fold else [])])

    def as_html(self) -> str:
        look = self.look
        points = f' <span style="opacity:0.75">· {html.escape(self.points)}</span>' if self.points else ""
        rows = "".join(f'<div style="margin-top:4px">{_row(label, text)}</div>' for label, text in self.lines)
        fold = f'<div style="margin-top:6px;opacity:0.75">{inline(self.fold)}</div>' if self.fold else ""
        return (
            f'<div class="course-card {look.css_class}" role="status" style="{box_style(look.color)}">'
            f"<strong>{look.sign} {look.word}</strong> <code>{html.escape(self.title)}</code>{points}{rows}{fold}</div>"
        )


def box_style(color: str) -> str:
    """The style of a frame in a color (red, green, blue): as wide as the course's widest pictures."""
    return (
        f"border:1px solid rgba({color},0.5);border-left:6px solid rgb({color});border-radius:6px;"
        f"background-color:rgba({color},0.12);color:inherit;padding:8px 14px;margin:4px 0;"
        "box-sizing:border-box;max-width:720px;line-height:1.5"
    )


def points_of(earned: float, possible: float) -> str:
    """Points in words, such as "1 of 3 points"."""
    return f"{earned:g} of {possible:g} point" + ("" if possible == 1 else "s")


def verdict_card(title: str, verdict: Verdict, max_points: float, *, hint_call: str = "") -> Card:
    """The card of a verdict; `hint_call` is the source of a cell that shows a hint, offered when it may help."""
    lines = [("", verdict.message)]
    lines += [("Seen", verdict.got)] if verdict.got else []
    lines += [("Looked for", verdict.wanted)] if verdict.wanted else []
    lines += [("Try", verdict.advice)] if verdict.advice else []
    wants_hint = hint_call and verdict.outcome in (Outcome.WRONG, Outcome.NOT_ATTEMPTED)
    points = points_of(verdict.points, max_points) if max_points else ""
    return Card(
        LOOKS[verdict.outcome], title, lines, points, f"Stuck? Run `{hint_call}` in a new cell." if wants_hint else ""
    )


def _row(label: str, text: str) -> str:
    return f"<em>{label}:</em> {inline(text)}" if label else inline(text)


def inline(text: str) -> str:
    """Escaped text in which `code` becomes a code element and line breaks stay."""
    escaped = html.escape(text).replace("\n", "<br>")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
