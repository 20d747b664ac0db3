"""Checks of chapter 3: fine-tuning a pretrained model. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter3 import labels_15_87
from grader.exercises.chapter3 import collate
from grader.exercises.chapter3 import compute_metrics
from grader.exercises.chapter3 import quiz
# isort: on

__all__ = ["labels_15_87", "collate", "compute_metrics", "quiz"]
