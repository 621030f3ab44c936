"""Where contexts of bytes were met: a hash index of the side information, and a small one of what is new in a target.

A long context is the last 8 bytes; its last place is kept. A short one is the last 3; its places are chained, the
last one first. The long hash of the side information rolls (Karp & Rabin, 1987). Contexts that collide overwrite each
other, or share a chain. Of more than 2**24 bytes every second, fourth, ... place is indexed, so that no table has more
than 2**24 entries: 20 to 44 bytes for a byte up to 4 MiB, fewer beyond, 132 MiB at most.

Cost: some 20 ns a byte, once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel

FAR, NEAR, EDIT = 8, 3, 6
"""Bytes in a long and in a short context, and before an edit."""

MOST_BITS = 24
NEAR_BITS = 20
NEW_BITS = 14
EDIT_BITS = 12
FIRST_BITS = 10

_RADIX = np.int64(0x2545F4914F6CDD1D)
_LEAVING = np.int64(((pow(int(_RADIX), FAR, 1 << 64) + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63))
_SHORT = (np.int64(1) << (8 * NEAR)) - 1
_ODD = np.uint64(0x9E3779B97F4A7C15)


@inlined
def slot(key: Any, table: Any) -> Any:
    """Where a context's hash lies in a table of a power of two."""
    return np.int64((np.uint64(key) * _ODD) >> np.uint64(32)) & np.int64(table.shape[0] - 1)


@kernel
def _fill(known: Any, step: Any, far: Any, near: Any, back: Any, pairs: Any) -> None:
    rolling = np.int64(0)
    recent = np.int64(0)
    for at in range(known.shape[0]):
        byte = np.int64(known[at])
        if at > 0:
            pairs[recent & 255, byte] += np.int64(1)
        if at & (step - 1) == 0:
            number = at // step
            if at >= NEAR:
                k = slot(recent, near)
                back[number] = near[k]
                near[k] = np.int32(number + 1)
            if at >= FAR:
                far[slot(rolling, far)] = np.int32(number + 1)
        recent = (recent << 8 | byte) & _SHORT
        rolling = rolling * _RADIX + byte
        if at >= FAR:
            rolling -= np.int64(known[at - FAR]) * _LEAVING


def index(known: Any) -> tuple[int, Any, Any, Any, Any]:
    """The step between indexed places, both tables, the chains, and how often each byte followed another."""
    step = 1
    while known.size // step > 1 << MOST_BITS:
        step *= 2
    bits = max(FIRST_BITS, (known.size // step).bit_length())
    far = np.zeros(1 << min(bits + 2, MOST_BITS), np.int32)
    near = np.zeros(1 << min(bits, NEAR_BITS), np.int32)
    back = np.zeros(known.size // step + 1, np.int32)
    pairs = np.zeros((256, 256), np.int64)  # 32 bits would wrap after 2 GiB of one pair
    _fill(known, step, far, near, back, pairs)
    return step, far, near, back, pairs


@kernel
def far_key(new: Any, seen: Any) -> Any:
    """The hash of the last FAR bytes of a target."""
    mask = np.int64(new.shape[0] - 1)
    key = np.int64(0)
    for k in range(FAR):
        key = key * _RADIX + np.int64(new[(seen - FAR + k) & mask])
    return key


@kernel
def near_key(new: Any, seen: Any) -> Any:
    """The last NEAR bytes of a target as one number."""
    mask = np.int64(new.shape[0] - 1)
    key = np.int64(0)
    for k in range(NEAR):
        key = key << 8 | np.int64(new[(seen - NEAR + k) & mask])
    return key


@inlined
def edit_slot(recent: Any, edits: Any) -> Any:
    """Where the last EDIT of these bytes lie in the table of edits."""
    return slot(recent & ((np.int64(1) << (8 * EDIT)) - 1), edits)


@kernel
def agreed(known: Any, at: Any, new: Any, seen: Any, most: Any) -> Any:
    """How many bytes before place `at` of the side information are the target's last, at most `most`."""
    mask = np.int64(new.shape[0] - 1)
    length = np.int64(0)
    while length < most and length < at and length < seen:
        if known[at - 1 - length] != new[(seen - 1 - length) & mask]:
            break
        length += 1
    return length


@kernel
def agreed_new(new: Any, at: Any, seen: Any, most: Any) -> Any:
    """The same for place `at` of the target itself."""
    mask = np.int64(new.shape[0] - 1)
    length = np.int64(0)
    while length < most and length < at:
        if new[(at - 1 - length) & mask] != new[(seen - 1 - length) & mask]:
            break
        length += 1
    return length
