"""Krichevsky-Trofimov: the order-0 estimator that is within 1/2 log2 n bits per free parameter of any i.i.d. source.

    P(symbol a | n symbols seen, a among them n_a times) = (n_a + 1/2) / (n + m/2)          (Krichevsky & Trofimov 1981)

over an alphabet of m = 2**width symbols, the data being cut into symbols of `width` bits, the highest first. A symbol
is coded by `width` binary decisions down a balanced tree. At a node over k leaves, seen c times, c1 times with a 1,

    P(bit = 1) = (c1 + k/4) / (c + k/2),        floored to units of 2**-32,

so the factors of one symbol telescope to the formula above. Redundancy, n_a/n being the frequencies of the data itself:

    m = 2:   L <= n H(n_1/n) + 1/2 log2 n + 1        m > 2:   L <= n H + (m-1)/2 log2 n + log2 m

plus the cost of the floor. Flooring P(1) only raises P(0), so it costs on a 1 alone, and there at most
log2(1 + 2**-32 / P(1)) < 1.443 * 2**-32 (c + k/2) / (c1 + k/4). Over the ones at a node that has been seen N times the
sum over c1 = 0, 1, ... is at most 1.443 * 2**-32 (N + k/2) (4/k + ln(1 + 4N/k)). Over all nodes of a level the N add up
to n: the whole costs less than

    1.443 * 2**-32 * width * (n + m/2) (2 + ln(1 + 2n))     bits: 0.1 bits for a megabyte of bytes.

Cost: `width` divisions a symbol, 16 m bytes of state. Integers only.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.predictors.sequential import Bytes, Probs, Sequential

WIDTHS = {2: 1, 4: 2, 16: 4, 256: 8}
"""Alphabet size -> bits in a symbol. A symbol never straddles two bytes."""

_S32 = np.uint64(32)
_ONE = np.uint64(1)
_MOST = np.uint64(0xFFFFFFFF)
_NODE = 0
"""Where `cursor` holds the node of the next decision: 1 is the root, the children of i are 2i and 2i + 1."""


class KTState(NamedTuple):
    """`counts`: visits of each node of the decision tree, (2 m,) int64. `cursor`: the next node, (1,) int64."""

    counts: NDArray[np.int64]
    cursor: NDArray[np.int64]


@njit(cache=True)
def _probability(counts: NDArray[np.int64], node: np.int64) -> np.uint32:
    """P(bit = 1) at a node, floored to units of 2**-32, from 1 to 2**32 - 1."""
    leaves = counts.shape[0] // 2
    at = node
    while at > 1:
        at >>= 1
        leaves >>= 1
    numerator = np.uint64(4 * counts[2 * node + 1] + leaves)
    denominator = np.uint64(4 * counts[node] + 2 * leaves)
    while denominator >> _S32 != 0:  # only beyond 2**30 visits: the quotient keeps 31 bits
        numerator >>= _ONE
        denominator >>= _ONE
    return np.uint32(min(max((numerator << _S32) // denominator, _ONE), _MOST))


@njit(cache=True)
def _advance(counts: NDArray[np.int64], node: np.int64, bit: int | np.int64) -> np.int64:
    """Count a bit at a node; the node of the next decision."""
    counts[node] += 1
    child = 2 * node + bit
    if 2 * child < counts.shape[0]:
        return child
    counts[child] += 1
    return np.int64(1)


@njit(cache=True)
def _learn(counts: NDArray[np.int64], node: np.int64, data: NDArray[np.uint8], probs: NDArray[np.uint32]) -> np.int64:
    for i in range(data.shape[0]):
        for j in range(8):
            probs[i, j] = _probability(counts, node)
            node = _advance(counts, node, (np.int64(data[i]) >> (7 - j)) & 1)
    return node


@njit(cache=True)
def _read(
    counts: NDArray[np.int64],
    node: np.int64,
    registers: NDArray[np.uint64],
    stream: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> np.int64:
    for i in range(out.shape[0]):
        byte = 0
        for _ in range(8):
            bit = binary.decode_bit(registers, stream, _probability(counts, node))
            node = _advance(counts, node, bit)
            byte = 2 * byte + bit
        out[i] = byte
        if binary.exhausted(registers, stream):
            break
    return node


class KT(Sequential[KTState]):
    """The Krichevsky-Trofimov estimator, order 0.

    Parameters
    ----------
    alphabet
        Symbols: 2 (each bit of the data), 4, 16 or 256 (each byte).

    Raises
    ------
    ValueError
        Another alphabet.

    Examples
    --------
    >>> round(KT().bits(b"aaaa").bits, 2)  # 8 bits for the length, then 8.00, 6.43, 5.70 and 5.23
    33.35
    """

    def __init__(self, alphabet: int = 256) -> None:
        if alphabet not in WIDTHS:
            raise ValueError(f"alphabet is {alphabet}; expected one of {', '.join(map(str, WIDTHS))}")
        super().__init__(KTState(np.zeros(2 * alphabet, dtype=np.int64), np.ones(1, dtype=np.int64)))
        self.alphabet = alphabet

    @property
    def spec(self) -> str:
        return "kt" if self.alphabet == 256 else f"kt:alphabet={self.alphabet}"

    def _with(self, state: KTState) -> Self:
        other = type(self)(self.alphabet)
        other._state = state
        return other

    def _copy(self, state: KTState) -> KTState:
        return KTState(state.counts.copy(), state.cursor.copy())

    def _learn(self, state: KTState, data: Bytes, probs: Probs) -> KTState:
        state.cursor[_NODE] = _learn(state.counts, state.cursor[_NODE], data, probs)
        return state

    def _score(self, state: KTState, data: Bytes, probs: Probs) -> None:
        self._learn(self._copy(state), data, probs)

    def _read(self, state: KTState, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> KTState:
        state.cursor[_NODE] = _read(state.counts, state.cursor[_NODE], registers, stream, out)
        return state

    def _step(self, state: KTState, bit: int) -> tuple[KTState, int]:
        if bit >= 0:
            state.cursor[_NODE] = _advance(state.counts, state.cursor[_NODE], bit)
        return state, int(_probability(state.counts, state.cursor[_NODE]))
