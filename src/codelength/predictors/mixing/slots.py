"""Hashed slots of bit histories: where a context's histories for one nibble lie.

A slot is 16 bytes: 8 check bits and the histories of the 15 nodes of a nibble's binary tree. A key looks at three
slots of one cache line; when none is its own it takes the one whose first history counts least. Longer checks were
tried: 16 bits gained less than .05 % on enwik6, so false hits are not what a table costs; its size is.
"""

from __future__ import annotations

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.hashing import M32, SALT, SPREAD
from codelength.predictors.histories import histories
from codelength.predictors.mixing.state import AWAKE, PARTIAL, SLOT, SLOTS, TOUCHED, State, note

_TOTAL = histories().total


@inlined
def _find(s: State, key: int, spare: int) -> int:
    """Offset of the slot of a 32-bit key: its own, or the least valuable of three, cleared."""
    slots = s.slots
    at = key & ((spare >> 4) - 1)
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
    return int(found if found >= 0 else -1 - poorest)


@kernel
def look_up(s: State) -> None:
    """Find every context's slot for the nibble that begins; all are touched first, so that the cache misses overlap."""
    partial = s.registers[PARTIAL]
    contexts = s.hashes.shape[0]
    table = np.int64(s.slots.shape[0]) - contexts * SLOT
    mask = (table >> 4) - 1
    awake = s.registers[AWAKE] > 0
    touched = np.uint8(0)
    for k in range(contexts):
        key = s.hashes[k]
        if partial > 1:
            key = ((key + partial * SALT) & M32) * SPREAD & M32
            key ^= key >> 13
        s.bases[k] = key
        touched |= s.slots[(key & mask) << 4]
    s.registers[TOUCHED] = touched
    for k in range(contexts):
        key = s.bases[k]
        at = np.int64(_find(s, key, table))
        known = at >= 0
        if not known:
            at = -1 - at if awake else table + k * SLOT
        if s.journal.shape[0] > 1:
            low, high = np.int64(0), np.int64(0)
            for j in range(7, -1, -1):
                low = low << 8 | np.int64(s.slots[at + j])
                high = high << 8 | np.int64(s.slots[at + 8 + j])
            note(s, SLOTS + at, low, high)
        if not known:
            for j in range(SLOT):
                s.slots[at + j] = 0
            s.slots[at] = np.uint8(key >> 24)
        s.bases[k] = at
