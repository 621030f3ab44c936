"""What codes of typed inputs share that mix contexts: side information, a fresh target, copies, growth.

A typed input (images, records, samples) brings contexts, arrays and kernels of its own to context mixing. A target
begins anew: positions count from its first byte, while all that was learned stays. No row or sample of the side
information is its neighbour; only of records the last row stands above the first of the target. What that overwrites
is held, so that more side information goes on exactly where the last one ended: `given(a).given(b)` is `given(a + b)`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import exhausted
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import Model
from codelength.predictors.mixing.fresh import aligned, aligned_zeros, fresh
from codelength.predictors.mixing.growth import grown
from codelength.predictors.mixing.kernel import FORETELL, LEARN, READ, TAKE
from codelength.predictors.mixing.refine import FINALS
from codelength.predictors.mixing.state import State
from codelength.predictors.sequential import Bytes, Probs, Sequential

KIND_WEIGHT = 1500
"""First weight of the inputs of a kind, 2**-16."""


class TypedState(NamedTuple):
    """What context mixing keeps, and what the kind of input keeps: both tuples of integer arrays."""

    mixing: State
    kind: Any


class TypedCode(Sequential[TypedState]):
    """A code for typed inputs: `Pixels`, `Records`, ... bring the model, the arrays of their kind, and the kernels."""

    _held_arrays: tuple[str, ...]
    """Fields of the kind's arrays that the beginning of a target overwrites."""

    def __init__(self, model: Model, kind: Any, inputs: int, weight: int = KIND_WEIGHT) -> None:
        self.model = model
        state = fresh(model, inputs)
        first = len(model.contexts) + layout.EXTRA_INPUTS
        state.weights[:, first : first + inputs] = weight
        mixing = state._replace(finals=np.zeros(FINALS, dtype=np.uint32), follows=np.zeros(1, dtype=np.uint32))
        self._start(TypedState(mixing, kind))

    @abstractmethod
    def _drive(
        self, state: TypedState, mode: int, data: Bytes, probs: Probs, out: Bytes, coder: NDArray[np.uint64], bit: int
    ) -> int:
        """The kernel."""

    @abstractmethod
    def _begin(self, state: TypedState) -> None:
        """A target begins."""

    def _kind_grown(self, state: TypedState) -> tuple[TypedState, int]:
        """The state with room for a byte in the kind's arrays, and for how many."""
        return state, 1 << 62

    def _start(self, state: TypedState) -> None:
        registers = state.mixing.registers
        self._held = [registers.copy(), *(getattr(state.kind, name).copy() for name in self._held_arrays)]
        registers[layout.TRUST] = layout.FRESH  # noise in the side information says nothing about the target
        registers[layout.DOUBTED] = 0
        self._begin(state)
        Sequential.__init__(self, state)

    def _with(self, state: TypedState) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update({k: v for k, v in self.__dict__.items() if k not in ("_state", "_lock", "_held")})
        other._start(state)
        return other

    def _resumed(self, state: TypedState) -> TypedState:
        arrays = (state.mixing.registers, *(getattr(state.kind, name) for name in self._held_arrays))
        for array, was in zip(arrays, self._held, strict=True):
            array[...] = was
        return state

    def _copy(self, state: TypedState) -> TypedState:
        mixing = State._make(aligned(array) for array in state.mixing._replace(finals=_NO_FINALS, slots=_NO_BYTES))
        if state.mixing.registers[layout.SEEN]:
            finals, slots = aligned(state.mixing.finals), aligned(state.mixing.slots)
        else:  # all zero still: pages that nobody touches cost nothing
            finals = aligned_zeros(state.mixing.finals.nbytes).view(np.uint32)
            slots = aligned_zeros(state.mixing.slots.size)
        kind = type(state.kind)._make(array.copy() for array in state.kind)
        return TypedState(mixing._replace(finals=finals, slots=slots), kind)

    def _grown(self, state: TypedState, wanted: int) -> tuple[TypedState, int]:
        state, room = self._kind_grown(state)
        mixing, wanted = grown(state.mixing, min(wanted, room), self.model.memory, self.model.slots_per_byte)
        return state._replace(mixing=mixing), wanted

    def _learn(self, state: TypedState, data: Bytes, probs: Probs) -> TypedState:
        at = 0
        while at < data.size:
            state, room = self._grown(state, data.size - at)
            self._drive(state, LEARN, data[at : at + room], probs[at : at + room], _NO_BYTES, _NO_CODER, 0)
            at += room
        return state

    def _score(self, state: TypedState, data: Bytes, probs: Probs) -> None:
        self._learn(self._copy(state), data, probs)

    def _read(self, state: TypedState, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> TypedState:
        at = 0
        while at < out.size:
            state, room = self._grown(state, out.size - at)
            self._drive(state, READ, stream, _NO_PROBS, out[at : at + room], registers, 0)
            if exhausted(registers, stream):
                break
            at += room
        return state

    def _step(self, state: TypedState, bit: int) -> tuple[TypedState, int]:
        if bit >= 0:
            self._drive(state, TAKE, _NO_DATA, _NO_PROBS, _NO_BYTES, _NO_CODER, bit)
        if state.mixing.registers[layout.DEPTH] == 0:
            state, _ = self._grown(state, 1)
        return state, self._drive(state, FORETELL, _NO_DATA, _NO_PROBS, _NO_BYTES, _NO_CODER, 0)


_NO_BYTES = np.empty(0, dtype=np.uint8)
_NO_DATA = np.frombuffer(b"", dtype=np.uint8)  # read-only, as all data: so the kernel is compiled once
_NO_FINALS = np.empty(0, dtype=np.uint32)
_NO_PROBS = np.empty((0, 8), dtype=np.uint32)
_NO_CODER = np.zeros(3, dtype=np.uint64)
