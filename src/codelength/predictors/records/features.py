"""What records let contexts see: the records above, keys, changes, and what two counters of changes expect.

A table of rows is predicted from the byte at the same place of the rows before, from how it changed there, and from a
key: a byte of the record by which the others are known (the column of a cell: what was last seen at this position under
this key). `see_records` is called once a byte; cost: 100 nanoseconds and the phase (`phase`).

Sources: the byte above and the position as contexts are common to record models since PAQ (Mahoney, Data Compression
Explained, 2010); keys, their followers and changes are of this project.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.hashing import M32, MULTIPLIERS
from codelength.predictors.mixing.expected import SCALE, VALUE
from codelength.predictors.mixing.state import SEEN
from codelength.predictors.records.phase import align, vote
from codelength.predictors.records.state import (
    EXPECTATIONS,
    FOLLOWED1,
    FOLLOWED2,
    FOLLOWED3,
    KEY,
    KEY_BYTE,
    KEY_PLACE,
    KEY_STEP,
    LINE,
    PERIOD_UP,
    PERIOD_UPS,
    PLANE,
    POSITION,
    PREFIX,
    PREFIX_BEFORE,
    UP,
    UP_NEXT,
    UPS2,
    UPS3,
    WIDTH,
)

_MOST_IN_A_ROW = 31


@inlined
def _back(history: Any, seen: Any, distance: Any) -> Any:
    """The byte `distance` before the next one; 0 before the beginning."""
    return np.int64(history[seen - distance]) if 0 < distance <= seen else np.int64(0)


@inlined
def _count(changes: Any, at: Any, change: Any) -> None:
    """One more byte changed so against the one above: how often in a row."""
    times = changes[at] >> 8
    same = changes[at] & 255 == change
    changes[at] = (min(times + 1, np.int64(_MOST_IN_A_ROW)) if same else times >> 2) << 8 | change


@kernel
def begin_records(r: Any, x: Any, history: Any) -> None:
    """A target begins, and with it a record."""
    r[POSITION] = 0
    r[PREFIX] = 0
    _look(r, x, history)


@kernel
def see_records(r: Any, x: Any, history: Any, byte: Any) -> None:
    """Take in `byte`, already the last of `history`, and set the registers of the next."""
    keyed = r[KEY_PLACE]
    change = (byte - r[UP]) & 255
    x.followers[keyed] = (x.followers[keyed] << 8 | byte) & 0xFFFFFF
    _count(x.keyed_changes, keyed, change)
    _count(x.changes, r[POSITION], change)
    align(r, x, byte)
    if r[POSITION] == x.layout[KEY]:
        r[KEY_STEP] = (byte - r[KEY_BYTE]) & 255
        r[KEY_BYTE] = byte
    r[POSITION] += 1
    if r[POSITION] < x.layout[WIDTH]:
        r[PREFIX] = ((r[PREFIX] + byte + 1) * MULTIPLIERS[0]) & M32
    else:
        r[POSITION] = 0
        r[PREFIX_BEFORE] = r[PREFIX]
        r[PREFIX] = 0
    vote(r, x, byte)
    _look(r, x, history)


@inlined
def _look(r: Any, x: Any, history: Any) -> None:
    """Set the registers that follow from the position and the past, and what is expected."""
    seen = r[SEEN]
    width = x.layout[WIDTH]
    left = _back(history, seen, np.int64(1))
    up = _back(history, seen, width)
    up2 = _back(history, seen, 2 * width)
    r[UP] = up
    r[UPS2] = up << 8 | up2
    r[UPS3] = up << 16 | up2 << 8 | _back(history, seen, 3 * width)
    r[UP_NEXT] = _back(history, seen, width - 1)
    r[LINE] = (2 * up - up2) & 255
    r[PLANE] = (up + left - _back(history, seen, width + 1)) & 255
    keyed = (r[POSITION] << 8 | r[KEY_BYTE]) & 0xFFFF
    followed = x.followers[keyed]
    r[KEY_PLACE] = keyed
    r[FOLLOWED1] = followed & 255
    r[FOLLOWED2] = followed & 0xFFFF
    r[FOLLOWED3] = followed
    period = x.period[0]
    r[PERIOD_UP] = _back(history, seen, period)
    r[PERIOD_UPS] = r[PERIOD_UP] << 8 | _back(history, seen, 2 * period)
    for q in range(EXPECTATIONS):
        known = x.keyed_changes[keyed] if q == 0 else x.changes[r[POSITION]]
        x.numbers[q, VALUE] = ((up + known) & 255) << 4
        x.numbers[q, SCALE] = known >> 8
