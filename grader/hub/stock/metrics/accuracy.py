"""Accuracy: the share of predictions that equal their reference."""

import datasets
import evaluate
from sklearn.metrics import accuracy_score

DESCRIPTION = """The share of predictions that equal their reference: correct / all."""

INPUTS = """
Args:
    predictions: predicted classes, integers.
    references: true classes, integers.
    normalize: give the share of correct predictions (default), or with False their number.
    sample_weight: one weight for each example.
Returns:
    accuracy: from 0 to 1; with normalize=False, the number of correct predictions.
"""


class Accuracy(evaluate.Metric):
    """What `evaluate.load("accuracy")` gives."""

    def _info(self):
        integers = datasets.Value("int64")
        labels = datasets.Sequence(integers) if self.config_name == "multilabel" else integers
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": labels, "references": labels}),
        )

    def _compute(self, predictions, references, normalize=True, sample_weight=None):
        score = accuracy_score(references, predictions, normalize=normalize, sample_weight=sample_weight)
        return {"accuracy": float(score)}
