"""The check of `compute-metrics`."""

from __future__ import annotations

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong
from grader.judging.wire import Made


@exercise(
    "compute-metrics",
    chapter=3,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["compute_metrics"],
    hints=[
        "The model gives two numbers for each pair. How do they become one answer?",
        '`np.argmax(logits, axis=-1)` and `evaluate.load("glue", "mrpc").compute(predictions=…, references=…)`.',
        "split eval_pred into logits and labels; argmax over the last axis; let the metric compare",
    ],
)
def compute_metrics(answer: Answer, draw: Draw) -> str:
    """Count what is right

    The Trainer calls `compute_metrics(eval_pred)` after each evaluation. `eval_pred` holds `predictions`
    (logits, shape (pairs, 2)) and `label_ids` (shape (pairs,)).

    Return `{"accuracy": …, "f1": …}`, both between 0 and 1, where 1 (equivalent) is the positive label.
    """
    import numpy
    from sklearn.metrics import accuracy_score, f1_score

    for pairs in draw.integers(2, 20, 60):
        logits = draw.tensor(pairs, 2).numpy()
        labels = numpy.array([1 if draw.number(0, 1) < 0.7 else 0 for _ in range(pairs)])
        probe = Made("predictions", {"predictions": logits, "label_ids": labels})
        try:
            returned = answer.call("compute_metrics", probe)
        except LearnerRaised as raised:
            _explain_metric_error(raised)
            raise
        value = expect.dictionary(returned, "What `compute_metrics` returns", keys=("accuracy", "f1"))
        found = expect.array([value["accuracy"], value["f1"]], "The two metrics", shape=(2,))
        predictions = logits.argmax(-1)
        right = numpy.array([accuracy_score(labels, predictions), f1_score(labels, predictions)])
        if expect.close(found, right):
            continue
        got = f"accuracy {found[0]:.3f}, f1 {found[1]:.3f}"
        if (found > 1).any():
            raise Wrong("percent", "The metrics are in percent.", got=got, wanted="numbers between 0 and 1")
        if expect.close(
            found, numpy.array([accuracy_score(labels, 1 - predictions), f1_score(labels, 1 - predictions)])
        ):
            raise Wrong(
                "argmin",
                "The less likely label is taken.",
                got=got,
                wanted="the label with the highest logit",
                advice="argmax, not argmin.",
            )
        if expect.close(found, right[::-1]):
            raise Wrong("swapped-metrics", "Accuracy and F1 have changed places.", got=got)
        if expect.close(found, right, tolerance=6e-3):
            raise Wrong("rounded", "The metrics are rounded.", got=got, wanted="the numbers as they are computed")
        if abs(found[0] - right[0]) < 1e-4 and abs(found[1] - f1_score(labels, predictions, pos_label=0)) < 1e-4:
            raise Wrong(
                "f1-of-label-0",
                "The F1 score is the one of label 0.",
                got=got,
                wanted="the F1 score of label 1 (equivalent)",
                advice="Does your function say which label counts as found, as with `pos_label`?",
                earned=1,
            )
        if abs(found[0] - right[0]) < 1e-4:
            raise Wrong(
                "other-f1",
                "The accuracy is right, the F1 score is not.",
                got=got,
                wanted="the F1 score of label 1",
                advice='Macro averages answer another question. `evaluate.load("glue", "mrpc")` gives both.',
                earned=1,
            )
        raise Wrong(
            "other-metrics",
            "The metrics do not fit the logits and labels.",
            got=got,
            wanted="the share of right answers, and the F1 score of label 1",
            advice="The prediction for a pair is the position of its highest logit.",
        )
    return "Accuracy and F1 are right on logits that we drew."


def _explain_metric_error(raised: LearnerRaised) -> None:
    """The two usual mistakes make the metric itself complain, in words that do not name them."""
    text = raised.text.lower()
    if "inconsistent number" in text or "mismatch in the number" in text:
        raise Wrong(
            "argmax-axis",
            "There is not one prediction for each pair.",
            got="another number of predictions than of labels",
            wanted="one predicted label for each pair",
            advice="Which axis of the logits holds the labels: 0 or -1?",
        ) from None
    if "continuous" in text or "multi-label" in text or "format" in text or "mix of" in text:
        raise Wrong(
            "logits-as-predictions",
            "The logits themselves were taken as predictions.",
            got="two numbers for each pair",
            wanted="one predicted label for each pair",
            advice="Take the position of the highest logit first.",
        ) from None
