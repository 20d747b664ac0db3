"""The check of `gradient-accumulation`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.classifiers import text_batches, tiny_classifier
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong
from grader.judging.wire import Made

HEAD = "classifier.weight"


@exercise(
    "gradient-accumulation",
    chapter=3,
    points=3,
    difficulty=3,
    minutes=12,
    asks=["accumulated_step"],
    hints=[
        "A large batch's loss is a mean over all its examples. What is the sum of the means of its parts?",
        "`loss.backward()` adds to the gradients that are there; `optimizer.step()` uses them once.",
        "for each small batch: its loss, divided by their number, backward; after the loop one step; return the "
        "state dict",
    ],
)
def accumulated_step(answer: Answer, draw: Draw) -> str:
    """A large batch in small pieces

    A batch of 32 does not fit into memory, but four of 8 do. Write
    `accumulated_step(model, small_batches, learning_rate)`.

    - Make **one** step of `torch.optim.SGD(model.parameters(), lr=learning_rate)` with the gradients of all the small
      batches together. They are equally large; each is a dictionary of tensors, its `labels` among them.
    - The model's weights afterwards must be those that one large batch would have given.
    - Return `model.state_dict()`.
    """
    # With an odd number first, each way of dividing wrongly gives a step of its own length.
    for parts in (draw.choice([3, 5]), draw.choice([2, 4])):
        probe = tiny_classifier(draw, training=True)
        batches, rate = text_batches(draw, [6] * parts), round(draw.number(0.05, 0.2), 3)
        value = expect.dictionary(
            answer.call("accumulated_step", probe, batches, rate), "What `accumulated_step` returns", keys=(HEAD,)
        )
        before = probe.fields["weights"][HEAD].double().numpy()
        found = expect.array(value[HEAD], f"`{HEAD}`", shape=before.shape)
        _judge_weights(found - before, probe, batches, rate)
        body = "bert.embeddings.word_embeddings.weight"
        right = _step(probe, [_joined(batches)], rate, body)
        if body not in value or not expect.close(
            expect.array(value[body], f"`{body}`", shape=right.shape), right, tolerance=1e-4
        ):
            raise Wrong(
                "body-stands-still",
                "The head moved as it should, the body did not.",
                wanted="the weights of the whole model, after the step",
                advice="Give all of `model.parameters()` to the optimizer, and return the whole state dict.",
                earned=1,
            )
    return "The same step as one large batch, with a fraction of its memory."


def _judge_weights(moved: Any, probe: Made, batches: list[dict], rate: float) -> None:
    """`moved`: how far the head's weights went."""
    before = probe.fields["weights"][HEAD].double().numpy()
    right = _step(probe, [_joined(batches)], rate) - before
    size = abs(right).max()
    if (abs(moved - right) <= 2e-3 * size).all():
        return
    parts = len(batches)
    got = f"with {parts} small batches a step {abs(moved).max() / size:.2f} times as long as that of the large batch"

    def like(other: Any) -> bool:
        return bool((abs(moved - other) <= 2e-2 * abs(other).max()).all())

    slips = [
        ("loss-not-divided", parts * right, "The step is too long.",
         f"Each small batch's loss is a mean already. Adding up {parts} means gives {parts} times the mean.", 1),
        ("divided-by-four", right * parts / 4, "The step has another length.",
         f"The four of the task are an example. Divide by the number of small batches, here {parts}.", 1),
        ("divided-twice", right / parts, "The step is too short.", "Divide once, by the number of small batches.", 1),
        ("divided-by-examples", right / len(_joined(batches)["labels"]), "The step is far too short.",
         "A loss is a mean over the examples of its batch already: which number is left to divide by?", 1),
        ("divided-by-batch-size", parts * right / len(batches[0]["labels"]), "The step has another length.",
         "By what do you divide: the size of a batch, or the number of batches?", 1),
        ("wrong-way", -right, "The step goes uphill.", "SGD subtracts the gradient; does anything change its sign?", 0),
        ("step-for-each-batch", _step(probe, batches, rate) - before, "Each small batch made a step of its own.",
         "All gradients first, then one step.", 0),
        ("step-for-each-batch", _step(probe, batches, rate / parts) - before,
         "Each small batch made a step of its own.", "All gradients first, then one step.", 0),
        ("last-batch-only", _step(probe, batches[-1:], rate) - before, "Only the last small batch counts.",
         "When are the gradients cleared? They must last until the step.", 0),
        ("last-batch-only", _step(probe, batches[-1:], rate / parts) - before, "Only the last small batch counts.",
         "When are the gradients cleared? They must last until the step.", 0),
        ("first-batch-only", _step(probe, batches[:1], rate) - before, "Only the first small batch counts.",
         "Does your loop end too early?", 0),
        ("gradients-kept", _kept(probe, batches, rate) - before, "Each small batch made a step of its own.",
         "All gradients first, then one step.", 0),
    ]  # fmt: skip
    if abs(moved).max() <= 1e-6:
        raise Wrong(
            "no-step",
            "The weights did not move.",
            got="the weights as they came",
            wanted="one step",
            advice="Is there a `step()`, and are the gradients still there when it comes?",
        )
    for mistake, other, message, advice, earned in slips:
        if like(other):
            raise Wrong(
                mistake, message, got=got, wanted="the very step of one large batch", advice=advice, earned=earned
            )
    raise Wrong(
        "other-step",
        "The weights are not where one large batch would bring them.",
        got=got,
        wanted="one step of plain SGD with the mean gradient of all examples",
        advice="No momentum, no schedule, no clipping. Compare with one batch that holds all the rows.",
    )


def _step(probe: Made, batches: list[dict], rate: float, name: str = HEAD) -> Any:
    """Weights after a step of plain SGD with each of the batches."""
    import torch

    model = probe.build()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for batch in batches:
        model(**batch).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.state_dict()[name].double().numpy()


def _kept(probe: Made, batches: list[dict], rate: float) -> Any:
    """The same with gradients that are never cleared, and losses that are divided."""
    import torch

    model = probe.build()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for batch in batches:
        (model(**batch).loss / len(batches)).backward()
        optimizer.step()
    return model.state_dict()[HEAD].double().numpy()


def _joined(batches: list[dict]) -> dict:
    import torch

    return {key: torch.cat([batch[key] for batch in batches]) for key in batches[0]}
