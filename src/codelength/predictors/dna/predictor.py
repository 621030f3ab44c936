"""`Dna`: bases, in any case and layout, two bits of decisions each, with all that is no base at a price (see `kernel`).

Learned from both strands: direct counters of orders 1 to 10, checked slots of orders 11 to 18, forward and inverted
repeats, mixed (see `bases`). Scoring and encoding cost some 3 us a byte, decoding the same; memory is half a megabyte
at first and grows with the data to 300 MB (see `state`). Integers only.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.dna import kernel
from codelength.predictors.dna.state import RING_BITS, DnaConfig, DnaState, doubled, new_state
from codelength.predictors.growing import Growing
from codelength.predictors.sequential import Bytes, Probs, Sequential


class Dna(Growing[DnaState]):
    """DNA as it lies in files: bare bases, lines of bases, FASTA; any other bytes are coded too, only not well.

    Parameters
    ----------
    _config
        Orders and rates, for experiments in Python: frames are made with the default.

    Examples
    --------
    >>> code = Dna()
    >>> code.decode(code.encode(b"gattaca"), max_size=100)
    b'gattaca'
    """

    def __init__(self, _config: DnaConfig | None = None) -> None:
        super().__init__(new_state(_config or DnaConfig()))

    @property
    def spec(self) -> str:
        """Name in the catalogue."""
        return "dna"

    def _with(self, state: DnaState) -> Self:
        other = object.__new__(type(self))
        Sequential.__init__(other, state)
        return other

    def _copy(self, state: DnaState) -> DnaState:
        return DnaState._make(array.copy() for array in state)

    def _roomy(self, state: DnaState) -> tuple[DnaState, int]:
        """It doubles after as many bytes as the ring has places, always: so a stream does not depend on cuts."""
        seen = int(state.registers[kernel.SEEN])
        if seen >= state.bases.size and state.bases.size < 1 << RING_BITS:
            state = doubled(state)
        return state, state.bases.size - seen if seen < state.bases.size else 1 << 62

    def _learn_some(self, state: DnaState, data: Bytes, probs: Probs) -> None:
        kernel.learn(state, data, probs)

    def _read_some(self, state: DnaState, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> None:
        kernel.read(state, registers, stream, out)

    def _step(self, state: DnaState, bit: int) -> tuple[DnaState, int]:
        if bit >= 0:
            kernel.take(state, bit)
        if state.registers[kernel.PARTIAL] == 0:
            state, _ = self._roomy(state)
        return state, int(kernel.foretell(state))
