"""chrF: how alike two texts are, counted in runs of letters instead of whole words (Popović 2015).

A translation that has "walks" where the reference has "walked" still gets credit for what both share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

LONGEST_RUN = 6  # letters
BETA = 2  # what is missing weighs twice as much as what is too much


def chrf(text: str, references: Sequence[str]) -> float:
    """The score of a text against the nearest of its references, between 0 and 100. Spaces do not count."""
    return max(_score("".join(text.split()), "".join(reference.split())) for reference in references)


def _score(text: str, reference: str) -> float:
    precisions, recalls = [], []
    for length in range(1, LONGEST_RUN + 1):
        found, wanted = _runs(text, length), _runs(reference, length)
        if found and wanted:  # a short text has no long runs
            shared = sum((found & wanted).values())
            precisions.append(shared / sum(found.values()))
            recalls.append(shared / sum(wanted.values()))
    if not any(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _runs(text: str, length: int) -> Counter[str]:
    return Counter(text[i : i + length] for i in range(len(text) - length + 1))
