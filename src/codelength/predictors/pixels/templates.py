"""The bilevel kind: 18 pixel neighbourhoods, looked up for every bit (one bit a pixel, leftmost in the highest bit).

    rows above (1 to 7)   . . . . . . .        a context is the pixels of a template: known ones to the left (up to 24)
                          . . . . . . .        and windows of the rows above, as in JBIG (ITU-T T.82) but larger,
    this row              . . . x              and the runs of the fax codes (ITU-T T.4: a0, b1)

Each context is a place in a table of its own, indexed directly or by a hash without a check, with two cells: a
probability with its count (step 1/(n + 1.6)) and a bit history. Three inputs each: stretch(p), p - 1/2, and stretch of
the history's adaptive probability. Eight registers hold small neighbourhoods for selectors and final maps.

Cost: about 6 microseconds a byte; 1.4 kB of memory for each byte seen, up to 94 MB.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.hashing import M32
from codelength.predictors.histories import histories
from codelength.predictors.logistic import stretch_table
from codelength.predictors.mixing.state import KIND

TEMPLATES = 18
INPUTS = 3 * TEMPLATES
WIDTH, OFFSET, ORIGIN = range(3)

FIRST_BITS, MOST_BITS = 14, 20
PLACES_PER_BYTE = 16
"""Places of each template's table for each byte seen, before it doubles."""

