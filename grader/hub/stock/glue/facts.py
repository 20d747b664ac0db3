"""The facts an event consists of: names, numbers and states, and how they are drawn and worded."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from grader.hub.stock.glue.grammar import bank

NAMES = bank("names")

_RANGE = re.compile(r"(year )?([\d.]+)\.\.([\d.]+)(?: step (\d+))?")
# fmt: off
_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on


@dataclass(frozen=True)
class Fact:
    """One fact: the words for it, other forms of these words, and, for a state, which of its variants holds."""

    text: str
    words: str | None = None
    state: int | None = None

    def say(self, form: str | None, variants: list[str] | None) -> str:
        """The fact as a hole of a template asks for it (see `grammar`)."""
        if variants is not None:
            return variants[self.state]
        return self.words if form == "words" else self.text


def draw(kind: str | list[str], rng: random.Random) -> Fact:
    """A fact of `kind`.

    `kind` is a list of states, a range ("3..48", "120..980 step 10", "1.1..7.9" with as many decimals,
    "year 1610..1890" without a comma), or a kind of names of `banks/names.toml`; `KeyError` if there is none such.
    """
    if isinstance(kind, list):
        state = rng.randrange(len(kind))
        return Fact(kind[state], state=state)
    if match := _RANGE.fullmatch(kind):
        return _number(*match.groups(), rng=rng)
    return Fact(" ".join(rng.choice(column) for column in NAMES["kinds"][kind]))


def redraw(kind: str | list[str], taken: set[Fact], rng: random.Random) -> Fact:
    """A fact of `kind` that is none of `taken`."""
    while (fact := draw(kind, rng)) in taken:
        pass
    return fact


def in_words(number: int) -> str:
    """A number below 100 in words: 21 is "twenty-one"."""
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def _number(year: str | None, low: str, high: str, step: str | None, rng: random.Random) -> Fact:
    if "." in low:
        decimals = len(low.partition(".")[2])
        return Fact(f"{rng.uniform(float(low), float(high)):.{decimals}f}")
    number = rng.randrange(int(low), int(high) + 1, int(step or 1))
    return Fact(str(number) if year else f"{number:,}", words=in_words(number) if number < 100 else None)
