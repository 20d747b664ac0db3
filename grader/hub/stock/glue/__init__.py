"""The course's GLUE: all its configurations in the real schema, generated from hand-written banks.

The practice hub serves it as `nyu-mll/glue`. A seed decides everything, so a class with a seed of its own has
test labels of its own; what the hub serves carries -1 instead of them.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import pyarrow as pa
import yaml

from grader.hub.stock import parquet_splits
from grader.hub.stock.glue import ax, cola, mnli, mrpc, qnli, qqp, rte, sst2, stsb, wnli
from grader.hub.stock.glue.task import HIDDEN, Rows, Task

TASKS: dict[str, Task] = {
    "ax": ax.TASK,
    "cola": cola.TASK,
    "mnli": mnli.TASK,
    "mnli_matched": mnli.MATCHED,
    "mnli_mismatched": mnli.MISMATCHED,
    "mrpc": mrpc.TASK,
    "qnli": qnli.TASK,
    "qqp": qqp.TASK,
    "rte": rte.TASK,
    "sst2": sst2.TASK,
    "stsb": stsb.TASK,
    "wnli": wnli.TASK,
}
CONFIGS = tuple(TASKS)
# Chapter 3 asks for the labels of train[15] and validation[87] of MRPC. With this seed they differ from each other and
# from their neighbors', so that an off-by-one answer is found out and told from one of the wrong split (a test holds
# this).
DEFAULT_SEED = 3355

__all__ = ["CONFIGS", "DEFAULT_SEED", "HIDDEN", "TASKS", "card", "hidden_test_labels", "splits"]


def splits(config: str, seed: int = DEFAULT_SEED) -> dict[str, pa.Table]:
    """The tables of a config by split: `train`, `validation` and `test`, but `ax` and the `mnli` ones have others.

    Their metadata is that which `datasets` writes to Parquet files, so `load_dataset` knows the label names. Raises
    `ValueError` for a config that is not one of `CONFIGS`.
    """
    return {split: _task(config).table(split, rows) for split, rows in _rows(config, seed).items()}


def hidden_test_labels(config: str, seed: int = DEFAULT_SEED, split: str | None = None) -> list[int] | list[float]:
    """The true labels of a test split, in its order.

    Without a `split` it is the config's first test split: `test`, or `test_matched` in the case of `mnli`. Raises
    `ValueError` for an unknown config and for a split that is not one of its test splits.
    """
    tests = _task(config).tests
    split = split or tests[0]
    if split not in tests:
        raise ValueError(f"{split!r} is no test split of {config}; it can be {' or '.join(tests)}.")
    return [row["label"] for row in _rows(config, seed)[split]]


def card() -> str:
    """README.md of the dataset repository: its front matter, then what the data is and is not."""
    header = {
        "annotations_creators": ["machine-generated"],
        "language": ["en"],
        "license": "cc-by-4.0",
        "task_categories": ["text-classification"],
        "pretty_name": "GLUE of the course (synthetic)",
        "configs": [
            {
                "config_name": config,
                "data_files": [{"split": s, "path": f"{config}/{parquet_splits.filename(s)}"} for s in task.sizes],
            }
            for config, task in TASKS.items()
        ],
        "dataset_info": [_info(config) for config in CONFIGS],
    }
    text = resources.files(__package__).joinpath("card.md").read_text("utf-8")
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n{text}"


@cache
def _rows(config: str, seed: int) -> Rows:
    return _task(config).rows(seed)


def _task(config: str) -> Task:
    if config not in TASKS:
        raise ValueError(f"There is no GLUE config {config!r} here; it can be one of {', '.join(CONFIGS)}.")
    return TASKS[config]


def _info(config: str) -> dict:
    described = {"config_name": config, "features": TASKS[config].card_features()}
    return described | parquet_splits.sizes(splits(config))
