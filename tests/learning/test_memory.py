"""Making room forgets what it is told to forget, also what is not there, and nothing else."""

import weakref

import torch

from grader.learning.memory import make_room


def test_names_are_forgotten_and_their_objects_with_them():
    namespace = {"model": torch.nn.Linear(2, 2), "kept": 1}
    model = weakref.ref(namespace["model"])
    make_room(namespace, "model", "never there")
    assert namespace == {"kept": 1} and model() is None
    make_room(namespace, "model")
