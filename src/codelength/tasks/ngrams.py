r"""Documents as counts of byte n-grams, each n-gram a symbol after a context of n - 1 bytes.

    "\nthe"  ->  orders 3, 4, 5:   "\nth", "the", "\nthe"        the context of "the": "th"

Every document starts after a newline. An n-gram is an exact integer key, its order and its bytes, so nothing is lost to
hashing. Sorting the keys of all documents costs O(n log n) for n bytes, and about 100 bytes of memory for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

ORDERS = (3, 4, 5)
"""Lengths of the n-grams; at most 7, for the key to fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Ngrams:
    """Sparse counts, D documents by V n-grams.

    Document d has the n-grams `ids[starts[d]:starts[d+1]]`, each `counts[...]` times; `context[v]` is the number of
    n-gram v's context, from 0 to `contexts` - 1. `starts` (D + 1,), `ids` (E,), `context` (V,) int64; `counts` (E,)
    float64.
    """

    starts: NDArray[np.int64]
    ids: NDArray[np.int64]
    counts: NDArray[np.float64]
    context: NDArray[np.int64]
    contexts: int

    def total(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Counts of each n-gram over all documents, a document counted `weights[d]` times: (V,)."""
        each = np.repeat(weights, np.diff(self.starts))
        return np.bincount(self.ids, weights=self.counts * each, minlength=self.context.size).astype(np.float64)

    def by_context(self, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums of `totals` (V,) over the n-grams of each context."""
        return np.bincount(self.context, weights=totals, minlength=self.contexts).astype(np.float64)


def count_ngrams(documents: Sequence[bytes], orders: Sequence[int] = ORDERS) -> Ngrams:
    """Counts of the n-grams of each document.

    Examples
    --------
    >>> found = count_ngrams([b"abab"], orders=(2,))
    >>> found.counts.tolist(), found.contexts
    ([1.0, 2.0, 1.0], 3)
    """
    if not orders or min(orders) < 1 or max(orders) > 7:
        raise ValueError(f"orders {tuple(orders)}: expected lengths from 1 to 7")
    text = np.frombuffer(b"".join(b"\n" + document for document in documents), dtype=np.uint8)
    sizes = np.array([len(document) + 1 for document in documents], dtype=np.int64)
    ends = np.concatenate(([0], np.cumsum(sizes)))
    grams = sum(np.maximum(0, sizes - order + 1) for order in orders)
    starts = np.concatenate(([0], np.cumsum(grams)))
    keys = np.empty(int(starts[-1]), dtype=np.uint64)
    _keys(text, ends, np.array(orders, dtype=np.int64), keys)
    distinct, ids = np.unique(keys, return_inverse=True)
    above = distinct >> np.uint64(8)
    context = np.concatenate(([0], np.cumsum(above[1:] != above[:-1]))) if distinct.size else np.zeros(0, np.int64)
    counts = np.empty(ids.size, dtype=np.float64)
    ids = ids.astype(np.int64)
    rows = np.zeros(len(documents) + 1, dtype=np.int64)
    used = _merge(ids, starts, counts, rows)
    return Ngrams(
        rows,
        ids[:used].copy(),
        counts[:used].copy(),
        context.astype(np.int64),
        int(context[-1]) + 1 if context.size else 0,
    )


@njit(cache=True)
def _keys(
    text: NDArray[np.uint8], ends: NDArray[np.int64], orders: NDArray[np.int64], keys: NDArray[np.uint64]
) -> None:
    """The keys of all documents, one after the other."""
    n = 0
    for d in range(ends.shape[0] - 1):
        for order in orders:
            for at in range(ends[d], ends[d + 1] - order + 1):
                key = np.uint64(order)
                for k in range(order):
                    key = (key << np.uint64(8)) | np.uint64(text[at + k])
                keys[n] = key
                n += 1


@njit(cache=True)
def _merge(
    ids: NDArray[np.int64], starts: NDArray[np.int64], counts: NDArray[np.float64], rows: NDArray[np.int64]
) -> int:
    """Sort each document's ids and join equal ones, in place; how many are left."""
    used = 0
    for d in range(starts.shape[0] - 1):
        row = np.sort(ids[starts[d] : starts[d + 1]])
        for k in range(row.shape[0]):
            if k > 0 and row[k] == row[k - 1]:
                counts[used - 1] += 1.0
            else:
                ids[used] = row[k]
                counts[used] = 1.0
                used += 1
        rows[d + 1] = used
    return used
