"""Sampled signals, interleaved channels of numbers: the code `samples`.

Integer least squares and a cascade of long filters foretell each sample (`linear`, `cascade`), and what they say of the
next byte joins contexts in context mixing (`mixing.expected`). Integers only. Cost: `python -m benchmarks.typed`;
memory 25 MB and up to 64 MB of slots, growing with the input.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing.expected import INPUTS
from codelength.predictors.mixing.typed import TypedCode, TypedState
from codelength.predictors.samples import kernel
from codelength.predictors.samples.features import begin_samples
from codelength.predictors.samples.models import model_of
from codelength.predictors.samples.state import FORMS, MOST_CHANNELS, PREDICTIONS, samples_state
from codelength.predictors.sequential import Bytes, Probs

MOST_OFFSET = 1 << 30


class Samples(TypedCode):
    """Sound and other signals: samples of one to four bytes, of one or more channels in turn.

    Parameters
    ----------
    form
        How a sample is written: u8, s8, s16le, s16be, u16le, u16be, s24le, s24be, s32le, s32be (unsigned or signed,
        bits, which end comes first) or ibm32 (floats of seismic data).
    channels
        Samples of a frame, 1 to 8.
    offset
        Bytes before the first sample, in the side information and in each target.

    Raises
    ------
    ValueError
        An unknown form, or a parameter out of range.

    Examples
    --------
    >>> ramp = b"".join((k * k % 4001).to_bytes(2, "little") for k in range(2000))
    >>> float(Samples().bits(ramp)) < 6 * len(ramp)
    True
    """

    _held_arrays = ("now", "past", "predicted", "newest", "power", "forecasts", "echoes", "numbers")

    def __init__(self, form: str = "s16le", channels: int = 1, offset: int = 0) -> None:
        if form not in FORMS:
            raise ValueError(f"form={form}: expected {', '.join(FORMS)}")
        if not 1 <= channels <= MOST_CHANNELS:
            raise ValueError(f"channels={channels}: expected 1 to {MOST_CHANNELS}")
        if not 0 <= offset <= MOST_OFFSET:
            raise ValueError(f"offset={offset}: expected 0 to {MOST_OFFSET} bytes before the first sample")
        self.form, self.channels, self.offset = form, channels, offset
        said = {"form": form if form != "s16le" else "", "channels": channels if channels > 1 else "", "offset": offset}
        parameters = ",".join(f"{name}={value}" for name, value in said.items() if value)
        self._spec = f"samples:{parameters}" if parameters else "samples"
        super().__init__(model_of(form), samples_state(form, channels, offset), INPUTS * PREDICTIONS)

    @property
    def frame(self) -> int:
        """Bytes of a sample of every channel."""
        return FORMS[self.form][0] * self.channels

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return self._spec

    def _begin(self, state: TypedState) -> None:
        begin_samples(state.mixing.registers, state.kind)

    def _drive(
        self, state: TypedState, mode: int, data: Bytes, probs: Probs, out: Bytes, coder: NDArray[np.uint64], bit: int
    ) -> int:
        return int(kernel.drive(state.mixing, state.kind, mode, data, probs, out, coder, bit))
