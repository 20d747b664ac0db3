"""A training whose kernel is killed goes on in a new kernel from its checkpoint, and nothing is lost."""

import re
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from grader.notebooks.source import source_notebook

ROOT = Path(__file__).parents[2]

# What the sections before have brought; the folder is one that outlives its kernel, as the chapter advises.
BEFORE = """
import grader
grader.start(chapter=3)
import pathlib, torch
from datasets import load_dataset
from transformers import (
    AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments, set_seed
)
checkpoint, max_steps, peak_rate = "sentence-transformers/all-MiniLM-L6-v2", -1, 2e-4
tokenizer = AutoTokenizer.from_pretrained(checkpoint)
data_collator = DataCollatorWithPadding(tokenizer)
settings = dict(report_to="none", use_cpu=True, seed=42, logging_steps=1)
work = pathlib.Path({folder!r})
"""
TRAINING = 'few_reviews("cut", [PowerCut()], **saving).train()'


@pytest.mark.slow
def test_nothing_is_lost(tmp_path):
    define, cut, resume = (cell_with(mark) for mark in ("def few_reviews(", TRAINING, "resume_from_checkpoint=True"))
    killed = cut.replace("raise KeyboardInterrupt", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert killed != cut
    with pytest.raises(DeadKernelError):
        run(tmp_path, define, killed)
    assert [path.name for path in (tmp_path / "cut").iterdir()] == ["checkpoint-3"]
    said = run(tmp_path, define, cut.replace(TRAINING, "pass"), resume)
    difference = re.search(r"largest difference of a weight: (\S+)", said)
    assert float(difference[1]) < 1e-6, said


def cell_with(mark):
    (source,) = (
        cell.source for cell in source_notebook(ROOT / "solutions" / "03_fine_tuning.py").cells if mark in cell.source
    )
    return source


def run(folder, *sources):
    """What these cells print, in a kernel of their own."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in (BEFORE.format(folder=str(folder)), *sources)])
    executed = str(folder.parent / "executed.ipynb")
    papermill.execute_notebook(notebook, executed, kernel_name="python3", progress_bar=False, execution_timeout=300)
    outputs = [output for cell in nbformat.read(executed, 4).cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)
