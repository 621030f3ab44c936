"""Context mixing: the default predictor, and the one that everything else here is measured with.

Bit histories in many contexts, mixed by gated linear networks in the logistic domain, refined by adaptive maps; the
formulas are in `mixing_kernel`. Integers only: the same stream on every machine. Memory grows with the input (the
slots by 1 kB for each byte seen, to at most 16 * 2**memory bytes); a growth copies the slots twice into a table of
double size, so that the state is a function of the bytes seen and nothing else, and `given(a).given(b)` is
`given(a + b)`. Scoring a short target keeps an undo journal instead of copying the tables.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from codelength.predictors import mixing_kernel as kernel
from codelength.predictors import mixing_state as layout
from codelength.predictors.contexts import CONTEXTS, Context, context_masks
from codelength.predictors.histories import histories
from codelength.predictors.mixing_state import State, undo
from codelength.predictors.sequential import Bytes, Probs, Sequential

FIRST_BITS = 14
"""A fresh predictor has 2**14 slots."""

SLOTS_PER_BYTE = 64
"""Slots for each byte seen, before the next doubling."""

MOST_PLACES = 22
SCORED = 4096
"""Longer targets are scored on a copy: from here on a copy is cheaper than a journal."""

_WEIGHT = 9000
"""First weight of an input: 0.137. Higher, a fresh predictor is too sure of itself and any side information helps."""


class ContextMixing(Sequential[State]):
    """Context mixing over bytes.

    Parameters
    ----------
    memory
        Base-2 logarithm of the most slots (16 bytes each), 14 to 26. More than 22 helps above a few megabytes.
    contexts
        What is mixed. Another choice than the default has no name in the catalogue.

    Raises
    ------
    ValueError
        `memory` out of range, or no contexts.

    Examples
    --------
    >>> code = ContextMixing().given(b"the cat sat on the mat. " * 9)
    >>> float(code.bits(b"the cat sat on the mat. ")) < 24
    True
    """

    def __init__(self, memory: int = 22, contexts: tuple[Context, ...] = CONTEXTS) -> None:
        if not FIRST_BITS <= memory <= 26:
            raise ValueError(f"memory={memory}: expected {FIRST_BITS} to 26 (base-2 logarithm of the number of slots)")
        if not contexts:
            raise ValueError("a context-mixing predictor needs at least one context")
        self.memory = memory
        self.contexts = contexts
        super().__init__(_fresh(contexts))

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        if self.contexts != CONTEXTS:
            raise ValueError("contexts of one's own have no name in the catalogue, so no frame can carry them")
        return "cm" if self.memory == 22 else f"cm:memory={self.memory}"

    def _with(self, state: State) -> Self:
        other = object.__new__(type(self))
        other.memory = self.memory
        other.contexts = self.contexts
        # Noise in the side information says nothing about the target: that starts with fresh trust.
        state.registers[layout.HELD] = state.registers[layout.TRUST]
        state.registers[layout.HELD_DOUBTED] = state.registers[layout.DOUBTED]
        state.registers[layout.DOUBTED] = 0
        state.registers[layout.TRUST] = layout.FRESH
        Sequential.__init__(other, state)
        return other

    def _resumed(self, state: State) -> State:
        state.registers[layout.TRUST] = state.registers[layout.HELD]
        state.registers[layout.DOUBTED] = state.registers[layout.HELD_DOUBTED]
        return state

    def _copy(self, state: State) -> State:
        return State._make(_aligned(array) for array in state)

    def _learn(self, state: State, data: Bytes, probs: Probs) -> State:
        at = 0
        while at < data.size:
            state, room = self._grown(state, data.size - at)
            kernel.learn(state, data[at : at + room], probs[at : at + room], _NO_JOURNAL)
            at += room
        return state

    def _score(self, state: State, data: Bytes, probs: Probs) -> None:
        if data.size > SCORED or self._room(state) < data.size:
            self._learn(self._copy(state), data, probs)
            return
        small = [array.copy() for array in _small(state)]
        journal = _journal(data.size, len(self.contexts))
        kernel.learn(state, data, probs, journal)
        undo(state, journal)
        for array, was in zip(_small(state), small, strict=True):
            array[...] = was

    def _read(self, state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> State:
        at = 0
        while at < out.size:
            state, room = self._grown(state, out.size - at)
            kernel.read(state, registers, stream, out[at : at + room], _NO_JOURNAL)
            at += room
        return state

    def _step(self, state: State, bit: int) -> tuple[State, int]:
        if bit >= 0:
            kernel.learn_bit(state, bit, _NO_JOURNAL)
        if state.registers[layout.DEPTH] == 0:
            state, _ = self._grown(state, 1)
        return state, int(kernel.foretell(state, _NO_JOURNAL))

    def _room(self, state: State) -> int:
        """How many more bytes fit before an array has to grow."""
        seen = int(state.registers[layout.SEEN])
        room = state.history.size - seen
        if _slots(state) < 1 << self.memory:
            room = min(room, _slots(state) // SLOTS_PER_BYTE - seen)
        if state.places.size < 1 << MOST_PLACES:
            room = min(room, state.places.size - seen)
        return room

    def _grown(self, state: State, wanted: int) -> tuple[State, int]:
        """A state with room for at least one byte, and for how many of the `wanted`."""
        seen = int(state.registers[layout.SEEN])
        if state.history.size == seen:
            longer = np.zeros(2 * seen, dtype=np.uint8)
            longer[:seen] = state.history
            state = state._replace(history=longer)
        if _slots(state) < 1 << self.memory and _slots(state) == SLOTS_PER_BYTE * seen:
            table, spare = np.split(state.slots, [-layout.SPARE])
            state = state._replace(slots=_aligned(np.concatenate([table, table, spare])))
        if state.places.size < 1 << MOST_PLACES and state.places.size == seen:
            state = state._replace(places=np.concatenate([state.places, state.places]))
        return state, min(wanted, self._room(state))


def _slots(state: State) -> int:
    return (state.slots.size - layout.SPARE) // layout.SLOT


def _small(state: State) -> tuple[NDArray[Any], ...]:
    """The arrays that are cheaper to copy than to keep a journal of."""
    return state[4:-1]


def _aligned(array: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins on a cache line, so that the three slots of a lookup share one."""
    room = np.empty(array.nbytes + 64, dtype=np.uint8)
    start = -room.ctypes.data % 64
    copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _fresh(contexts: tuple[Context, ...]) -> State:
    n = len(contexts)
    width = -(-(n + layout.EXTRA_INPUTS) // layout.LANES) * layout.LANES
    start = histories().start
    state = State(
        slots=np.zeros((layout.SLOT << FIRST_BITS) + layout.SPARE, dtype=np.uint8),
        history=np.zeros(256, dtype=np.uint8),
        places=np.zeros(4096, dtype=np.int32),
        finals=np.zeros(2 * layout.FINAL_ROW, dtype=np.uint32),
        maps=np.tile(start << np.uint32(10), n),
        match_maps=_match_start(),
        weights=np.full((layout.ROWS, width), _WEIGHT, dtype=np.int32),
        outer=np.full((256, layout.SELECTORS), 65536 // layout.SELECTORS, dtype=np.int64),
        inputs=np.zeros(width, dtype=np.int32),
        hashes=np.zeros(n, dtype=np.int64),
        bases=np.zeros(n, dtype=np.int64),
        cells=np.zeros(n, dtype=np.int64),
        rows=np.zeros(layout.SELECTORS, dtype=np.int64),
        votes=np.zeros(2 * layout.SELECTORS, dtype=np.int64),
        registers=_registers(),
        masks=context_masks(contexts),
    )
    return state._replace(slots=_aligned(state.slots))


def _registers() -> NDArray[np.int64]:
    registers = np.zeros(layout.REGISTERS, dtype=np.int64)
    registers[layout.TRUST] = layout.FRESH
    registers[layout.HELD] = layout.FRESH
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


def _journal(size: int, contexts: int) -> NDArray[np.int64]:
    """Room for all that `size` bytes change: two slots a context, 32 final cells and a place for each byte."""
    journal = np.empty(1 + 3 * size * (2 * contexts + 33), dtype=np.int64)
    journal[0] = 0
    return journal


_NO_JOURNAL = _journal(0, 0)
