"""Experts: adaptive distributions of the residual sample - guess, read off bit by bit as inputs of the mixers.

An expert is a guess m and a context c (error around here, texture, channel, value). Row c of its table holds a
cumulative distribution F of residuals. When the byte is known to lie in [a, b) and the next bit divides it at h,

    P(1) = (F(b - m) - F(h - m)) / (F(b - m) - F(a - m)),

interpolated at 1/16 of a step, goes to the mixers as stretch(P) and as P - 1/2. So bits of the raw byte are coded, and
yet what is learnt is shared by all values (a coder of residuals), and there are many experts at once.
After a sample of residual r the whole row moves towards the step at r: F += (1[. > r] - F) / 2**k, k from 3 to 10 as
samples are seen.
Samples of two bytes: the low byte is coded given a distribution on the circle of 256 values, F(x + 256) = F(x) + 1;
of the high byte the nearest value to the guess is expected.

Cost: about 1 microsecond a sample for learning, 20 ns a bit for each expert. Tails: each value has at least 2**-22.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.logistic import stretch_table
from codelength.predictors.pixels.guesses import between
from codelength.predictors.pixels.state import (
    BINS,
    BLEND,
    CHANNEL,
    CHANNELS,
    DELTA,
    ENERGY,
    EXPERTS,
    LEVELS,
    MASS,
    MEDIAN,
    PHASE,
    ROW_SAMPLES,
    SAMPLE,
    SAMPLE_BYTES,
    PixelState,
)

_STRETCH = stretch_table(12)
ONE = (1 << MASS) - 1
CIRCLE = 256 << 4
"""The circle of values of a low byte, in 1/16 of a step."""

MIDDLE = (BINS // 2) << 4
"""Where residual 0 lies in a row, in 1/16 of a bin."""


@inlined
def level(error: int) -> Any:
    """The class of a mean absolute error (1/16 of a step): half octaves, 0 to LEVELS - 1."""
    n = np.int64(0)
    v = error + 1
    while v >= 4:
        v >>= 1
        n += 2
    return min(n + np.int64(v == 3), np.int64(LEVELS - 1))


@inlined
def side(error: int, scale: int) -> Any:
    """0, 1, 2: an error well below, near, or well above 0."""
    return np.int64(error > scale) + 1 - np.int64(error < -scale)


@kernel
def choose(s: PixelState) -> None:
    """Each expert's guess and row for the next sample."""
    now = s.now
    g = s.guesses
    i = now[SAMPLE]
    channels = s.layout[CHANNELS]
    row = s.layout[ROW_SAMPLES]
    mask = s.errors.shape[1] - 1
    errors = s.errors[BLEND]
    scale = now[ENERGY + BLEND]
    here = level(scale)
    channel = now[CHANNEL] * 32
    west, north = np.int64(errors[(i - channels) & mask]), np.int64(errors[(i - row) & mask])
    north_east = np.int64(errors[(i - row + channels) & mask])
    pattern = side(west, scale) * 9 + side(north, scale) * 3 + side(north_east, scale)
    texture = abs(s.around[0] - s.around[2]) + abs(s.around[1] - s.around[2]) + abs(s.around[1] - s.around[3])
    bright = min(g[BLEND] >> (8 if s.layout[SAMPLE_BYTES] > 1 else 7), np.int64(31))
    place(s, 0, g[0], level(now[ENERGY]) + channel)
    place(s, 1, g[1], level(now[ENERGY + 1]) + channel)
    place(s, 2, g[2], level(now[ENERGY + 2]) + channel)
    place(s, 3, g[BLEND], here + channel)
    place(s, 4, g[BLEND], here + 32 * pattern)
    place(s, 5, g[MEDIAN], level(now[ENERGY + MEDIAN]) + channel)
    place(s, 6, g[DELTA], level(now[ENERGY + DELTA]) + channel)
    place(s, 7, g[0], here + 32 * level(texture << 2))
    place(s, 8, g[1], level(now[ENERGY + 1]) + 32 * level(abs(g[0] - g[DELTA])))
    place(s, 9, g[BLEND], here + 32 * bright)


@inlined
def place(s: PixelState, expert: int, centre: int, context: int) -> None:
    """Where an expert's distribution stands (1/16 of a step), and which of its contexts' it is."""
    s.centres[expert] = centre
    s.chosen[expert] = s.first[expert] + context


