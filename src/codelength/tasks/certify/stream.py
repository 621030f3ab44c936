"""A classifier <-> the shortest stream that tells it: architecture, scales, weights and biases, all of it.

    version 8 | height, width, classes 8 each | pixels? 1: block 5, else window 5, stride 5
    hidden? 1: channels 8, patch 5, pool 4, shift 5 | levels 3
    hidden weights, biases | exponent of the biases' unit 5, weights, biases

Weights are sent by `codes.decisions`, unit by unit, each in a context that says how many of the same input's weights to
the two units before were not 0: an input that one class has no use for, others have none for either. The length of the
stream in bits is what the hypothesis costs: nothing that prediction needs lies outside it but this package.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.codes.decisions import DecisionReader, DecisionWriter
from codelength.core import DataError, StreamError
from codelength.tasks.certify.classifier import Classifier, Shape

VERSION = 1

MAX_WEIGHTS = 1 << 20
"""A stream that claims more is refused: it is bounded before it is held."""


def encode(classifier: Classifier) -> bytes:
    """The stream of a classifier.

    Raises
    ------
    ValueError
        Sizes or weights beyond what the format holds.
    """
    shape = classifier.shape
    writer = DecisionWriter()
    writer.plain(VERSION, 8)
    for size in (shape.height, shape.width, shape.classes):
        writer.plain(size - 1, 8)
    writer.plain(int(shape.block > 0), 1)
    if shape.block:
        writer.plain(shape.block, 5)
    else:
        writer.plain(shape.window, 5)
        writer.plain(shape.stride, 5)
    writer.plain(int(shape.hidden > 0), 1)
    if shape.hidden:
        writer.plain(shape.hidden - 1, 8)
        writer.plain(shape.patch, 5)
        writer.plain(shape.pool, 4)
        writer.plain(classifier.shift, 5)
    writer.plain(shape.levels, 3)
    if shape.hidden:
        _write_weights(writer, "hidden", classifier.hidden_weights, shape.levels)
        _write_biases(writer, "hidden bias", classifier.hidden_biases)
    _write_weights(writer, "class", classifier.weights, shape.levels)
    _write_biases(writer, "class bias", classifier.biases)
    return writer.stream()


def decode(stream: bytes) -> Classifier:
    """The classifier that a stream tells.

    Raises
    ------
    StreamError
        A stream that is damaged, truncated, or of another version.
    """
    reader = DecisionReader(stream)
    version = reader.plain(8)
    if version != VERSION:
        raise StreamError(f"not a classifier's stream of version {VERSION}: it says version {version}, or is damaged")
    shape, shift = _read_shape(reader)
    if shape.inputs * shape.classes + shape.hidden_inputs * shape.hidden > MAX_WEIGHTS:
        raise StreamError(f"the stream claims more than {MAX_WEIGHTS:,} weights: it is damaged")
    hidden = np.zeros((shape.hidden_inputs, shape.hidden), dtype=np.int64)
    hidden_biases = np.zeros(shape.hidden, dtype=np.int64)
    if shape.hidden:
        hidden = _read_weights(reader, "hidden", hidden.shape, shape.levels)
        hidden_biases = _read_biases(reader, "hidden bias", shape.hidden)
    weights = _read_weights(reader, "class", (shape.inputs, shape.classes), shape.levels)
    biases = _read_biases(reader, "class bias", shape.classes)
    reader.end()
    return Classifier(shape, hidden, hidden_biases, shift, weights, biases)


def _read_shape(reader: DecisionReader) -> tuple[Shape, int]:
    height, width, classes = (reader.plain(8) + 1 for _ in range(3))
    block = window = stride = hidden = patch = pool = shift = 0
    if reader.plain(1):
        block = reader.plain(5)
    else:
        window, stride = reader.plain(5), reader.plain(5)
    if reader.plain(1):
        hidden, patch, pool, shift = reader.plain(8) + 1, reader.plain(5), reader.plain(4), reader.plain(5)
    levels = reader.plain(3)
    try:
        shape = Shape(height, width, classes, block, window, stride, hidden, patch, pool, levels)
    except DataError as error:
        raise StreamError(f"the stream tells of a classifier that cannot be ({error}): it is damaged") from error
    return shape, shift


def _write_weights(writer: DecisionWriter, name: str, weights: NDArray[np.int64], levels: int) -> None:
    rows = weights.tolist()
    for k in range(weights.shape[1]):
        for row in rows:
            writer.integer(_context(name, row, k), row[k], longest=levels.bit_length())


def _read_weights(reader: DecisionReader, name: str, shape: tuple[int, int], levels: int) -> NDArray[np.int64]:
    rows = [[0] * shape[1] for _ in range(shape[0])]
    for k in range(shape[1]):
        for row in rows:
            row[k] = reader.integer(_context(name, row, k), longest=levels.bit_length())
    return np.array(rows, dtype=np.int64).reshape(shape)


def _context(name: str, row: list[int], k: int) -> str:
    return f"{name}/{sum(value != 0 for value in row[max(0, k - 2) : k])}"


def _write_biases(writer: DecisionWriter, name: str, biases: NDArray[np.int64]) -> None:
    """The power of two that divides them all, and what is left of them."""
    joined = int(np.bitwise_or.reduce(np.abs(biases)))
    exponent = min(31, (joined & -joined).bit_length() - 1) if joined else 0
    writer.plain(exponent, 5)
    for bias in biases.tolist():
        writer.integer(name, bias >> exponent)


def _read_biases(reader: DecisionReader, name: str, count: int) -> NDArray[np.int64]:
    exponent = reader.plain(5)
    return np.array([reader.integer(name) << exponent for _ in range(count)], dtype=np.int64)
