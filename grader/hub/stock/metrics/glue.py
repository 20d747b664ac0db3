"""The official metrics of the GLUE tasks."""

import datasets
import evaluate
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

DESCRIPTION = """The metrics by which each task of the GLUE benchmark is officially judged."""

INPUTS = """
Args:
    predictions: predicted classes; for "stsb", predicted similarities.
    references: true classes; for "stsb", true similarities.
Returns, depending on the task:
    accuracy: the share of correct predictions.
    f1: the harmonic mean of precision and recall of class 1 ("mrpc", "qqp").
    pearson, spearmanr: correlations ("stsb").
    matthews_correlation: from -1 to 1 ("cola").
"""

ACCURACY_TASKS = ("sst2", "mnli", "mnli_mismatched", "mnli_matched", "qnli", "rte", "wnli", "hans")
F1_TASKS = ("mrpc", "qqp")
TASKS = (*ACCURACY_TASKS, *F1_TASKS, "cola", "stsb")


class Glue(evaluate.Metric):
    """What `evaluate.load("glue", task)` gives."""

    def _info(self):
        if self.config_name not in TASKS:
            raise KeyError(f"{self.config_name!r} is no GLUE task; there are {', '.join(sorted(TASKS))}.")
        value = datasets.Value("float32" if self.config_name == "stsb" else "int64")
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": value, "references": value}),
            format="numpy",
        )

    def _compute(self, predictions, references):
        if self.config_name == "cola":
            return {"matthews_correlation": float(matthews_corrcoef(references, predictions))}
        if self.config_name == "stsb":
            return {
                "pearson": float(pearsonr(predictions, references)[0]),
                "spearmanr": float(spearmanr(predictions, references)[0]),
            }
        scores = {"accuracy": float(accuracy_score(references, predictions))}
        if self.config_name in F1_TASKS:
            scores["f1"] = float(f1_score(references, predictions))
        return scores
