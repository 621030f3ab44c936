"""The code of x's table of neighbours, with and without y; a map between languages is worth what it saves here.

    table[i, j] = how often words i and j < i of x stand within 4 words of each other  (margins known on both sides)
    table[i, j] ~ Poisson(expected[i, j] * rate),   rate ~ Gamma(shape k, mean 1)                     without y
                                                    rate ~ Gamma(shape k, mean lift[f(i), f(j)]^g)    with y and a map f
    lift[a, b]  = (counted_y[a, b] + t) / (expected_y[a, b] + t)

expected[i, j] = row_i column_j / sum. Of rare words only the cells with the most frequent words are there. With its
rate integrated out a cell has a negative binomial distribution (Greenwood & Yule 1920); that is also what a cell costs
if it is coded text by text while its rate is learned, so neither side is denied what it could learn from x itself. k,
and g with y, are chosen for each of 16 classes of expected count, t once for all, and paid for. With g = 0 the code
with y is that without, so a useless map costs its own bits and a few more. Logarithms are in double precision
and no stream is written: codelengths are estimates.

Cost: n^2 / 2 cells, about 0.1 microseconds each, and the choice of parameters on at most 60,000 of them, 240 settings
at 0.1 microseconds each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

SHAPES: Real = np.geomspace(0.05, 800.0, 15)
POWERS: Real = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
SHRINKS: Real = np.array([0.3, 1.0, 3.0])
CLASSES = 16

_FITTED = 60_000


class Margins(NamedTuple):
    """Of a table: sums of its rows, (n,), and shares of its columns, (k,), both with half a count added."""

    rows: Real
    columns: Real


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Codelengths of a table.

    Parameters
    ----------
    alone, given
        |C(table)| and |C(table | y, f)| without L(f), in bits, each with its parameters.
    saved
        What the cells of a word save with more frequent words, given these have partners, in bits, (n,): its sum up
        to a word is what the table of so many words saves, but for parameters.
    shared
        The same with each cell split between its two words.
    parameters
        Bits of the parameters that only the code with y has.
    """

    alone: float
    given: float
    saved: Real
    shared: Real
    parameters: float


def neighbours(near: Array) -> Array:
    """Counts within 4 words, either side: (n, k) of (3, n, k)."""
    table: Array = near[0] + near[1]
    return table


