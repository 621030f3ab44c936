"""What the image kind keeps: the layout of the raster, the last samples, and the tables of its predictors and experts.

An image is rows of samples; a sample has one or two bytes; a pixel has one to four interleaved samples (channels).
Several images of the same shape may follow each other (frames: slices of a scan, tiles of a data set). Predicted values
are in units of 1/16 of a step of a sample, cumulative probabilities in units of 2**-28. Everything is an integer.

Memory: 9 MB for the experts, 2.5 kB for each zone (in a tile: for each sample of it), and 4 bytes a sample for the rows
(for a stack of slices: the two frames) kept.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.logistic import LIMIT, squash_table

NEIGHBOURS = 24
"""Inputs of a linear predictor, at most (a multiple of 8: rows of the normal equations are whole vectors)."""

LINEAR = 3
"""Linear predictors: one for each zone, one slow, one fast."""

BLEND, MEDIAN, SIDES, DELTA, PLANE = range(LINEAR, LINEAR + 5)
"""The predicted values after the linear ones: their blend, Martucci's median, a smooth one, one through the other
frame or channel, and W + N - NW."""

GUESSES = LINEAR + 5
EXPERTS = 10
INPUTS = 2 * EXPERTS
"""Inputs that the kind gives to the mixers for each bit."""

LEVELS = 24
"""Classes of a mean absolute error, half an octave each."""

EXPERT_CONTEXTS = (128, 128, 128, 128, 896, 128, 128, 768, 768, 1024)
"""Contexts of each expert."""

BINS = 512
"""A residual of -256 to 255 has a bin of its own."""

MASS = 28
"""Cumulative probabilities are in units of 2**-MASS."""

MOST_ROW = 1 << 17
"""Samples in a row, at most."""

MOST_KEPT = 1 << 24
"""Samples kept, at most: two frames of a stack."""

MOST_ACROSS = 32
"""Rows and columns of a tile, at most."""

# What the kernels remember between calls: entries of PixelState.now.
COLUMN, ROW, CHANNEL, SAMPLE, COUNT, BASE, LOW, PHASE, ZONE, SEEN_HERE = range(10)
ENERGY = 16
"""now[ENERGY + g]: the mean absolute error of guess g around here, in 1/16 of a step."""

# The layout: entries of PixelState.layout.
SAMPLE_BYTES, CHANNELS, ROWS, OFFSET, STACK, BIG_ENDIAN, ZONES, WIDTH, ROW_SAMPLES, TILE = range(10)


class PixelState(NamedTuple):
    """The arrays of the image kind; n = NEIGHBOURS, z = number of zones + 2 * channels."""

    layout: Any  # (10,) int64: see SAMPLE_BYTES ... TILE
    now: Any  # (40,) int64: see COLUMN ... ENERGY
    samples: Any  # (2**k,) int32: ring of the last samples
    around: Any  # (40,) int64: neighbours of the next sample
    inputs: Any  # (n,) int32: neighbours less the base, the inputs of the linear predictors
    guesses: Any  # (GUESSES,) int64: predicted values, 1/16 of a step
    errors: Any  # (GUESSES, 2**k) int32: ring, two rows and more, of sample less guess, 1/16 of a step
    moments: Any  # (z, n, n) int32: decayed products of two inputs
    targets: Any  # (z, n) int32: decayed products of an input and the sample
    weights: Any  # (z, n) int32: weights of the linear predictors, 2**-14
    begun: Any  # (z,) uint8: 1 for a zone that has been entered
    cumulative: Any  # (sum(EXPERT_CONTEXTS), BINS + 1) int32: one distribution of residuals a row, 2**-28
    visits: Any  # (sum(EXPERT_CONTEXTS),) int32: samples seen by each row
    first: Any  # (EXPERTS,) int64: first row of each expert
    chosen: Any  # (EXPERTS,) int64: the row of each expert for the next sample
    centres: Any  # (EXPERTS,) int64: the guess that each expert's residuals are taken from
    below: Any  # (EXPERTS,) int64: cumulative mass below the values that the byte can still have
    above: Any  # (EXPERTS,) int64: cumulative mass up to the last of them
    middle: Any  # (EXPERTS,) int64: cumulative mass below those whose next bit is 1


def logistic_residuals(level: int) -> NDArray[np.int64]:
    """Cumulative distribution of a logistic law whose mean absolute error is about that of `level`: (BINS + 1,)."""
    scale = max(2, isqrt((1 << (level + 2)) * 52 // 100))
    edges = (np.arange(BINS + 1, dtype=np.int64) - BINS // 2) * 2 - 1  # twice the residual
    stretched = np.clip(edges * (128 * 16) // scale, 1 - LIMIT, LIMIT - 1)
    return squash_table()[stretched + LIMIT].astype(np.int64) << (MASS - 22)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the samples of an image lie in a file.

    Parameters
    ----------
    width, channels, bits
        Pixels in a row, samples in a pixel (1 to 4), bits in a sample (8 or 16).
    rows
        Rows in a frame; 0 where there is one image only.
    offset
        Bytes before the first sample.
    padding
        Bytes behind each row.
    stack
        Whether the frame before resembles this one (slices of a scan), so that its pixels are neighbours too: one
        channel only.
    big_endian
        Whether the high byte of a sample of two comes first.

    Raises
    ------
    ValueError
        There is no such image, or its rows or frames are too large for what is kept.
    """

    width: int
    channels: int = 1
    bits: int = 8
    rows: int = 0
    offset: int = 0
    padding: int = 0
    stack: int = 0
    big_endian: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("width", 1, MOST_ROW),
            ("channels", 1, 4),
            ("rows", 0, MOST_KEPT),
            ("offset", 0, 1 << 30),
            ("padding", 0, 1 << 10),
            ("stack", 0, 1),
            ("big_endian", 0, 1),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name}={value}: expected {low} to {high}")
        if self.bits not in (8, 16):
            raise ValueError(f"bits={self.bits}: expected 8 or 16 bits in a sample")
        if self.padding % self.sample_bytes:
            raise ValueError(f"padding={self.padding}: expected whole samples of {self.sample_bytes} bytes")
        if self.stack and (self.channels > 1 or self.rows < 2):
            raise ValueError("stack=1 needs channels=1 and the rows of a frame, at least 2")
        if self.row_samples > MOST_ROW:
            raise ValueError(f"{self.row_samples} samples in a row: expected at most {MOST_ROW}")
        if self.kept > MOST_KEPT:
            raise ValueError(f"stack=1 keeps {self.kept} samples of these frames: expected at most {MOST_KEPT}")

    @property
    def sample_bytes(self) -> int:
        """Bytes in a sample."""
        return self.bits // 8

    @property
    def row_samples(self) -> int:
        """Samples from one row to the next, padding counted as such."""
        return self.width * self.channels + self.padding // self.sample_bytes

    @property
    def kept(self) -> int:
        """Samples that neighbours may lie back."""
        return 2 * self.row_samples * (self.rows + 1) if self.stack else 4 * self.row_samples

    @property
    def tile(self) -> bool:
        """Whether there are frames so small that each place in them is a zone of its own."""
        return self.width <= MOST_ACROSS and 0 < self.rows <= MOST_ACROSS and not self.stack

    @property
    def spec(self) -> str:
        """As in the catalogue: what differs from the defaults."""
        defaults = {each.name: each.default for each in fields(self)}
        values = {name: getattr(self, name) for name in defaults}
        return ",".join(f"{name}={value}" for name, value in values.items() if value != defaults[name])


