"""Checks of chapter 2: using Transformers. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter2 import pipeline_by_hand
from grader.exercises.chapter2 import wordpiece
from grader.exercises.chapter2 import same_logits_twice
from grader.exercises.chapter2 import pad_and_mask
# isort: on

__all__ = ["pipeline_by_hand", "wordpiece", "same_logits_twice", "pad_and_mask"]
