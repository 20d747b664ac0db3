"""Invented names of people, companies and places for the training sentences that our own frames make."""

from __future__ import annotations

import random
import tomllib
from functools import cache
from importlib import resources

_ENDINGS = ("", "", "", "n", "s", "x", "r", "ck", "ton", "ville", "ing", "ia", "ly")


@cache
def bank(name: str) -> dict[str, list]:
    """The lists of `banks/NAME.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath(f"banks/{name}.toml").read_text("utf-8"))


def bank_lines(folder: str, start: str = "") -> tuple[str, ...]:
    """The lines of the files in `banks/FOLDER/` whose names begin with `start`, file by file."""
    files = resources.files(__package__).joinpath("banks", folder).iterdir()
    chosen = sorted((file for file in files if file.name.startswith(start)), key=lambda file: file.name)
    return tuple(line for file in chosen for line in file.read_text("utf-8").splitlines())


def person(choose: random.Random) -> str:
    """A first name, or a full name."""
    first = choose.choice(bank("names")["first_names"])
    return first if choose.random() < 0.5 else f"{first} {choose.choice(bank('names')['last_names'])}"


def organization(choose: random.Random) -> str:
    """A company, a museum, a club and so on, without an article in front."""
    named = [name for name in bank("names")["organizations"] if not name.lower().startswith("the ")]
    return choose.choice(named) if choose.random() < 0.6 else coined(choose)


def place(choose: random.Random) -> str:
    """A city that is called alike in English and in French, or an invented one."""
    differing = {city["en"] for city in bank("names")["cities_fr"] if city["en"] != city["fr"]}
    cities = [city for city in bank("names")["cities"] if city not in differing and not city.startswith("The ")]
    return choose.choice(cities) if choose.random() < 0.8 else coined(choose).split()[0]


def coined(choose: random.Random) -> str:
    """One to three words that nobody has seen, or ordinary English words with capitals, as companies like them."""
    if choose.random() < 0.4:
        return " ".join(word.capitalize() for word in choose.sample(_ordinary_words(), choose.choice((1, 2, 2, 3))))
    words = [
        "".join(choose.choices(bank("names")["syllables"], k=choose.randint(2, 3)))
        for _ in range(choose.choice((1, 1, 2)))
    ]
    return " ".join((word + choose.choice(_ENDINGS)).capitalize() for word in words)


@cache
def _ordinary_words() -> list[str]:
    frames = [frame["en"] for frame in bank("mt_frames")["frames"]] + bank("ner_frames")["frames"]
    words = {word.strip(".,?!:;\"'") for frame in frames for word in frame.split() if "{" not in word}
    return sorted(word for word in words if word.isalpha() and word.islower() and len(word) > 3)