@inlined
def mass_below(s: PixelState, expert: int, value: int) -> Any:
    """Cumulative mass of the expert below a value of the byte."""
    at = (value << 4) - s.centres[expert]
    turn = np.int64(0)
    if s.layout[SAMPLE_BYTES] > 1:
        turn = (at + CIRCLE // 2) >> 12
        at -= turn << 12
    at = between(at + MIDDLE, np.int64(0), np.int64(BINS << 4) - 1)
    row = s.cumulative[s.chosen[expert]]
    b = np.uint64(at >> 4)
    f = at & 15
    return ((np.int64(row[b]) * (16 - f) + np.int64(row[b + np.uint64(1)]) * f) >> 4) + (turn << MASS)


@kernel
def offer(s: PixelState, partial: int, depth: int, inputs: NDArray[np.int32], at: int, high: int) -> None:
    """Write INPUTS inputs for the next bit at inputs[at]; `high`: the expected high byte, used in its phase."""
    if s.now[PHASE] == 1:
        for k in range(2 * EXPERTS):
            inputs[at + k] = 0
        expected = high | 256
        if expected >> (8 - depth) == partial:
            inputs[at] = 1023 if (expected >> (7 - depth)) & 1 else -1023
        return
    if depth == 0:
        for k in range(EXPERTS):
            s.below[k] = mass_below(s, k, np.int64(0))
            s.above[k] = mass_below(s, k, np.int64(256))
    half = np.int64(128) >> depth
    divide = ((partial - (np.int64(1) << depth)) << (8 - depth)) + half
    for k in range(EXPERTS):
        middle = mass_below(s, k, divide)
        s.middle[k] = middle
        p = ((s.above[k] - middle + (half << 6)) << 12) // (s.above[k] - s.below[k] + (half << 7))
        p = between(p, np.int64(1), np.int64(4095))
        inputs[at + 2 * k] = _STRETCH[p]
        inputs[at + 2 * k + 1] = (p - 2048) >> 1


@kernel
def narrow(s: PixelState, bit: int) -> None:
    """A bit is known: the byte lies in the upper or the lower half."""
    if s.now[PHASE] == 0:
        for k in range(EXPERTS):
            if bit:
                s.below[k] = s.middle[k]
            else:
                s.above[k] = s.middle[k]


@inlined
def pace(visits: int) -> Any:
    """-log2 of the step of a row that has seen so many samples."""
    few = np.int64(visits >= 4) + np.int64(visits >= 16) + np.int64(visits >= 64) + np.int64(visits >= 400)
    return 3 + few + np.int64(visits >= 1200) + np.int64(visits >= 5000) + np.int64(visits >= 20000)


@inlined
def smear(grade: int) -> Any:
    """Half the width, in steps, that one residual is spread over: of the order of the error expected."""
    return np.int64(1) << (np.int64(grade >= 9) + np.int64(grade >= 12) + np.int64(grade >= 15))


@kernel
def absorb(s: PixelState, value: int) -> None:
    """Every expert's row learns a sample."""
    circular = s.layout[SAMPLE_BYTES] > 1
    low = np.int64(BINS // 2 - 128) if circular else np.int64(0)
    high = np.int64(BINS // 2 + 128) if circular else np.int64(BINS)
    for k in range(EXPERTS):
        at = (value << 4) - s.centres[k]
        if circular:
            at -= ((at + CIRCLE // 2) >> 12) << 12
        at = between(at + MIDDLE, np.int64(0), np.int64(BINS << 4) - 1)
        chosen = s.chosen[k]
        shift = np.int32(pace(np.int64(s.visits[chosen])))
        s.visits[chosen] = min(s.visits[chosen] + 1, 1 << 16)
        row = s.cumulative[chosen]
        wide = smear((chosen - s.first[k]) & 31)
        first = between((at >> 4) + 1 - wide, low, high)
        last = between((at >> 4) + wide + 2, low, high + 1)
        for a in range(low, first):
            row[a] -= row[a] >> shift
        for a in range(first, last):
            reach = between((a << 4) + 8 - at + (wide << 4) - 16, np.int64(0), wide << 5)
            row[a] += (np.int32((ONE * reach) // (wide << 5)) - row[a]) >> shift
        for a in range(last, high + 1):
            row[a] += (np.int32(ONE) - row[a]) >> shift
        if circular:
            row[low] = 0
            row[high] = ONE
