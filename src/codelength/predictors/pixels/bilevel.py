"""Black and white images of one bit a pixel, the leftmost in the highest bit: the code `bilevel`.

Templates of neighbouring pixels as in JBIG (ITU-T T.82), but 18 of them, larger, and mixed: the formulas are in
`templates` and `mixing.kernel`. Integers only. Cost: 8 microseconds a byte; memory 22 MB and 1.5 kB for each byte seen,
to at most 130 MB and the input.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.typed import TypedCode, TypedState
from codelength.predictors.pixels import bilevel_kernel
from codelength.predictors.pixels.models import BILEVEL
from codelength.predictors.pixels.templates import INPUTS, ORIGIN, bilevel_grown, bilevel_room, bilevel_state
from codelength.predictors.sequential import Bytes, Probs

MOST_WIDTH = 1 << 17


class Bilevel(TypedCode):
    """Images of black and white.

    Parameters
    ----------
    width
        Bytes in a row (8 pixels each); 216 is a page of fax.
    offset
        Bytes before the first row, in the side information and in each target.

    Raises
    ------
    ValueError
        A parameter out of range.

    Examples
    --------
    >>> stripes = bytes([15, 0, 240, 0] * 99)
    >>> float(Bilevel(width=4).bits(stripes)) < len(stripes)
    True
    """

    _held_arrays = ("layout",)

    def __init__(self, width: int = 216, offset: int = 0) -> None:
        if not 1 <= width <= MOST_WIDTH:
            raise ValueError(f"width={width}: expected 1 to {MOST_WIDTH} bytes in a row")
        if not 0 <= offset <= 1 << 30:
            raise ValueError(f"offset={offset}: expected 0 to {1 << 30} bytes before the first row")
        self.width = width
        self.offset = offset
        super().__init__(BILEVEL, bilevel_state(width, offset), INPUTS)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return f"bilevel:width={self.width}" + (f",offset={self.offset}" if self.offset else "")

    def _begin(self, state: TypedState) -> None:
        state.kind.layout[ORIGIN] = state.mixing.registers[layout.SEEN]

    def _kind_grown(self, state: TypedState) -> tuple[TypedState, int]:
        seen = int(state.mixing.registers[layout.SEEN])
        kind = bilevel_grown(state.kind, seen)
        return state._replace(kind=kind), bilevel_room(kind, seen)

    def _drive(
        self, state: TypedState, mode: int, data: Bytes, probs: Probs, out: Bytes, coder: NDArray[np.uint64], bit: int
    ) -> int:
        return int(bilevel_kernel.drive(state.mixing, state.kind, mode, data, probs, out, coder, bit))