_ONE = 1 << 22
_LIMIT = 1023
_STEP = np.array([65536 * 10 // (10 * n + 16) for n in range(_LIMIT + 1)], dtype=np.int64)
_STRETCH = stretch_table(12)
_HISTORIES = histories()
_NEXT = _HISTORIES.next

REGISTERS = (
    "SMALL",  # 2 pixels to the left, 3 above, 3 above those
    "RUNS",  # run to the left * 16 + distance of the next change above
    "COLUMN",  # 5 pixels straight above and 3 to the left
    "JBIG",  # the 16 pixels of a JBIG-like template: first final map
    "WIDE",  # 16 bits of the hash of a template of 29: second final map
    "TALL",  # 16 bits of the hash of one of 32, four rows: third final map
    "TRUST",  # how often four large templates were seen: 0, < 3, < 20, more, in two bits each
)
"""Names of the registers, in order: the first is register `KIND` of context mixing."""

JBIG, WIDE, TALL = KIND + 3, KIND + 4, KIND + 5


class BilevelState(NamedTuple):
    """The arrays of the bilevel kind; b = bits of index, which grow."""

    layout: Any  # (3,) int64: bytes in a row, bytes before the first, where the target began
    windows: Any  # (8,) int64: five bytes of this row and of the seven above, the byte above in the middle
    cells: Any  # (TEMPLATES, 2**b) uint32: probability << 10 | count
    states: Any  # (TEMPLATES, 2**b) uint8: bit histories
    maps: Any  # (TEMPLATES * 256,) uint32: probability << 10 | count of each history
    places: Any  # (TEMPLATES,) int64: where the next bit's contexts are
    chosen: Any  # (TEMPLATES,) int64: which cell of maps


def bilevel_state(width: int, offset: int) -> BilevelState:
    """The state before the first byte."""
    bits = FIRST_BITS
    return BilevelState(
        layout=np.array([width, offset, 0], dtype=np.int64),
        windows=np.zeros(8, dtype=np.int64),
        cells=np.full((TEMPLATES, 1 << bits), 1 << 31, dtype=np.uint32),
        states=np.zeros((TEMPLATES, 1 << bits), dtype=np.uint8),
        maps=np.tile(_HISTORIES.start.astype(np.uint32) << np.uint32(10), TEMPLATES).astype(np.uint32),
        places=np.zeros(TEMPLATES, dtype=np.int64),
        chosen=np.zeros(TEMPLATES, dtype=np.int64),
    )


def bilevel_room(s: BilevelState, seen: int) -> int:
    """How many more bytes before the tables are to double; a large number once they never will."""
    places = s.cells.shape[1]
    return places // PLACES_PER_BYTE - seen if places < 1 << MOST_BITS else 1 << 62


def bilevel_grown(s: BilevelState, seen: int) -> BilevelState:
    """The tables twice, when the bytes seen fill them."""
    if bilevel_room(s, seen) > 0:
        return s
    cells, states = np.concatenate([s.cells, s.cells], axis=1), np.concatenate([s.states, s.states], axis=1)
    return s._replace(cells=cells, states=states)


@inlined
def pixels(window: int, depth: int, left: int, right: int) -> Any:
    """The pixels from `left` before to `right` after the one above the next, of one row's window (40 pixels)."""
    return (window >> (23 - depth - right)) & ((np.int64(1) << (left + right + 1)) - 1)


@inlined
def folded(h: Any, value: int, factor: int) -> Any:
    """A hash of 32 bits that takes one more number in."""
    h = ((h ^ value) * factor) & M32
    return h ^ (h >> 15)


@inlined
def hashed(a: int, b: int, c: int) -> Any:
    """20 bits or more of three groups of pixels."""
    h = ((a + 1) * 0x2F0B4C47) & M32
    h = folded(h ^ (h >> 15), b, np.int64(0x1B873593))
    h = folded(h, c, np.int64(0x165667B1))
    return (h * 0x1E3779B1 & M32) >> 10


@inlined
def look_at_rows(s: BilevelState, history: Any, seen: int) -> None:
    """The 40 pixels around this byte in this row and in each of the seven above, 0 outside of the image."""
    for row in range(8):
        window: Any = np.int64(0)
        for k in range(-2, 3):
            at = seen - s.layout[WIDTH] * row + k
            window <<= 8
            if s.layout[ORIGIN] <= at < seen:
                window |= np.int64(history[at])
        s.windows[row] = window


@inlined
def run_left(left: int) -> Any:
    """Pixels to the left of the colour of the nearest, up to 16."""
    changed = left ^ (0xFFFFFF if left & 1 else 0)
    n = np.int64(0)
    while n < 16 and (changed >> n) & 1 == 0:
        n += 1
    return n


@inlined
def run_above(row: int, depth: int, direction: int) -> Any:
    """Distance of the first change in the row above, to the right (-1) or left (1), up to 15."""
    at = 23 - depth
    colour = (row >> at) & 1
    n = np.int64(1)
    while n < 15 and at + direction * n > 0 and (row >> (at + direction * n)) & 1 == colour:
        n += 1
    return n


@inlined
def find_places(s: BilevelState, left: int, d: int, column: int, r: Any, base: int) -> None:
    """Every template's place for the next pixel, and the registers."""
    w = s.windows
    r1, r2, r3, r4, r5, r6 = w[1], w[2], w[3], w[4], w[5], w[6]
    run = run_left(left)
    ahead = run_above(r1, d, np.int64(-1))
    behind = run_above(r1, d, np.int64(1))
    colours = (left & 1) * 2 + pixels(r1, d, 0, 0)
    straight = np.int64(0)
    for k in range(1, 8):
        straight |= pixels(w[k], d, 0, 0) << (k - 1)
    p = s.places
    p[0] = (left & 15) << 12 | pixels(r1, d, 3, 3) << 5 | pixels(r2, d, 2, 2)
    p[1] = hashed(left & 63, pixels(r1, d, 4, 4), pixels(r2, d, 3, 2))
    p[2] = hashed(left & 7, pixels(r1, d, 1, 2), pixels(r2, d, 1, 1) | pixels(r3, d, 1, 1) << 3
                  | pixels(r4, d, 1, 1) << 6 | pixels(r5, d, 0, 0) << 9 | pixels(r6, d, 0, 0) << 10)  # fmt: skip
    p[3] = (left & 1023) << 8 | pixels(r1, d, 2, 5)
    p[4] = hashed(left & 7, pixels(r1, d, 7, 7), pixels(r2, d, 1, 1))
    p[5] = hashed(
        left & 63, pixels(r1, d, 3, 3) << 7 | pixels(r2, d, 3, 3), pixels(r3, d, 3, 3) << 7 | pixels(r4, d, 2, 2)
    )
    p[6] = hashed(left & 0xFFFF, pixels(r1, d, 0, 3), pixels(r2, d, 0, 1))
    p[7] = (left & 7) << 8 | straight
    p[8] = (left & 3) << 3 | pixels(r1, d, 1, 1)
    p[9] = hashed(
        left & 0xFFF, pixels(r1, d, 6, 6) << 13 | pixels(r2, d, 5, 5), pixels(r3, d, 4, 4) << 9 | pixels(r4, d, 3, 3)
    )
    p[10] = ((run * 16 + ahead) * 16 + behind) * 4 + colours
    p[11] = hashed(left & 255, pixels(r1, d, 5, 5), pixels(r2, d, 4, 4) << 9 | pixels(r3, d, 2, 2))
    p[12] = hashed(left, pixels(r1, d, 10, 10), np.int64(0))
    p[13] = hashed(
        np.int64(0), pixels(r1, d, 4, 4) << 9 | pixels(r2, d, 4, 4), pixels(r3, d, 4, 4) << 9 | pixels(r4, d, 4, 4)
    )
    p[14] = hashed(left & 3, pixels(r1, d, 2, 2) << 5 | pixels(r2, d, 2, 2), pixels(r3, d, 2, 2) << 15
                   | pixels(r4, d, 2, 2) << 10 | pixels(r5, d, 2, 2) << 5 | pixels(r6, d, 2, 2))  # fmt: skip
    p[15] = hashed(
        left & 0xFFFF, pixels(r1, d, 8, 8) << 17 | pixels(r2, d, 8, 8), pixels(r3, d, 7, 7) << 15 | pixels(r4, d, 6, 6)
    )
    p[16] = hashed(column, left & 7, pixels(r1, d, 1, 1))
    p[17] = hashed(run, pixels(r2, d, 3, 3) << 4 | ahead, behind << 2 | colours)
    r[base] = p[8] | pixels(r2, d, 1, 1) << 5
    r[base + 1] = min(run, np.int64(15)) * 16 + ahead
    r[base + 2] = (straight & 31) | (left & 7) << 5
    r[base + 3] = p[0]
    r[base + 4] = p[11] & 0xFFFF
    r[base + 5] = p[5] & 0xFFFF


@inlined
def often(cell: int) -> Any:
    """How often a cell (count in its low 10 bits) was met: 0 never, 1, 2 from three times on, 3 from twenty on."""
    n = cell & 1023
    return np.int64(n > 0) + np.int64(n >= 3) + np.int64(n >= 20)


@kernel
def offer_bilevel(
    s: BilevelState, history: Any, seen: int, partial: int, depth: int, inputs: Any, at: int, r: Any, base: int
) -> None:
    """Write INPUTS inputs for the next bit at inputs[at], and the registers at r[base]."""
    if depth == 0:
        look_at_rows(s, history, seen)
    left = (((s.windows[0] >> 24) << depth) | (partial - (np.int64(1) << depth))) & 0xFFFFFF
    column = (seen - s.layout[ORIGIN] - s.layout[OFFSET]) % s.layout[WIDTH] * 8 + depth
    find_places(s, left, depth, column, r, base)
    mask = s.cells.shape[1] - 1
    for k in range(TEMPLATES):
        place = s.places[k] & mask
        s.places[k] = place
        p = np.int64(s.cells[k, place] >> 10)
        seen_before = np.int64(s.states[k, place])
        chosen = k * 256 + seen_before
        s.chosen[k] = chosen
        inputs[at + 3 * k] = _STRETCH[p >> 10]
        inputs[at + 3 * k + 1] = (p - (_ONE >> 1)) >> 11
        inputs[at + 3 * k + 2] = _STRETCH[np.int64(s.maps[chosen]) >> 20] if seen_before != 0 else 0
    trust = np.int64(0)
    for k in (1, 5, 9, 15):
        trust = trust * 4 + often(np.int64(s.cells[k, s.places[k]]))
    r[base + 6] = trust


@inlined
def stepped(cell: int, target: int) -> Any:
    """A probability with its count after one more bit."""
    n = cell & 1023
    p = cell >> 10
    p += ((target - p) * _STEP[n]) >> 16
    return p << 10 | (n + np.int64(n < _LIMIT))


@kernel
def learn_bilevel(s: BilevelState, bit: int) -> None:
    """Every template learns the bit."""
    target = np.int64(bit) * (_ONE - 1)
    for k in range(TEMPLATES):
        place = s.places[k]
        s.cells[k, place] = np.uint32(stepped(np.int64(s.cells[k, place]), target))
        s.maps[s.chosen[k]] = np.uint32(stepped(np.int64(s.maps[s.chosen[k]]), target))
        s.states[k, place] = _NEXT[s.states[k, place], bit]
