"""What images let contexts see: at the end of each byte learn the sample that is complete, look around, set registers.

`see_image` is called once a byte, `offer` and `narrow` (`experts`) once a bit. Registers (r[base + NAME]) are what
contexts and selectors of context mixing are made of; while the high byte of a sample of two bytes is coded (SECOND is
1), BLEND_VALUE is the high byte nearest to the guess, GRADE how near, and the neighbours give their high bytes.
Cost: about 3 microseconds a sample, nearly all of it least squares and the experts' tables.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing.state import KIND
from codelength.predictors.pixels.experts import absorb, choose, level
from codelength.predictors.pixels.guesses import between, fit, guess
from codelength.predictors.pixels.neighbours import gather
from codelength.predictors.pixels.state import (
    BIG_ENDIAN,
    BLEND,
    CHANNEL,
    CHANNELS,
    COLUMN,
    DELTA,
    ENERGY,
    LOW,
    MEDIAN,
    OFFSET,
    PHASE,
    ROW,
    SAMPLE,
    SAMPLE_BYTES,
    SEEN_HERE,
    STACK,
    TILE,
    PixelState,
)

REGISTERS = (
    "BLEND_VALUE",  # the blend, rounded to a step
    "GRADE",  # class of the error around here
    "ZONED_VALUE",  # the zoned linear prediction
    "BLEND_BYTE",  # low bytes of the blend,
    "ZONED_BYTE",  # the zoned prediction,
    "DELTA_BYTE",  # and the one through the other frame or channel: contexts of final maps
    "DOUBT",  # GRADE * 16 + class of how far zoned and DELTA are apart
    "ZONED_GRADE",  # class of the zoned prediction's error + 32 * channel
    "SLOW_VALUE",  # the slow linear prediction
    "SECOND",  # 1 while the high byte of a sample is coded
    "W",
    "N",
    "NW",
    "NE",
    "WW",
    "NN",
    "PLANE_VALUE",  # W + N - NW
    "OTHER",  # the channel before, or the frame before, at this pixel
    "N_NE_NNE",  # N + NE - NNE
    "LINE_W",  # 2 W - WW
    "LINE_N",  # 2 N - NN
    "DELTA_VALUE",  # prediction through the other frame or channel
    "COLUMN_AT",
    "ROW_AT",
    "CHANNEL_AT",
    "MEAN_W_NE",
    "MEAN_W_N",
    "FAST_VALUE",  # the fast linear prediction
    "OTHER_W",  # the channel before at W
    "OTHER2",  # the channel before that at this pixel
    "BLEND_FINE",  # the blend in quarters of a step
    "MEDIAN_VALUE",
    "ERROR_W",  # the blend's error at W in steps of 4, -15 to 15, + 16
    "FRAME2",  # two frames before at this pixel
    "NNE",
    "NEE",
    "RING2",  # the high 2 bits of W, N, NW, NE, WW, NN
    "RING3",  # the high 3 bits of W, N, NW, NE, NEE, NNE
    "RING4",  # the high 4 bits of N, NW, NE, WW, NN
    "PLACE",  # row / 2 * 16 + column / 2
    "MIRROR",  # in a grey tile: the sample beside the mirrored one
)
"""Names of the registers, in order: the first is register `KIND` of context mixing."""

BLEND_BYTE, ZONED_BYTE, DELTA_BYTE = KIND + 3, KIND + 4, KIND + 5


@kernel
def begin_image(s: PixelState, r: NDArray[np.int64], base: int) -> None:
    """A target begins: its first byte is the first of its header, or the first sample of a fresh image."""
    for k in range(s.now.shape[0]):
        s.now[k] = 0
    for k in range(len(REGISTERS)):
        r[base + k] = 0
    if s.layout[OFFSET] == 0:
        next_sample(s, r, base)


@kernel
def see_image(s: PixelState, byte: int, awake: int, r: NDArray[np.int64], base: int) -> None:
    """One more byte is known: set the registers for the next one. Unless `awake`, predictors and experts stay."""
    now = s.now
    now[SEEN_HERE] += 1
    at = now[SEEN_HERE] - s.layout[OFFSET]
    if at < 0:
        return
    if at > 0:
        if s.layout[SAMPLE_BYTES] == 1:
            learn(s, byte, awake)
        elif at & 1 == 0:
            learn(s, now[LOW] << 8 | byte if s.layout[BIG_ENDIAN] > 0 else now[LOW] | byte << 8, awake)
        else:
            now[LOW] = byte
            if s.layout[BIG_ENDIAN] == 0:
                high_registers(s, r, base, byte, np.int64(1))
            else:
                now[PHASE] = 0
                registers(s, r, base)
            return
    next_sample(s, r, base)


@inlined
def next_sample(s: PixelState, r: NDArray[np.int64], base: int) -> None:
    """Look around and foresee the sample that begins."""
    gather(s)
    guess(s)
    choose(s)
    if s.layout[SAMPLE_BYTES] > 1 and s.layout[BIG_ENDIAN] > 0:
        high_registers(s, r, base, np.int64(0), np.int64(0))
    else:
        s.now[PHASE] = 0
        registers(s, r, base)


@inlined
def learn(s: PixelState, value: int, awake: int) -> None:
    """A sample is complete."""
    i = s.now[SAMPLE]
    for q in range(s.guesses.shape[0]):
        error = between((value << 4) - s.guesses[q], np.int64(-32000), np.int64(32000))
        s.errors[q, i & (s.errors.shape[1] - 1)] = error
    if awake > 0:
        absorb(s, value)
        fit(s, value)
    s.samples[i & (s.samples.shape[0] - 1)] = value
    s.now[SAMPLE] = i + 1


@inlined
def high_registers(s: PixelState, r: NDArray[np.int64], base: int, low: int, known: int) -> None:
    """The next byte is a high byte; `known`: the low byte is known."""
    s.now[PHASE] = 1
    expected = s.guesses[BLEND] >> 4
    high = between((expected - low + 128) >> 8, np.int64(0), np.int64(255)) if known else expected >> 8
    other = s.guesses[0] >> 4
    away = abs((high << 8 | low) - expected) if known else abs((expected & 255) - 128)
    for k in range(len(REGISTERS)):
        r[base + k] = 0
    r[base] = high
    r[base + 1] = between(level(away << 4) - level(s.now[ENERGY + BLEND]) + 32, np.int64(0), np.int64(63))
    r[base + 2] = away
    r[base + 3] = between((other - low + 128) >> 8, np.int64(0), np.int64(255)) if known else other >> 8
    r[base + 9] = 1
    for k in range(10, 22):
        r[base + k] = (s.around[k - 10] >> 8) << 8 | high


@inlined
def registers(s: PixelState, r: NDArray[np.int64], base: int) -> None:
    """The registers for a byte of its own, or for the low byte of two."""
    now = s.now
    around = s.around
    g = s.guesses
    west, north, north_west, north_east = around[0], around[1], around[2], around[3]
    later = now[CHANNEL] > 0
    stack = s.layout[STACK] > 0
    grade = level(now[ENERGY + BLEND])
    r[base] = (g[BLEND] + 8) >> 4
    r[base + 1] = grade
    r[base + 2] = (g[0] + 8) >> 4
    r[base + 3] = r[base] & 255
    r[base + 4] = r[base + 2] & 255
    r[base + 5] = ((g[DELTA] + 8) >> 4) & 255
    r[base + 6] = grade * 16 + min(level(abs(g[0] - g[DELTA])), np.int64(15))
    r[base + 7] = level(now[ENERGY]) + 32 * now[CHANNEL]
    r[base + 8] = (g[1] + 8) >> 4
    r[base + 9] = 0
    for k in range(6):
        r[base + 10 + k] = around[k]
    r[base + 16] = west + north - north_west
    r[base + 17] = around[12] if stack or later else 0
    r[base + 18] = north + north_east - around[6]
    r[base + 19] = 2 * west - around[4]
    r[base + 20] = 2 * north - around[5]
    r[base + 21] = (g[DELTA] + 8) >> 4
    r[base + 22] = now[COLUMN]
    r[base + 23] = now[ROW]
    r[base + 24] = now[CHANNEL]
    r[base + 25] = (west + north_east) >> 1
    r[base + 26] = (west + north) >> 1
    r[base + 27] = (g[2] + 8) >> 4
    r[base + 28] = around[13] if later else 0
    r[base + 29] = around[17] if now[CHANNEL] > 1 else 0
    r[base + 30] = g[BLEND] >> 2
    r[base + 31] = (g[MEDIAN] + 8) >> 4
    i = now[SAMPLE] - s.layout[CHANNELS]
    r[base + 32] = (
        between(np.int64(s.errors[BLEND, i & (s.errors.shape[1] - 1)]) >> 6, np.int64(-15), np.int64(15)) + 16
    )
    r[base + 33] = around[17] if stack else 0
    r[base + 34] = around[6]
    r[base + 35] = around[8]
    two, four = np.int64(0), np.int64(0)
    for k in range(6):
        two = two << 2 | (around[k] >> 6 & 3)
        if k > 0:
            four = four << 4 | (around[k] >> 4 & 15)
    three = np.int64(0)
    for k in (0, 1, 2, 3, 6, 8):
        three = three << 3 | (around[k] >> 5 & 7)
    r[base + 36] = two
    r[base + 37] = three
    r[base + 38] = four
    r[base + 39] = (now[ROW] >> 1) * 16 + (now[COLUMN] >> 1)
    r[base + 40] = around[12] if s.layout[TILE] > 0 else 0
