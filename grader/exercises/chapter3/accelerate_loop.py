"""The check of `accelerate-loop`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.classifiers import text_batches, tiny_classifier
from grader.judging.draw import Draw
from grader.judging.processes import Facts, run_processes
from grader.judging.verdict import Wrong

RATE = 1e-2
SIZES = ((4, 4, 4, 4, 3), (5, 5, 5, 1))  # of the test batches: neither can be shared out evenly


@exercise(
    "accelerate-loop",
    chapter=3,
    points=4,
    difficulty=4,
    minutes=30,
    asks=["accelerated"],
    hints=[
        "Which lines of your own loop must know that it is not alone?",
        "`accelerator.prepare(model, optimizer, batches, …)`, `accelerator.backward(loss)`, "
        "`accelerator.gather_for_metrics((predictions, labels))`.",
        "optimizer; prepare all four; one epoch, with accelerator.backward; eval; for each test batch gather "
        "predictions and labels, count hits and examples; divide once",
    ],
)
def accelerated(answer: Answer, draw: Draw) -> str:
    """Your loop, in two processes

    Write `accelerated(accelerator, model, train_batches, test_batches, learning_rate)`.

    - Train `model` for one epoch with AdamW, without a schedule.
    - Return its accuracy on `test_batches`, **over all processes**: each of them returns the same number, and no
      example counts twice.
    - Both `…_batches` are as in your own loop. `accelerator` is what `Accelerator()` makes; here it is handed to you.

    We run your function in two processes at once.
    """
    for sizes in SIZES:
        _judge(answer, draw, sizes)
    return "Both processes agree, and they count each example once."


def _judge(answer: Answer, draw: Draw, sizes: tuple[int, ...]) -> None:
    probe = tiny_classifier(draw)
    train, test = text_batches(draw, [4] * 4), text_batches(draw, list(sizes))
    try:
        replies = answer.processes("accelerated", 2, probe, train, test, RATE)
    except LearnerRaised as raised:
        if raised.error == "Deadlock":
            raise Wrong(
                "deadlock",
                "Your processes wait for each other for ever.",
                got="one process that gathers, and one that does not",
                wanted="every process at every gathering",
                advice="`gather`, `backward` and `reduce` must be reached by all, also inside an `if`.",
            ) from None
        raise
    facts = replies[0][1]
    _judge_facts(facts)
    found, other = (expect.number(value, "What `accelerated` returns", earned=1) for value, _ in replies)
    right = _right(probe, train, test)
    got, wanted = (
        f"{found:.4f} and {other:.4f} in the two processes, {sum(sizes)} examples",
        "one number, over all examples",
    )
    if abs(found - other) > 1e-6:
        raise _not_gathered(got)
    if facts.in_training:
        raise Wrong(
            "measured-in-training",
            "The model is measured in training mode.",
            got=got,
            wanted="a model that knows that it is measured",
            advice="`model.eval()` before, and `torch.no_grad()` around it.",
            earned=2,
        )
    if abs(found - right) <= 1e-4:
        return
    if abs(found - 100 * right) <= 1e-2:
        raise Wrong("percent", "The accuracy is in percent.", got=got, wanted="between 0 and 1", earned=2)
    if "gather_for_metrics" not in facts.gathered:
        raise Wrong(
            "duplicated-tail",
            "Some examples count twice.",
            got=got,
            wanted=wanted,
            advice="Shares are made even with examples from the start. One way of gathering knows which to drop again.",
            earned=3,
        )
    for mistake, message, advice in _SLIPS:
        if abs(found - _right(probe, train, test, mistake)) <= 1e-4:
            raise Wrong(mistake, message, got=got, wanted=wanted, advice=advice, earned=2)
    raise Wrong(
        "other-accuracy",
        "The accuracy is another one.",
        got=got,
        wanted=wanted,
        advice="One epoch, AdamW with the given learning rate, no schedule; hits and examples counted over all "
        "batches, and divided once.",
        earned=2,
    )


def _judge_facts(facts: Facts) -> None:
    prepared = ", ".join(facts.prepared) or "nothing"
    if "model" not in facts.prepared or "optimizer" not in facts.prepared:
        raise Wrong(
            "not-prepared",
            "Model and optimizer were not both prepared.",
            got=f"{prepared}, given to `prepare`",
            wanted="model, optimizer and both kinds of batches",
            advice="`prepare` takes them all at once, and gives them back in the same order.",
        )
    if facts.prepared.count("batches") < 2:
        raise Wrong(
            "batches-not-prepared",
            "Each process works through all of the data.",
            got=f"{prepared}, given to `prepare`",
            wanted="both kinds of batches among them",
            advice="Only batches that were prepared are shared out.",
            earned=1,
        )
    if not facts.backward:
        raise Wrong(
            "loss-backward",
            "The accelerator does not know of your gradients.",
            got="`accelerator.backward` was never called",
            wanted="gradients that all processes share",
            advice="Which line computes gradients? The accelerator has one of the same name.",
            earned=1,
        )
    if not facts.gathered:
        raise _not_gathered("results that were never brought together")


def _not_gathered(got: str) -> Wrong:
    return Wrong(
        "not-gathered",
        "Each process has an accuracy of its own.",
        got=got,
        wanted="one number, over all examples",
        advice="A process sees its own share alone. What brings predictions and labels together?",
        earned=2,
    )


_SLIPS = [
    ("own-examples-counted", "The hits of all processes were divided by the examples of one.",
     "A process sees its own share alone: count what comes out of the gathering, hits and labels alike."),
    ("no-zero-grad", "The gradients of earlier steps are still there.",
     "Gradients add up until somebody clears them. Who does it in your loop, and when?"),
]  # fmt: skip


def _right(probe: Any, train: list[dict], test: list[dict], slip: str = "") -> float:
    ((accuracy, _), _) = run_processes(_loop, 2, lambda: [probe.build(), train, test, RATE, slip])
    return accuracy


def _loop(accelerator: Any, model: Any, train: Any, test: Any, rate: float, slip: str = "") -> float:
    """`slip`: a mistake of `_SLIPS` to make."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    model, optimizer, train, test = accelerator.prepare(model, optimizer, train, test)
    model.train()
    for batch in train:
        accelerator.backward(model(**batch).loss)
        optimizer.step()
        if slip != "no-zero-grad":
            optimizer.zero_grad()
    model.eval()
    hits = examples = 0
    for batch in test:
        with torch.no_grad():
            guesses = model(**batch).logits.argmax(-1)
        guesses, labels = accelerator.gather_for_metrics((guesses, batch["labels"]))
        counted = batch["labels"] if slip == "own-examples-counted" else labels
        hits, examples = hits + int((guesses == labels).sum()), examples + len(counted)
    return hits / examples