def pixel_state(image: Layout) -> PixelState:
    """The state before the first byte."""
    row = image.row_samples
    zones = (image.width * image.rows if image.tile else min(image.width, 16)) * image.channels
    fitted = zones + (LINEAR - 1) * image.channels
    contexts = sum(EXPERT_CONTEXTS)
    start = np.stack([logistic_residuals(level) for level in range(LEVELS)])
    classes = np.concatenate([np.arange(n) for n in EXPERT_CONTEXTS]) % 32
    layout = (
        image.sample_bytes,
        image.channels,
        image.rows,
        image.offset,
        image.stack,
        image.big_endian,
        zones,
        image.width,
        row,
        int(image.tile),
    )
    return PixelState(
        layout=np.array(layout, dtype=np.int64),
        now=np.zeros(40, dtype=np.int64),
        samples=np.zeros(1 << image.kept.bit_length(), dtype=np.int32),
        around=np.zeros(40, dtype=np.int64),
        inputs=np.zeros(NEIGHBOURS, dtype=np.int32),
        guesses=np.zeros(GUESSES, dtype=np.int64),
        errors=np.zeros((GUESSES, 1 << (2 * row + 8).bit_length()), dtype=np.int32),
        moments=np.zeros((fitted, NEIGHBOURS, NEIGHBOURS), dtype=np.int32),
        targets=np.zeros((fitted, NEIGHBOURS), dtype=np.int32),
        weights=np.zeros((fitted, NEIGHBOURS), dtype=np.int32),
        begun=np.zeros(fitted, dtype=np.uint8),
        cumulative=start[np.minimum(classes, LEVELS - 1)].astype(np.int32),
        visits=np.zeros(contexts, dtype=np.int32),
        first=np.cumsum((0, *EXPERT_CONTEXTS[:-1]), dtype=np.int64),
        chosen=np.cumsum((0, *EXPERT_CONTEXTS[:-1]), dtype=np.int64),
        centres=np.zeros(EXPERTS, dtype=np.int64),
        below=np.zeros(EXPERTS, dtype=np.int64),
        above=np.zeros(EXPERTS, dtype=np.int64),
        middle=np.zeros(EXPERTS, dtype=np.int64),
    )
