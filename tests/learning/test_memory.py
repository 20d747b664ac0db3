"""Memory: making room forgets what it is told to forget and nothing else; what is kept is not fetched anew."""

import platform
import subprocess
import sys
import weakref

import pytest
import torch

from grader.learning.memory import make_room


def test_names_are_forgotten_and_their_objects_with_them():
    namespace = {"model": torch.nn.Linear(2, 2), "kept": 1}
    model = weakref.ref(namespace["model"])
    make_room(namespace, "model", "never there")
    assert namespace == {"kept": 1} and model() is None
    make_room(namespace, "model")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_memory_that_is_kept_costs_no_new_pages():
    """In a process of its own: what glibc was told holds for all of it."""
    code = """
import resource
import numpy
from grader.learning.memory import keep_for_reuse

def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        numpy.ones(12_000_000, dtype="float32")  # the size of the gradient of an embedding: 12,000 pages
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

before = new_pages()
keep_for_reuse()
new_pages()
print(before, new_pages())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, kept = map(int, done.stdout.split())
    assert kept < 100 < before
