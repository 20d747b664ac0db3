"""Text and hypothesis in the manner of RTE: does the second sentence follow from the first?

The text is longer than a premise of MNLI: it names a source and may go on with a second sentence. What does not follow
is neutral or contradicts the text, half of the time each.
"""

from __future__ import annotations

import random

from grader.hub.stock.glue import inference
from grader.hub.stock.glue.claims import GENRES, events
from grader.hub.stock.glue.task import Row, Rows, Task, distinct_rows

LABELS = ("entailment", "not_entailment")
SIZES = {"train": 1200, "validation": 277, "test": 300}
TEXTS = ("sentence1", "sentence2")


def rows(seed: int) -> Rows:
    """The rows of every split with their true labels; no pair occurs twice."""
    rng = random.Random(f"rte {seed}")

    def new_row(split: str, label: int) -> Row:
        relation = rng.choice([inference.NEUTRAL, inference.CONTRADICTION]) if label else inference.ENTAILMENT
        text, hypothesis = inference.pair(rng.choice(events(*GENRES)), relation, rng, as_text=True)
        return {"sentence1": text, "sentence2": hypothesis, "label": label}

    return distinct_rows(SIZES, TEXTS, lambda: rng.randrange(2), new_row)


TASK = Task(TEXTS, LABELS, SIZES, rows)
