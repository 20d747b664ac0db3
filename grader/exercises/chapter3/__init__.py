"""Checks of chapter 3: fine-tuning a pretrained model. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter3 import labels_15_87
from grader.exercises.chapter3 import single_or_pair
from grader.exercises.chapter3 import token_types
from grader.exercises.chapter3 import preprocess_sst2
from grader.exercises.chapter3 import collate
from grader.exercises.chapter3 import padding_waste
from grader.exercises.chapter3 import preprocess_any_glue
from grader.exercises.chapter3 import compute_metrics
from grader.exercises.chapter3 import trainer_sst2
from grader.exercises.chapter3 import columns
from grader.exercises.chapter3 import schedule
from grader.exercises.chapter3 import own_loop_sst2
from grader.exercises.chapter3 import gradient_accumulation
from grader.exercises.chapter3 import accelerate_loop
from grader.exercises.chapter3 import read_the_curves
from grader.exercises.chapter3 import quiz
# isort: on

__all__ = [
    "labels_15_87",
    "single_or_pair",
    "token_types",
    "preprocess_sst2",
    "collate",
    "padding_waste",
    "preprocess_any_glue",
    "compute_metrics",
    "trainer_sst2",
    "columns",
    "schedule",
    "own_loop_sst2",
    "gradient_accumulation",
    "accelerate_loop",
    "read_the_curves",
    "quiz",
]
