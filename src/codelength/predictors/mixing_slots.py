"""Hashed slots of bit histories: where a context's histories for one nibble lie.

A slot is 16 bytes: 8 check bits and the histories of the 15 nodes of a nibble's binary tree. A key looks at three
slots of one cache line; when none is its own it takes the one whose first history counts least.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.hashing import M32, SALT, SPREAD
from codelength.predictors.histories import histories
from codelength.predictors.mixing_state import AWAKE, PARTIAL, SLOT, SPARE, TOUCHED, Journal, State, note

_TOTAL = histories().total


@inlined
def _find(slots: NDArray[np.uint8], key: int, spare: int, journal: Journal) -> int:
    """Offset of the slot of a 32-bit key: its own, or the least valuable of three, cleared."""
    at = key & (((slots.shape[0] - SPARE) >> 4) - 1)
    check = np.uint8(key >> 24)
    found = np.int64(-1)
    poorest = np.int64(0)
    value = np.int64(1000)
    for k in range(3):
        slot = np.uint64((at ^ k) << 4)
        if slots[slot] == check:
            found = np.int64(slot)
            break
        total = np.int64(_TOTAL[slots[slot + np.uint64(1)]])
        if total < value:
            value = total
            poorest = np.int64(slot)
    at = found if found >= 0 else (spare if spare >= 0 else poorest)
    if journal.shape[0] > 1:
        low, high = np.int64(0), np.int64(0)
        for k in range(7, -1, -1):
            low = low << 8 | np.int64(slots[at + k])
            high = high << 8 | np.int64(slots[at + 8 + k])
        note(journal, at, low, high)
    if found < 0:
        for k in range(SLOT):
            slots[at + k] = 0
        slots[at] = check
    return int(at)


@kernel
def look_up(s: State, journal: Journal) -> None:
    """Find every context's slot for the nibble that begins; all are touched first, so that the cache misses overlap."""
    partial = s.registers[PARTIAL]
    table = np.int64(s.slots.shape[0] - SPARE)
    mask = (table >> 4) - 1
    awake = s.registers[AWAKE] > 0
    touched = np.uint8(0)
    for k in range(s.hashes.shape[0]):
        key = s.hashes[k]
        if partial > 1:
            key = ((key + partial * SALT) & M32) * SPREAD & M32
            key ^= key >> 13
        s.bases[k] = key
        touched |= s.slots[(key & mask) << 4]
    s.registers[TOUCHED] = touched
    for k in range(s.hashes.shape[0]):
        s.bases[k] = _find(s.slots, s.bases[k], np.int64(-1) if awake else table + k * SLOT, journal)
