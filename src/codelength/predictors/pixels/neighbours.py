"""The neighbours of a sample: known samples around it, of its own channel, of the channels before, of the frame before.

        NNW NN NNE                      around[0..11] = W N NW NE WW NN NNE NNW NEE NWW WWW NNN
    NWW NW  N  NE NEE                   then, for a later channel: the channel before at the same pixel, W, N, NW, NE
    WW  W   x                           (and the same of the channel before that);
                                        or, in a stack: the frame before at the same pixel, its 8 neighbours, and the
                                        frame before that;
                                        or, in a grey tile: the mirrored place and those beside it, those above them
                                        (what a tile shows is often symmetric), then NNEE NNWW NEEE NNNE

Outside of the image the nearest known neighbour stands in, so that tiles do not read each other. About 50 ns a sample.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.pixels.state import (
    CHANNEL,
    CHANNELS,
    COLUMN,
    COUNT,
    ROW,
    ROW_SAMPLES,
    ROWS,
    SAMPLE,
    STACK,
    TILE,
    WIDTH,
    PixelState,
)


@inlined
def sample(s: PixelState, at: int) -> Any:
    """A sample by its number (before the first: an empty place of the ring)."""
    return np.int64(s.samples[np.uint64(at & (s.samples.shape[0] - 1))])


@kernel
def gather(s: PixelState) -> None:
    """Write the neighbours of sample now[SAMPLE] into `around`, their count into now[COUNT]."""
    i = s.now[SAMPLE]
    channels = s.layout[CHANNELS]
    row = s.layout[ROW_SAMPLES]
    x = min(i % row // channels, s.layout[WIDTH] - 1)
    y = i // row
    if s.layout[ROWS] > 0:
        y %= s.layout[ROWS]
    s.now[COLUMN] = x
    s.now[ROW] = y
    s.now[CHANNEL] = i % row % channels
    around = s.around
    west = sample(s, i - channels) if x > 0 else (sample(s, i - row) if y > 0 else np.int64(0))
    north = sample(s, i - row) if y > 0 else west
    around[0] = west
    around[1] = north
    more = x + 1 < s.layout[WIDTH]
    around[2] = sample(s, i - row - channels) if x > 0 and y > 0 else west
    around[3] = sample(s, i - row + channels) if more and y > 0 else north
    around[4] = sample(s, i - 2 * channels) if x > 1 else west
    around[5] = sample(s, i - 2 * row) if y > 1 else north
    around[6] = sample(s, i - 2 * row + channels) if y > 1 and more else around[3]
    around[7] = sample(s, i - 2 * row - channels) if y > 1 and x > 0 else around[2]
    around[8] = sample(s, i - row + 2 * channels) if y > 0 and x + 2 < s.layout[WIDTH] else around[3]
    around[9] = sample(s, i - row - 2 * channels) if y > 0 and x > 1 else around[2]
    around[10] = sample(s, i - 3 * channels) if x > 2 else around[4]
    around[11] = sample(s, i - 3 * row) if y > 2 else around[5]
    n = np.int64(12)
    if s.now[CHANNEL] > 0:
        n = other_channel(s, i - 1, n)
        if s.now[CHANNEL] > 1:
            n = other_channel(s, i - 2, n)
    elif channels > 1:
        for k in range(1, 3):
            around[n] = sample(s, i - channels + k) if x > 0 else west
            around[n + 1] = sample(s, i - row + k) if y > 0 else north
            n += 2
    if s.layout[STACK] > 0:
        n = frame_before(s, i, row, n)
    if s.layout[TILE] > 0 and channels == 1:
        n = tile_around(s, i, row, n)
    s.now[COUNT] = n


@inlined
def tile_around(s: PixelState, i: int, row: int, n: int) -> Any:
    """The other side of a tile, and a wider view: that pays where each place has weights of its own."""
    around = s.around
    width = s.layout[WIDTH]
    x = s.now[COLUMN]
    y = s.now[ROW]
    start = i - x
    for k in range(3):
        mirrored = width - 2 - x + k
        inside = 0 <= mirrored < width
        above = sample(s, start - row + mirrored) if inside and y > 0 else around[1]
        around[n + k] = sample(s, start + mirrored) if inside and mirrored < x else above
        around[n + 3 + k] = above
    around[n + 6] = sample(s, i - 2 * row + 2) if y > 1 and x + 2 < width else around[6]
    around[n + 7] = sample(s, i - 2 * row - 2) if y > 1 and x > 1 else around[7]
    around[n + 8] = sample(s, i - row + 3) if y > 0 and x + 3 < width else around[8]
    around[n + 9] = sample(s, i - 3 * row + 1) if y > 2 and x + 1 < width else around[11]
    return n + 10


@inlined
def other_channel(s: PixelState, i: int, n: int) -> Any:
    """Sample i of a channel before, and its W, N, NW, NE."""
    channels = s.layout[CHANNELS]
    row = s.layout[ROW_SAMPLES]
    left = s.now[COLUMN] > 0
    up = s.now[ROW] > 0
    around = s.around
    around[n] = sample(s, i)
    around[n + 1] = sample(s, i - channels) if left else (sample(s, i - row) if up else np.int64(0))
    around[n + 2] = sample(s, i - row) if up else around[n + 1]
    around[n + 3] = sample(s, i - row - channels) if up and left else around[n + 2]
    around[n + 4] = sample(s, i - row + channels) if up and s.now[COLUMN] + 1 < s.layout[WIDTH] else around[n + 2]
    return n + 5


@inlined
def frame_before(s: PixelState, i: int, row: int, n: int) -> Any:
    """The frame before at the same pixel: itself, W, E, N, S, (two frames before), NW, NE, SW, SE."""
    frame = row * s.layout[ROWS]
    q = i - frame
    around = s.around
    if q < 0:
        for k in range(10):
            around[n + k] = around[0]
    else:
        around[n] = sample(s, q)
        around[n + 1] = sample(s, q - 1)
        around[n + 2] = sample(s, q + 1)
        around[n + 3] = sample(s, q - row)
        around[n + 4] = sample(s, q + row)
        around[n + 5] = sample(s, q - frame)
        around[n + 6] = sample(s, q - row - 1)
        around[n + 7] = sample(s, q - row + 1)
        around[n + 8] = sample(s, q + row - 1)
        around[n + 9] = sample(s, q + row + 1)
    return n + 10
