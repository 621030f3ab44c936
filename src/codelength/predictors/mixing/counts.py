"""Direct counters: what followed a context, counted as an adaptive probability instead of a bit history.

    p += (bit - p) / (n + 1.6)        n: how often, at most 1,023

A history forgets and is one byte; where a context goes on being what it is, a probability of 22 bits says more. The
counters of a context and nibble are one row, found by hash and without a check: rows are for contexts that come again.
Their inputs are stretch(p) and p - 1/2. Cost: two cache misses a context and byte, which are fetched ahead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.logistic import stretch_table
from codelength.predictors.mixing.ahead import fetch
from codelength.predictors.mixing.cells import adapt_cell, chance
from codelength.predictors.mixing.slots import key_of
from codelength.predictors.mixing.state import COUNTS, NODE, NODES, PARTIAL, State, note

LIMIT = 1023

PLAIN_SHIFT = 13
"""Plain inputs reach from -2**8 to 2**8: four times as large they moved their weights too fast (Dickens +.25 %)."""

_HALF = np.int64(1) << 21
_STRETCH = stretch_table(12)


@inlined
def _row(s: State, q: int, partial: int) -> Any:
    """Where the row of counted context q begins, for the nibble that follows the bits `partial`."""
    counted = s.counters.shape[0]
    rows = np.int64(s.counts.shape[0]) // (counted * NODES)
    return (q * rows + (key_of(s, s.bases.shape[0] + q, partial) & (rows - 1))) * NODES


@inlined
def seek_counts(s: State, partial: int) -> None:
    """Fetch the rows for the nibble that follows `partial`."""
    for q in range(s.counters.shape[0]):
        fetch(s.counts, np.uint64(_row(s, q, partial)))


@inlined
def find_counts(s: State) -> None:
    """The rows for the nibble that begins."""
    for q in range(s.counters.shape[0]):
        s.counters[q] = _row(s, q, s.registers[PARTIAL])


@inlined
def ask_counts(s: State, at: int) -> None:
    """Write the inputs of all counted contexts from s.inputs[at] on: stretched first, then plain."""
    counted = s.counters.shape[0]
    for q in range(counted):
        p = chance(s.counts, s.counters[q] + s.registers[NODE])
        s.inputs[at + q] = _STRETCH[np.uint64(p >> 10)]
        s.inputs[at + counted + q] = (p - _HALF) >> PLAIN_SHIFT


@inlined
def learn_counts(s: State, target: int) -> None:
    """The counters that were asked move towards the bit, 0 or 2**22 - 1."""
    for q in range(s.counters.shape[0]):
        at = s.counters[q] + s.registers[NODE]
        note(s, COUNTS + at, np.int64(s.counts[np.uint64(at)]), np.int64(0))
        adapt_cell(s.counts, at, target, np.int64(LIMIT))
