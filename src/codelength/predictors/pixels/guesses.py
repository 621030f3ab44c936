"""Predicted values of a sample: linear predictors by least squares, fixed ones, and their blend.

Linear: with u the neighbours less a base (half of W + N), the prediction is base + w.u; w follows the normal equations
of least squares with exponential forgetting, R w = b, by one Gauss-Seidel sweep a sample from the w before (the
integer-friendly way of recursive least squares; Xu and Tsoi 2003, Zakharov, White and Liu 2008). Three of them: a
slow one and a fast one for each channel, and one for each zone: columns (locality in both directions), or in tiles
every single place. A zone begins with what the slow one knows.
Fixed: Martucci's median (1990; JPEG-LS), W + N - NW, a smooth one, the frame or channel before and its gradient.
Blend: the mean weighted by 1 / (error around here)**2 (as in Blending-Predictor coders, Seemann and Tischer 1997).

A prediction is 1/16 of a step fine. Cost: about .6 microseconds a sample for each linear predictor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.pixels.state import (
    BASE,
    BLEND,
    CHANNEL,
    CHANNELS,
    COLUMN,
    COUNT,
    DELTA,
    ENERGY,
    GUESSES,
    LINEAR,
    MEDIAN,
    NEIGHBOURS,
    PLANE,
    ROW,
    ROW_SAMPLES,
    SAMPLE,
    SAMPLE_BYTES,
    SIDES,
    STACK,
    TILE,
    WIDTH,
    ZONE,
    ZONES,
    PixelState,
)

REACH = 2047
"""Inputs of the linear predictors end at +-REACH, so that no sum of products leaves 32 (moments) or 64 bits."""

FLOOR = 256
"""Added to the diagonal: one unit of squared input."""


@inlined
def between(x: int, low: int, high: int) -> Any:
    """The nearest number to x that is not below `low` and not above `high`."""
    return min(max(x, low), high)


@inlined
def energy(s: PixelState, guess: int) -> Any:
    """Mean absolute error of a guess at W, N (twice each), NW, NE, WW and NN: 1/16 of a step."""
    i = s.now[SAMPLE]
    channels = s.layout[CHANNELS]
    row = s.layout[ROW_SAMPLES]
    e = s.errors[guess]
    mask = s.errors.shape[1] - 1
    total = abs(np.int64(e[(i - channels) & mask])) * 2 + abs(np.int64(e[(i - row) & mask])) * 2
    total += abs(np.int64(e[(i - row - channels) & mask])) + abs(np.int64(e[(i - row + channels) & mask]))
    return total + abs(np.int64(e[(i - 2 * channels) & mask])) + abs(np.int64(e[(i - 2 * row) & mask]))


@inlined
def fitted(s: PixelState, k: int) -> Any:
    """The moments and weights that linear predictor k has here."""
    return s.now[ZONE] if k == 0 else s.layout[ZONES] + (k - 1) * s.layout[CHANNELS] + s.now[CHANNEL]


@kernel
def enter_zone(s: PixelState) -> None:
    """Find the zone; one that is entered for the first time takes over what the slow predictor has learned."""
    now = s.now
    channels = s.layout[CHANNELS]
    width = s.layout[WIDTH]
    if s.layout[TILE] > 0:
        place = now[ROW] * width + now[COLUMN]
    else:
        place = now[COLUMN] * (s.layout[ZONES] // channels) // width
    zone = place * channels + now[CHANNEL]
    now[ZONE] = zone
    if s.begun[zone] == 0:
        s.begun[zone] = 1
        slow = fitted(s, np.int64(1))
        for a in range(NEIGHBOURS):
            s.targets[zone, a] = s.targets[slow, a]
            s.weights[zone, a] = s.weights[slow, a]
            for b in range(NEIGHBOURS):
                s.moments[zone, a, b] = s.moments[slow, a, b]


@kernel
def guess(s: PixelState) -> None:
    """Write every predicted value of the sample whose neighbours are gathered, and the errors around it."""
    now = s.now
    around = s.around
    guesses = s.guesses
    west, north, north_west, north_east = around[0], around[1], around[2], around[3]
    n = now[COUNT]
    base = (west + north) >> 1
    now[BASE] = base
    enter_zone(s)
    for j in range(NEIGHBOURS):
        s.inputs[j] = between(around[j] - base, np.int64(-REACH), np.int64(REACH)) if j < n else 0
    for k in range(LINEAR):
        weights = s.weights[fitted(s, k)]
        total = np.int64(0)
        for j in range(NEIGHBOURS):
            total += np.int64(weights[j]) * np.int64(s.inputs[j])
        guesses[k] = (base << 4) + (total >> 10)
    plane = west + north - north_west
    guesses[MEDIAN] = between(plane, min(west, north), max(west, north)) << 4
    guesses[SIDES] = (west + ((north_east - north_west) >> 1) + north) << 3
    guesses[PLANE] = plane << 4
    if s.layout[STACK] > 0:
        guesses[DELTA] = (around[12] << 4) + ((west - around[13] + north - around[15]) << 3)
    elif now[CHANNEL] > 0:
        guesses[DELTA] = (plane + around[12] - around[13] - around[14] + around[15]) << 4
    else:
        guesses[DELTA] = (west * 3 + north * 3 + north_east + north_west) << 1
    blend(s)


@inlined
def blend(s: PixelState) -> None:
    """The mean of the other guesses by the inverse of their squared errors around here."""
    top = np.int64(255 << 4) if s.layout[SAMPLE_BYTES] == 1 else np.int64(65535 << 4)
    sum_weights = np.int64(0)
    sum_values = np.int64(0)
    for q in range(GUESSES):
        if q != BLEND:
            s.guesses[q] = between(s.guesses[q], np.int64(0), top)
            total = energy(s, q)
            s.now[ENERGY + q] = total >> 3
            total = min(total + 4, np.int64(1 << 20))
            weight = (np.int64(1 << 40) // (total * total)) + 1
            sum_weights += weight
            sum_values += weight * s.guesses[q]
    s.guesses[BLEND] = sum_values // sum_weights
    s.now[ENERGY + BLEND] = energy(s, np.int64(BLEND)) >> 3


@kernel
def fit(s: PixelState, value: int) -> None:
    """Learn a sample: moments decay by 2**-8 (zones; places of a tile 2**-10), 2**-9 (slow), 2**-5 (fast), then one
    sweep over the weights.
    """
    n = s.now[COUNT]
    u = s.inputs
    target = np.int32(between(value - s.now[BASE], np.int64(-REACH), np.int64(REACH)))
    for k in range(LINEAR):
        zone = fitted(s, k)
        decay = np.int32(8 + 2 * s.layout[TILE]) if k == 0 else (np.int32(9) if k == 1 else np.int32(5))
        half = np.int32(1) << (decay - np.int32(1))
        moments = s.moments[zone]
        targets = s.targets[zone]
        weights = s.weights[zone]
        for a in range(n):
            scaled = u[a] << np.int32(8)
            row = moments[a]
            for b in range(NEIGHBOURS):
                row[b] += (scaled * u[b] - row[b] + half) >> decay
            targets[a] += (scaled * target - targets[a] + half) >> decay
        for a in range(n):
            row = moments[a]
            rest = np.int64(targets[a]) << 14
            for b in range(NEIGHBOURS):
                rest -= np.int64(row[b]) * np.int64(weights[b])
            step = rest // (np.int64(row[a]) + FLOOR)
            step = between(step, np.int64(-8192), np.int64(8192))
            weights[a] = np.int32(between(np.int64(weights[a]) + step, np.int64(-65536), np.int64(65536)))
