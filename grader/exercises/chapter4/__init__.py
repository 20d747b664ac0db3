"""Checks of chapter 4: sharing models. One module an exercise, imported in the order of teaching."""

# isort: off
from grader.exercises.chapter4 import discover
from grader.exercises.chapter4 import right_task
from grader.exercises.chapter4 import swap_the_checkpoint
from grader.exercises.chapter4 import create_upload_delete
from grader.exercises.chapter4 import push_bert
from grader.exercises.chapter4 import pin_a_revision
from grader.exercises.chapter4 import push_trained
from grader.exercises.chapter4 import write_a_card
from grader.exercises.chapter4 import git_and_lfs
from grader.exercises.chapter4 import private_repo
from grader.exercises.chapter4 import no_secrets
from grader.exercises.chapter4 import quiz
# isort: on

__all__ = [
    "discover",
    "right_task",
    "swap_the_checkpoint",
    "create_upload_delete",
    "push_bert",
    "pin_a_revision",
    "push_trained",
    "write_a_card",
    "git_and_lfs",
    "private_repo",
    "no_secrets",
    "quiz",
]
