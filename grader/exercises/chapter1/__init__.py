"""Checks of chapter 1: Transformer models. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter1 import zero_shot_own_labels
from grader.exercises.chapter1 import attention_by_hand
from grader.exercises.chapter1 import causal_mask
from grader.exercises.chapter1 import count_parameters
# isort: on

__all__ = ["zero_shot_own_labels", "attention_by_hand", "causal_mask", "count_parameters"]
