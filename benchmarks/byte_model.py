"""A judge that selected nothing: an order-4 byte model, interpolated as by Witten & Bell (1991, method C).

    p_n(b | c) = (count(c b) + types(c) p_{n-1}(b | c')) / (count(c) + types(c)),     p_{-1} = 1/256

Static: trained once, then each document is scored by itself, from an empty context. Exact counts in a hash table.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

ORDER = 4
_CONTEXT = np.uint64(1 << 50)
_SYMBOL = np.uint64(1 << 51)
_MIX = np.uint64(0x9E3779B97F4A7C15)


class ByteModel:
    """Trained on documents joined by newlines."""

    def __init__(self, documents: list[bytes]) -> None:
        text = np.frombuffer(b"\n".join(documents), dtype=np.uint8)
        slots = 1 << int(np.ceil(np.log2(max(text.size, 1000) * 2.5 * (ORDER + 1))))
        self._keys = np.zeros(slots, dtype=np.uint64)
        self._counts = np.zeros(slots, dtype=np.int64)
        self._types = np.zeros(slots, dtype=np.int64)
        _train(text, self._keys, self._counts, self._types)

    def bits(self, documents: list[bytes]) -> NDArray[np.float64]:
        """Bits of each document: (n,)."""
        return np.array(
            [_score(np.frombuffer(d, dtype=np.uint8), self._keys, self._counts, self._types) for d in documents]
        )


@njit(cache=True)
def _slot(keys: NDArray[np.uint64], key: np.uint64) -> int:
    mask = np.int64(keys.shape[0] - 1)
    at = np.int64((key * _MIX) >> np.uint64(24)) & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & mask
    return at


@njit(cache=True)
def _key(text: NDArray[np.uint8], at: int, order: int) -> np.uint64:
    """The `order` bytes before `at`; contexts of different orders are told apart by a mark above them."""
    context = np.uint64(order + 1) << np.uint64(44)
    for k in range(1, order + 1):
        context |= np.uint64(text[at - k]) << np.uint64(8 * (k - 1))
    return context


@njit(cache=True)
def _train(
    text: NDArray[np.uint8], keys: NDArray[np.uint64], counts: NDArray[np.int64], types: NDArray[np.int64]
) -> None:
    for at in range(text.shape[0]):
        for order in range(min(ORDER, at) + 1):
            context = _key(text, at, order)
            here = _slot(keys, context | _CONTEXT)
            keys[here] = context | _CONTEXT
            symbol = (context << np.uint64(8)) | np.uint64(text[at]) | (_SYMBOL << np.uint64(8))
            there = _slot(keys, symbol)
            keys[there] = symbol
            types[here] += counts[there] == 0
            counts[here] += 1
            counts[there] += 1


@njit(cache=True)
def _score(
    text: NDArray[np.uint8], keys: NDArray[np.uint64], counts: NDArray[np.int64], types: NDArray[np.int64]
) -> float:
    bits = 0.0
    for at in range(text.shape[0]):
        p = 1.0 / 256.0
        for order in range(min(ORDER, at) + 1):
            context = _key(text, at, order)
            here = _slot(keys, context | _CONTEXT)
            if keys[here] == 0:
                break
            there = _slot(keys, (context << np.uint64(8)) | np.uint64(text[at]) | (_SYMBOL << np.uint64(8)))
            p = (counts[there] + types[here] * p) / (counts[here] + types[here])
        bits -= np.log2(p)
    return bits