def coded(table_x: Array, table_y: Array, partners: Whole) -> Coded:
    """The codelength of x's table with and without y.

    Parameters
    ----------
    table_x
        Counts of n words near the first k of them, (n, k) with k at most n; the diagonal is not coded.
    table_y
        The same of y, (m, l).
    partners
        Row of y of each word of x, (n,).

    Examples
    --------
    >>> rates = np.random.default_rng(0).gamma(0.5, 2.0, (60, 60))
    >>> x, y = (np.random.default_rng(seed).poisson(3 * (rates + rates.T)).astype(np.float32) for seed in (1, 2))
    >>> x, y = np.triu(x, 1) + np.triu(x, 1).T, np.triu(y, 1) + np.triu(y, 1).T
    >>> right, wrong = coded(x, y, np.arange(60)), coded(x, y, np.arange(60)[::-1].copy())
    >>> right.alone - right.given > 500, wrong.alone - wrong.given < 0
    (True, True)
    """
    of_x, of_y = _margins(table_x), _margins(table_y)
    stride = max(1, table_x.size // 2 // _FITTED)
    alone, given = np.zeros((CLASSES, SHAPES.size)), np.zeros((SHRINKS.size, CLASSES, POWERS.size, SHAPES.size))
    _try(table_x, table_y, of_x, of_y, partners, stride, alone, given)
    shapes = SHAPES[alone.argmin(axis=1)]
    shrink = int(given.min(axis=(2, 3)).sum(axis=1).argmin())
    settings = given[shrink].reshape(CLASSES, -1).argmin(axis=1)
    saved, shared, totals = np.zeros(partners.size), np.zeros(partners.size), np.zeros(2)
    with_y = POWERS[settings // SHAPES.size], SHAPES[settings % SHAPES.size], float(SHRINKS[shrink])
    _price(table_x, table_y, of_x, of_y, partners, shapes, *with_y, saved, shared, totals)
    price_alone = CLASSES * math.log2(SHAPES.size)
    extra = CLASSES * math.log2(POWERS.size) + math.log2(SHRINKS.size)
    parts = float(totals[0] + price_alone), float(totals[1] + price_alone + extra)
    return Coded(*parts, saved, shared, extra)


def partner_bits(partners: Whole, choices: int) -> Real:
    """What it takes to say the partner of each word, if the most frequent words are said first.

        P(partner of rank j | word of rank i)  ~  min(i / j, j / i)^2 / j           for j from 1 to `choices`

    partners mostly have about the same rank, and a rank twice as high is as likely as one half as high.

    Parameters
    ----------
    partners
        Ranks from 0, (n,).
    choices
        Words that could be partners.

    Examples
    --------
    >>> partner_bits(np.array([0, 1, 40]), 100).round(1).tolist()
    [0.3, 1.1, 12.9]
    """
    ranks = np.arange(1.0, choices + 1)
    below, above = np.cumsum(ranks), np.cumsum(ranks[::-1] ** -3.0)[::-1]
    words = np.arange(1.0, partners.size + 1)
    least = np.minimum(words, choices).astype(np.int64)
    total = below[least - 1] / words**2 + np.append(above, 0.0)[least] * words**2
    chosen = partners + 1.0
    weight = np.minimum(words / chosen, chosen / words) ** 2 / chosen
    bits: Real = np.log2(total / weight)
    return bits


@njit(cache=True)
def _bits(count: float, mean: float, shape: float) -> float:
    """Of a count under the negative binomial distribution of this mean and shape."""
    nats = shape * math.log1p(mean / shape)
    if count > 0:
        nats += math.lgamma(shape) + math.lgamma(count + 1.0) - math.lgamma(count + shape)
        nats -= count * math.log(mean / (shape + mean))
    return nats / math.log(2.0)


@njit(cache=True)
def _class(expected: float) -> int:
    return min(max(math.floor(math.log2(expected)) + 10, 0), CLASSES - 1)


def _margins(table: Array) -> Margins:
    rows, columns = (table.sum(axis=axis, dtype=np.float64) + 0.5 for axis in (1, 0))
    return Margins(rows, columns / columns.sum())


@njit(cache=True)
def _lift(table: Array, of_y: Margins, a: int, b: int, shrink: float) -> float:
    """How much more often than by chance two words of y stand together; 1 where that was not counted."""
    if b >= table.shape[1]:
        a, b = b, a
    if b >= table.shape[1]:
        return 1.0
    found: float = (table[a, b] + shrink) / (of_y.rows[a] * of_y.columns[b] + shrink)
    return found


@njit(cache=True)
def _try(
    table_x: Array,
    table_y: Array,
    of_x: Margins,
    of_y: Margins,
    partners: Whole,
    stride: int,
    alone: Real,
    given: Real,
) -> None:
    """Bits of every stride-th cell under every setting, summed by class."""
    cell = 0
    for i in range(partners.size):
        for j in range(min(i, table_x.shape[1])):
            cell += 1
            if cell % stride:
                continue
            expected, count = of_x.rows[i] * of_x.columns[j], table_x[i, j]
            kind = _class(expected)
            for k in range(SHAPES.size):
                alone[kind, k] += _bits(count, expected, SHAPES[k])
            for t in range(SHRINKS.size):
                lift = _lift(table_y, of_y, partners[i], partners[j], SHRINKS[t])
                for g in range(POWERS.size):
                    mean = expected * lift ** POWERS[g]
                    for k in range(SHAPES.size):
                        given[t, kind, g, k] += _bits(count, mean, SHAPES[k])


@njit(cache=True)
def _price(
    table_x: Array,
    table_y: Array,
    of_x: Margins,
    of_y: Margins,
    partners: Whole,
    shapes: Real,
    powers_y: Real,
    shapes_y: Real,
    shrink: float,
    saved: Real,
    shared: Real,
    totals: Real,
) -> None:
    for i in range(partners.size):
        for j in range(min(i, table_x.shape[1])):
            expected, count = of_x.rows[i] * of_x.columns[j], table_x[i, j]
            kind = _class(expected)
            alone = _bits(count, expected, shapes[kind])
            lift = _lift(table_y, of_y, partners[i], partners[j], shrink)
            given = _bits(count, expected * lift ** powers_y[kind], shapes_y[kind])
            totals[0] += alone
            totals[1] += given
            saved[i] += alone - given
            shared[i] += (alone - given) / 2
            shared[j] += (alone - given) / 2
