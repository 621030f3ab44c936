"""Counters of the DNA model: adaptive probabilities with step 1/(n + 1.5), direct or in checked slots.

A slot of a high order is replaced unless it has been seen more than three times, in which case it loses one sighting:
contexts that come again stay, others pass. Cost: one cache line a look-up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel

ONE = np.int64(1) << 22
"""Probability one."""

_STEP = np.array([655360 // (10 * n + 15) for n in range(1024)], np.int64)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_ODD_CHECK = np.uint64(0xD6E8FEB86659FD93)
_SEEN_OFTEN = 3


@inlined
def adapt(cells: Any, at: Any, target: Any, limit: Any) -> None:
    """Move the 22-bit probability of a uint32 cell towards `target`; its count stops at `limit`."""
    value = np.int64(cells[at])
    count = value & 1023
    p = value >> 10
    p += ((target - p) * _STEP[count]) >> 16
    cells[at] = np.uint32(p << 10 | min(count + 1, limit))


@inlined
def adapt_short(cells: Any, at: Any, bit: Any) -> None:
    """Move the 12-bit probability of a uint16 cell towards `bit`; its count stops at 15."""
    value = np.int64(cells[at])
    count = value & 15
    p = value >> 4
    p += ((bit * 4095 - p) * _STEP[count] + 32768) >> 16
    cells[at] = np.uint16(p << 4 | min(count + 1, np.int64(15)))


@inlined
def low_slot(state: Any, q: Any, forward: Any) -> Any:
    """Where the low order q holds the context that the bases `forward` end in."""
    return state.low_at[q] + ((forward & ((np.int64(1) << state.low_bits[q]) - 1)) << 2)


@kernel
def high_slot(state: Any, q: Any, context: Any) -> Any:
    """The slot of `context` in the high order q; -1 when another, better known one holds it (which it weakens)."""
    width = 2 * state.high_order[q]
    product = np.int64(np.uint64(context) * _ODD) & ((np.int64(1) << width) - 1)
    at = state.high_at[q] + ((product >> max(width - state.high_bits[q], np.int64(0))) << 2)
    check = np.int64((np.uint64(context) * _ODD_CHECK) >> np.uint64(48)) | 1
    if np.int64(state.high[at]) != check:
        if state.high[at] != 0 and (np.int64(state.high[at + 1]) & 15) > _SEEN_OFTEN:
            state.high[at + 1] -= np.uint16(1)
            return np.int64(-1)
        state.high[at] = check
        state.high[at + 1] = 32768
        state.high[at + 2] = 32768
        state.high[at + 3] = 32768
    return at
