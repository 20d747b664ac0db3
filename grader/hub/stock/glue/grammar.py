"""The small language of the banks: a template with choices and holes becomes one finished English sentence.

| written | means |
|---|---|
| `(rose|climbed|)` | any one of the options; an empty one leaves the detail out |
| `{company}` | the fact of that name |
| `{percent.words}` | the fact in another form |
| `{trend:rose|fell}` | the option that belongs to the fact's state |

Options may hold choices and holes in turn.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from importlib import resources

# fill(name, form, variants) -> text; `form` and `variants` are None where the hole has none.
Fill = Callable[[str, str | None, list[str] | None], str]

_INNERMOST = re.compile(r"\(([^(){}]*)\)|\{([+-]?\w+)(?:\.(\w+))?(?::([^(){}]*))?\}")
# "an 8 percent rise", "an 11-year-old", "an hour", but "a one-year deal", "a useful tool", "a European".
_NEEDS_AN = re.compile(r"\b(a) (?=(?!one\b|one-|once|uni|use|eu)[aeiou]|hour|honest|8|1[18](?!\d|,\d))", re.IGNORECASE)

# News style: "Halbrook Holdings' profit".
_POSSESSIVE_OF_S = re.compile(r"(?<=s)'s\b")


def bank(name: str) -> dict:
    """The bank `banks/<name>.toml` as read from this package."""
    return tomllib.loads(resources.files(__package__).joinpath("banks", f"{name}.toml").read_text("utf-8"))


def expand(template: str, fill: Fill, rng: random.Random, details: bool = True) -> str:
    """`template` with every choice made by `rng` and every hole filled by `fill`, innermost first.

    Without `details`, whatever can be left out is left out.
    """
    while hole := _INNERMOST.search(template):
        options, name, form, variants = hole.groups()
        if name is None:
            texts = options.split("|")
            text = rng.choice(texts) if details or "" not in texts else ""
        else:
            text = fill(name, form, None if variants is None else variants.split("|"))
        template = template[: hole.start()] + text + template[hole.end() :]
    return template


def sentence(text: str) -> str:
    """`text` as a sentence: "a" or "an" and possessives put right, a capital letter in front, a full stop behind.

    A question keeps its question mark.
    """
    text = _POSSESSIVE_OF_S.sub("'", _NEEDS_AN.sub(r"\1n ", text))
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", '."', "?")) else text + "."
