"""What a judge says: one of four outcomes, the points, and a message of three parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    OUR_FAULT = "our fault"


@dataclass(frozen=True)
class Verdict:
    """The judgment of one answer.

    message   one sentence that says it all
    got       what was seen in the answer
    wanted    what was looked for, without giving the answer away
    advice    what to try next
    mistake   the stable name of a known mistake, for tests and class reports; empty when right
    points    points earned, between 0 and the exercise's own
    """

    outcome: Outcome
    message: str
    got: str = ""
    wanted: str = ""
    advice: str = ""
    mistake: str = ""
    points: float = 0

    @property
    def is_right(self) -> bool:
        return self.outcome is Outcome.RIGHT

    def as_text(self) -> str:
        """The message as plain text, for logs, feedback pages and screen readers."""
        parts = [self.message]
        parts += [f"Seen: {self.got}"] if self.got else []
        parts += [f"Looked for: {self.wanted}"] if self.wanted else []
        parts += [f"Try: {self.advice}"] if self.advice else []
        return "\n".join(parts)


class Wrong(Exception):
    """Raised by a check at the first thing that is wrong; `earned` points are kept as partial credit."""

    def __init__(self, mistake: str, message: str, *, got="", wanted="", advice="", earned: float = 0) -> None:
        super().__init__(message)
        self.verdict = Verdict(Outcome.WRONG, message, got, wanted, advice, mistake, earned)
