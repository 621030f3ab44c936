"""Prefix codes: Kraft's sum, Huffman's lengths, canonical codewords, and packing by them.

Codewords of lengths l_i of which none begins another exist if and only if sum 2**-l_i <= 1 (Kraft 1949, McMillan 1956).
Huffman (1952) gives the lengths of least total sum counts_i l_i by joining the two lightest subtrees until one is left;
here equal weights are taken in the order of making (leaves by symbol, then joins), so the lengths are the same
everywhere. Canonical codewords (Schwartz & Kallick 1964) follow from the lengths alone: sorted by (length, symbol),
each is its predecessor plus one, shifted to its own length.

Length 0 marks a symbol that does not occur; a lone symbol gets length 1. Lengths O(m log m), packing O(bits).
Bits go into bytes the highest first; unused bits of the last byte are 0.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from codelength.core import StreamError

MAX_LENGTH = 63
"""Longest codeword in bits. Huffman's outgrow it only for counts that sum to more than 2**44 (a Fibonacci number)."""

_TRUNCATED = -1
_NO_CODEWORD = -2


def kraft_sum(lengths: Sequence[int]) -> Fraction:
    """The sum of 2**-l over the symbols that occur (l > 0): a prefix code exists if and only if it is at most 1.

    Examples
    --------
    >>> kraft_sum([1, 2, 3, 3])
    Fraction(1, 1)
    """
    longest = max(lengths, default=0)
    return Fraction(sum(1 << (longest - n) for n in lengths if n), 1 << longest)


def huffman_lengths(counts: Sequence[int]) -> list[int]:
    """Codeword lengths of least total length.

    Parameters
    ----------
    counts
        How often each of m symbols occurs, integers >= 0.

    Returns
    -------
    list of int
        m lengths in bits: 0 where the count is 0, 1 for a lone symbol; else their Kraft sum is exactly 1.

    Examples
    --------
    >>> huffman_lengths([11, 4, 2, 1, 0])
    [1, 2, 3, 3, 0]
    """
    lengths = [0] * len(counts)
    if any(count < 0 for count in counts):
        raise ValueError(f"a count is {min(counts)}; expected >= 0")
    heap = [(int(count), symbol, [symbol]) for symbol, count in enumerate(counts) if count]
    if len(heap) == 1:
        lengths[heap[0][1]] = 1
    heapq.heapify(heap)
    made = len(counts)
    while len(heap) > 1:
        light, heavy = heapq.heappop(heap), heapq.heappop(heap)
        joined = light[2] + heavy[2]
        for symbol in joined:
            lengths[symbol] += 1
        heapq.heappush(heap, (light[0] + heavy[0], made, joined))
        made += 1
    return lengths


def canonical(lengths: Sequence[int]) -> NDArray[np.uint64]:
    """Codewords of the given lengths, none of which begins another.

    Parameters
    ----------
    lengths
        m lengths in bits from 0 (does not occur) to `MAX_LENGTH`.

    Returns
    -------
    NDArray
        (m,) uint64, the codeword in the lowest bits; 0 where the length is 0.

    Raises
    ------
    ValueError
        No prefix code has these lengths (Kraft's sum is above 1), or one of them is out of range.

    Examples
    --------
    >>> [f"{word:0{n}b}" for word, n in zip(canonical([1, 2, 3, 3]), [1, 2, 3, 3])]
    ['0', '10', '110', '111']
    """
    for n in lengths:
        if not 0 <= n <= MAX_LENGTH:
            raise ValueError(f"a codeword length is {n}; expected 0 to {MAX_LENGTH}")
    if kraft_sum(lengths) > 1:
        raise ValueError(f"no prefix code has these lengths: their Kraft sum is {kraft_sum(lengths)}, above 1")
    words = np.zeros(len(lengths), dtype=np.uint64)
    word, last = -1, 0
    for symbol in _in_order(lengths):
        word = (word + 1) << (lengths[symbol] - last)
        last = lengths[symbol]
        words[symbol] = word
    return words


def _in_order(lengths: Sequence[int]) -> list[int]:
    return sorted((symbol for symbol, n in enumerate(lengths) if n), key=lambda symbol: (lengths[symbol], symbol))


