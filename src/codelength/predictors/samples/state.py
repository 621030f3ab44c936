"""What the kind `samples` keeps: the form of the samples, the last ones of each channel, and their predictors.

Registers (those that context mixing leaves to a kind), all of the next byte:
PLACE of it in its sample, from the first byte on. BEST, LONG, SHORT, PLAIN what the predictions of these names make of
it, in steps of a byte, and BEST_BYTE that of BEST modulo 256. SCALE class of BEST's usual error in steps of this byte,
PLACE_SCALE place and scale together. SHAPE how far BEST and PLAIN are apart; of a float its first bytes, or before
them the size of what is expected.

Predictions are in units of 2**-12 of a step. A step is a step of the samples, but of samples of three or four bytes one
of their highest 16 bits: predictors see 16 bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from codelength.predictors.mixing import expected
from codelength.predictors.mixing.state import KIND
from codelength.predictors.samples.cascade import LONGEST, STAGES

FORMS = {
    "u8": (1, 0, 0), "s8": (1, 1, 0), "s16le": (2, 1, 0), "s16be": (2, 1, 1), "u16le": (2, 0, 0), "u16be": (2, 0, 1),
    "s24le": (3, 1, 0), "s24be": (3, 1, 1), "s32le": (4, 1, 0), "s32be": (4, 1, 1), "ibm32": (4, 2, 1),
}  # fmt: skip
"""Name, as FFmpeg and ALSA say it -> bytes, how a value is written (UNSIGNED, SIGNED, IBM), is the high byte first?"""

UNSIGNED, SIGNED, IBM = range(3)

MOST_CHANNELS = 8

NAMES = ("PLACE", "BEST", "LONG", "SHORT", "PLAIN", "BEST_BYTE", "SCALE", "PLACE_SCALE", "SHAPE")
PLACE, BEST, LONG, SHORT, PLAIN, BEST_BYTE, SCALE, PLACE_SCALE, SHAPE = range(KIND, KIND + len(NAMES))

SHAPES = 4096
SCALED_PLACES = 4 * expected.SCALES

# Predictions of a sample.
BY_CASCADE, BY_LONG, BY_SHORT, BY_STAGE, BY_MEAN, BY_LINE = range(6)
PREDICTIONS = 6
"""Least squares and all stages; least squares with a long and a short memory; the first and a stage; the mean of the
first and the third; a straight line through the last two samples."""

LEAST_SQUARES = 2
OWN, OTHER = 20, 12
"""Inputs: past samples of the channel and of the channel before it in the frame, or all of a single channel."""

INPUTS = OWN + OTHER
KEPT = INPUTS
"""Samples kept of a channel."""

# The layout: entries of SamplesState.layout.
BYTES, WRITTEN, HIGH_FIRST, CHANNELS, OFFSET = range(5)
# What the kernels remember between calls: entries of SamplesState.now.
AT, CHANNEL, KNOWN, HERE, COUNT = range(5)
"""Place in the sample, channel, value of the bytes known, bytes of this target, samples of this channel."""


class SamplesState(NamedTuple):
    """The arrays of the kind; c = channels, n = INPUTS."""

    layout: Any  # (5,) int64
    now: Any  # (5,) int64
    past: Any  # (c, KEPT) int64: the last samples of each channel, the newest first
    inputs: Any  # (n,) int64: of least squares
    predicted: Any  # (c, PREDICTIONS) int64: of the next sample of each channel
    errors: Any  # (c, PREDICTIONS) int64: usual size of an error, in 2**-16 of a step
    moments: Any  # (c, LEAST_SQUARES, n, n) int64: see `linear`
    targets: Any  # (c, LEAST_SQUARES, n) int64
    weights: Any  # (c, LEAST_SQUARES, n) int64
    factors: Any  # (n + 2, n) int64: where `linear.solve` works
    echoes: Any  # (c, STAGES, 2 * LONGEST) int32: see `cascade`
    taps: Any  # (c, STAGES, LONGEST) int32
    newest: Any  # (c, STAGES) int64
    power: Any  # (c, STAGES) int64
    forecasts: Any  # (c, STAGES) int64
    numbers: Any  # (PREDICTIONS, 4) int64: see `mixing.expected`
    cells: Any  # (PREDICTIONS * CELLS,) uint32
    chosen: Any  # (PREDICTIONS,) int64


def samples_state(form: str, channels: int, offset: int) -> SamplesState:
    """The arrays before the first byte."""
    return SamplesState(
        layout=np.array([*FORMS[form], channels, offset], dtype=np.int64),
        now=np.zeros(5, dtype=np.int64),
        past=np.zeros((channels, KEPT), dtype=np.int64),
        inputs=np.zeros(INPUTS, dtype=np.int64),
        predicted=np.zeros((channels, PREDICTIONS), dtype=np.int64),
        errors=np.zeros((channels, PREDICTIONS), dtype=np.int64),
        moments=np.zeros((channels, LEAST_SQUARES, INPUTS, INPUTS), dtype=np.int64),
        targets=np.zeros((channels, LEAST_SQUARES, INPUTS), dtype=np.int64),
        weights=np.zeros((channels, LEAST_SQUARES, INPUTS), dtype=np.int64),
        factors=np.zeros((INPUTS + 2, INPUTS), dtype=np.int64),
        echoes=np.zeros((channels, STAGES, 2 * LONGEST), dtype=np.int32),
        taps=np.zeros((channels, STAGES, LONGEST), dtype=np.int32),
        newest=np.zeros((channels, STAGES), dtype=np.int64),
        power=np.zeros((channels, STAGES), dtype=np.int64),
        forecasts=np.zeros((channels, STAGES), dtype=np.int64),
        numbers=np.full((PREDICTIONS, 4), -1, dtype=np.int64),
        cells=np.zeros(PREDICTIONS * expected.CELLS, dtype=np.uint32),
        chosen=np.full(PREDICTIONS, -1, dtype=np.int64),
    )
