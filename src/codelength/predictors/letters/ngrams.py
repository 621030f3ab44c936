"""Letters in running text: interpolated Kneser-Ney probabilities as dense tables of integer costs.

    P_k(c | h) = (n(hc) - D(n(hc))) / n(h) + (sum over c' of D(n(hc')) / n(h)) P_{k-1}(c | h')

where h' is h less its first letter, with the three discounts D(1), D(2), D(3+) of each order from its counts of counts,
the counts of all orders but the last being the number of different letters seen on the left (Kneser & Ney 1995;
"modified": Chen & Goodman 1999, eq. 12 to 17). A table of fewer than K letters serves the beginning of a text and so
ends with plain counts. The costs are -log2 P in units of 1 / 2048 bits, rounded upwards, so that what they say is a
code (the probabilities that they stand for sum to at most 1), at a loss of less than 1 / 2048 bits a letter.

Cost: every order is a table over all A**k strings of k letters; the order is the highest with A**k <= 2**24
(5 for 26 letters: 24 MB). Building takes a second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNIT = 2048
"""Units of a bit in which costs are given."""

MAX_ORDER = 6
_MAX_STRINGS = 1 << 24
_MOST = 30.0
"""Bits of the dearest letter: a probability of 2**-30 is never undercut, since unseen letters are smoothed."""


class NGrams(NamedTuple):
    """Costs of a letter after the letters before it.

    `letters`: A. `order`: K. `costs`: the orders 1 to K one after another, (A + A**2 + ... + A**K,) uint16, each a
    table over strings of k letters (the last one is the letter that is coded), read as a number to the base A.
    `offsets`: where each order begins, (K,) int64.
    """

    letters: int
    order: int
    costs: NDArray[np.uint16]
    offsets: NDArray[np.int64]


def order_for(letters: int) -> int:
    """The highest order whose table is not too large."""
    order = 1
    while order < MAX_ORDER and letters ** (order + 1) <= _MAX_STRINGS:
        order += 1
    return order


def count_ngrams(sequence: NDArray[np.int64], letters: int) -> NGrams:
    """The tables of a text.

    Parameters
    ----------
    sequence
        Letters from 0 to `letters` - 1, (n,).
    letters
        A, at least 2.

    Examples
    --------
    >>> made = count_ngrams(np.array([0, 1] * 50), 2)
    >>> made.order, bool(made.costs[made.offsets[1] + 1] < UNIT / 10)  # a 1 after a 0
    (6, True)
    """
    order = order_for(letters)
    lower = np.full((1, letters), 1 / letters, dtype=np.float32)
    tables = []
    for k in range(1, order + 1):
        tables.append(_in_units(_smoothed(_counts(sequence, letters, k, continuation=False), lower, letters, k)))
        if k < order:
            lower = _smoothed(_counts(sequence, letters, k, continuation=True), lower, letters, k)
    return NGrams(
        letters, order, np.concatenate(tables), np.cumsum([0, *(t.size for t in tables[:-1])], dtype=np.int64)
    )


def _counts(
    sequence: NDArray[np.int64], letters: int, k: int, *, continuation: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The strings of k letters that occur, as numbers in order, and how often; or after how many different letters."""
    width = k + 1 if continuation else k
    numbers = np.zeros(max(0, sequence.size - width + 1), dtype=np.int64)
    for place in range(width):
        numbers = numbers * letters + sequence[place : place + numbers.size]
    if continuation:
        numbers = _distinct(numbers, letters**width)[0] % letters**k
    return _distinct(numbers, letters**k)


def _distinct(numbers: NDArray[np.int64], below: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different ones in order and how often each: by a table, which is faster than sorting, unless too large."""
    if below > 2 * _MAX_STRINGS:
        return np.unique(numbers, return_counts=True)
    table = np.bincount(numbers, minlength=below)
    found = np.flatnonzero(table)
    return found, table[found]


def _smoothed(
    counted: tuple[NDArray[np.int64], NDArray[np.int64]], lower: NDArray[np.float32], letters: int, k: int
) -> NDArray[np.float32]:
    """P_k, (A**(k - 1), A), from its counts and P_{k-1}. Contexts that do not occur keep what the lower order says."""
    strings, n = counted
    discount = _discounts(n)[np.minimum(n, 3)]
    contexts, row = np.unique(strings // letters, return_inverse=True)
    seen = np.bincount(row, weights=n, minlength=contexts.size)
    freed = np.bincount(row, weights=discount, minlength=contexts.size)
    table = np.tile(lower, (letters ** (k - 1) // lower.shape[0], 1))
    rows = table[contexts] * (freed / seen)[:, None]
    rows[row, strings % letters] += (n - discount) / seen[row]
    table[contexts] = rows
    return table


def _discounts(n: NDArray[np.int64]) -> NDArray[np.float64]:
    """D(0) to D(3+), within reason where counts of counts are few."""
    one, two, three, four = (max(1, int(np.count_nonzero(n == k))) for k in (1, 2, 3, 4))
    share = one / (one + 2 * two)
    wanted = np.array([0.0, 1 - 2 * share * two / one, 2 - 3 * share * three / two, 3 - 4 * share * four / three])
    return np.clip(wanted, [0.0, 0.3, 0.5, 0.7], [0.0, 0.95, 1.7, 2.5])


def _in_units(table: NDArray[np.float32]) -> NDArray[np.uint16]:
    bits = -np.log2(np.maximum(table.reshape(-1), np.float32(2.0**-_MOST)))
    # Single precision knows a logarithm of this size to a hundredth of a unit: what is added keeps it upwards.
    return np.ceil(bits * UNIT + np.float32(0.02)).astype(np.uint16)
