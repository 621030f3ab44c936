"""Fixed-point Bayes weights over experts: the arithmetic under both mixtures, and the proof that it loses nothing.

Expert i says p_i(b) for the next bit b, in units of 2**-32. The weights w_i are integers, their sum S is kept
between 2**61 and 2**62 (and a few units):

    a_i(b) = ceil(w_i p_i(b))         A(b) = sum_i a_i(b)
    q(b)   = A(b) / (A(0) + A(1))     in units of 2**-32, the smaller of the two rounded up, the other what is left
    w_i   <- a_i(b) 2**k              after bit b; k brings the sum back, exactly

Probabilities chain over bits, so this is the Bayes mixture over whole sequences (Solomonoff 1964; Vovk 1990 for the
log loss), or better by what rounding up keeps alive. After each byte a switching mixture also shares (fixed share,
Herbster & Warmuth 1998), with alpha = 1 / K and N experts:

    w_i <- w_i - floor(w_i / K) + ceil((S - w_i) / (K (N - 1)))

Bound, for n bytes: L <= L_i + log2(S_0 / w_i) + n 2**-26 bits, for every expert i (N <= 2**20).

1. a_i >= w_i p_i, shifts are exact, so at the end S >= w_i >= w_i(0) 2**-L_i in the first scale. Were q(b) = A(b) / S,
   the bits would cost log2(S_0 / S_end) <= L_i + log2(S_0 / w_i(0)): rounding weights up cannot hurt an expert.
2. A(0) + A(1) <= S + N, as ceil(x) + ceil(w - x) <= w + 1: a factor 1 - N 2**-61.
3. With T = A(0) + A(1), the smaller side is q = ceil(4 A / floor(T / 2**30)) >= 2**32 A / T: nothing is lost there. It
   is less than 2 + 2**-30 units too large, for T / 2**30 >= 2**31 and A <= T / 2; the other side is about 2**31 units
   or more, so it keeps at least 1 - 2**-30 (1 + 2**-29) of itself.
4. Each bit so costs at most 2**-29.4 + N 2**-60.4 < 2**-29 bits more than in 1: n 2**-26 in all, 0.015 bits a MB.

With sharing, the weights on any sequence of experts shrink by no more than the exact shares, as both terms are rounded
in its favour, and the sum grows by at most 2 N units a byte, which the slack in 4 covers: the fixed-share bound, plus
the same n 2**-26. No weight is ever 0, so even without sharing an expert comes back from any disgrace for at most 62
bits: on data of several kinds the fixed-point mixture is far shorter than the exact one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.coding import binary

ROUNDING_PER_BYTE = 2.0**-26
"""Bits a byte, at most, that fixed point costs beyond the exact mixture: the proof is above."""

NO_SHARING = 0

_TOTAL_BITS = 62
_FLOOR = np.uint64(1 << 61)
_UNIT = np.uint64(1 << 32)
_LOW32 = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_S30 = np.uint64(30)
_S2 = np.uint64(2)
_ONE = np.uint64(1)


def scaled(weights: Sequence[int]) -> NDArray[np.uint64]:
    """Prior weights, multiplied by the power of two that brings their sum to [2**61, 2**62): (N,) uint64."""
    shift = _TOTAL_BITS - sum(weights).bit_length()
    if shift < 0 or min(weights) < 1:
        raise ValueError(f"weights must be integers of at least 1 whose sum is below 2**62; met {list(weights)}")
    return np.array([weight << shift for weight in weights], dtype=np.uint64)


@njit(cache=True)
def _times(weight: np.uint64, p: np.uint64) -> np.uint64:
    """ceil(weight * p / 2**32) for weight < 2**63, p < 2**32: the product has 95 bits, so by halves."""
    return (weight >> _S32) * p + (((weight & _LOW32) * p + _LOW32) >> _S32)


@njit(cache=True)
def predict(weights: NDArray[np.uint64], row: NDArray[np.uint32]) -> np.uint32:
    """P(next bit = 1) of the mixture, in units of 2**-32, when the experts say `row` (N,)."""
    one = np.uint64(0)
    zero = np.uint64(0)
    for i in range(weights.shape[0]):
        p = np.uint64(row[i])
        one += _times(weights[i], p)
        zero += _times(weights[i], _UNIT - p)
    divisor = (one + zero) >> _S30
    if one <= zero:
        return np.uint32(((one << _S2) + divisor - _ONE) // divisor)
    return np.uint32(_UNIT - ((zero << _S2) + divisor - _ONE) // divisor)


@njit(cache=True)
def update(weights: NDArray[np.uint64], row: NDArray[np.uint32], bit: int) -> None:
    """Bayes: what each expert said of the bit that came, into its weight."""
    total = np.uint64(0)
    for i in range(weights.shape[0]):
        p = np.uint64(row[i])
        weights[i] = _times(weights[i], p if bit else _UNIT - p)
        total += weights[i]
    shift = np.uint64(0)
    while (total << shift) < _FLOOR:
        shift += _ONE
    for i in range(weights.shape[0]):
        weights[i] = weights[i] << shift


@njit(cache=True)
def share(weights: NDArray[np.uint64], period: int) -> None:
    """Fixed share after a byte: each weight gives 1 / period of itself to the others. No sharing when it is 0."""
    n = weights.shape[0]
    if period == NO_SHARING or n == 1:
        return
    total = np.uint64(0)
    for i in range(n):
        total += weights[i]
    every = np.uint64(period)
    parts = every * np.uint64(n - 1)
    for i in range(n):
        given = (total - weights[i] + parts - _ONE) // parts
        weights[i] = weights[i] - weights[i] // every + given


@njit(cache=True)
def run(
    weights: NDArray[np.uint64],
    period: int,
    experts: NDArray[np.uint32],
    data: NDArray[np.uint8],
    out: NDArray[np.uint32],
) -> None:
    """P(bit = 1) of the mixture before each bit of `data` into `out` (n, 8); the experts said `experts` (N, n, 8).
    The weights move on.
    """
    row = np.empty(weights.shape[0], dtype=np.uint32)
    for t in range(data.shape[0]):
        for j in range(8):
            for i in range(weights.shape[0]):
                row[i] = experts[i, t, j]
            out[t, j] = predict(weights, row)
            update(weights, row, int((data[t] >> (7 - j)) & 1))
        share(weights, period)


@njit(cache=True)
def trace(
    weights: NDArray[np.uint64],
    period: int,
    experts: NDArray[np.uint32],
    data: NDArray[np.uint8],
    history: NDArray[np.uint64],
) -> None:
    """The weights after each byte into `history` (n, N); otherwise as `run`."""
    for t in range(data.shape[0]):
        for j in range(8):
            update(weights, experts[:, t, j], int((data[t] >> (7 - j)) & 1))
        share(weights, period)
        history[t] = weights


@njit(cache=True)
def read_bit(
    weights: NDArray[np.uint64], row: NDArray[np.uint32], registers: NDArray[np.uint64], stream: NDArray[np.uint8]
) -> int:
    """The next bit of a stream; the weights learn it."""
    bit = binary.decode_bit(registers, stream, predict(weights, row))
    update(weights, row, bit)
    return bit
