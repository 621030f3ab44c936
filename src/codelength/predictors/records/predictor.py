"""Tables of rows of a fixed number of bytes: the code `records`.

Context mixing whose contexts see the rows above (`features`), the phase found again where a row had another length
(`phase`). Integers only. Cost: `python -m benchmarks.typed`; memory 30 MB and up to 64 MB of slots, growing with the
input.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing.typed import TypedCode, TypedState
from codelength.predictors.records import kernel
from codelength.predictors.records.features import begin_records
from codelength.predictors.records.models import PRESETS, model_of
from codelength.predictors.records.state import MOST_WIDTH, NO_KEY, records_state
from codelength.predictors.sequential import Bytes, Probs

_WEIGHT = 2000
"""First weight of the kind's inputs, 2**-16."""


class Records(TypedCode):
    """Rows of fields, all rows of one width.

    Parameters
    ----------
    preset
        "default" or "max": how many contexts are mixed.
    width
        Bytes in a row, 1 to 1,024.
    key
        Position in a row of a byte by which the others are known (a column's number, a type); -1 is none.

    Raises
    ------
    ValueError
        An unknown preset, or a parameter out of range.

    Examples
    --------
    >>> rows = b"".join(bytes([7, k * k % 256, k >> 2, 0, 9]) for k in range(400))
    >>> float(Records(width=5).bits(rows)) < 2 * len(rows)
    True
    """

    _held_arrays = ("numbers",)

    def __init__(self, preset: str = "default", width: int = 4, key: int = NO_KEY) -> None:
        if preset not in PRESETS:
            raise ValueError(f"preset={preset}: expected {', '.join(PRESETS)}")
        if not 1 <= width <= MOST_WIDTH:
            raise ValueError(f"width={width}: expected 1 to {MOST_WIDTH} bytes in a row")
        if not NO_KEY <= key < width:
            raise ValueError(f"key={key}: expected a position in a row of {width} bytes, from 0 on, or -1 for none")
        said = {"preset": "" if preset == "default" else preset, "width": width, "key": "" if key == NO_KEY else key}
        self._spec = "records:" + ",".join(f"{name}={value}" for name, value in said.items() if value != "")
        model, direct = model_of(preset, width, key)
        inputs = kernel.inputs_of(len(model.contexts), len(direct))
        super().__init__(model, records_state(width, key, direct), inputs, _WEIGHT)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return self._spec

    def _begin(self, state: TypedState) -> None:
        begin_records(state.mixing.registers, state.kind, state.mixing.history)

    def _drive(
        self, state: TypedState, mode: int, data: Bytes, probs: Probs, out: Bytes, coder: NDArray[np.uint64], bit: int
    ) -> int:
        return int(kernel.drive(state.mixing, state.kind, mode, data, probs, out, coder, bit))
