"""Hashed slots of bit histories: where a context's histories for one nibble lie.

A slot is 16 bytes: 8 check bits and the histories of the 15 nodes of a nibble's binary tree. A key looks at three
slots of one cache line; when none is its own it takes the one whose first history counts least. Longer checks were
tried: 16 bits gained less than .05 % on enwik6, so false hits are not what a table costs; its size is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, joined
from codelength.predictors.hashing import M32, MULTIPLIERS, SALT, SPREAD
from codelength.predictors.histories import histories
from codelength.predictors.mixing.ahead import fetch
from codelength.predictors.mixing.state import AWAKE, PARTIAL, SLOT, SLOTS, State, note

_TOTAL = histories().total


@joined
def hash_contexts(s: State) -> None:
    """Hash the contexts of the byte that comes."""
    r = s.registers
    for k in range(s.hashes.shape[0]):
        h = s.salts[k]
        for f in range(s.parts.shape[1]):
            register = s.parts[k, f]
            if register > 0:
                h = ((h ^ (r[register] & s.masks[k, f])) * MULTIPLIERS[f]) & M32
                h ^= h >> 15
        s.hashes[k] = (h * SPREAD & M32) ^ (h >> 16)


@inlined
def key_of(s: State, k: int, partial: int) -> Any:
    """A context's key for the nibble that follows the bits `partial`, 1 at the beginning of a byte."""
    key = s.hashes[k]
    if partial > 1:
        key = ((key + partial * SALT) & M32) * SPREAD & M32
        key ^= key >> 13
    return key


@joined
def seek(s: State, partial: int) -> None:
    """Fetch every context's slots for the nibble that follows `partial`: so that their cache misses overlap."""
    contexts = s.bases.shape[0]
    mask = ((np.int64(s.slots.shape[0]) - contexts * SLOT) >> 4) - 1
    for k in range(contexts):
        fetch(s.slots, np.uint64((key_of(s, k, partial) & mask) << 4))


@joined
def look_up(s: State) -> None:
    """Find every context's slot for the nibble that begins: its own, or the least valuable of three, cleared."""
    slots = s.slots
    partial = s.registers[PARTIAL]
    contexts = s.bases.shape[0]
    table = np.int64(slots.shape[0]) - contexts * SLOT
    mask = (table >> 4) - 1
    awake = s.registers[AWAKE] > 0
    for k in range(contexts):
        key = key_of(s, k, partial)
        check = np.uint8(key >> 24)
        first = np.uint64((key & mask) << 4)
        second = first ^ np.uint64(SLOT)
        third = first ^ np.uint64(2 * SLOT)
        known1, known2, known3 = slots[first] == check, slots[second] == check, slots[third] == check
        at = third
        if known2:
            at = second
        if known1:
            at = first
        known = known1 or known2 or known3
        if not known:
            if awake:
                value1 = _TOTAL[slots[first + np.uint64(1)]]
                value2 = _TOTAL[slots[second + np.uint64(1)]]
                value3 = _TOTAL[slots[third + np.uint64(1)]]
                if value2 <= value3:
                    at = second
                if value1 <= value2 and value1 <= value3:
                    at = first
            else:
                at = np.uint64(table + k * SLOT)
        if s.journal.shape[0] > 1:
            low, high = np.int64(0), np.int64(0)
            for j in range(7, -1, -1):
                low = low << 8 | np.int64(slots[at + np.uint64(j)])
                high = high << 8 | np.int64(slots[at + np.uint64(8 + j)])
            note(s, SLOTS + np.int64(at), low, high)
        if not known:
            for j in range(SLOT):
                slots[at + np.uint64(j)] = 0
            slots[at] = check
        s.bases[k] = np.int64(at)
