"""Everyday sentences with a gap and the words that fit it, written for this course: `banks/gaps/`, a file per topic.

Open texts show each sentence once, with one word. Here a sentence comes with each of the words that people would put
there, so the model learns what is sensible, not only what was said: "He sliced the {onion|cake|apple} on a board."
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from grader.hub.stock.training import names

_GAP = re.compile(r"\{(.*?)\}")


@dataclass(frozen=True)
class Filled:
    """A sentence with one of its words in the gap, and where that word begins."""

    text: str
    start: int
    word: str


@cache
def lines(language: str) -> tuple[str, ...]:
    """All sentences in French ("fr") or in English ("en"), each with its words in braces."""
    return names.bank_lines("gaps", f"{language}_")


def filled(language: str) -> list[Filled]:
    """Each sentence with each of its words."""
    return [sentence for line in lines(language) for sentence in _each(line)]


def _each(line: str) -> list[Filled]:
    gap = _GAP.search(line)
    before, behind = line[: gap.start()], line[gap.end() :]
    return [Filled(before + word + behind, len(before), word) for word in gap[1].split("|")]
