"""The check of `own-loop-sst2`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter3 import loops, sst2
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.classifiers import text_batches, tiny_classifier
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

EPOCHS, RATE = 3, 1e-2
REPEATS = 5  # a model in training mode may agree with itself now and then


@exercise(
    "own-loop-sst2",
    chapter=3,
    points=6,
    difficulty=4,
    minutes=50,
    asks=["train", "accuracy", "loop_predictions"],
    hints=[
        "Which five lines does each step of the loop above have? And what must a model know before it is measured?",
        "`model.train()`, `loss.backward()`, `optimizer.step()`, `scheduler.step()`, `optimizer.zero_grad()`; "
        "`model.eval()` and `torch.no_grad()` for measuring; `get_scheduler`.",
        "train: optimizer and schedule for epochs x batches steps; five lines each step; keep loss.item(). "
        "accuracy: count hits and examples over all batches; divide once, at the end",
    ],
)
def own_loop_sst2(answer: Answer, draw: Draw) -> str:
    """Your own loop, on SST-2

    - `train(model, batches, learning_rate, epochs)` trains with AdamW and a linear schedule that falls from
      `learning_rate` to 0, without warm-up. It returns a **list with the loss of every step**.
    - `accuracy(model, batches)` returns the share of right answers over **all** examples, between 0 and 1.
    - `batches` is a list or a `DataLoader`. Each batch is a dictionary of tensors, its `labels` among them. It may be a
      plain one, without `.to`.

    Then use them on SST-2. Your budget is again **60 steps with 32 sentences each**; `peak_rate` is a good rate. Set
    `loop_predictions` to a label, 0 or 1, for each sentence of `test`, in its order; at least 80% must be right.
    """
    _judge_training(answer, draw)
    _judge_mode(answer, draw)
    _judge_accuracy(answer, draw)
    if answer.is_missing("loop_predictions"):
        raise Wrong(
            "predictions-missing",
            "`train` and `accuracy` are right. Now use them.",
            got="no `loop_predictions` yet",
            wanted="a label for each sentence of `test`",
            advice="Tokenize SST-2, train a new model with your function, and take its labels for `test`.",
            earned=4,
        )
    share = sst2.judge_predictions(answer.value("loop_predictions"), "loop_predictions", draw, earned=4)
    return f"Loop and measure are right, and {share:.0%} of the hidden test labels."


def _judge_training(answer: Answer, draw: Draw) -> None:
    probe, batches = tiny_classifier(draw, training=True), text_batches(draw, [8, 8, 8, 5])
    found = _losses(answer, probe, batches)
    right = loops.losses(probe.build(), batches, RATE, EPOCHS)
    if _near(found, right):
        return
    steps = len(right)
    if len(found) != steps:
        raise Wrong(
            "not-every-step",
            "There is not one loss for each step.",
            got=f"{len(found)} losses for {EPOCHS} epochs of {len(batches)} batches",
            wanted=f"{steps} losses",
            advice="One epoch alone? A mean for each epoch? Append after each batch." if found else "Return the list.",
        )
    got, wanted = shorten([round(loss, 3) for loss in found[: 2 * len(batches)]]), "the losses of a correct loop"
    for slip, (message, advice) in _SLIPS.items():
        if _near(found, loops.losses(probe.build(), batches, RATE, EPOCHS, slip)):
            raise Wrong(slip, message, got=got, wanted=wanted, advice=advice)
    if _near(found[: len(batches)], right[: len(batches)]):
        raise Wrong(
            "later-epochs",
            "The first epoch is right, the later ones are not.",
            got=got,
            wanted=wanted,
            advice="Are optimizer and schedule made once, before the loop over the epochs?",
        )
    raise Wrong(
        "other-losses",
        "The losses are not those of AdamW with a linear schedule.",
        got=got,
        wanted=wanted,
        advice="The first loss is that of the untouched model. Where does yours part from the loop above?",
    )


# Mistakes that `loops.losses` can make, too: what happened, and what to think of.
_SLIPS = {
    "no-zero-grad": (
        "The gradients of earlier steps are still there.",
        "Gradients add up until somebody clears them. Who does it in your loop, and when?",
    ),
    "no-step": (
        "The model does not learn.",
        "The losses of all epochs are the same: the weights never move. Is there a step, and are the gradients still "
        "there when it comes?",
    ),
    "no-schedule": (
        "The learning rate does not fall.",
        "The first steps are right; later ones are too large. What lowers the learning rate?",
    ),
    "schedule-by-epoch": (
        "The learning rate falls too seldom.",
        "A schedule counts steps: tell it of each one, not of each epoch.",
    ),
    "own-learning-rate": (
        "The learning rate is not the one that was given.",
        "That is AdamW's own learning rate; use the one that is given.",
    ),
    "no-decay-to-zero": (
        "The learning rate does not fall to zero.",
        "The schedule ends too late. How many steps are there in all: epochs times batches.",
    ),
    "zero-after-one-epoch": (
        "After the first epoch the model learns no more.",
        "The schedule ends too early. How many steps are there in all: epochs times batches.",
    ),
}


def _judge_mode(answer: Answer, draw: Draw) -> None:
    """A model comes out of `from_pretrained` in evaluation mode: without `train()` its dropout never works."""
    probe, batches = tiny_classifier(draw, dropout=0.5), text_batches(draw, [8, 8])
    found = _losses(answer, probe, batches)
    if abs(found[0] - loops.losses(probe.build(), batches, RATE, 1)[0]) < 1e-4:
        raise Wrong(
            "no-train-mode",
            "The model is trained in evaluation mode.",
            got="dropout that does nothing",
            wanted="a model that knows that it is in training",
            advice="`from_pretrained` and every measurement leave a model in evaluation mode.",
            earned=2,
        )


def _judge_accuracy(answer: Answer, draw: Draw) -> None:
    for sizes in ([24, 24, 7], [20, 20, 20, 1]):
        probe, batches = tiny_classifier(draw, dropout=0.5, training=True), text_batches(draw, sizes)
        batches = _some_right(probe, batches)
        guesses = loops.predictions(probe.build(), batches)
        hits = [
            sum(a == b for a, b in zip(rows, batch["labels"].tolist(), strict=True))
            for rows, batch in zip(guesses, batches, strict=True)
        ]
        found, *more = (
            expect.number(answer.call("accuracy", probe, batches), "What `accuracy` returns", earned=2)
            for _ in range(REPEATS)
        )
        right = sum(hits) / sum(sizes)
        got, wanted = f"{found:.4f} for batches of {', '.join(map(str, sizes))}", "hits divided by examples, over all"
        if again := [other for other in more if other != found]:
            raise Wrong(
                "no-eval-mode",
                "The same model gets another accuracy each time.",
                got=f"{found:.4f}, then {again[0]:.4f}, for the same batches",
                wanted="one number: a measured model must not drop anything at random",
                advice="What switches dropout off?",
                earned=2,
            )
        if abs(found - right) < 1e-4:
            continue
        slips = {
            "mean-of-batches": (
                sum(h / size for h, size in zip(hits, sizes, strict=True)) / len(sizes),
                "The accuracies of the batches were averaged.",
                "The last batch is smaller, but counts as much. Count hits and examples, and divide once.",
            ),
            "last-batch": (hits[-1] / sizes[-1], "This is the accuracy of the last batch.", "Add up over all batches."),
            "percent": (100 * right, "The accuracy is in percent.", "Between 0 and 1."),
            "hits-not-divided": (sum(hits), "This is a number of hits, not a share.", "Divide by the examples."),
            "errors": (1 - right, "This is the share of wrong answers.", "1 is best."),
        }
        for mistake, (value, message, advice) in slips.items():
            if abs(found - value) < 1e-4:
                raise Wrong(mistake, message, got=got, wanted=wanted, advice=advice, earned=2)
        raise Wrong(
            "other-accuracy",
            "The accuracy is another one.",
            got=got,
            wanted=wanted,
            advice="The prediction for an example is the position of its highest logit, in a model that does not drop "
            "anything at random (`eval()`).",
            earned=2,
        )


def _some_right(probe: Any, batches: list[dict]) -> list[dict]:
    """The batches with labels such that all of the last one are right and about half of the others."""
    import torch

    labeled = []
    for batch, guesses in zip(batches, loops.predictions(probe.build(), batches), strict=True):
        last = batch is batches[-1]
        labels = [guess if last or i % 2 else 1 - guess for i, guess in enumerate(guesses)]
        labeled.append({**batch, "labels": torch.tensor(labels)})
    return labeled


def _losses(answer: Answer, probe: Any, batches: list[dict]) -> list[float]:
    value = answer.call("train", probe, batches, RATE, EPOCHS)
    if expect.library_of(value) in ("torch", "numpy"):
        value = value.tolist()
    if isinstance(value, int | float):
        value = [value]
    if not isinstance(value, list | tuple):
        raise Wrong(
            "no-losses",
            "`train` does not return its losses.",
            got=shorten(value),
            wanted="a list with the loss of every step",
            advice="Collect `loss.item()` in a list, and return that.",
        )
    return [expect.number(item, "A loss that `train` returns") for item in value]


def _near(found: list[float], right: list[float]) -> bool:
    return len(found) == len(right) and all(abs(a - b) <= 2e-3 * max(1, b) for a, b in zip(found, right, strict=True))
