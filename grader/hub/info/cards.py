"""The card of a repository: the YAML between two `---` lines at the top of its README.md."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import yaml

from grader.hub.errors import BadRequest

_HEADER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST = 500_000  # characters, seconds of parsing
_MOST_VALUES = 100_000  # after YAML's references are written out: more is an attack or an accident
_LONGEST_INT = 256  # bits
_LISTS = ("tags", "language", "datasets", "metrics")


class BadCard(ValueError):
    """The metadata cannot be read; the message says what is wrong with it."""


def metadata(readme: str) -> dict[str, Any]:
    """The card's metadata as plain JSON values, empty when there is none; raises `BadCard`."""
    if not (header := _HEADER.match(readme)):
        return {}
    if len(header[1]) > _LONGEST:
        raise BadCard("The metadata at the top of README.md is too large.")
    try:
        data = plain_json(yaml.safe_load(header[1]))
    except BadCard:
        raise
    # PyYAML answers odd values (a thirteenth month, '!!bool x') with whatever its converters raise, and not only with
    # YAMLError. Its C loader must not be used: deep nesting crashes the process.
    except Exception as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadCard(f"The metadata at the top of README.md is not valid YAML: {reason}") from None
    if not isinstance(data, dict | None):
        raise BadCard("The metadata at the top of README.md must be 'key: value' lines.")
    return data or {}


def body(readme: str) -> str:
    """What follows the metadata: the card's own text, as Markdown."""
    header = _HEADER.match(readme)
    return readme[header.end() :] if header else readme


def problems(readme: str) -> tuple[list[str], list[str]]:
    """What is wrong with a card (it cannot be committed) and what is merely missing."""
    try:
        data = metadata(readme)
    except BadCard as error:
        return [str(error)], []
    errors = []
    for key in _LISTS:
        values = data.get(key)
        if not isinstance(values, str | list | None) or any(not isinstance(value, str) for value in values or []):
            errors.append(f'"{key}" must be a text or a list of texts; put values like "no" in quotes')
    for key in ("license", "pipeline_tag", "library_name"):
        if not isinstance(data.get(key), str | list | None if key == "license" else str | None):
            errors.append(f'"{key}" must be a text')
    return errors, [] if data else ["empty or missing yaml metadata in repo card"]


def refuse_bad_card(readme: bytes) -> None:
    """Raises `BadRequest` for a README.md whose metadata is wrong."""
    errors, _ = problems(readme.decode("utf-8", errors="replace"))
    if errors:
        raise BadRequest("README.md cannot be committed: " + "; ".join(errors))


def texts(value: Any) -> list[str]:
    """A card's value that may be one text or a list of them, as a list."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def plain_json(value: Any) -> Any:
    """The value as any JSON reader knows it: dates as text, text keys, no NaN, no half characters, no giant numbers.

    Raises `BadCard` when it is too large, as a short text with references to references can be.
    """
    return _plain(value, [_MOST_VALUES])


def _plain(value: Any, budget: list[int]) -> Any:
    """As `plain_json`; `budget` counts down over the whole value."""
    budget[0] -= 1
    if budget[0] < 0:
        raise BadCard("The metadata at the top of README.md is too large.")
    if isinstance(value, dict):
        return {_plain(str(key), budget): _plain(item, budget) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item, budget) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and value.bit_length() > _LONGEST_INT:
        return None
    if isinstance(value, int | float | None):
        return value
    return str(value).encode("utf-8", errors="replace").decode()
