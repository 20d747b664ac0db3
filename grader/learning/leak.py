"""The repository with tokens in it that the exercise `no-secrets` begins with."""

from grader.exercises.chapter4.leak import leaky_repository

__all__ = ["leaky_repository"]
