"""A classifier of few bits: fixed integer features, at most one hidden layer, integer weights and biases.

    features    (rows, columns, channels) of an image                                        (`features`)
    hidden      for every k x k patch of cells, the same weights:
                h = min(15, max(0, (sum of weight * feature + bias) >> shift));  k = all of them: an ordinary network
    pooled      sums of h over p x p neighbouring patches
    scores      sum of weight * pooled + bias for each class; the class of the highest score, the first of equals

Prediction is additions and products of integers: the same class for the same image on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.tasks.certify.features import DIRECTIONS, orientations, pixels

Number = TypeVar("Number", np.int64, np.float32)

HIGHEST = 15
"""Hidden units are clipped to 0..15."""

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Shape:
    """The configuration of a classifier.

    Parameters
    ----------
    height, width
        Of the images in pixels, 1 to 256.
    classes
        2 to 256.
    block
        Features are pixels in blocks of this size; 0: orientations.
    window, stride
        Of the orientations, in pixels; 0 for pixels.
    hidden
        Channels of the hidden layer; 0: none, a linear classifier.
    patch
        k: cells that a hidden unit sees, each way. 0 without a hidden layer.
    pool
        p: hidden units summed, each way. 0 without a hidden layer.
    levels
        Weights are integers from -levels to levels.

    Raises
    ------
    DataError
        Sizes that do not go with each other.
    """

    height: int
    width: int
    classes: int
    block: int = 0
    window: int = 0
    stride: int = 0
    hidden: int = 0
    patch: int = 0
    pool: int = 0
    levels: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.height <= 256 and 1 <= self.width <= 256 and 2 <= self.classes <= 256):
            raise DataError(
                f"images of {self.height} x {self.width} in {self.classes} classes: expected 1 to 256 pixels each way "
                "and 2 to 256 classes"
            )
        if (self.block > 0) == (self.window > 0) or (self.window > 0) != (self.stride > 0) or self.levels < 1:
            raise DataError("a classifier looks at pixels (block) or at orientations (window and stride)")
        if min(self.cells) < 1:
            raise DataError(f"images of {self.height} x {self.width} pixels are too small for these features")
        if bool(self.hidden) != bool(self.patch) or bool(self.hidden) != bool(self.pool):
            raise DataError("a hidden layer has channels, a patch and a pool, or none of the three")
        if self.hidden and min(self.pooled) < 1:
            raise DataError(f"patches of {self.patch} pooled by {self.pool} do not fit into {self.cells} cells")

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the features."""
        if self.block:
            return self.height // self.block, self.width // self.block
        inner = self.height - 2 - self.window, self.width - 2 - self.window
        return inner[0] // self.stride + 1, inner[1] // self.stride + 1

    @property
    def channels(self) -> int:
        """Features of a cell."""
        return 1 if self.block else DIRECTIONS

    @property
    def patches(self) -> tuple[int, int]:
        """Rows and columns of hidden units."""
        rows, columns = self.cells
        return rows - self.patch + 1, columns - self.patch + 1

    @property
    def pooled(self) -> tuple[int, int]:
        """Rows and columns after pooling."""
        rows, columns = self.patches
        return rows // self.pool, columns // self.pool

    @property
    def hidden_inputs(self) -> int:
        """Weights of a hidden unit."""
        return self.patch * self.patch * self.channels

    @property
    def inputs(self) -> int:
        """Weights of a class."""
        rows, columns = self.pooled if self.hidden else self.cells
        return rows * columns * (self.hidden or self.channels)

    def features(self, images: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Features of images (n, height, width): (n, rows, columns, channels)."""
        if self.block:
            return pixels(images, self.block)
        return orientations(images, self.window, self.stride)


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Weights for a shape, all int64.

    Parameters
    ----------
    shape
        The configuration.
    hidden_weights, hidden_biases
        (patch * patch * channels, hidden) and (hidden,); empty without a hidden layer.
    shift
        Bits that hidden sums are shifted right by.
    weights, biases
        (inputs, classes) and (classes,).
    """

    shape: Shape
    hidden_weights: NDArray[np.int64]
    hidden_biases: NDArray[np.int64]
    shift: int
    weights: NDArray[np.int64]
    biases: NDArray[np.int64]

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Classes, 0 to classes - 1, of images (n, height, width) uint8.

        Raises
        ------
        DataError
            Images of another size or type.
        """
        expected = (self.shape.height, self.shape.width)
        if images.dtype != np.uint8 or images.shape[1:] != expected:
            raise DataError(
                f"images of shape {images.shape[1:]} {images.dtype}; this classifier takes uint8 images of "
                f"{expected[0]} x {expected[1]}"
            )
        found = np.empty(images.shape[0], dtype=np.int64)
        for at in range(0, images.shape[0], _BATCH):
            cells = self.shape.features(images[at : at + _BATCH])
            found[at : at + _BATCH] = self.scores(cells).argmax(axis=1)
        return found

    def scores(self, cells: NDArray[np.int32]) -> NDArray[np.int64]:
        """Scores of each class from features (n, rows, columns, channels): (n, classes)."""
        below = cells.astype(np.int64)
        if self.shape.hidden:
            sums = patches_of(below, self.shape.patch) @ self.hidden_weights + self.hidden_biases
            below = pooled_sums(np.clip(sums >> self.shift, 0, HIGHEST), self.shape.pool)
        scores: NDArray[np.int64] = below.reshape(below.shape[0], -1) @ self.weights + self.biases
        return scores


def patches_of(cells: NDArray[Number], size: int) -> NDArray[Number]:
    """All patches of size x size cells: (n, rows', columns', size * size * channels)."""
    n, rows, columns, channels = cells.shape
    high, wide = rows - size + 1, columns - size + 1
    parts = [cells[:, y : y + high, x : x + wide] for y in range(size) for x in range(size)]
    return np.concatenate(parts, axis=3).reshape(n, high, wide, size * size * channels)


def pooled_sums(units: NDArray[Number], size: int) -> NDArray[Number]:
    """Sums over size x size neighbours, a rest at the edges left out: (n, rows', columns', channels)."""
    n, rows, columns, channels = units.shape
    high, wide = rows // size, columns // size
    inner = units[:, : high * size, : wide * size]
    sums: NDArray[Number] = inner.reshape(n, high, size, wide, size, channels).sum(axis=(2, 4))
    return sums
