"""Everyday sentences in French and English, written for this course: `banks/phrasebook/*.tsv`.

Tatoeba says little of salty dishes, choirs and aching backs. These sentences go through everyday topics and, letter by
letter, through the most common French words. A line is a French sentence, a tab and its translation; a slot such as
`{person}` stands for a name, which is the same in both.
"""

from __future__ import annotations

import random
import re
from functools import cache

from grader.hub.stock.training import names

Pair = tuple[str, str]  # French, English
_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöùûüœh]", re.IGNORECASE)


@cache
def lines() -> tuple[Pair, ...]:
    """All pairs as they are written, with their slots."""
    pairs = [tuple(line.split("\t")) for line in names.bank_lines("phrasebook")]
    return tuple((french, english) for french, english in pairs)


def pairs(choose: random.Random) -> list[Pair]:
    """All pairs, with other names in the slots each time."""
    return [filled(pair, choose) for pair in lines()]


def filled(pair: Pair, choose: random.Random) -> Pair:
    """The pair with names in its slots, and French articles and prepositions to suit: "d'Anna" but "de Marc"."""
    french, english = pair
    if "{" not in french:
        return pair
    slots = {
        "person": names.person(choose),
        "org": names.organization(choose),
        "place": names.place(choose),
        "name": choose.choice((names.person, names.organization, names.coined))(choose),
        "number": str(choose.randint(2, 12)),
    }
    if "{other}" in french:  # else nothing is drawn for it: the names in the other frames stay what they were
        slots["other"] = names.person(choose)
    french = re.sub(r"\b([Dd])e (\{\w+\})", lambda found: _elided(found, slots), french)
    return french.format(**slots), english.format(**slots)


def starts_with_vowel(name: str) -> bool:
    """Whether French shortens "de" and "que" in front of the name."""
    return bool(_VOWEL.match(name))


def _elided(found: re.Match, slots: dict[str, str]) -> str:
    letter, slot = found.groups()
    return f"{letter}'{slot}" if starts_with_vowel(slots[slot[1:-1]]) else f"{letter}e {slot}"
