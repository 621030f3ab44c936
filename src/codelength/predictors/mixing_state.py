"""The state of context mixing: arrays of integers, and the journal that puts them back.

Everything a kernel changes lies here, so that a copy, a growth or an undo is complete by construction.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, kernel

SLOT = 16
"""Bytes of a slot: the check and the histories of the 15 nodes of a nibble."""

SPARE = 64 * SLOT
"""Bytes of slots behind the table: one for each context, to be used while nothing is to be remembered."""

LANES = 16
"""Inputs are padded to a multiple of this, so that the mixers' loops become vector instructions."""

SELECTORS = 4
MATCH_ROWS = 88
ROWS = 256 + 256 + 256 + MATCH_ROWS
BUCKETS = 25
"""Interpolation points of a final map: stretch from -12 to 12 in steps of 1."""

FINAL_ROW = 65536 * BUCKETS
MATCH_MAPS = 4 * 32 * 2

EXTRA_INPUTS = 2
"""Beside the contexts: the match twice, stretched and plain."""

# Registers.
SEEN, RECENT, OLDER, WORD, WORD1, WORD2, LINE, LAST_LINE, ABOVE = 0, 1, 2, 3, 4, 5, 6, 7, 8
MATCH, LENGTH, MISSES, EXPECTED, LENGTH_CLASS = 9, 10, 11, 12, 13
PARTIAL, DEPTH, NODE, MATCH_CELL, MIXED, FINAL1, FINAL2, FRACTION = 14, 15, 16, 17, 18, 19, 20, 21
TOUCHED, MODEL, TRUST, LEARNED, AWAKE, HELD, PACE, DOUBTED, HELD_DOUBTED = 22, 23, 24, 25, 26, 27, 28, 29, 30
REGISTERS = 31
"""Entries of the register array, one name each."""


class State(NamedTuple):
    """Everything that has been learned. Arrays may be replaced by larger ones between bytes (see `mixing.grown`)."""

    slots: NDArray[np.uint8]
    """(slots * 16,): hashed bit histories."""
    history: NDArray[np.uint8]
    """All bytes seen, with room for more."""
    places: NDArray[np.int32]
    """Position after the last occurrence of each hashed run of MIN_MATCH bytes; 0 is none."""
    finals: NDArray[np.uint32]
    """(2 * FINAL_ROW,): final maps in units of 2**-24, exclusive-or their start, so that a fresh one is all zero."""
    maps: NDArray[np.uint32]
    """(contexts * 256,): probability (22 bits) and count (10 bits) of each history in each context."""
    match_maps: NDArray[np.uint32]
    """(MATCH_MAPS,): the same for match lengths."""
    weights: NDArray[np.int32]
    """(ROWS, inputs), in units of 2**-16; inputs are padded to a multiple of 16."""
    outer: NDArray[np.int64]
    """(256, SELECTORS), in units of 2**-16."""
    inputs: NDArray[np.int32]
    hashes: NDArray[np.int64]
    bases: NDArray[np.int64]
    cells: NDArray[np.int64]
    rows: NDArray[np.int64]
    votes: NDArray[np.int64]
    """(2 * SELECTORS,): each selector's stretched vote, then its probability."""
    registers: NDArray[np.int64]
    masks: NDArray[np.int64]
    """(contexts, FEATURES)."""


FRESH = (1 << 30) - (1 << 20)
"""Trust at the beginning of a target, in units of 2**-30."""

DOUBT = np.int64(1) << 29
"""Trust below this (1/2) means that the data look like noise."""

Journal = NDArray[np.int64]
"""What to put back, the last first, so that scoring leaves no trace: entry count, then (where, was, was) for each.
An array of size 1 notes nothing.
"""

FINALS = np.int64(1) << 40
PLACES = np.int64(2) << 40


@inlined
def note(journal: Journal, where: int, was: int, also: int) -> None:
    """Add an entry: where, and what was there."""
    n = journal[0]
    journal[1 + 3 * n] = where
    journal[2 + 3 * n] = was
    journal[3 + 3 * n] = also
    journal[0] = n + 1


@kernel
def undo(s: State, journal: Journal) -> None:
    """Put the big arrays back as they were when the journal was opened, and empty it."""
    for n in range(journal[0] - 1, -1, -1):
        where = journal[1 + 3 * n]
        was = journal[2 + 3 * n]
        if where >= PLACES:
            s.places[where - PLACES] = np.int32(was)
        elif where >= FINALS:
            s.finals[where - FINALS] = np.uint32(was)
        else:
            also = journal[3 + 3 * n]
            for k in range(8):
                s.slots[where + k] = np.uint8(was >> (8 * k) & 255)
                s.slots[where + 8 + k] = np.uint8(also >> (8 * k) & 255)
    journal[0] = 0
