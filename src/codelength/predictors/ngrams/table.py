"""A table from 64-bit keys to numbers 0, 1, 2, ... in the order in which the keys came.

Open addressing, linear probing, at most half full. Key 0 means an empty place. Two keys that are the same are the same
thing to it: that any two of 10**7 things share a key has probability 3e-6.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_LEAST = 1 << 8
_FOLD = np.uint64(29)


def empty_table() -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Keys and their numbers, with nothing in it."""
    return np.zeros(_LEAST, dtype=np.uint64), np.zeros(_LEAST, dtype=np.int32)


@njit(cache=True, inline="always")
def place_of(keys: NDArray[np.uint64], key: np.uint64) -> np.int64:
    """Where a key stands, or the empty place where it would."""
    mask = np.int64(keys.shape[0] - 1)
    at = np.int64(key ^ (key >> _FOLD)) & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & mask
    return at


@njit(cache=True, inline="always")
def number_of(keys: NDArray[np.uint64], numbers: NDArray[np.int32], key: np.uint64) -> np.int64:
    """The number of a key; -1 where it never came."""
    at = place_of(keys, key)
    return np.int64(numbers[at]) if keys[at] != 0 else np.int64(-1)


@njit(cache=True)
def roomier(keys: NDArray[np.uint64], numbers: NDArray[np.int32]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """The same table in twice the room."""
    more_keys = np.zeros(2 * keys.shape[0], dtype=np.uint64)
    more_numbers = np.zeros(2 * keys.shape[0], dtype=np.int32)
    for k in range(keys.shape[0]):
        if keys[k] != 0:
            at = place_of(more_keys, keys[k])
            more_keys[at] = keys[k]
            more_numbers[at] = numbers[k]
    return more_keys, more_numbers
