"""Label coders for bytes that differ in one small thing: one byte value too many, one plane of bits with a pattern.

A code of everything drowns such a thing in what it pays for learning the rest. Here parts that look at one thing each
are mixed,

    q(k | x)  =  sum_i w_i q_i(k | x),      q_i ~ 2**-S_ik(x),      w_i <- w_i q_i(label)  (sum 1)

and the score is -log2 q(k | x): log2(number of parts) bits find the part that knows something.

    ByteRates   S = bits of which of the bytes are of value i, by the class's rate (c_ik + 1/2) / (n_k + 1); 256 parts
    BitPlanes   S = bits of plane i of the bytes, each bit by those of its context, the `order` bits of the plane before
                it, in the class's documents (Krichevsky-Trofimov); 8 parts for each order

Low bits of a linear congruential generator run in short cycles, so that long contexts in the lowest planes come again
(Knuth, vol. 2, 3.2.1.1). O(bytes) and, for ByteRates, O(256 classes) a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.float64]

_ORDERS = (2, 12)
_LN2 = float(np.log(2.0))


class Parts(Protocol):
    """Experts that each look at one thing in a document."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int:
        """How many."""
        ...

    def bits(self, documents: Sequence[bytes]) -> Floats:
        """S of each part under each class, (m, parts, K)."""
        ...

    def count(self, document: bytes, label: int) -> None:
        """Take in one document of a class."""
        ...


class MixedParts:
    """The mixture over parts, a `Coder`. Mutable."""

    temperings = (1.0,)

    def __init__(self, parts: Parts, documents: Sequence[bytes]) -> None:
        self.name = parts.name
        self._parts = parts
        self._documents = documents
        self._weights = np.zeros(parts.size)

    def learn(self, documents: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        """Weigh the parts by what they said of the labels, then take the documents in."""
        said = self._said(documents)
        self._weights += said[np.arange(labels.size), :, labels].sum(axis=0)
        self._weights -= self._weights.max()
        for i, label in zip(documents.tolist(), labels.tolist(), strict=True):
            self._parts.count(self._documents[i], label)

    def scores(self, documents: NDArray[np.int64]) -> Floats:
        """-log2 q(k | x), (m, K)."""
        share = self._weights - logsumexp(self._weights)
        bits: Floats = -logsumexp(self._said(documents) + share[:, None], axis=1) / _LN2
        return bits

    def _said(self, documents: NDArray[np.int64]) -> Floats:
        """Logs, base e, of q_i(k | x), (m, parts, K)."""
        logs = -_LN2 * self._parts.bits([self._documents[i] for i in documents.tolist()])
        out: Floats = logs - logsumexp(logs, axis=2, keepdims=True)
        return out


class ByteRates:
    """How often each value comes. Mutable."""

    name = "rates of single bytes"
    size = 256

    def __init__(self, classes: int) -> None:
        self._counts = np.zeros((256, classes))
        self._totals = np.zeros(classes)

    def bits(self, documents: Sequence[bytes]) -> Floats:
        """(m, parts, K)."""
        rates = (self._counts + 0.5) / (self._totals + 1.0)
        there, elsewhere = -np.log2(rates), -np.log2(1.0 - rates)
        seen = np.array([_histogram(one) for one in documents]).reshape(-1, 256, 1)
        lengths = np.array([len(one) for one in documents]).reshape(-1, 1, 1)
        bits: Floats = seen * there + (lengths - seen) * elsewhere
        return bits

    def count(self, document: bytes, label: int) -> None:
        """O(bytes)."""
        self._counts[:, label] += _histogram(document)
        self._totals[label] += len(document)


class BitPlanes:
    """What follows what within each plane of bits. Mutable."""

    name = "planes of bits"
    size = 8 * len(_ORDERS)

    def __init__(self, classes: int) -> None:
        self._tables = [np.zeros((classes, 8, 1 << order, 2), dtype=np.int32) for order in _ORDERS]

    def bits(self, documents: Sequence[bytes]) -> Floats:
        """(m, parts, K)."""
        out = np.zeros((len(documents), self.size, self._tables[0].shape[0]))
        for row, document in enumerate(documents):
            for j, table in enumerate(self._tables):
                _plane_bits(np.frombuffer(document, dtype=np.uint8), table, out[row, 8 * j : 8 * j + 8])
        return out

    def count(self, document: bytes, label: int) -> None:
        """O(bytes)."""
        for table in self._tables:
            _plane_counts(np.frombuffer(document, dtype=np.uint8), table[label])


def _histogram(document: bytes) -> NDArray[np.int64]:
    return np.bincount(np.frombuffer(document, dtype=np.uint8), minlength=256)


@njit(cache=True)
def _plane_bits(content: NDArray[np.uint8], table: NDArray[np.int32], out: Floats) -> None:
    """Add the bits of each plane under each class to `out`, (8, K); `table` is (K, 8, 2**order, 2)."""
    contexts = table.shape[2]
    for plane in range(8):
        context, seen = 0, 1
        for byte in content:
            bit = (int(byte) >> plane) & 1
            if seen >= contexts:  # as many bits as a context has are past
                for k in range(table.shape[0]):
                    counts = table[k, plane, context]
                    out[plane, k] -= np.log2((counts[bit] + 0.5) / (counts[0] + counts[1] + 1.0))
            else:
                seen *= 2
            context = (2 * context + bit) & (contexts - 1)


@njit(cache=True)
def _plane_counts(content: NDArray[np.uint8], table: NDArray[np.int32]) -> None:
    """Count the bits of each plane after their contexts; `table` is (8, 2**order, 2)."""
    contexts = table.shape[1]
    for plane in range(8):
        context, seen = 0, 1
        for byte in content:
            bit = (int(byte) >> plane) & 1
            if seen >= contexts:
                table[plane, context, bit] += 1
            else:
                seen *= 2
            context = (2 * context + bit) & (contexts - 1)
