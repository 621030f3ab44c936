"""Samples and bytes: the value of a sample from its bytes, and what a predicted sample says of the byte that is next.

A number of B bytes is foreseen as p. With its low byte first, byte k is foreseen, given those below it, as
(p - known) / 256**k on the circle of 256 values. With its high byte first, byte k is (p - known) / 256**k too, given
those above; the first is on the circle, for there the sign wraps.

A float of the IBM System/360 (seismic data, SEG-Y) has a sign, an exponent of 16 in excess of 64, and a fraction of 24
bits whose first digit is not 0 (Principles of Operation, 1964). Its samples are in halves, within +-2**15.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing.expected import CIRCLE, SCALE, TABLE, VALUE, half_octaves
from codelength.predictors.samples.state import AT, BYTES, HIGH_FIRST, IBM, KNOWN, SIGNED, UNSIGNED, WRITTEN

STEP_BITS = 12
"""Predictions are in units of 2**-12 of a step."""

_LOWEST, _HIGHEST = np.int64(-4096), np.int64(8192)


@inlined
def _shifted(x: Any, bits: Any) -> Any:
    """Of x / 2**bits the floor; bits may be negative."""
    return x >> bits if bits >= 0 else x << -bits


@inlined
def _signed(x: Any, size: Any) -> Any:
    """A number of `size` bytes in two's complement."""
    return x - ((x >> (8 * size - 1)) << (8 * size))


@kernel
def value_of(x: Any) -> Any:
    """The sample whose bytes are all known, within +-2**15."""
    size = x.layout[BYTES]
    known = x.now[KNOWN]
    if x.layout[WRITTEN] == IBM:
        exponent = ((known >> 24) & 127) - 64
        if exponent < -2 or exponent > 5:
            return np.int64(0)
        value = min(((known & 0xFFFFFF) << (4 * (exponent + 2))) >> 31, np.int64(32767))
        return -value if known >> 31 else value
    value = _signed(known, size) if x.layout[WRITTEN] == SIGNED else known - (np.int64(1) << (8 * size - 1))
    return value >> (8 * max(size - 2, np.int64(0)))


@kernel
def expect_byte(x: Any, q: Any, predicted: Any, error: Any) -> None:
    """Write what prediction q says of the next byte into x.numbers[q]."""
    if x.layout[WRITTEN] == IBM:
        _expect_float(x, q, predicted >> 4, error >> 4)
        return
    size = x.layout[BYTES]
    place = x.now[AT]
    fine = STEP_BITS - 8 * max(size - 2, np.int64(0))
    k = size - 1 - place if x.layout[HIGH_FIRST] > 0 else place
    if x.layout[WRITTEN] == UNSIGNED:
        predicted += _shifted(np.int64(1) << (8 * size - 1), -fine)
    known = x.now[KNOWN]
    circle = np.int64(1)
    if x.layout[HIGH_FIRST] > 0 and place > 0:
        circle = np.int64(0)
        known = (_signed(known, place) if x.layout[WRITTEN] == SIGNED else known) << (8 * (k + 1))
    unit = 8 * k + fine - 4
    value = _shifted(predicted - _shifted(known, -fine), unit)
    x.numbers[q, VALUE] = value & 4095 if circle > 0 else min(max(value, _LOWEST), _HIGHEST)
    x.numbers[q, SCALE] = half_octaves(_shifted(error, unit))
    x.numbers[q, CIRCLE] = circle
    x.numbers[q, TABLE] = place


@inlined
def _expect_float(x: Any, q: Any, predicted: Any, error: Any) -> None:
    """The same of a float; prediction and error in 2**-8 of a step, which is half of 1."""
    place = x.now[AT]
    known = x.now[KNOWN]
    size = abs(predicted)
    x.numbers[q, SCALE] = -1
    x.numbers[q, CIRCLE] = 0
    x.numbers[q, TABLE] = place
    if place == 0:
        exponent = np.int64(0)
        while (size >> 5 >> (4 * exponent)) >= 16 and exponent < 5:
            exponent += 1
        x.numbers[q, VALUE] = ((np.int64(128) if predicted < 0 else np.int64(0)) + 65 + exponent) << 4
        x.numbers[q, SCALE] = half_octaves(error >> (4 * exponent) >> 5)
        return
    first = known >> (8 * (place - 1))
    exponent = (first & 127) - 64
    if place == 3 or exponent < 0 or exponent > 5:
        return
    if (predicted < 0) != (first >= 128):
        size = -size
    if place == 1:
        expected = (size << 3) >> (4 * exponent)
        scale = (error << 3) >> (4 * exponent)
    else:
        expected = (((size << 7) >> (4 * exponent)) - ((known & 255) << 8)) << 4
        scale = ((error << 7) >> (4 * exponent)) << 4
    x.numbers[q, VALUE] = min(max(expected, _LOWEST), _HIGHEST)
    x.numbers[q, SCALE] = half_octaves(scale)
