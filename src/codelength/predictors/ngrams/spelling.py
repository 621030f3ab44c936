"""How a word or a gap is spelt, under every class at once: interpolated byte n-grams (Witten & Bell 1991).

    P_c(b | s) = (N_c(s b) + D_c(s) B_c(b | s)) / (N_c(s) + D_c(s))
    B_c(b | s) = 1/2 P_c(b | s without its first byte) + 1/2 P_pool(b | s)

for a context s of 0 to `ORDER` symbols, as long as the pool has seen it: N_c counts the different words of the class
(each at most once: how often a word comes is what the words' own counts say), D_c the different symbols after s. The
pool is column 0: all classes and the unlabelled documents, whose B is its own shorter context. Under the empty context
B is uniform over 256 bytes and the end. A word begins with a mark of its kind and ends with the end, so that the
probabilities of all byte strings sum to at most 1. Cost: 2 look-ups and k + 1 sums for each byte and order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.ngrams.table import empty_table, number_of, place_of, roomier

ORDER = 4
_END = 256
_MARK = 257
_SYMBOLS = 257
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_S32 = np.uint64(32)


class Spelling(NamedTuple):
    """`keys`, `numbers`: the table of contexts and of contexts with a next symbol. `counts`: N, (m, k + 1) float32,
    row by number. `distinct`: D, of the same shape.
    """

    keys: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    counts: NDArray[np.float32]
    distinct: NDArray[np.float32]


def spelling_of(
    text: NDArray[np.uint8], ends: NDArray[np.int64], is_word: NDArray[np.bool_], weights: NDArray[np.float32]
) -> Spelling:
    """Learn how words are spelt.

    Parameters
    ----------
    text, ends, is_word
        The words, as in a lexicon.
    weights
        How far each belongs to each class, (v, k + 1) in 0 to 1, column 0 the pool.
    """
    keys, numbers = empty_table()
    counts = np.zeros((1 << 8, weights.shape[1]), dtype=np.float32)
    distinct = np.zeros_like(counts)
    return Spelling(*_learn(text, ends, is_word, weights, keys, numbers, counts, distinct))


@njit(cache=True, inline="always")
def _context_key(key: np.uint64, symbol: np.int64) -> np.uint64:
    mixed = (key ^ np.uint64(symbol + 1)) * _SPREAD
    return (mixed ^ (mixed >> _S32)) * _SPREAD | np.uint64(1)


@njit(cache=True, inline="always")
def _symbol(text: NDArray[np.uint8], start: int, stop: int, at: int, word: bool) -> np.int64:
    """The symbol at a place: a mark before the first, the end after the last."""
    if at < start:
        return np.int64(_MARK + word)
    return np.int64(text[at]) if at < stop else np.int64(_END)


@njit(cache=True)
def _learn(text, ends, is_word, weights, keys, numbers, counts, distinct):  # type: ignore[no-untyped-def]
    size = 0
    start = 0
    classes = weights.shape[1]
    for v in range(ends.shape[0]):
        stop = ends[v]
        for at in range(start, stop + 1):
            symbol = _symbol(text, start, stop, at, is_word[v])
            key = np.uint64(_MARK)
            for order in range(min(ORDER, at - start + 1) + 1):
                if order:
                    key = _context_key(key, _symbol(text, start, stop, at - order, is_word[v]))
                if 2 * (size + 3) > keys.shape[0]:
                    keys, numbers = roomier(keys, numbers)
                if size + 2 > counts.shape[0]:
                    counts = np.concatenate((counts, np.zeros_like(counts)))
                    distinct = np.concatenate((distinct, np.zeros_like(distinct)))
                context = place_of(keys, key)
                if keys[context] == 0:
                    keys[context], numbers[context] = key, size
                    size += 1
                edge_key = _context_key(key, symbol + 1000)
                edge = place_of(keys, edge_key)
                if keys[edge] == 0:
                    keys[edge], numbers[edge] = edge_key, size
                    size += 1
                row, edge_row = numbers[place_of(keys, key)], numbers[edge]
                for c in range(classes):
                    weight = weights[v, c]
                    had = counts[edge_row, c]
                    counts[edge_row, c] = had + weight
                    counts[row, c] += weight
                    distinct[row, c] += min(had + weight, np.float32(1)) - min(had, np.float32(1))
        start = stop
    return keys, numbers, counts[:size].copy(), distinct[:size].copy()


def spelling_bits(
    spelling: Spelling, text: NDArray[np.uint8], ends: NDArray[np.int64], is_word: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What spelling each word costs under the pool and every class, (v, k + 1) bits."""
    bits = np.zeros((ends.size, spelling.counts.shape[1]))
    _score(text, ends, is_word, *spelling, bits)
    return bits


@njit(cache=True)
def _score(text, ends, is_word, keys, numbers, counts, distinct, bits):  # type: ignore[no-untyped-def]
    classes = counts.shape[1]
    p = np.empty(classes)
    start = 0
    for v in range(ends.shape[0]):
        stop = ends[v]
        for at in range(start, stop + 1):
            symbol = _symbol(text, start, stop, at, is_word[v])
            key = np.uint64(_MARK)
            p[:] = 1.0 / _SYMBOLS
            for order in range(min(ORDER, at - start + 1) + 1):
                if order:
                    key = _context_key(key, _symbol(text, start, stop, at - order, is_word[v]))
                row = number_of(keys, numbers, key)
                if row < 0 or distinct[row, 0] == 0:
                    break
                edge = number_of(keys, numbers, _context_key(key, symbol + 1000))
                _interpolate(counts, distinct, row, edge, p)
            for c in range(classes):
                bits[v, c] -= np.log2(p[c])
        start = stop


@njit(cache=True, inline="always")
def _interpolate(counts, distinct, row, edge, p):  # type: ignore[no-untyped-def]
    """From the shorter context's probabilities to this one's, in place; the pool first."""
    for c in range(p.shape[0]):
        back = p[c] if c == 0 else 0.5 * (p[c] + p[0])
        seen = counts[edge, c] if edge >= 0 else 0.0
        escape = distinct[row, c]
        if escape > 0:
            p[c] = (seen + escape * back) / (counts[row, c] + escape)
        else:
            p[c] = back
