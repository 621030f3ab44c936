"""The state of context mixing: arrays of integers, and the journal that puts them back.

Everything a kernel changes lies here, so that a copy, a growth or an undo is complete by construction. Registers are
single integers: some are features of the past, which contexts and selectors name (`seen_*` files keep them), some are
the kernel's own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, kernel

SLOT = 16
"""Bytes of a slot: the check and the histories of the 15 nodes of a nibble."""

LANES = 8
"""Inputs are padded to a multiple of this, so that the mixers' loops become vector instructions."""

BUCKETS = 25
"""Interpolation points of a final map: stretch from -12 to 12 in steps of 1."""

MATCH_MAPS = 4 * 32 * 2

NODES = 16
"""Counters of a context and nibble: one cache line, of which the first is not used."""

FOLLOWED2, FOLLOWED3 = 256, 256 + 65536
"""Where in `follows` the contexts of order 2 and 3 begin."""

EXTRA_INPUTS = 2
"""Beside the contexts: the match twice, stretched and plain."""

# Registers. Features of the past come first: contexts and selectors name them.
NOTHING, RECENT, OLDER, LAST, BEFORE, THIRD = 0, 1, 2, 3, 4, 5
WORD, WORD1, WORD2, WORD_LENGTH, GAP, CAPITAL, TAG, NUMBER, LETTERS, FIRST_WORD = 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
CLASSES, SHAPE, BRACKET, COLUMN, LINE_START, LINE_HASH, ABOVE, ABOVE_NEXT = 16, 17, 18, 19, 20, 21, 22, 23
FOLLOW1, FOLLOW2, FOLLOW3, POSITION_IN_WORD, CLASSES_PAIR, DETAIL = 24, 25, 26, 27, 28, 29
# The kernel's own.
SEEN, LINE, LAST_LINE, NEW_CAPITAL, IN_TAG, FOLLOW_KEY = 32, 33, 34, 35, 36, 37
MATCH, LENGTH, MISSES, EXPECTED, LENGTH_CLASS, MATCH_CELL, MATCH_ROW = 38, 39, 40, 41, 42, 43, 44
PARTIAL, DEPTH, NODE, MIXED, FINAL1, FINAL2, FRACTION, KNOWN = 45, 46, 47, 48, 49, 50, 51, 52
HASHED, MODEL, TRUST, LEARNED, AWAKE, HELD, PACE, DOUBTED = 53, 54, 55, 56, 57, 58, 59, 60
HELD_DOUBTED, EPOCH, RATE, BUCKET, FINE, FINAL3, FINAL4 = 61, 62, 63, 64, 65, 66, 67
FIRST_WEIGHT, COUNT_ROWS, FINAL_ROWS = 68, 69, 70
KIND = 72
"""The first of the registers that a kind of data names for itself."""

KIND_REGISTERS = 64
REGISTERS = KIND + KIND_REGISTERS


