"""Checks of chapter 2: using Transformers. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter2 import hidden_shape
from grader.exercises.chapter2 import pipeline_by_hand
from grader.exercises.chapter2 import choose_the_head
from grader.exercises.chapter2 import tiny_bert
from grader.exercises.chapter2 import save_and_reload
from grader.exercises.chapter2 import word_tokenizer
from grader.exercises.chapter2 import char_tokenizer
from grader.exercises.chapter2 import bpe_merge
from grader.exercises.chapter2 import wordpiece
from grader.exercises.chapter2 import ids_in_two_steps
from grader.exercises.chapter2 import decode_back
from grader.exercises.chapter2 import wrong_pair
from grader.exercises.chapter2 import same_logits_twice
from grader.exercises.chapter2 import pad_and_mask
from grader.exercises.chapter2 import too_long
from grader.exercises.chapter2 import padding_choices
from grader.exercises.chapter2 import quiz
# isort: on

__all__ = [
    "hidden_shape",
    "pipeline_by_hand",
    "choose_the_head",
    "tiny_bert",
    "save_and_reload",
    "word_tokenizer",
    "char_tokenizer",
    "bpe_merge",
    "wordpiece",
    "ids_in_two_steps",
    "decode_back",
    "wrong_pair",
    "same_logits_twice",
    "pad_and_mask",
    "too_long",
    "padding_choices",
    "quiz",
]
