"""The state that a predictor begins with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.histories import histories
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import Model
from codelength.predictors.mixing.state import State

FIRST_BITS = 14
"""A fresh predictor has 2**14 slots."""

FIRST_FINALS = 1024
"""And so many rows in each of its final maps."""

FIRST_COUNTS = 256
"""And so many of each counted context."""

_VOTES = 145_000
"""Sum of the first weights of all inputs: 2.2. Higher, a fresh predictor is too sure of itself and any side
information helps."""


def aligned(array: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins on a cache line, so that the three slots of a lookup share one."""
    copy = aligned_zeros(array.nbytes).view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def aligned_zeros(size: int, capacity: int = 0) -> NDArray[np.uint8]:
    """Bytes that begin on a cache line, with room to be `widened`; pages that nobody touches cost nothing."""
    room = np.zeros(max(size, capacity) + 64, dtype=np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size]


def widened(array: NDArray[np.uint8], size: int) -> NDArray[np.uint8] | None:
    """The same bytes and more behind them, where `aligned_zeros` kept room."""
    room = array.base
    if not isinstance(room, np.ndarray):
        return None
    start = array.ctypes.data - room.ctypes.data
    return room[start : start + size] if start + size <= room.size else None


def fresh(model: Model, more_inputs: int = 0) -> State:
    """A state that has seen nothing; `more_inputs` of a kind of data follow those of the contexts and the match."""
    n = len(model.contexts)
    selectors, rows = model.rows()
    counted = len(model.counted)
    first = n + layout.EXTRA_INPUTS
    more_inputs += 2 * (n + counted) if model.fine else 0
    width = -(-(first + more_inputs) // layout.LANES) * layout.LANES
    parts, masks, salts, known_bits = model.tables()
    return State(
        slots=aligned_zeros((layout.SLOT << FIRST_BITS) + n * layout.SLOT),
        history=np.zeros(256, dtype=np.uint8),
        places=np.zeros(4096, dtype=np.int32),
        finals=np.zeros((4 if model.fine else 2) * FIRST_FINALS * layout.BUCKETS, dtype=np.uint32),
        weights=np.zeros((rows, width), dtype=np.int32),
        follows=np.zeros(layout.FOLLOWED3 + 65536, dtype=np.uint32),
        stamps=np.zeros(rows, dtype=np.int64),
        maps=np.tile(histories().start << np.uint32(10), n),
        match_maps=_match_start(),
        outer=np.full((256, len(selectors)), 65536 // len(selectors), dtype=np.int64),
        inputs=np.zeros(width, dtype=np.int32),
        counts=np.zeros(counted * FIRST_COUNTS * layout.NODES, dtype=np.uint32),
        counters=np.zeros(counted, dtype=np.int64),
        hashes=np.zeros(n + counted, dtype=np.int64),
        bases=np.zeros(n, dtype=np.int64),
        cells=np.zeros(n, dtype=np.int64),
        rows=np.zeros(len(selectors), dtype=np.int64),
        votes=np.zeros(2 * len(selectors), dtype=np.int64),
        brackets=np.zeros(32, dtype=np.int64),
        registers=_registers(model),
        parts=parts,
        masks=masks,
        salts=salts,
        known_bits=known_bits,
        selectors=selectors,
        journal=np.zeros(1, dtype=np.int64),
        kept=np.zeros((0, width), dtype=np.int32),
        kept_rows=np.zeros(1, dtype=np.int64),
    )


def _registers(model: Model) -> NDArray[np.int64]:
    registers = np.zeros(layout.REGISTERS, dtype=np.int64)
    registers[layout.TRUST] = layout.FRESH
    registers[layout.HELD] = layout.FRESH
    registers[layout.RATE] = model.rate
    registers[layout.DETAIL] = int(model.detail)
    registers[layout.FINE] = int(model.fine)
    registers[layout.COUNT_ROWS] = model.count_rows
    registers[layout.FINAL_ROWS] = model.final_rows
    registers[layout.FIRST_WEIGHT] = min(9000, _VOTES // len(model.contexts))
    return registers


def _match_start() -> NDArray[np.uint32]:
    """First guess that a match of a length class is right, after some misses: (l + 2) / (l + 3) * 10 / (10 + 3 m)."""
    one = 1 << 22
    cells = []
    for misses in range(4):
        for length in range(32):
            right = (length + 2) * 10 * one // ((length + 3) * (10 + 3 * misses))
            cells += [one - right, right]
    return np.array([min(cell, one - 1) << 10 for cell in cells], dtype=np.uint32)
