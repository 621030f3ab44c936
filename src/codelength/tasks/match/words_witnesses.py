"""Which neighbours are good witnesses: those that say the same of a word and of its partner.

    weight_c = ((r_c + 0.02) / (s_c + 0.02)^2)^(1/4),    r_c = max(0, correlation of A[i, c] and B[f(i), c])

A and B are the profiles of the words of x and y in the same columns (`words_likeness`), the correlation is over the
pairs i, f(i) that the map makes surest, and s_c is the mean of the column's standard deviations in A and in B. With
power 1/2 all columns would be brought to the same spread and weighed by how far they agree (what a linear discriminant
does with independent columns; Fisher 1936); with power 0 they are as they come, where the few most varied decide. Half
way was best.

Cost: two passes over the profiles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array
from codelength.tasks.match.words_rows import row_blocks

Ranks = NDArray[np.int64]

FEWEST = 60
"""Pairs from which correlations say something."""

COUNT = 8
"""Occurrences that both words of such a pair have at least: profiles of rarer ones are mostly noise."""

_FLOOR = np.float32(0.02)


def reliability(of_x: Array, of_y: Array, sure: tuple[Ranks, Ranks]) -> Array:
    """The weight of each column.

    Parameters
    ----------
    of_x, of_y
        Profiles, (n, c) and (m, c).
    sure
        Words of x and their partners, (k,) each.

    Returns
    -------
    (c,) float32, positive.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(90, 2)).astype(np.float32)
    >>> y = x * np.array([1, 0], dtype=np.float32) + x[::-1] * np.array([0, 1], dtype=np.float32)
    >>> same, other = reliability(x, y, (np.arange(90), np.arange(90)))
    >>> bool(same > other)
    True
    """
    words, partners = sure
    a, b = of_x[words], of_y[partners]
    a -= a.mean(axis=0)
    b -= b.mean(axis=0)
    products = np.einsum("ij,ij->j", a, b)
    squares = np.einsum("ij,ij->j", a, a) * np.einsum("ij,ij->j", b, b)
    agreement = np.maximum(products / np.sqrt(squares + np.float32(1e-6)), np.float32(0)) + _FLOOR
    spread = (_spread(of_x) + _spread(of_y)) / 2 + _FLOOR
    weights: Array = ((agreement / spread**2) ** 0.25).astype(np.float32)
    return weights


def _spread(profiles: Array) -> Array:
    """Standard deviation of each column, some columns at a time: numpy makes a copy of what it is told."""
    found: Array = np.empty(profiles.shape[1], dtype=np.float32)
    for columns in row_blocks(profiles.shape[1], profiles.shape[0]):
        found[columns] = profiles[:, columns].std(axis=0)
    return found
