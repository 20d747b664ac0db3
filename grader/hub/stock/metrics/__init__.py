"""The metrics that `evaluate.load` finds on the practice hub: small modules over scikit-learn.

Each of `accuracy.py`, `f1.py` and `glue.py` is served as it is. `evaluate` copies the file alone and reads its import
lines to see what must be installed, so such a module imports no other file and has one import on a line.
"""

from __future__ import annotations

import shutil
from pathlib import Path

_HERE = Path(__file__).parent

_CARD = """---
title: {title}
sdk: static
license: apache-2.0
tags:
- evaluate
- metric
---
# {title}

{summary}

```python
import evaluate

{example}
```

Written for the practice hub over scikit-learn; names and values are those of the metric of the same id on the Hub.
"""

_TEXTS = {
    "accuracy": (
        "Accuracy",
        "The share of predictions that equal their reference.",
        'evaluate.load("accuracy").compute(predictions=[0, 1, 1], references=[0, 1, 0])  # {"accuracy": 0.666...}',
    ),
    "f1": (
        "F1",
        "The harmonic mean of precision and recall.",
        'evaluate.load("f1").compute(predictions=[0, 1, 1], references=[0, 1, 0])  # {"f1": 0.666...}',
    ),
    "glue": (
        "GLUE",
        "The official metrics of each GLUE task: accuracy, and for some tasks F1, a correlation, or both.",
        'metric = evaluate.load("glue", "mrpc")\n'
        'metric.compute(predictions=[0, 1, 1], references=[0, 1, 0])  # {"accuracy": 0.666..., "f1": 0.666...}',
    ),
}


def write(name: str, folder: Path) -> None:
    """Fills `folder` with the repository of a metric: its module and its card."""
    title, summary, example = _TEXTS[name]
    shutil.copyfile(_HERE / f"{name}.py", folder / f"{name}.py")
    card = _CARD.format(title=title, summary=summary, example=example)
    (folder / "README.md").write_text(card, encoding="utf-8", newline="\n")
