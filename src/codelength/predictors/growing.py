"""`Growing`: a sequential predictor whose tables grow at fixed places of the data, however the data were cut.

Data are taken in pieces: as much as the tables have room for, then they grow, and so on. So a stream does not depend on
how its bytes came in. Costs nothing beside the kernels that a subclass names.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import exhausted
from codelength.predictors.sequential import Bytes, Probs, Sequential, State


class Growing(Sequential[State]):
    """What a predictor adds: its `_copy`, `_with` and `_step`, how its tables grow, and its two kernels."""

    @abstractmethod
    def _roomy(self, state: State) -> tuple[State, int]:
        """A state that takes at least one byte more, and how many it takes."""

    @abstractmethod
    def _learn_some(self, state: State, data: Bytes, probs: Probs) -> None:
        """Learn bytes that there is room for; their probabilities into `probs`."""

    @abstractmethod
    def _read_some(self, state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> None:
        """Decode as many bytes as `out` holds, which there is room for, or to the end of the stream."""

    def _learn(self, state: State, data: Bytes, probs: Probs) -> State:
        at = 0
        while at < data.size:
            state, room = self._roomy(state)
            self._learn_some(state, data[at : at + room], probs[at : at + room])
            at += room
        return state

    def _score(self, state: State, data: Bytes, probs: Probs) -> None:
        if data.size:
            self._learn(self._copy(state), data, probs)

    def _read(self, state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> State:
        at = 0
        while at < out.size:
            state, room = self._roomy(state)
            self._read_some(state, registers, stream, out[at : at + room])
            if exhausted(registers, stream):
                break
            at += room
        return state