def pack(symbols: ArrayLike, lengths: Sequence[int], head: str = "") -> tuple[bytes, int]:
    """Code symbols by the canonical codewords of `lengths`.

    Parameters
    ----------
    symbols
        (n,) integers from 0 to m - 1.
    lengths
        m lengths in bits; Kraft's sum at most 1.
    head
        Bits that come before the codewords, as a string of 0 and 1: what says how to read them.

    Returns
    -------
    bytes, int
        Head and codewords one after the other, and how many bits they are.

    Raises
    ------
    ValueError
        Lengths that no prefix code has, or a symbol that has no codeword.

    Examples
    --------
    >>> pack([0, 1, 3], [1, 2, 3, 3])[1]
    6
    """
    chosen = np.asarray(symbols, dtype=np.int64)
    words, sizes = canonical(lengths), np.asarray(lengths, dtype=np.uint8)
    if chosen.size and (chosen.min() < 0 or chosen.max() >= sizes.size or not sizes[chosen].all()):
        raise ValueError("a symbol has no codeword")
    n_bits = len(head)
    if chosen.size:
        n_bits += int(np.bincount(chosen, minlength=sizes.size) @ sizes.astype(np.int64))
    out = np.zeros((n_bits + 7) // 8, dtype=np.uint8)
    first = np.packbits(np.array([bit == "1" for bit in head], dtype=bool))
    out[: first.size] = first
    _pack(chosen, words, sizes, out, len(head))
    return out.tobytes(), n_bits


@njit(cache=True)
def _pack(
    symbols: NDArray[np.int64], words: NDArray[np.uint64], lengths: NDArray[np.uint8], out: NDArray[np.uint8], at: int
) -> None:
    for symbol in symbols:
        word = words[symbol]
        for k in range(np.int64(lengths[symbol]) - 1, -1, -1):
            bit = (word >> np.uint64(k)) & np.uint64(1)
            out[at >> 3] |= np.uint8(bit) << np.uint8(7 - (at & 7))
            at += 1


def unpack(stream: bytes, lengths: Sequence[int], n: int, at: int = 0) -> NDArray[np.int64]:
    """The n symbols that `pack` coded.

    Parameters
    ----------
    stream
        What `pack` made.
    lengths
        m lengths in bits; Kraft's sum at most 1.
    n
        How many symbols.
    at
        Bits in the head, from 0 to 8 len(stream).

    Returns
    -------
    NDArray
        (n,) int64.

    Raises
    ------
    StreamError
        A stream that is truncated, holds bits that are no codeword, or has anything but zero bits up to the end of
        its last byte.
    ValueError
        Lengths that no prefix code has.
    """
    canonical(lengths)
    data = np.frombuffer(stream, dtype=np.uint8)
    shortest = min((length for length in lengths if length), default=0)
    # Before n numbers are allocated: a stream too short to hold n codewords.
    if n and (not shortest or n * shortest > 8 * data.size - at):
        raise StreamError("the stream ends too early for its codewords: it is truncated or damaged")
    order = np.array(_in_order(lengths), dtype=np.int64)
    per_length = np.bincount(np.asarray(lengths, dtype=np.int64), minlength=MAX_LENGTH + 1).astype(np.int64)
    per_length[0] = 0
    out = np.empty(n, dtype=np.int64)
    end = int(_unpack(data, order, per_length, out, at))
    if end == _TRUNCATED:
        raise StreamError("the stream ends within a codeword: it is truncated or damaged")
    if end == _NO_CODEWORD:
        raise StreamError("the stream holds bits that are no codeword: it is damaged")
    if (end + 7) // 8 != data.size or (end % 8 and int(data[-1]) & (0xFF >> end % 8)):
        raise StreamError("bits are left over after the last codeword: the stream is damaged")
    return out


@njit(cache=True)
def _unpack(
    stream: NDArray[np.uint8], order: NDArray[np.int64], per_length: NDArray[np.int64], out: NDArray[np.int64], at: int
) -> int:
    # With `first` the first canonical codeword of a length and `rank` its place in `order`, a number of that many
    # bits is a codeword of that length if and only if it is below first + per_length.
    n_bits = 8 * stream.shape[0]
    for t in range(out.shape[0]):
        word, first, rank, length = np.int64(0), np.int64(0), np.int64(0), 0
        while True:
            if length == MAX_LENGTH:
                return _NO_CODEWORD
            if at == n_bits:
                return _TRUNCATED
            bit = (np.int64(stream[at >> 3]) >> (7 - (at & 7))) & 1
            at += 1
            length += 1
            word = (word << 1) | bit
            if word - first < per_length[length]:
                out[t] = order[rank + word - first]
                break
            rank += per_length[length]
            first = (first + per_length[length]) << 1
    return at