class State(NamedTuple):
    """Everything that has been learned. Arrays may be replaced by larger ones between bytes (`predictor._grown`)."""

    slots: NDArray[np.uint8]
    """(slots * 16 + contexts * 16,): hashed bit histories; behind the table a spare slot for each context, to be used
    while nothing is to be remembered."""
    history: NDArray[np.uint8]
    """All bytes seen, with room for more."""
    places: NDArray[np.int32]
    """Position after the last occurrence of each hashed run of MIN_MATCH bytes; 0 is none."""
    finals: NDArray[np.uint32]
    """(maps * rows * BUCKETS,): the final maps of order 1 and 2, in a fine model of order 3 and words too, in units of
    2**-24, exclusive-or their start, so that a fresh one is all zero. Rows are a power of two, at most 65,536; contexts
    are cut to it."""
    weights: NDArray[np.int32]
    """(rows, inputs), in units of 2**-16, beside the first weight of the contexts' and the match's inputs, so that
    fresh ones are all zero; inputs are padded to a multiple of LANES. Rows of all selectors, one after the other."""
    follows: NDArray[np.uint32]
    """(FOLLOWED3 + 65536,): the bytes that last followed each context of order 1, 2 and 3 (hashed to 16 bits)."""
    counts: NDArray[np.uint32]
    """(counted * rows * NODES,): the counters of the counted contexts (`cells`); rows are a power of two."""
    stamps: NDArray[np.int64]
    """(rows,): the scoring in which a row of weights was last kept."""
    maps: NDArray[np.uint32]
    """(contexts * 256,): probability (22 bits) and count (10 bits) of each history in each context."""
    match_maps: NDArray[np.uint32]
    """(MATCH_MAPS,): the same for match lengths."""
    outer: NDArray[np.int64]
    """(256, selectors), in units of 2**-16."""
    inputs: NDArray[np.int32]
    hashes: NDArray[np.int64]
    bases: NDArray[np.int64]
    cells: NDArray[np.int64]
    counters: NDArray[np.int64]
    """(counted,): where each counted context's row begins."""
    rows: NDArray[np.int64]
    votes: NDArray[np.int64]
    """(2 * selectors,): each selector's stretched vote, then its probability."""
    brackets: NDArray[np.int64]
    """(32,): how many brackets are open, then which."""
    registers: NDArray[np.int64]
    """(REGISTERS,)"""
    parts: NDArray[np.int64]
    """(contexts, parts): which registers each context sees; never changed, as all from here on."""
    masks: NDArray[np.int64]
    """(contexts, parts): and which of their bits."""
    salts: NDArray[np.int64]
    """(contexts,): where each context's hash begins; its identity."""
    known_bits: NDArray[np.int64]
    """(contexts,): the bit of KNOWN that says whether the context has a history, or 0."""
    selectors: NDArray[np.int64]
    """(selectors, 4): register, first row, how the row follows from it, how many values it may have."""
    journal: NDArray[np.int64]
    """What a scoring has to put back, the last first: entry count, then (where, was, was) for each."""
    kept: NDArray[np.int32]
    """(n, inputs): rows of weights that a scoring has to put back."""
    kept_rows: NDArray[np.int64]
    """How many, then which."""


SMALL = slice(8, 20)
"""Fields that a scoring copies, from `maps` to `registers`; those before are noted in the journal."""

FRESH = (1 << 30) - (1 << 20)
"""Trust at the beginning of a target, in units of 2**-30."""

DOUBT = np.int64(1) << 29
"""Trust below this (1/2) means that the data look like noise."""

SLOTS, FINALS, PLACES, FOLLOWS, COUNTS = (np.int64(array) << 40 for array in range(5))
"""Where an entry of the journal belongs."""


@inlined
def note(s: State, where: int, was: int, also: int) -> None:
    """Add an entry to the journal: where, and what was there. A journal of size 1 notes nothing."""
    if s.journal.shape[0] > 1:
        n = s.journal[0]
        s.journal[1 + 3 * n] = where
        s.journal[2 + 3 * n] = was
        s.journal[3 + 3 * n] = also
        s.journal[0] = n + 1


@kernel
def note_row(s: State, row: int) -> None:
    """Keep a row of weights, once in a scoring."""
    if s.journal.shape[0] > 1 and s.stamps[row] != s.registers[EPOCH]:
        s.stamps[row] = s.registers[EPOCH]
        n = s.kept_rows[0]
        s.kept_rows[0] = n + 1
        s.kept_rows[1 + n] = row
        for k in range(s.weights.shape[1]):
            s.kept[n, k] = s.weights[row, k]


@kernel
def undo(s: State) -> None:
    """Put the big arrays back as they were when the journal was opened, and empty it."""
    journal = s.journal
    for n in range(journal[0] - 1, -1, -1):
        where = journal[1 + 3 * n]
        was = journal[2 + 3 * n]
        if where >= COUNTS:
            s.counts[where - COUNTS] = np.uint32(was)
        elif where >= FOLLOWS:
            s.follows[where - FOLLOWS] = np.uint32(was)
        elif where >= PLACES:
            s.places[where - PLACES] = np.int32(was)
        elif where >= FINALS:
            s.finals[where - FINALS] = np.uint32(was)
        else:
            also = journal[3 + 3 * n]
            for k in range(8):
                s.slots[where + k] = np.uint8(was >> (8 * k) & 255)
                s.slots[where + 8 + k] = np.uint8(also >> (8 * k) & 255)
    journal[0] = 0
    for n in range(s.kept_rows[0]):
        for k in range(s.weights.shape[1]):
            s.weights[s.kept_rows[1 + n], k] = s.kept[n, k]
    s.kept_rows[0] = 0
