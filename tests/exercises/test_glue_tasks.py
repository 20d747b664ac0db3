"""The table of GLUE's tasks in the check of `preprocess-any-glue` is the one of the data that the hub serves."""

from grader.exercises.chapter3.preprocess_any_glue import TASKS
from grader.hub.stock import glue


def test_the_table_is_that_of_the_served_data():
    served = {name: task for name, task in glue.TASKS.items() if not name.startswith("mnli_")}
    assert {name: (task.texts, task.labels) for name, task in TASKS.items()} == {
        name: (task.texts, len(task.labels or ())) for name, task in served.items()
    }
