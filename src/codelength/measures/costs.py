"""Where the bits go: what each byte of a sequence costs under a code, and sums of that over blocks.

A predictor's cost of byte t is the sum of -log2 of the probabilities of its 8 bits: exact, and the costs sum to the
codelength without its length prefix. Any other code says only what a whole sequence costs; there the cost of a block
is the difference of the lengths of two prefixes, spread evenly over its bytes, at one pass over the data for each of
64 blocks: an estimate of where the bits go, though their sum is still the codelength.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError, Density, Predictor

_BLOCKS = 64
_CHUNK = 1 << 16
"""Bytes whose probabilities are taken to float64 at a time."""


def byte_costs(code: Density[bytes], data: bytes) -> NDArray[np.float64]:
    """Bits that each byte of `data` costs: (n,).

    Parameters
    ----------
    code
        A predictor, or any density, see above.
    data
        n bytes. A predictor's probabilities take 32 bytes of memory for each.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> byte_costs(KT(), b"aaaa").round(2).tolist()
    [8.0, 6.43, 5.7, 5.23]
    """
    if isinstance(code, Predictor):
        return _said(code.probabilities(data), np.frombuffer(data, dtype=np.uint8))
    ends = fixed_ends(len(data), -(-len(data) // _BLOCKS))
    sizes = np.diff(ends, prepend=0)
    return np.repeat(block_costs(code, data, ends) / sizes, sizes)


def block_costs(code: Density[bytes], data: bytes, ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """Bits that each block of `data` costs given all before it: (B,). For a code that is no predictor, B passes.

    Parameters
    ----------
    ends
        Where each block ends, (B,) int64, rising strictly to len(data).
    """
    _check_ends(ends, len(data))
    if isinstance(code, Predictor):
        return block_sums(byte_costs(code, data), ends)
    empty = code.bits(b"").bits
    prefixes = np.array([code.bits(data[:end]).bits for end in ends.tolist()], dtype=np.float64)
    return np.diff(prefixes, prepend=empty)


def block_sums(values: NDArray[np.float64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums of `values` (n,) over the blocks that end at `ends` (B,): (B,)."""
    _check_ends(ends, values.size)
    if not ends.size:
        return np.zeros(0)
    return np.add.reduceat(values, np.concatenate(([0], ends[:-1])))


def fixed_ends(n: int, size: int) -> NDArray[np.int64]:
    """Ends of blocks of `size` bytes, the last one shorter: (B,)."""
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    return np.append(np.arange(size, n, size, dtype=np.int64), n)


def line_ends(data: bytes) -> NDArray[np.int64]:
    """Ends of the lines of `data`, each with its newline: (B,)."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")).astype(np.int64) + 1
    return ends if not data or data.endswith(b"\n") else np.append(ends, len(data))


def _said(probs: NDArray[np.uint32], symbols: NDArray[np.uint8]) -> NDArray[np.float64]:
    costs = np.empty(symbols.size, dtype=np.float64)
    for at in range(0, symbols.size, _CHUNK):
        ones = np.unpackbits(symbols[at : at + _CHUNK]).reshape(-1, 8).astype(bool)
        said = probs[at : at + _CHUNK].astype(np.float64)
        costs[at : at + _CHUNK] = (32.0 - np.log2(np.where(ones, said, 2.0**32 - said))).sum(axis=1)
    return costs


def _check_ends(ends: NDArray[np.int64], n: int) -> None:
    last = int(ends[-1]) if ends.size else 0
    if last != n or (ends.size and (int(ends[0]) < 1 or bool((np.diff(ends) < 1).any()))):
        raise DataError(f"{ends.size} blocks ending at {last} do not cut up {n} bytes: ends must rise strictly to it")
