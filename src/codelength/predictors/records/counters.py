"""Direct counters: a probability of its own for a context and the bits of the byte so far, with no history between.

A bit history knows some sixty bits at most and forgets; where fields hold steady counts of many values, a probability
with a count of up to 1,023 knows more. A context's counters of a nibble lie together in a bucket of 16 cells, a cache
line, found by hash and without a check. Cost: one cache line a context and nibble.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.hashing import M32, MULTIPLIERS, SALT
from codelength.predictors.logistic import stretch_table
from codelength.predictors.mixing.cells import adapt_cell, chance, sightings
from codelength.predictors.mixing.kernel import ONE
from codelength.predictors.mixing.state import DEPTH, NODE, PARTIAL

_STRETCH = stretch_table(12)
_LIMIT = 1023


@inlined
def offer_counters(s: Any, x: Any, at: Any) -> None:
    """Write the input of each counter at s.inputs[at]; 0 while it has seen nothing. The contexts were hashed before."""
    r = s.registers
    if r[DEPTH] & 3 == 0:
        buckets = (x.counters.shape[0] >> 4) - 1
        for q in range(x.direct.shape[0]):
            key = ((s.hashes[x.direct[q]] + (r[PARTIAL] + q * 512) * SALT) & M32) * MULTIPLIERS[3] & M32
            x.buckets[q] = (key >> 6 & buckets) << 4
    for q in range(x.direct.shape[0]):
        cell = x.buckets[q] + r[NODE]
        known = sightings(x.counters, cell) > 0
        s.inputs[at + q] = _STRETCH[np.uint64(chance(x.counters, cell) >> 10)] if known else np.int16(0)


@inlined
def learn_counters(s: Any, x: Any, bit: Any) -> None:
    """The counters that were asked learn the bit."""
    for q in range(x.direct.shape[0]):
        adapt_cell(x.counters, x.buckets[q] + s.registers[NODE], np.int64(bit) * (ONE - 1), np.int64(_LIMIT))
