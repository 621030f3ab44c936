"""What the kernels of typed inputs share: the pace at which they learn, and a byte taken into the past."""

from __future__ import annotations

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.hashing import M32
from codelength.predictors.mixing.kernel import RATE_EXTRA, RATE_FADES
from codelength.predictors.mixing.state import DEPTH, LAST, LEARNED, PACE, RATE, RECENT, SEEN, State


@inlined
def keep_pace(s: State) -> None:
    """Fast at the beginning, then evenly: the slow settling that suits texts costs a page of fax .7 %."""
    r = s.registers
    r[PACE] = r[RATE] + np.int64(RATE_EXTRA * RATE_FADES) // (r[LEARNED] + RATE_FADES)


@inlined
def take_byte(s: State, byte: int) -> None:
    """Into the past."""
    r = s.registers
    s.history[r[SEEN]] = byte
    r[SEEN] += 1
    r[DEPTH] = 0
    r[RECENT] = (r[RECENT] << 8 | byte) & M32
    r[LAST] = byte
