"""The served metrics against examples worked out by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.hub.stock import metrics
from grader.hub.stock.metrics.accuracy import Accuracy
from grader.hub.stock.metrics.f1 import F1
from grader.hub.stock.metrics.glue import TASKS, Glue

# Four of six are right. Class 1: two hits, one false alarm, one miss.
PREDICTIONS, REFERENCES = [1, 1, 1, 0, 0, 0], [1, 1, 0, 1, 0, 0]


def score(metric: type, tmp_path: Path, config: str | None = None, **arguments) -> dict:
    given = {"predictions": PREDICTIONS, "references": REFERENCES} | arguments
    return metric(config, cache_dir=str(tmp_path)).compute(**given)


def test_accuracy(tmp_path: Path) -> None:
    assert score(Accuracy, tmp_path) == {"accuracy": pytest.approx(4 / 6)}
    assert score(Accuracy, tmp_path, normalize=False) == {"accuracy": 4.0}


def test_f1(tmp_path: Path) -> None:
    """Class 1: two hits, one false alarm and one miss, so precision and recall are 2/3; the same holds for class 0."""
    assert score(F1, tmp_path) == {"f1": pytest.approx(2 / 3)}
    assert score(F1, tmp_path, average=None)["f1"].tolist() == pytest.approx([2 / 3, 2 / 3])
    three = {"predictions": [0, 1, 2, 2], "references": [0, 1, 2, 1], "average": "macro"}
    assert score(F1, tmp_path, **three) == {"f1": pytest.approx((1 + 2 / 3 + 2 / 3) / 3)}


@pytest.mark.parametrize("task", ["mrpc", "qqp"])
def test_glue_with_two_scores(tmp_path: Path, task: str) -> None:
    result = score(Glue, tmp_path, task)
    assert result == {"accuracy": pytest.approx(4 / 6), "f1": pytest.approx(2 / 3)}
    assert {type(value) for value in result.values()} == {float}


def test_glue_accuracy_only(tmp_path: Path) -> None:
    assert score(Glue, tmp_path, "sst2") == {"accuracy": pytest.approx(4 / 6)}


def test_glue_correlations(tmp_path: Path) -> None:
    """Two hits, two true negatives, one error of each kind: (2*2 - 1*1) / sqrt(3*3*3*3) = 1/3."""
    assert score(Glue, tmp_path, "cola") == {"matthews_correlation": pytest.approx(1 / 3)}
    similar = {"predictions": [1.0, 2.0, 3.0, 9.0], "references": [0.0, 1.0, 2.0, 3.0]}
    result = score(Glue, tmp_path, "stsb", **similar)
    # deviations (-2.75, -1.75, -0.75, 5.25) and (-1.5, -0.5, 0.5, 1.5): 12.5 / sqrt(38.75 * 5)
    assert result == {"pearson": pytest.approx(12.5 / (38.75 * 5) ** 0.5), "spearmanr": pytest.approx(1.0)}


def test_glue_refuses_unknown_tasks(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no GLUE task"):
        score(Glue, tmp_path, "mprc")
    assert "mrpc" in TASKS


def test_evaluate_loads_what_is_served(tmp_path: Path) -> None:
    """In a process of its own: evaluate reads its cache folders when it is imported."""
    metrics.write("glue", tmp_path)
    script = (
        f"import evaluate, json; metric = evaluate.load({str(tmp_path / 'glue.py')!r}, 'mrpc')\n"
        f"metric.add_batch(predictions={PREDICTIONS[:2]}, references={REFERENCES[:2]})\n"
        f"metric.add_batch(predictions={PREDICTIONS[2:]}, references={REFERENCES[2:]})\n"
        "print(json.dumps(metric.compute()))"
    )
    environment = os.environ | {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    finished = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(finished.stdout) == {"accuracy": pytest.approx(4 / 6), "f1": pytest.approx(2 / 3)}
