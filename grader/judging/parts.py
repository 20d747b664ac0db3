"""Parts: an exercise of several parts, each judged for itself.

What is wrong in one part, or raises there, takes no points from another. The first trouble is the one that is told:

    parts = Parts()
    with parts.worth(1):
        …  # checks that raise
    with parts.worth(2):
        …
    parts.settle()
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from grader.judging.answer import LearnerRaised, NotCallable, StillMissing, TooSlow
from grader.judging.verdict import Wrong
from grader.judging.wire import WireError

TROUBLES = (Wrong, LearnerRaised, NotCallable, StillMissing, TooSlow, WireError)


class PartlyWrong(Exception):
    """Something is wrong with an answer, `trouble`; other parts of it earned points."""

    def __init__(self, trouble: Exception, earned: float) -> None:
        super().__init__(str(trouble))
        self.trouble, self.earned = trouble, earned


class Parts:
    """Collects the points of the parts that are right, and the first trouble among the others."""

    def __init__(self) -> None:
        self._earned: float = 0
        self._trouble: Exception | None = None

    @contextlib.contextmanager
    def worth(self, points: float) -> Iterator[None]:
        """Judges one part. The `earned` of a `Wrong` that is raised inside counts for this part alone."""
        try:
            yield
        except TROUBLES as trouble:
            if self._trouble is None:
                self._trouble = trouble
            elif isinstance(trouble, Wrong):
                self._earned += trouble.verdict.points
        else:
            self._earned += points

    @property
    def all_right(self) -> bool:
        """Whether no part so far had any trouble: later parts may need the results of earlier ones."""
        return self._trouble is None

    def settle(self) -> None:
        """Raises `PartlyWrong` unless all parts are right."""
        if self._trouble is not None:
            raise PartlyWrong(self._trouble, self._earned)
