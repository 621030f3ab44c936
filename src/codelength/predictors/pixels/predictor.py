"""Grey, colour and deep images as they lie in files: the code `pixels`.

Least squares and fixed predictors foretell each sample, adaptive distributions of the residual (experts) turn that into
probabilities of the next bit, and context mixing joins them with contexts of neighbouring samples: the formulas are in
`guesses`, `experts` and `mixing.kernel`. Integers only. Cost: 7 to 11 microseconds a byte; memory 30 MB and up to 64 MB
of slots, growing with the input.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing.state import KIND
from codelength.predictors.mixing.typed import TypedCode, TypedState
from codelength.predictors.pixels import kernel
from codelength.predictors.pixels.features import begin_image
from codelength.predictors.pixels.models import model_of
from codelength.predictors.pixels.state import INPUTS, Layout, pixel_state
from codelength.predictors.sequential import Bytes, Probs


class Pixels(TypedCode):
    """Images of samples of 8 or 16 bits in rows, one or more frames.

    Parameters
    ----------
    width, channels, bits
        Pixels in a row, samples in a pixel (1 to 4, interleaved), bits in a sample (8 or 16).
    rows
        Rows in a frame where several frames follow each other (tiles, slices); 0 where there is one image only.
    offset
        Bytes before the first sample, in the side information and in each target.
    padding
        Bytes behind each row.
    stack
        1 where a frame resembles the one before it (slices of a scan).
    big_endian
        1 where the high byte of a 16-bit sample comes first.

    Raises
    ------
    ValueError
        A parameter out of range, or parameters that no image can have together.

    Examples
    --------
    >>> ramp = bytes(x + y for y in range(40) for x in range(64))
    >>> float(Pixels(width=64).bits(ramp)) < 0.8 * len(ramp)
    True
    """

    _held_arrays = ("now", "around", "inputs", "guesses", "chosen", "centres", "below", "above", "middle")

    def __init__(
        self,
        width: int = 64,
        channels: int = 1,
        bits: int = 8,
        rows: int = 0,
        offset: int = 0,
        padding: int = 0,
        stack: int = 0,
        big_endian: int = 0,
    ) -> None:
        self.image = Layout(width, channels, bits, rows, offset, padding, stack, big_endian)
        super().__init__(model_of(self.image), pixel_state(self.image), INPUTS)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return f"pixels:{self.image.spec}"

    def _begin(self, state: TypedState) -> None:
        begin_image(state.kind, state.mixing.registers, np.int64(KIND))

    def _drive(
        self, state: TypedState, mode: int, data: Bytes, probs: Probs, out: Bytes, coder: NDArray[np.uint64], bit: int
    ) -> int:
        return int(kernel.drive(state.mixing, state.kind, mode, data, probs, out, coder, bit))
