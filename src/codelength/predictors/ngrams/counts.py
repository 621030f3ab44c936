"""Words, gaps and pairs of words counted for every class at once, each document by its weights.

The j-th time that a document says a word counts j**-damping: 0 counts every time, 1 about the logarithm. A document
that says a word ten times says little more about its class than one that says it twice (burstiness, Church & Gale
1995). Cost: one pass over the numbers of a corpus, k sums for each.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
Weights = NDArray[np.float32]


def counted(
    numbers: Numbers, bounds: Places, weights: Weights, present: NDArray[np.bool_], size: int, damping: float
) -> Weights:
    """How often each number comes in a corpus, (size, k + 1), column 0 the pool; those below 0 are left out."""
    counts = np.zeros((size, weights.shape[1] + 1), dtype=np.float32)
    said = np.zeros(size, dtype=np.int32)
    last = np.full(size, -1, dtype=np.int32)
    powers = np.arange(1, 256, dtype=np.float64) ** -damping
    _count(numbers, bounds, weights, present, said, last, powers, counts)
    return counts


@njit(cache=True)
def _count(
    numbers: Numbers,
    bounds: Places,
    weights: Weights,
    present: NDArray[np.bool_],
    said: Numbers,
    last: Numbers,
    powers: NDArray[np.float64],
    counts: NDArray[np.float32],
) -> None:
    for d in range(bounds.shape[0] - 1):
        for t in range(bounds[d], bounds[d + 1] if present[d] else bounds[d]):
            v = numbers[t]
            if v < 0:
                continue
            if last[v] != d:
                last[v], said[v] = d, 0
            power = powers[min(said[v], powers.shape[0] - 1)]
            said[v] += 1
            counts[v, 0] += power
            for c in range(weights.shape[1]):
                counts[v, c + 1] += power * weights[d, c]


def summed_by_first(first: Numbers, pairs: NDArray[np.float32], size: int) -> tuple[Weights, Weights]:
    """For each first word how often it came before another, and how many different ones followed: (size, k + 1)."""
    totals = np.zeros((size, pairs.shape[1]), dtype=np.float32)
    followers = np.zeros((size, pairs.shape[1]), dtype=np.float32)
    _sum_by_first(first, pairs, totals, followers)
    return totals, followers


@njit(cache=True)
def _sum_by_first(first: Numbers, pairs: NDArray[np.float32], totals: Weights, followers: Weights) -> None:
    for p in range(first.shape[0]):
        for c in range(pairs.shape[1]):
            totals[first[p], c] += pairs[p, c]
            followers[first[p], c] += min(pairs[p, c], np.float32(1))
