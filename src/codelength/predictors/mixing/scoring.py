"""Scoring without a trace: a short target is learned with an undo journal, and put back.

    probs = learn(state, target)        state' = undo(learn(state, target)) = state

Tables double after fixed numbers of bytes, so a target may begin in small tables and end in doubled ones; both are to
be as they were. The doubled ones are made once for a primed state (`Ahead`). A target is learned in the small ones as
far as they reach; what its journal says was changed is brought into the doubled ones; the rest is learned there, with
a journal of its own; both are undone, and the same places brought back.

Cost: that of learning, and some 10 to 20 % for the journal; nothing is proportional to the tables.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing import kernel as engine
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.growth import final_maps
from codelength.predictors.mixing.state import COUNTS, FINALS, FINE, FOLLOWS, PLACES, SLOT, State, undo
from codelength.predictors.sequential import Bytes, Probs


def score(state: State, doubled: State, first: int, data: Bytes, probs: Probs) -> None:
    """Write P(bit = 1) before each bit of `data`; both states are afterwards as they were.

    Parameters
    ----------
    state
        It has room for `first` bytes.
    doubled
        `growth.enlarged` of `state`, for what follows these; the same state if nothing does.
    data
        (n,) uint8
    probs
        (n, 8) uint32, in units of 2**-32
    """
    small = [array.copy() for array in state[layout.SMALL]]
    seen = int(state.registers[layout.SEEN])
    state.registers[layout.EPOCH] += 1
    noting = _with_room_for_rows(state, data.size)._replace(journal=_journal(state, first))
    later = doubled._replace(journal=_journal(state, data.size - first), kept=noting.kept, kept_rows=noting.kept_rows)
    old, new = noting.slots.view(np.uint64), later.slots.view(np.uint64)
    try:
        engine.drive(noting, engine.LEARN, data[:first], probs[:first], _NO_BYTES, _NO_CODER, 0)
        if first < data.size:
            _bring(noting, later, old, new, noting.journal[0])
            later.history[seen : seen + first] = data[:first]
            engine.drive(later, engine.LEARN, data[first:], probs[first:], _NO_BYTES, _NO_CODER, 0)
    finally:
        # Python lets an interrupt wait for the kernel's end: without this it would leave the target in the state.
        changed = noting.journal[0]
        undo(later)
        undo(noting)
        if first < data.size:
            _bring(noting, later, old, new, changed)
        epoch = state.registers[layout.EPOCH]
        for array, was in zip(state[layout.SMALL], small, strict=True):
            array[...] = was
        state.registers[layout.EPOCH] = epoch


@inlined
def _bring_cell(small: Any, doubled: Any, at: int, part: int) -> None:
    """Bring a cell of a table whose parts of so many cells were each written twice, if it was."""
    if doubled.shape[0] > small.shape[0]:
        to = at + at // part * part
        doubled[to] = small[at]
        doubled[to + part] = small[at]


@kernel
def _bring(small: State, doubled: State, old: NDArray[np.uint64], new: NDArray[np.uint64], entries: int) -> None:
    """Bring what the first entries of the small tables' journal changed into the doubled ones.

    `old`, `new`: the slots of both by words of 8 bytes, which lets several cache misses overlap. Tables that were not
    doubled are the same array. Entries stay readable when they have been undone.
    """
    table = np.int64(small.slots.shape[0]) - small.bases.shape[0] * SLOT
    final_map = np.int64(small.finals.shape[0]) >> (2 if small.registers[FINE] > 0 else 1)
    counted = np.int64(small.counts.shape[0]) // max(small.counters.shape[0], 1)
    for n in range(entries):
        where = small.journal[1 + 3 * n]
        if where >= COUNTS:
            _bring_cell(small.counts, doubled.counts, where - COUNTS, counted)
        elif where >= FOLLOWS:
            continue
        elif where >= PLACES:
            _bring_cell(small.places, doubled.places, where - PLACES, np.int64(small.places.shape[0]))
        elif where >= FINALS:
            _bring_cell(small.finals, doubled.finals, where - FINALS, final_map)
        elif doubled.slots.shape[0] > small.slots.shape[0]:
            # The spare slots behind a table may lie where the doubled one has its other half.
            at = np.uint64((where if where < table else where - table) >> 3)
            other = at + np.uint64(table >> 3)
            low, high = old[at], old[at + np.uint64(1)]
            new[at], new[at + np.uint64(1)] = low, high
            new[other], new[other + np.uint64(1)] = low, high


def _with_room_for_rows(state: State, size: int) -> State:
    """The state with room to keep a row of weights for each bit and selector, as long as there are so many."""
    rows = min(8 * size * state.rows.size, state.stamps.size)
    kept_rows = np.empty(1 + rows, dtype=np.int64)
    kept_rows[0] = 0
    return state._replace(kept=np.empty((rows, state.weights.shape[1]), dtype=np.int32), kept_rows=kept_rows)


def _journal(state: State, size: int) -> NDArray[np.int64]:
    """Room to note all else that `size` bytes change: for each byte two slots of each context, 16 cells of each final
    map, eight of each counted context, four places.
    """
    entries = 2 * state.bases.size + 16 * final_maps(state) + 8 * state.counters.size + 4
    journal = np.empty(1 + 3 * size * entries, dtype=np.int64)
    journal[0] = 0
    return journal


_NO_BYTES = np.empty(0, dtype=np.uint8)
_NO_CODER = np.zeros(3, dtype=np.uint64)
