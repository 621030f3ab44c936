"""Memory that grows with the input: slots, past, places, final maps and counters double as bytes are seen.

A doubled table is the table twice: a key keeps its place in the copy that its next bit of hash points to, so the state
is a function of the bytes seen and of nothing else. A growth costs one copy of the table; over a whole input, at most
two copies of the last one.
"""

from __future__ import annotations

import numpy as np

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.fresh import aligned_zeros, widened
from codelength.predictors.mixing.state import State
from codelength.predictors.sequential import Bytes

MOST_PLACES = 22

_FINALS_PER_BYTE = 4
"""Rows of each final map for each byte seen before it doubles."""

_COUNTS_PER_BYTE = 2
"""Rows of each counted context for each byte seen before they double."""

_LARGE = 1 << 17
"""A table of so many slots (2 MB) is given address space to grow in place: pages that are not used cost nothing."""


def _slots(state: State) -> int:
    return state.slots.size // layout.SLOT - state.bases.size


def final_maps(state: State) -> int:
    """How many final maps there are."""
    return 4 if state.registers[layout.FINE] else 2


def _finals(state: State) -> int:
    return state.finals.size // (final_maps(state) * layout.BUCKETS)


def _counts(state: State) -> int:
    """Rows of each counted context; as if there were enough where none is."""
    counted = state.counters.size
    return state.counts.size // (counted * layout.NODES) if counted else _most_counts(state)


def _most_finals(state: State) -> int:
    return 1 << int(state.registers[layout.FINAL_ROWS])


def _most_counts(state: State) -> int:
    return 1 << int(state.registers[layout.COUNT_ROWS])


def capacity(state: State, size: int, memory: int) -> int:
    """For how many bytes slots that take `size` are given address space."""
    spare = layout.SLOT * state.bases.size
    return (layout.SLOT << memory) + spare if size - spare >= _LARGE * layout.SLOT else size


def room(state: State, memory: int, slots_per_byte: int) -> int:
    """How many more bytes fit before an array has to grow; at most 2**memory slots are ever wanted."""
    seen = int(state.registers[layout.SEEN])
    slots = _slots(state)
    left = state.history.size - seen
    if slots < 1 << memory:
        left = min(left, slots // slots_per_byte - seen)
    if state.places.size < 1 << MOST_PLACES:
        left = min(left, state.places.size - seen)
    if _finals(state) < _most_finals(state):
        left = min(left, _finals(state) // _FINALS_PER_BYTE - seen)
    if _counts(state) < _most_counts(state):
        left = min(left, _counts(state) // _COUNTS_PER_BYTE - seen)
    return left


def grown(state: State, wanted: int, memory: int, slots_per_byte: int) -> tuple[State, int]:
    """A state with room for at least one byte, and for how many of the `wanted`."""
    state = enlarged(state, int(state.registers[layout.SEEN]), memory, slots_per_byte)
    return state, min(wanted, room(state, memory, slots_per_byte))


def enlarged(state: State, seen: int, memory: int, slots_per_byte: int) -> State:
    """The state in which what is full after `seen` bytes has been doubled; all else is shared with the one given."""
    slots = _slots(state)
    if state.history.size == seen:
        longer = np.zeros(2 * seen, dtype=np.uint8)
        longer[:seen] = state.history
        state = state._replace(history=longer)
    if slots < 1 << memory and slots == slots_per_byte * seen:
        table = slots * layout.SLOT
        state = state._replace(slots=_doubled(state.slots, table, capacity(state, state.slots.size + table, memory)))
    if state.places.size < 1 << MOST_PLACES and state.places.size == seen:
        state = state._replace(places=np.concatenate([state.places, state.places]))
    if _finals(state) < _most_finals(state) and _finals(state) == _FINALS_PER_BYTE * seen:
        maps = state.finals.reshape(final_maps(state), -1)
        state = state._replace(finals=np.concatenate([maps, maps], axis=1).reshape(-1))
    if _counts(state) < _most_counts(state) and _counts(state) == _COUNTS_PER_BYTE * seen:
        counted = state.counts.reshape(state.counters.size, -1)
        state = state._replace(counts=np.concatenate([counted, counted], axis=1).reshape(-1))
    return state


def _doubled(slots: Bytes, table: int, capacity: int) -> Bytes:
    """The table twice, then the spare slots; in place where room was kept for it."""
    size = slots.size + table
    doubled = widened(slots, size)
    if doubled is None:
        doubled = aligned_zeros(size, capacity)
        doubled[:table] = slots[:table]
    doubled[table : 2 * table] = slots[:table]
    return doubled
