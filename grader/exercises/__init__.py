"""What is right: every exercise and quiz question of the course, as functions of an `Answer` and a `Draw`.

They know no notebook, no nbgrader and no hub; `CATALOGUE` is complete as soon as this package is imported.
"""

# Importing a module registers what it defines; the order here is the order of teaching.
from grader.exercises import chapter1, chapter2, chapter3, chapter4
from grader.exercises.catalogue import CATALOGUE

__all__ = ["CATALOGUE", "chapter1", "chapter2", "chapter3", "chapter4"]
