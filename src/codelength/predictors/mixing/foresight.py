"""Between two bits: what the next one needs is asked for before the last one is learned.

Once a bit is known, so is where the next one's histories, match and final maps lie; learning the bit takes longer than
a cache miss. So the byte is taken into the past and its successor's contexts are hashed first, and learning comes
after: in another order than a reader expects, with the same result, since nothing that learning reads or writes is
touched.
"""

from __future__ import annotations

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.mixing.counts import seek_counts
from codelength.predictors.mixing.finals import fetch_row, final_rows
from codelength.predictors.mixing.fine import fetch_fine
from codelength.predictors.mixing.match import seek_match
from codelength.predictors.mixing.slots import hash_contexts, seek
from codelength.predictors.mixing.state import DEPTH, DETAIL, FINE, HASHED, PARTIAL, SEEN, State
from codelength.predictors.mixing.text import see_text


@inlined
def keep_byte(s: State, byte: int) -> None:
    """Take the byte into the past."""
    r = s.registers
    s.history[r[SEEN]] = byte
    r[SEEN] += 1


@inlined
def foresee(s: State, bit: int, sought: bool) -> None:
    """Fetch what the bit after this one needs, before this one is learned: by then it is there."""
    r = s.registers
    partial = r[PARTIAL] * 2 + bit
    if r[DEPTH] == 7:
        keep_byte(s, partial & 255)
        seek_match(s)
        see_text(s, partial & 255)
        hash_contexts(s)
        r[HASHED] = r[SEEN] + 1
        partial = np.int64(1)
    if r[DEPTH] == 7 or (r[DEPTH] == 3 and not sought):
        seek(s, partial)
        seek_counts(s, partial)
    row1, row2 = final_rows(s, partial)
    fetch_row(s, row1)
    if r[DETAIL] > 0:
        fetch_row(s, row2)
    if r[FINE] > 0:
        fetch_fine(s, partial)
