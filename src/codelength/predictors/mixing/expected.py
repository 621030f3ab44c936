"""Expected values as inputs: where a number is foreseen, every bit of the byte is asked how far it is from there.

With the byte known to lie in an interval that the next bit halves at m, an expected value v and the class of its usual
error s, the input is an adaptive probability of 1 by

    (which expectation, bit, table, s, class of v - m)            classes of half an octave, with their sign

So the distribution of what is wrong with v is learned in a few thousand cells, whatever v is, and several expectations
speak at once (as the numeric inputs of audio and image models in context mixing do, since paq8). A byte may lie on the
circle of 256 values: the low byte of a number of several, of which v is known modulo 256; then it is the nearer way
round that counts.

A kind of input holds `numbers` (n, 4) int64: v in 1/16 of a step, s from 0 to 31 or -1 where nothing is expected,
whether on the circle, and the table, 0 to 3; `cells` (n * CELLS,) uint32; `chosen` (n,) int64, the cells of this bit.
Cost: 10 nanoseconds an expectation and bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.logistic import stretch_table
from codelength.predictors.mixing.cells import adapt_cell, chance
from codelength.predictors.mixing.kernel import ONE

VALUE, SCALE, CIRCLE, TABLE = range(4)
"""Columns of `numbers`."""

TABLES = 4
SCALES = 32
DISTANCES = 128
CELLS = 8 * TABLES * SCALES * DISTANCES
"""Cells of an expectation."""

INPUTS = 2
"""Of an expectation: stretch(p) and p - 1/2."""

_TURN = 4096
"""The circle, in 1/16 of a step."""

_LIMIT = 255
_STRETCH = stretch_table(12)


@inlined
def half_octaves(x: Any) -> Any:
    """The class of a size x >= 0: 0, 1, 2, 3, then two an octave, at most 31."""
    exponent = np.int64(0)
    while (x >> exponent) > 3:
        exponent += 1
    return min(x if exponent == 0 else exponent * 2 + ((x >> exponent) & 1) + 2, np.int64(SCALES - 1))


@inlined
def _distance_class(distance: Any, circle: Any) -> Any:
    far = np.int64(0)
    if circle > 0:
        distance = ((distance + _TURN // 2) & (_TURN - 1)) - _TURN // 2
        if distance > _TURN // 4 or distance < -_TURN // 4:
            far = np.int64(64)
            distance = (-_TURN // 2 if distance < 0 else _TURN // 2) - distance
    return far + (np.int64(32) if distance < 0 else np.int64(0)) + half_octaves(abs(distance))


@inlined
def offer_expected(x: Any, partial: Any, depth: Any, inputs: Any, at: Any) -> None:
    """Write the inputs of all expectations for the next bit at inputs[at]."""
    middle = ((partial << 1 | 1) << (7 - depth) & 255) << 4
    for q in range(x.numbers.shape[0]):
        x.chosen[q] = -1
        inputs[at + 2 * q] = 0
        inputs[at + 2 * q + 1] = 0
        scale = x.numbers[q, SCALE]
        if scale >= 0:
            cell = (((q * 8 + depth) * TABLES + x.numbers[q, TABLE]) * SCALES + scale) * DISTANCES
            cell += _distance_class(x.numbers[q, VALUE] - middle, x.numbers[q, CIRCLE])
            x.chosen[q] = cell
            p = chance(x.cells, cell)
            inputs[at + 2 * q] = _STRETCH[np.uint64(p >> 10)]
            inputs[at + 2 * q + 1] = (p - (ONE >> 1)) >> 11


@inlined
def learn_expected(x: Any, bit: Any) -> None:
    """The cells that were asked learn the bit."""
    for q in range(x.chosen.shape[0]):
        if x.chosen[q] >= 0:
            adapt_cell(x.cells, x.chosen[q], np.int64(bit) * (ONE - 1), np.int64(_LIMIT))
