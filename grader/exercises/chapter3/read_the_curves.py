"""The check of `read-the-curves`, and the curves that it asks about."""

from __future__ import annotations

import math

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

REGIMES = {"A": "under-fitting", "B": "over-fitting", "C": "rate too high", "D": "good fit"}
EPOCHS = 12
WHY = {
    ("under-fitting", "good fit"): "Where do both losses of this run end, and are they still falling there?",
    ("good fit", "under-fitting"): "Both losses are low at the end and hardly fall any more.",
    ("over-fitting", "good fit"): "Which of the two lines turns back, and when?",
    ("good fit", "over-fitting"): "A small gap is normal. Does the validation loss rise again?",
    ("rate too high", "over-fitting"): "In over-fitting the training loss falls on. Does it here?",
    ("rate too high", "under-fitting"): "This loss does not fall slowly: it jumps. What makes steps too long?",
    ("over-fitting", "rate too high"): "The training loss falls smoothly, so the steps are not too long.",
    ("under-fitting", "rate too high"): "Nothing jumps here. Is it moving too fast, or too slowly?",
}


def curves() -> dict[str, tuple[list[float], list[float]]]:
    """For each of four runs its losses after every epoch, of training and of validation.

    They are drawn by formula, with a little noise, from the shapes that real runs take; always the same ones.
    """
    draw = Draw("four curves", "read-the-curves")
    shapes = {
        "under-fitting": (lambda t: 0.69 - 0.011 * t, lambda t: 0.695 - 0.010 * t, 0.002),
        "over-fitting": (lambda t: 0.69 * math.exp(-0.42 * t), lambda t: 0.40 + 0.29 * math.exp(-t) + 0.06 * t, 0.012),
        "rate too high": (lambda t: 0.72, lambda t: 0.75, 0.2),
        "good fit": (lambda t: 0.10 + 0.59 * math.exp(-0.5 * t), lambda t: 0.16 + 0.53 * math.exp(-0.5 * t), 0.008),
    }
    return {
        name: tuple(
            [round(abs(shape(t) + draw.number(-noise, noise)), 4) for t in range(EPOCHS)]
            for shape in shapes[regime][:2]
            for noise in shapes[regime][2:]
        )
        for name, regime in REGIMES.items()
    }


@exercise(
    "read-the-curves",
    chapter=3,
    points=4,
    difficulty=2,
    minutes=8,
    asks=["regimes"],
    hints=[
        "For each run: does the training loss fall? How low? And does the other line follow?",
        "Cover the training line with a finger. Would you stop this run earlier, later, or start it in another way?",
        "jumps up and down -> rate too high; both still high -> under-fitting; they part, and validation rises -> "
        "over-fitting; both low, side by side -> good fit",
    ],
)
def read_the_curves(answer: Answer, draw: Draw) -> str:
    """Four runs, four diagnoses

    Look at the four runs in the picture above. What happened in each of them?

    Set `regimes` to a dictionary from `"A"`, `"B"`, `"C"` and `"D"` to one of `"good fit"`, `"under-fitting"`,
    `"over-fitting"` and `"rate too high"` (the learning rate). Each of them occurs once.
    """
    value = expect.dictionary(answer.value("regimes"), "`regimes`")
    given = {str(key).strip().upper(): _word(regime) for key, regime in value.items()}
    if missing := [name for name in REGIMES if name not in given]:
        raise Wrong(
            "missing-keys",
            f"`regimes` says nothing of {' and '.join(missing)}.",
            got=shorten(value),
            wanted="the four keys A, B, C and D",
        )
    known = list(REGIMES.values())
    for name in REGIMES:
        if given[name] not in known:
            raise Wrong(
                "unknown-regime",
                f"What you say of run {name} is none of the four.",
                got=shorten(value.get(name, given[name])),
                wanted=", ".join(f'"{word}"' for word in sorted(known)),
            )
    wrong = [name for name in REGIMES if given[name] != REGIMES[name]]
    if not wrong:
        return "All four. Only one of them is a run to keep; now you know what to change in the others."
    right = 4 - len(wrong)
    if len(wrong) == 2 and {given[name] for name in wrong} == {REGIMES[name] for name in wrong}:
        pair = {REGIMES[name] for name in wrong}
        if pair == {"over-fitting", "under-fitting"}:
            raise Wrong(
                "over-and-under-swapped",
                "Over-fitting and under-fitting have changed places.",
                got=", ".join(f"{name}: {given[name]}" for name in wrong),
                wanted="over: too much of the training data; under: too little of anything",
                earned=right,
            )
    name = wrong[0]
    advice = WHY.get((REGIMES[name], given[name]), "Compare where each line ends, and whether it jumps.")
    if len(set(given[n] for n in REGIMES)) == 1:
        raise Wrong(
            "all-the-same",
            "The four runs cannot all be the same.",
            got=f"{given[name]} for all",
            wanted="each regime once",
            earned=0,
        )
    raise Wrong(
        f"not-{given[name].replace(' ', '-')}",
        f"Run {name} is not a case of {given[name]}.",
        got=f"{right} of 4 right",
        wanted="the word that fits both of its lines",
        advice=advice,
        earned=right,
    )


def _word(value: object) -> str:
    """A regime as it is written here, whatever hyphens and capitals the learner used."""
    text = " ".join(str(value).lower().replace("-", " ").replace("_", " ").split()) if isinstance(value, str) else ""
    aliases = {
        "overfitting": "over fitting",
        "underfitting": "under fitting",
        "learning rate too high": "rate too high",
    }
    text = aliases.get(text, text)
    return {"over fitting": "over-fitting", "under fitting": "under-fitting"}.get(text, text)
