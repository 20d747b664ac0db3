"""Checks of chapter 1: Transformer models. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter1 import zero_shot_own_labels
from grader.exercises.chapter1 import find_a_model
from grader.exercises.chapter1 import mask_token
from grader.exercises.chapter1 import name_the_entities
from grader.exercises.chapter1 import answer_from_context
from grader.exercises.chapter1 import generate_two_of_fifteen
from grader.exercises.chapter1 import summarize_shorter
from grader.exercises.chapter1 import translate
from grader.exercises.chapter1 import nearest_sentence
from grader.exercises.chapter1 import attention_by_hand
from grader.exercises.chapter1 import causal_mask
from grader.exercises.chapter1 import carbon
from grader.exercises.chapter1 import count_parameters
from grader.exercises.chapter1 import family_of
from grader.exercises.chapter1 import quiz
# isort: on

__all__ = [
    "zero_shot_own_labels",
    "find_a_model",
    "mask_token",
    "name_the_entities",
    "answer_from_context",
    "generate_two_of_fifteen",
    "summarize_shorter",
    "translate",
    "nearest_sentence",
    "attention_by_hand",
    "causal_mask",
    "carbon",
    "count_parameters",
    "family_of",
    "quiz",
]
