"""Frequency quantiser: weights -> integer frequencies that a range coder can use, and back from target to symbol.

A row of m weights w becomes frequencies q, every one >= 1, that sum to exactly T = 2**k:

    q_i = 1 + floor(w_i (T - m) / W),   W = sum of w;   the largest weight also takes what is left (less than m)

    0      q_0          q_0+q_1                                T
    |-- symbol 0 --|---- symbol 1 ----|- ... -|- symbol m-1 --|        start_i = q_0 + ... + q_(i-1)
                        ^ target: `find` says which symbol it lies in, and where that symbol starts

Cost of quantising: 1 + floor(x) > x, so q_i / T > (w_i / W) (1 - m / T), and no symbol, however rare, costs more than
`quantising_cost(m, k)` = -log2(1 - m 2**-k) bits above -log2(w_i / W): 0.0057 bits for 256 symbols at k = 16,
0.000022 at k = 24. The bound holds symbol by symbol, so it does not matter who takes the rest.

`quantise_integers` is the portable tier: integers in, integers only. `quantise_floats` is the local tier: the sum of a
row of floats may differ in its last bit between machines, and with it a frequency. O(m) a row.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

MAX_TOTAL_BITS = 24
"""Frequencies sum to at most 2**24."""

MAX_INTEGER_SUM = 1 << 40
"""Integer weights of a row sum to at most this, so that a weight times 2**24 fits 64 bits."""


def quantising_cost(m: int, total_bits: int) -> float:
    """Bits that quantising adds to any symbol at most: -log2(1 - m 2**-k), infinite at m = 2**k."""
    spare = (1 << total_bits) - m
    return math.inf if spare == 0 else total_bits - math.log2(spare)


def quantise_integers(weights: ArrayLike, total_bits: int) -> NDArray[np.uint32]:
    """Frequencies from integer weights: the portable tier.

    Parameters
    ----------
    weights
        (..., m) integers >= 0, such as counts; each row sums to between 1 and `MAX_INTEGER_SUM`.
    total_bits
        k: a row of frequencies sums to 2**k; 1 <= k <= 24, m <= 2**k.

    Returns
    -------
    NDArray
        (..., m) uint32, every one >= 1, rows sum to 2**k.

    Raises
    ------
    ValueError
        Weights that are not integers, negative, or of a sum out of range; k or m out of range.

    Examples
    --------
    >>> quantise_integers([3, 0, 1], 4).tolist()
    [11, 1, 4]
    """
    array = np.asarray(weights)
    if array.dtype.kind not in "iu":
        raise ValueError(f"weights are {array.dtype}, expected integers; floats go to quantise_floats")
    rows = _rows(array, total_bits)
    if rows.size and int(rows.min()) < 0:
        raise ValueError(f"a weight is {int(rows.min())}; expected >= 0")
    if rows.size and int(rows.max()) > MAX_INTEGER_SUM:
        raise ValueError(f"a weight is {int(rows.max())}; expected at most 2**40")
    counts = rows.astype(np.uint64)
    out = np.empty(counts.shape, dtype=np.uint32)
    bad = _quantise_rows(counts, out, total_bits)
    if bad >= 0:
        raise ValueError(f"a row of weights sums to {sum(counts[bad].tolist())}; expected 1 to 2**40")
    return out.reshape(array.shape)


@njit(cache=True)
def quantise_row(weights: NDArray[np.uint64], freqs: NDArray[np.uint32], total_bits: int) -> bool:
    """One row: (m,) uint64, each at most `MAX_INTEGER_SUM`, into `freqs` (m,). False where the sum is out of range."""
    m = weights.shape[0]
    total = np.uint64(0)
    for i in range(m):
        total += weights[i]
    if total < np.uint64(1) or total > np.uint64(MAX_INTEGER_SUM):
        return False
    spare = np.uint64((1 << total_bits) - m)
    rest = spare
    largest = 0
    for i in range(m):
        share = weights[i] * spare // total
        freqs[i] = np.uint32(share + np.uint64(1))
        rest -= share
        if weights[i] > weights[largest]:
            largest = i
    freqs[largest] += np.uint32(rest)
    return True


@njit(cache=True)
def _quantise_rows(weights: NDArray[np.uint64], freqs: NDArray[np.uint32], total_bits: int) -> int:
    for t in range(weights.shape[0]):
        if not quantise_row(weights[t], freqs[t], total_bits):
            return t
    return -1


def quantise_floats(weights: ArrayLike, total_bits: int) -> NDArray[np.uint32]:
    """Frequencies from weights in floating point, such as a network's probabilities: the local tier.

    Parameters
    ----------
    weights
        (..., m) finite numbers >= 0; rows need not sum to 1, but to more than 0.
    total_bits
        k: a row of frequencies sums to 2**k; 1 <= k <= 24, m <= 2**k.

    Returns
    -------
    NDArray
        (..., m) uint32, every one >= 1, rows sum to 2**k.

    Raises
    ------
    ValueError
        A weight that is negative, infinite or NaN; a row whose sum is 0 or overflows; k or m out of range.

    Examples
    --------
    >>> quantise_floats([0.75, 0.0, 0.25], 4).tolist()
    [11, 1, 4]
    """
    array = np.asarray(weights, dtype=np.float64)
    rows = _rows(array, total_bits)
    with np.errstate(over="ignore"):
        sums = rows.sum(axis=-1, keepdims=True)
    if not (np.isfinite(sums).all() and (rows >= 0).all() and (sums > 0).all()):
        raise ValueError("weights must be finite and >= 0, and each row must have a finite sum above 0")
    spare = (1 << total_bits) - rows.shape[-1]
    # The rounding of the sum, the quotient and the product is below m 2**-52 in relative terms and m * spare <= 2**46,
    # so a row's floors never add up to more than `spare`: what is left is never negative.
    shares = np.floor(rows / sums * spare).astype(np.int64)
    rest = spare - shares.sum(axis=-1)
    freqs = shares + 1
    freqs[np.arange(rows.shape[0]), rows.argmax(axis=-1)] += rest
    return freqs.astype(np.uint32).reshape(array.shape)


def intervals(freqs: NDArray[np.uint32], symbols: ArrayLike) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Where each symbol starts and how wide it is: what the range coder encodes.

    Parameters
    ----------
    freqs
        One row (m,) for all symbols, or a row for each, (n, m) uint32.
    symbols
        (n,) integers from 0 to m - 1.

    Returns
    -------
    tuple of NDArray
        starts and freqs of the symbols, (n,) uint32 each.

    Raises
    ------
    ValueError
        A symbol outside the alphabet, or rows and symbols of different number.
    """
    chosen = np.asarray(symbols, dtype=np.int64)
    m = freqs.shape[-1]
    if chosen.size and not 0 <= int(chosen.min()) <= int(chosen.max()) < m:
        raise ValueError(f"symbols run from {chosen.min()} to {chosen.max()}; expected 0 to {m - 1}")
    if freqs.ndim == 1:
        ends = np.cumsum(freqs, dtype=np.uint32)
        return (ends - freqs)[chosen], freqs[chosen]
    if freqs.ndim != 2 or freqs.shape[0] != chosen.size:
        raise ValueError(f"frequencies of shape {freqs.shape} for {chosen.size} symbols")
    return _row_starts(freqs, chosen), freqs[np.arange(chosen.size), chosen]


