"""The check of `trainer-sst2`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter3 import sst2
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Verdict, Wrong
from grader.judging.wire import Made

LOWEST_RATE = 5e-6  # hardly moves a weight within the budget
SMALL_RATE = 2.5e-5  # smaller than the chapter's rate, for whichever checkpoint


@exercise(
    "trainer-sst2",
    chapter=3,
    points=4,
    difficulty=3,
    minutes=30,
    asks=["sst2_trainer", "sst2_predictions"],
    hints=[
        "What of the MRPC run has to change for single sentences, and what can stay as it is?",
        "`AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)`, a new `Trainer`, and "
        "`trainer.predict(split).predictions`, shape (sentences, 2).",
        'tokenize "sentence" of SST-2; a new model; the arguments of above with max_steps=60; train; predict the test '
        "split; argmax over the last axis",
    ],
)
def trainer_sst2(answer: Answer, draw: Draw) -> str:
    """Good review or bad review?

    Fine-tune `checkpoint` on SST-2 (`"nyu-mll/glue"`, `"sst2"`): sentences from movie reviews, negative (0) or
    positive (1). Its test split hides its labels. We know them.

    - Your budget: **60 steps with 32 sentences each**, about a minute on two CPU cores.
      `peak_rate` is a good learning rate for it.
    - Train on `train` alone. Set `sst2_trainer` to your `Trainer`, after it has trained.
    - Set `sst2_predictions` to a label, 0 or 1, for each sentence of `test`, in its order. At least 80% must be right.

    With the real Hub, where nobody knows these labels, you must agree with the published sentiment model instead.
    """
    trainer = answer.value("sst2_trainer")
    _judge_run(trainer)
    try:
        share = sst2.judge_predictions(answer.value("sst2_predictions"), "sst2_predictions", draw, earned=1)
    except Wrong as wrong:
        if wrong.verdict.mistake in ("not-trained", "learned-too-little"):
            _explain_by_run(trainer.fields, wrong.verdict)
        raise
    return f"{share:.0%} right on labels that neither you nor your model has seen."


def _judge_run(trainer: Any) -> None:
    """What the trainer says of itself explains a bad result; that it says the right thing proves nothing."""
    if not isinstance(trainer, Made) or trainer.kind != "trainer":
        raise Wrong(
            "not-a-trainer",
            "`sst2_trainer` is not a Trainer.",
            got=shorten(trainer),
            wanted="the object on which you called `train()`",
            advice="`trainer.train()` returns a report, not the trainer."
            if "global_step" in str(trainer) or "TrainOutput" in str(trainer)
            else "",
        )
    facts = trainer.fields
    splits = references.glue("sst2")
    steps, rate = _number(facts.get("steps")), _number(facts.get("learning_rate"))
    sentences = steps * (_number(facts.get("batch_size")) or 1)
    if steps == 0:
        raise Wrong(
            "never-trained",
            "This Trainer has not trained.",
            got="0 steps",
            wanted=f"up to {sst2.STEPS} steps",
            advice="Call its `train()` first. Was the one that trained replaced by running a cell again?",
        )
    if facts.get("rows") == len(splits["validation"]):
        raise Wrong(
            "trained-on-validation",
            "This Trainer learned from the validation split.",
            got=f"{facts['rows']} training examples, as many as `validation` has",
            wanted="the train split; validation is for looking on the way",
            advice="What is `train_dataset`?",
        )
    if sentences > 2 * sst2.STEPS * sst2.BATCH and steps > sst2.STEPS:
        raise Wrong(
            "over-budget",
            "That was more than your budget.",
            got=f"{steps:,} steps",
            wanted=f"at most {sst2.STEPS} steps with {sst2.BATCH} sentences each",
            advice="`max_steps` ends a run.",
            earned=1,
        )
    if facts.get("head_learns") is False:
        raise Wrong(
            "head-frozen",
            "The head was not allowed to learn.",
            got="a classifier whose weights do not take gradients",
            wanted="at least the new head trained: it starts from random numbers",
            advice="Freezing `model.base_model` is one thing, freezing `model` another.",
        )
    if rate < LOWEST_RATE:
        raise Wrong(
            "rate-too-low",
            "With this learning rate hardly a weight moves.",
            got=f"{rate:.0e}",
            wanted="a learning rate with which the loss falls within the budget",
            advice="Start from the one of the MRPC run.",
        )


def _explain_by_run(facts: dict[str, Any], found: Verdict) -> None:
    """Few steps or a small rate are the likeliest cause of a bad result, wherever the run shows them."""
    steps, rate = _number(facts.get("steps")), _number(facts.get("learning_rate"))
    sentences = steps * (_number(facts.get("batch_size")) or 1)
    if sentences >= sst2.STEPS * sst2.BATCH / 2 and rate >= SMALL_RATE:
        return
    raise Wrong(
        "too-little-training",
        "Your model has not trained enough to learn it.",
        got=f"{found.got}; it trained for {steps:.0f} of {sst2.STEPS} steps, at a rate of {rate:.0e}",
        wanted=found.wanted,
        advice="Use your budget: all the steps, with 32 sentences each, at the rate of the MRPC run, `peak_rate`.",
        earned=1,
    ) from None


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
