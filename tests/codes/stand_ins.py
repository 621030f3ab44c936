"""Predictors for the tests of mixtures: one that says whatever it is told to, and one that really learns.

`Table` reads its probabilities from an array, whatever the data: the adversary. `Order` counts bits in contexts of the
last k bytes (KT estimator, hashed into 2**14 cells), compiled: something real text can be given to.
"""

from typing import Self

import numpy as np
from numba import njit

from codelength.coding import binary
from codelength.core import Bits

CELLS = 1 << 14


class _Shared:
    """bits, encode, decode and walk by way of `probabilities`."""

    spec = "stand-in"

    def bits(self, data: bytes) -> Bits:
        prefix = 8 * len(binary.length_prefix(len(data)))
        return Bits(prefix + binary.cost(data, self.probabilities(data)))

    def encode(self, data: bytes) -> bytes:
        return binary.length_prefix(len(data)) + binary.encode(data, self.probabilities(data))

    def decode(self, stream: bytes, *, max_size: int) -> bytes:
        raise NotImplementedError

    def walk(self) -> "_Walk":
        return _Walk(self)


class Table(_Shared):
    """Says row after row of `probs` (n, 8) uint32, whatever comes."""

    spec = "table"

    def __init__(self, probs: np.ndarray, at: int = 0) -> None:
        self.table = np.asarray(probs, dtype=np.uint32)
        self.at = at

    def given(self, data: bytes) -> Self:
        return type(self)(self.table, self.at + len(data))

    def probabilities(self, data: bytes) -> np.ndarray:
        return self.table[self.at : self.at + len(data)].copy()


class Order(_Shared):
    """KT counts in contexts of the last `k` bytes."""

    def __init__(self, k: int, past: bytes = b"") -> None:
        self.k, self.past, self.spec = k, past, f"order{k}"

    def given(self, data: bytes) -> Self:
        return type(self)(self.k, self.past + data)

    def probabilities(self, data: bytes) -> np.ndarray:
        probs = np.empty((len(self.past) + len(data), 8), dtype=np.uint32)
        _count(np.frombuffer(self.past + data, dtype=np.uint8), self.k, probs)
        return probs[len(self.past) :]


@njit(cache=True)
def _count(data, k, probs):
    counts = np.zeros((CELLS, 2), dtype=np.int64)
    for t in range(data.shape[0]):
        context = np.int64(k)
        for j in range(max(0, t - k), t):
            context = (context * 257 + data[j] + 1) % 1000003
        node = np.int64(1)
        for j in range(8):
            cell = (context * 521 + node * 65599) % CELLS
            zeros, ones = counts[cell, 0], counts[cell, 1]
            probs[t, j] = ((2 * ones + 1) << 32) // (2 * (zeros + ones + 1))
            bit = (np.int64(data[t]) >> (7 - j)) & 1
            counts[cell, bit] += 1
            node = 2 * node + bit


class _Walk:
    """A cursor that asks for the probabilities of what has come so far, with 0 bits for what has not."""

    def __init__(self, code: Table | Order) -> None:
        self._code, self._byte, self._done = code, 0, 0
        self._look()

    def _look(self) -> None:
        partial = bytes([self._byte << (8 - self._done)])
        self._p = int(self._code.probabilities(partial)[0, self._done])

    @property
    def p(self) -> int:
        return self._p

    def push(self, bit: int) -> None:
        self._byte, self._done = 2 * self._byte + bit, self._done + 1
        if self._done == 8:
            self._code = self._code.given(bytes([self._byte]))
            self._byte = self._done = 0
        self._look()
