"""Adaptive probabilities of which a fresh one is all zero, so that what is not used of a table costs no memory.

A cell is a probability of 22 bits and a count n of 10, exclusive-or 1/2 of the probability: p moves by 1/(n + 1.6) of
the way to what came; the count stops at a limit, which is how fast the past is forgotten.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined

_HALF = np.uint32(1 << 31)
_STEP = np.array([655360 // (10 * n + 16) for n in range(1024)], dtype=np.int64)


@inlined
def chance(cells: Any, at: Any) -> Any:
    """The probability of a cell, in units of 2**-22."""
    return np.int64((cells[np.uint64(at)] ^ _HALF) >> np.uint32(10))


@inlined
def sightings(cells: Any, at: Any) -> Any:
    """Its count."""
    return np.int64(cells[np.uint64(at)]) & 1023


@inlined
def adapt_cell(cells: Any, at: Any, target: Any, limit: Any) -> None:
    """Move a cell towards the target, 0 or 2**22 - 1; its count stops at `limit`, at most 1023."""
    value = np.int64(cells[np.uint64(at)] ^ _HALF)
    count = value & 1023
    p = value >> 10
    p += ((target - p) * _STEP[np.uint64(count)]) >> 16
    cells[np.uint64(at)] = np.uint32(p << 10 | min(count + 1, limit)) ^ _HALF
