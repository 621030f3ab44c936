"""`Delta`: what is nearly a copy of the side information, in few bits and little time (see `kernel`).

Known as delta encoding (Hunt, Vo & Tichy, 1998), or differential compression; here as a predictor, so that nothing is
said of where a copy ends or goes on but what the bytes themselves say. Reading side information costs some 20 ns a
byte, coding and decoding a copy some 30 ns a byte, everything else 1 us. Integers only.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.delta import kernel
from codelength.predictors.delta.state import RING_BITS, SEEN, SHARED, DeltaState, grown, new_state
from codelength.predictors.growing import Growing
from codelength.predictors.sequential import Bytes, Probs, Sequential


class Delta(Growing[DeltaState]):
    """A copy of side information with edits: bytes replaced, inserted, left out, blocks moved.

    Without side information it copies from the target alone, and says little else: see `cm`.

    Examples
    --------
    >>> old = bytes(range(256)) * 40
    >>> new = old[:5000] + b"inserted" + old[5000:9000] + old[9010:]
    >>> code = Delta().given(old)
    >>> stream = code.encode(new)
    >>> code.decode(stream, max_size=20_000) == new, len(stream) < 30
    (True, True)
    """

    def __init__(self) -> None:
        super().__init__(new_state(np.zeros(0, np.uint8)))

    @property
    def spec(self) -> str:
        """Name in the catalogue."""
        return "delta"

    def given(self, data: bytes, /) -> Self:
        """C(. | data): with `data` after what was given before. Indexes it, and learns nothing else from it."""
        known = np.concatenate((self._state.known, np.frombuffer(data, dtype=np.uint8)))
        return self._with(new_state(known))

    def _with(self, state: DeltaState) -> Self:
        other = object.__new__(type(self))
        Sequential.__init__(other, state)
        return other

    def _copy(self, state: DeltaState) -> DeltaState:
        return DeltaState._make(array if k < SHARED else array.copy() for k, array in enumerate(state))

    def _roomy(self, state: DeltaState) -> tuple[DeltaState, int]:
        """A state that takes at least one byte more, and how many it takes."""
        seen = int(state.registers[SEEN])
        if seen >> RING_BITS:
            return state, 1 << RING_BITS
        if seen == state.new.size:
            state = grown(state)
        return state, state.new.size - seen

    def _learn_some(self, state: DeltaState, data: Bytes, probs: Probs) -> None:
        kernel.learn(state, data, probs)

    def _read_some(self, state: DeltaState, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> None:
        kernel.read(state, registers, stream, out)

    def _step(self, state: DeltaState, bit: int) -> tuple[DeltaState, int]:
        if bit >= 0:
            kernel.take(state, bit)
        state, _ = self._roomy(state)
        return state, int(kernel.foretell(state))
