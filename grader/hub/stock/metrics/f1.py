"""F1: the harmonic mean of precision and recall."""

import datasets
import evaluate
from sklearn.metrics import f1_score

DESCRIPTION = """The harmonic mean of precision and recall: 2 * precision * recall / (precision + recall)."""

INPUTS = """
Args:
    predictions: predicted classes, integers.
    references: true classes, integers.
    labels: the classes to count, with an average other than "binary".
    pos_label: the class that counts as positive when average="binary".
    average: "binary" (default), "micro", "macro", "weighted", "samples" or None.
    sample_weight: one weight for each example.
Returns:
    f1: from 0 to 1; with average=None, one value for each class.
"""


class F1(evaluate.Metric):
    """What `evaluate.load("f1")` gives."""

    def _info(self):
        integers = datasets.Value("int64")
        labels = datasets.Sequence(integers) if self.config_name == "multilabel" else integers
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": labels, "references": labels}),
        )

    def _compute(self, predictions, references, labels=None, pos_label=1, average="binary", sample_weight=None):
        score = f1_score(
            references,
            predictions,
            labels=labels,
            pos_label=pos_label,
            average=average,
            sample_weight=sample_weight,
        )
        return {"f1": score if average is None else float(score)}
