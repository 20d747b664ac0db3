"""Checks of chapter 4: sharing models. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter4 import push_bert
from grader.exercises.chapter4 import write_a_card
from grader.exercises.chapter4 import quiz
# isort: on

__all__ = ["push_bert", "write_a_card", "quiz"]
