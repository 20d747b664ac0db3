"""What follows from an event and what does not: claims, guesses and questions for the tasks about inference.

The events are those of the news frames (`mrpc.Frame`). For each of them, a bank `claims_*.toml` holds

- `claims`: short statements that are true of every event of the frame. Each mentions some of its facts;
- `firm`: facts that cannot be otherwise. A claim with another value of one of them contradicts the event (the profit
  fell, or by another percentage), whereas the same claim about another company would be about something else;
- `guesses`: likely statements of which the event says nothing;
- `ask`: a question for the fact of that name.

A claim has a form for every state of a fact, so its words do not give away whether it is true.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache

from grader.hub.stock.glue.facts import redraw
from grader.hub.stock.glue.grammar import bank, sentence
from grader.hub.stock.glue.mrpc import Facts, Frame, frames, word

GENRES = ("business", "nature", "sport", "local", "culture")

_HOLE = re.compile(r"\{(\w+)")


@dataclass(frozen=True)
class Event:
    """A kind of event and what can be said about it; the module's docstring explains the fields."""

    frame: Frame
    firm: list[str]
    claims: list[str]
    guesses: list[str]
    ask: dict[str, str]

    def alterations(self, claim: str) -> list[set[str]]:
        """The sets of facts which have to change (or to change places) for `claim` to contradict an event."""
        ways = [{name} for name in self.firm if name in mentions(claim)]
        if self.frame.swap and mentions(claim).issuperset(self.frame.swap):
            ways.append(set(self.frame.swap))
        return ways

    def contradict(self, claim: str, facts: Facts, rng: random.Random) -> str:
        """`claim` with facts that contradict the event with `facts`; it has to have `alterations`."""
        names = sorted(rng.choice(self.alterations(claim)))
        if len(names) == 2:
            one, other = names
            return word(claim, facts | {one: facts[other], other: facts[one]}, rng)
        (name,) = names
        return word(claim, facts | {name: redraw(self.frame.core[name], set(facts.values()), rng)}, rng)

    def refutable(self, told: set[str]) -> list[str]:
        """The claims which facts of the names `told` can contradict."""
        return [claim for claim in self.claims if mentions(claim) <= told and self.alterations(claim)]

    def silent_about(self, fact: str) -> list[str]:
        """The claims and guesses that do not mention the fact of this name."""
        return [text for text in self.claims + self.guesses if fact not in mentions(text)]

    def unsettled(self, told: set[str]) -> list[str]:
        """The claims of which facts of the names `told` do not say whether they are true."""
        return [claim for claim in self.claims if mentions(claim) & {*self.firm} - told and mentions(claim) & told]


@cache
def events(*genres: str) -> tuple[Event, ...]:
    """The events of these genres."""
    by_name = {frame.name: frame for frame in frames()}
    entries = [entry for genre in genres for entry in bank(f"claims_{genre}")["event"]]
    return tuple(Event(**entry | {"frame": by_name[entry["frame"]]}) for entry in entries)


@cache
def mentions(template: str) -> frozenset[str]:
    """The names of the facts that `template` mentions."""
    return frozenset(_HOLE.findall(template))


def joined(*statements: str) -> str:
    """One sentence that makes all the statements."""
    return sentence(", and ".join(statement.removesuffix(".") for statement in statements))
