"""Everyday sentences of different lengths, from which the checks of this chapter draw."""

from __future__ import annotations

SENTENCES = [
    "What a lovely surprise!",
    "The room was cold and the soup was colder.",
    "I would watch this again with all of my friends tomorrow evening.",
    "Not my cup of tea.",
    "She explained every step with so much patience that even I understood it.",
    "The package arrived late, and half of it was broken.",
]
