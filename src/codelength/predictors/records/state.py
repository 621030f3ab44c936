"""What the kind `records` keeps: the layout of a record, its phase, and what was seen by position and key.

Registers (those that context mixing leaves to a kind), all of the next byte:
POSITION in its record. UP the byte one record back, UPS2 and UPS3 the bytes one to two and three back, UP_NEXT the one
after UP. LINE 2 up - up of up. PLANE up + left - up left. KEY_BYTE the newest key, KEY_STEP how it differs from the one
before, KEY_PLACE position and key together. FOLLOWED1, FOLLOWED2, FOLLOWED3 the last bytes seen at this position under
this key. PREFIX hash of the record so far, PREFIX_BEFORE of the whole one before. PERIOD_UP, PERIOD_UPS the bytes one,
and one and two, self-found periods back. HISTORIES the kernel's own: how many contexts have a history.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from codelength.predictors.mixing import expected
from codelength.predictors.mixing.state import KIND

MOST_WIDTH = 1024
"""Bytes in a record, at most; also the longest second period."""

NO_KEY = -1

NAMES = (
    "POSITION", "UP", "UPS2", "UPS3", "UP_NEXT", "LINE", "PLANE", "KEY_BYTE", "KEY_STEP", "KEY_PLACE", "FOLLOWED1",
    "FOLLOWED2", "FOLLOWED3", "PREFIX", "PREFIX_BEFORE", "PERIOD_UP", "PERIOD_UPS", "HISTORIES",
)  # fmt: skip
(
    POSITION, UP, UPS2, UPS3, UP_NEXT, LINE, PLANE, KEY_BYTE, KEY_STEP, KEY_PLACE, FOLLOWED1,
    FOLLOWED2, FOLLOWED3, PREFIX, PREFIX_BEFORE, PERIOD_UP, PERIOD_UPS, HISTORIES,
) = range(KIND, KIND + len(NAMES))  # fmt: skip

WIDTH, KEY = range(2)
"""Entries of `layout`."""

EXPECTATIONS = 2
"""The byte above and the change it last made: at this position under this key, and at this position."""

COUNTER_BITS = 20
"""Base-2 logarithm of the cells of direct counters."""


class RecordsState(NamedTuple):
    """The arrays of the kind; w = bytes in a record, k = 256 min(w, 256): places of position and key."""

    layout: Any  # (2,) int64: WIDTH, KEY
    period: Any  # (1,) int64: the second period, 0 where there is none yet
    usual: Any  # (w,) int64: the usual byte of each position
    sure: Any  # (w,) int64: how usual it is
    scores: Any  # (w,) int64: how well each shift of the phase agrees
    followers: Any  # (k,) int64: the last three bytes by position and key
    keyed_changes: Any  # (k,) int64: times in a row << 8 | last change against UP, by position and key
    changes: Any  # (w,) int64: the same by position
    last_at: Any  # (256,) int64: where a byte value was last seen
    last_gap: Any  # (256,) int64: at which distance
    votes: Any  # (MOST_WIDTH,) int64: for each second period
    numbers: Any  # (EXPECTATIONS, 4) int64: see `mixing.expected`
    cells: Any  # (EXPECTATIONS * CELLS,) uint32
    chosen: Any  # (EXPECTATIONS,) int64
    direct: Any  # (d,) int64: which contexts have direct counters
    buckets: Any  # (d,) int64: where those of this nibble begin
    counters: Any  # (2**COUNTER_BITS,) uint32: buckets of 16 cells, one for each node of a nibble


def records_state(width: int, key: int, direct: tuple[int, ...]) -> RecordsState:
    """The arrays before the first byte."""
    places = 256 * min(width, 256)
    return RecordsState(
        layout=np.array([width, key], dtype=np.int64),
        period=np.zeros(1, dtype=np.int64),
        usual=np.zeros(width, dtype=np.int64),
        sure=np.zeros(width, dtype=np.int64),
        scores=np.zeros(width, dtype=np.int64),
        followers=np.zeros(places, dtype=np.int64),
        keyed_changes=np.zeros(places, dtype=np.int64),
        changes=np.zeros(width, dtype=np.int64),
        last_at=np.zeros(256, dtype=np.int64),
        last_gap=np.zeros(256, dtype=np.int64),
        votes=np.zeros(MOST_WIDTH, dtype=np.int64),
        numbers=np.zeros((EXPECTATIONS, 4), dtype=np.int64),
        cells=np.zeros(EXPECTATIONS * expected.CELLS, dtype=np.uint32),
        chosen=np.full(EXPECTATIONS, -1, dtype=np.int64),
        direct=np.array(direct, dtype=np.int64),
        buckets=np.zeros(len(direct), dtype=np.int64),
        counters=np.zeros(1 << COUNTER_BITS, dtype=np.uint32),
    )