@njit(cache=True)
def _row_starts(freqs: NDArray[np.uint32], symbols: NDArray[np.int64]) -> NDArray[np.uint32]:
    starts = np.zeros(symbols.shape[0], dtype=np.uint32)
    for t in range(symbols.shape[0]):
        for i in range(symbols[t]):
            starts[t] += freqs[t, i]
    return starts


@njit(cache=True)
def find(freqs: NDArray[np.uint32], target: int | np.int64) -> tuple[np.int64, np.int64]:
    """The inverse of `intervals`: the symbol that `target` (0 <= target < 2**k) lies in, and its start. O(m)."""
    symbol, start = np.int64(0), np.int64(0)
    while symbol < freqs.shape[0] - 1 and start + np.int64(freqs[symbol]) <= target:
        start += np.int64(freqs[symbol])
        symbol += 1
    return symbol, start


def _rows(array: NDArray, total_bits: int) -> NDArray:  # type: ignore[type-arg]
    if not 1 <= total_bits <= MAX_TOTAL_BITS:
        raise ValueError(f"total_bits is {total_bits}; expected 1 to {MAX_TOTAL_BITS}")
    m = array.shape[-1] if array.ndim else 0
    if not 1 <= m <= 1 << total_bits:
        raise ValueError(f"weights of shape {array.shape}: expected (..., m) with 1 <= m <= 2**{total_bits}")
    return array.reshape(-1, m)
