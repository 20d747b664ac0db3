"""Which piece of one language goes with which piece of the other: IBM model 1 (Brown et al. 1993), by counting.

It gives a new language's embeddings a start: a French piece begins as the mean of the English pieces it goes with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

ROUNDS = 4
LONGEST = 24  # pieces of a sentence that are looked at
LEAST = 0.02  # probability below which a pair of pieces is forgotten


def align(pairs: Sequence[tuple[Sequence[int], Sequence[int]]], source_size: int, target_size: int) -> sparse.csr_array:
    """The probability of each target piece given a source piece: (source vocabulary, target vocabulary).

    `pairs` are the piece ids of sentences and their translations. A row adds up to 1, or is empty when its piece
    never occurs.
    """
    sources, targets, groups = _all_links(pairs)
    links, link_of = np.unique(sources * target_size + targets, return_inverse=True)
    link_sources, link_targets = links // target_size, links % target_size
    probability = np.ones(len(links))
    for _ in range(ROUNDS):
        # Each target piece of a sentence shares itself out among the source pieces of that sentence ...
        share = probability[link_of]
        share /= np.bincount(groups, share)[groups]
        # ... and what a source piece got in all is its new distribution.
        probability = np.bincount(link_of, share, minlength=len(links))
        probability /= np.bincount(link_sources, probability, minlength=source_size)[link_sources]
    kept = probability > LEAST
    shape = (source_size, target_size)
    table = sparse.csr_array((probability[kept], (link_sources[kept], link_targets[kept])), shape=shape)
    totals = np.asarray(table.sum(axis=1)).ravel()
    return sparse.csr_array(sparse.diags_array(1 / np.where(totals > 0, totals, 1)) @ table)


def _all_links(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every source piece beside every target piece of its sentence, and a number for each occurrence of the latter."""
    sources, targets, groups, seen = [], [], [], 0
    for source, target in pairs:
        source, target = source[:LONGEST], target[:LONGEST]
        if len(source) and len(target):
            sources.append(np.tile(source, len(target)))
            targets.append(np.repeat(target, len(source)))
            groups.append(np.repeat(np.arange(seen, seen + len(target)), len(source)))
            seen += len(target)
    return tuple(np.concatenate(part).astype(np.int64) for part in (sources, targets, groups))
