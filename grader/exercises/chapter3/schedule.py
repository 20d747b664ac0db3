"""The check of `schedule`."""

from __future__ import annotations

import math

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong


@exercise(
    "schedule",
    chapter=3,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["training_steps", "learning_rate"],
    hints=[
        "100 examples in batches of 32: how many batches are there in one epoch? And how many in three?",
        "`math.ceil(a / b)` rounds up. Between two points of a straight line, the share of the way is (step - start) / "
        "(end - start).",
        "training_steps: batches of one epoch, rounded up, times epochs; learning_rate: before the end of the warm-up "
        "peak times step / warm-up, after it peak times the steps that are left / the steps from there to the end",
    ],
)
def schedule(answer: Answer, draw: Draw) -> str:
    """Steps and learning rates

    - `training_steps(examples, batch_size, epochs)`: how many steps does the training take? Each epoch begins anew, its
      last batch may be smaller, and each batch is one step.
    - `learning_rate(step, peak, warmup_steps, total_steps)`: the learning rate of a step; the first one has number 0.
      It grows on a straight line from 0 at step 0 to `peak` at step `warmup_steps`, and from there it falls on a
      straight line to 0 at step `total_steps`. `warmup_steps` may be 0.
    """
    for rest in (draw.integer(1, 4), 0, draw.integer(1, 4)):
        size, epochs = draw.integer(11, 33), draw.integer(2, 5)
        # A small rest: over all epochs, the rests fit into fewer batches than they take.
        _check_steps(answer, draw.integer(5, 40) * size + rest, size, epochs)
    for warmup in (draw.integer(12, 40), draw.integer(12, 40), 0):
        peak, total = draw.choice([1e-3, 2e-4, 5e-5]) * draw.integer(1, 3), warmup + draw.integer(50, 400)
        # Between the corners first: at a corner, different mistakes look alike.
        for step in (warmup // 3, draw.integer(warmup + 5, total - 5), 0, warmup, total - 1, total):
            _check_rate(answer, step, peak, warmup, total)
    return "Rounded up in each epoch; up in a straight line, then down in another one."


def _check_steps(answer: Answer, examples: int, size: int, epochs: int) -> None:
    found = expect.integer(answer.call("training_steps", examples, size, epochs), "What `training_steps` returns")
    right = math.ceil(examples / size) * epochs
    if found == right:
        return
    slips = [
        ("last-batch-dropped", examples // size * epochs, "The examples at the end of an epoch make a batch, too."),
        ("rounded-once", math.ceil(examples * epochs / size), "A batch does not reach into the next epoch."),
        ("rounded-once", examples * epochs // size, "A batch does not reach into the next epoch."),
        ("one-epoch", math.ceil(examples / size), "These are the steps of one epoch."),
        ("one-too-many", (examples // size + 1) * epochs, "What if the last batch is just full?"),
        ("examples-not-batches", examples * epochs, "A step takes a whole batch."),
    ]
    mistake, advice = next(
        ((mistake, advice) for mistake, value, advice in slips if found == value),
        ("other-steps", "Count the batches of one epoch by hand for 7 examples in batches of 3."),
    )
    raise Wrong(
        mistake,
        "`training_steps` counts otherwise.",
        got=f"{found} for {examples} examples in batches of {size}, {epochs} epochs",
        wanted="one step for each batch of each epoch",
        advice=advice,
    )


def _check_rate(answer: Answer, step: int, peak: float, warmup: int, total: int) -> None:
    try:
        value = answer.call("learning_rate", step, peak, warmup, total)
    except LearnerRaised as raised:
        if raised.error != "ZeroDivisionError":
            raise
        raise Wrong(
            "divided-by-zero",
            "`learning_rate` divides by zero.",
            got=f"ZeroDivisionError at step {step} of {total}, with {warmup} warm-up steps",
            wanted="a rate for each step of each run",
            advice="Not every run has a warm-up. Which part of your formula must not be computed then?",
            earned=1,
        ) from None
    found = expect.number(value, "What `learning_rate` returns", earned=1)
    right = peak * (step / warmup if step < warmup else (total - step) / (total - warmup))
    if _near(found, right, peak):
        return
    rising, since, left = step < warmup, step - warmup, total - step
    slips = [
        ("share-not-rate", right / peak, "This is the share of the peak."),
        ("whole-numbers", 0, "`//` drops what comes after the point."),
    ]
    if rising:
        slips += [
            ("step-from-one", peak * (step + 1) / warmup, "The first step has the number 0."),
            ("no-warmup", peak, "At the start the rate is not at its peak yet."),
            ("no-warmup", peak * left / total, "At the start the rate grows."),
        ]
    else:
        way = since / (total - warmup)
        slips += [
            ("no-decay", peak, "After the warm-up the rate does not stay where it is."),
            ("decay-from-step-0", peak * left / total, "The fall starts where the warm-up ends."),
            ("upside-down", peak * way, "The rate must be lowest at the end."),
            ("cosine", peak * (1 + math.cos(math.pi * way)) / 2, "Straight lines are asked for, not a cosine."),
            ("grows-on", peak * step / max(1, warmup), "The warm-up ends at `warmup_steps`."),
            ("step-from-one", peak * (left - 1) / (total - warmup), "The first step has the number 0."),
        ]
    mistake, advice = next(
        ((mistake, advice) for mistake, slip, advice in slips if _near(found, slip, peak)),
        ("other-rate", "Draw the two lines, and mark the corners: where is the rate 0, where is it at its peak?"),
    )
    raise Wrong(
        mistake,
        "`learning_rate` is on another line.",
        got=f"{found:.3g} at step {step}: peak {peak:.3g}, {warmup} warm-up steps, {total} in all",
        wanted="a rise to the peak" if rising else "a fall from the peak to 0",
        advice=advice,
        earned=1,
    )


def _near(found: float, right: float, scale: float) -> bool:
    return abs(found - right) <= 1e-4 * scale
