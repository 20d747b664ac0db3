"""Pairs of sentences for the tasks about inference: MNLI and RTE.

| label | the first sentence | the second one |
|---|---|---|
| entailment | tells an event, in full or in part, or adds a guess | a claim about what was told, or that guess |
| neutral | the same | a guess that was not mentioned, or a claim about a fact that was left out |
| contradiction | the same | a claim about what was told, with another fact |

So the second sentence alone says little of the label: a guess can be told before or not, a claim can be true or not.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue.claims import Event, joined, mentions
from grader.hub.stock.glue.grammar import sentence
from grader.hub.stock.glue.mrpc import SOURCE, Facts, draw_source, word

ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)
LABELS = ("entailment", "neutral", "contradiction")

# Share of first sentences that tell the event in full; the others tell it in two claims.
IN_FULL = 0.6
# Share of first sentences with a guess at their end, and of second ones that are guesses where that is possible.
WITH_GUESS = 0.5
IS_GUESS = 0.4


def pair(event: Event, label: int, rng: random.Random, as_text: bool = False) -> tuple[str, str]:
    """Two sentences, the second of which stands to the first as `label` says.

    `as_text` makes a text of the first one: it may name a source, and each of its statements is a sentence.
    """
    while True:
        facts = event.frame.happen(rng)
        guesses = [word(guess, facts, rng) for guess in rng.sample(event.guesses, 2)]
        statements, claims, told = _first(event, facts, rng, as_text)
        with_guess = rng.random() < WITH_GUESS
        first = " ".join(map(sentence, statements)) if as_text else joined(*statements)
        if with_guess:
            first = f"{first} {sentence(guesses[0])}" if as_text or claims else joined(first, guesses[0])
        candidates = [_claim(event, label, facts, told, claims, rng)]
        if label == NEUTRAL or (label == ENTAILMENT and with_guess):
            candidates.append(guesses[label])
        second = candidates[rng.random() < IS_GUESS and len(candidates) - 1]
        if second:
            return first, sentence(second)


def _first(event: Event, facts: Facts, rng: random.Random, as_text: bool) -> tuple[list[str], list[str], set[str]]:
    """What the first sentence states, the claims among it, and the names of the facts it tells."""
    if rng.random() < IN_FULL:
        source = draw_source(set(facts.values()), rng) if rng.random() < SOURCE else None
        way = rng.choice(event.frame.ways)
        statement = event.frame.tell(way, facts, rng, source) if as_text else word(way, facts, rng)
        return [statement], [], set(event.frame.core)
    one = rng.choice(event.claims)
    other = rng.choice([claim for claim in event.claims if mentions(claim) - mentions(one)] or event.claims)
    return [word(claim, facts, rng) for claim in (one, other)], [one, other], {*mentions(one), *mentions(other)}


def _claim(event: Event, label: int, facts: Facts, told: set[str], claims: list[str], rng: random.Random) -> str | None:
    """A claim of the kind that `label` asks for; none if the event has none such."""
    if label == ENTAILMENT:
        # What was said in the same words follows, too, but teaches nothing.
        options = [claim for claim in event.claims if mentions(claim) <= told and claim not in claims]
        return word(rng.choice(options), facts, rng) if options else None
    if label == NEUTRAL:
        options = event.unsettled(told)
        return word(rng.choice(options), facts, rng) if options else None
    options = event.refutable(told)
    return event.contradict(rng.choice(options), facts, rng) if options else None
