"""The final maps: what a vote has meant before, in a context of its own.

    p = (1 - f) map[b] + f map[b + 1]      b, f: bucket and fraction of the stretched vote, 25 points from -12 to 12

An adaptive, interpolated map from probability to probability (Mahoney's "adaptive probability maps", 2005). Both cells
move towards the bit by 1/64 of their share. Cost: two cells read and written for each map and bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.hashing import M32, MULTIPLIERS, SALT, SPREAD
from codelength.predictors.logistic import LIMIT, squash_table
from codelength.predictors.mixing.ahead import fetch
from codelength.predictors.mixing.state import (
    BUCKET,
    BUCKETS,
    DETAIL,
    FINAL1,
    FINAL2,
    FINALS,
    FINE,
    FRACTION,
    LAST,
    RECENT,
    State,
    note,
)

_FINAL_START = np.array([int(squash_table()[min(k * 256, 2 * LIMIT - 1)]) * 4 for k in range(BUCKETS)], dtype=np.uint32)


@inlined
def final_rows(s: State, partial: int) -> Any:
    """Where the rows of the first two maps begin, for the bit behind those that are known of the byte."""
    r = s.registers
    order2 = ((r[RECENT] & 0xFFFF) * MULTIPLIERS[0] + partial * SALT) & M32
    order2 = ((order2 ^ (order2 >> 15)) * SPREAD & M32) >> 16
    size = np.int64(s.finals.shape[0]) >> (2 if r[FINE] > 0 else 1)
    cut = size // BUCKETS - 1
    return ((r[LAST] << 8 | partial) & cut) * BUCKETS, size + (order2 & cut) * BUCKETS


@inlined
def fetch_row(s: State, row: int) -> None:
    """Fetch a row: it lies in two or three cache lines, and which of its cells will be asked is not known yet."""
    for at in (0, BUCKETS // 2, BUCKETS - 1):
        fetch(s.finals, np.uint64(row + at))


@inlined
def final(s: State, at: int, bucket: int) -> int:
    """An interpolated final map, in units of 2**-32."""
    fraction = s.registers[FRACTION]
    low = np.int64(s.finals[at] ^ _FINAL_START[bucket])
    high = np.int64(s.finals[at + 1] ^ _FINAL_START[bucket + 1])
    return low * (256 - fraction) + high * fraction


@inlined
def adapt_final(s: State, at: int, bucket: int, share: int, target: int) -> None:
    """Move a cell of a final map by its share (of 256, then 1/64) of the way to the target, 0 or 2**24 - 1."""
    start = _FINAL_START[bucket]
    was = s.finals[at]
    note(s, FINALS + at, np.int64(was), np.int64(0))
    p = np.int64(was ^ start)
    p += ((target - p) * share) >> 14
    s.finals[at] = np.uint32(p) ^ start


@inlined
def learn_finals(s: State, bit: int) -> None:
    """The maps that made the final probability learn the bit."""
    r = s.registers
    final_target = np.int64(bit) * ((np.int64(1) << 24) - 1)
    fraction = r[FRACTION]
    bucket = r[BUCKET]
    adapt_final(s, r[FINAL1], bucket, 256 - fraction, final_target)
    adapt_final(s, r[FINAL1] + 1, bucket + 1, fraction, final_target)
    if r[DETAIL] > 0:
        adapt_final(s, r[FINAL2], bucket, 256 - fraction, final_target)
        adapt_final(s, r[FINAL2] + 1, bucket + 1, fraction, final_target)
