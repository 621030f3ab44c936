"""What the delta code remembers: the side information with its index, which never change, and what a target teaches.

A pointer p below n = len(known) is a place in the side information; from n on, p - n is a place in the target itself,
whose last 2**26 bytes are held in a ring. Memory: the side information and its index (at most 132 MB: see `index`),
shared by all targets; a target takes three quarters of a megabyte and its own size.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from codelength.predictors.delta.index import EDIT_BITS, FIRST_BITS, NEW_BITS, index

RING_BITS = 26
"""So many bytes of the target (as a power of two) can be pointed at."""

ROLES = 4
ON, STAY, SKIP, FOUND = range(ROLES)
"""Candidates for the place that comes next: see `alignment`."""

POINTER, RUN = 0, 4  # registers, one for each role: where it stands (-1: nowhere), hits in a row
SEEN = 8  # bytes of the target
SINCE = 9  # bytes since the last place at which the copy was sure
MISSES = 10  # of ON, since then
ANCHOR = 11  # the place where the copy stopped being sure
JUMP, LAST_JUMP = 12, 13  # bytes that SKIP leaves out; that it left out when it was last right
LENGTH = 14  # bytes before FOUND that agree
MODE = 15
PARTIAL = 16  # bits of this byte so far, after a leading 1; 0: nothing is prepared for this byte
EXPECTED = 17  # byte of a sure copy
PART = 18  # which set of shares divides the rest (see `masses`)
VOTES = 19  # how many candidates were asked
STEP = 20  # every so many-th place of the side information is indexed
RECENT = 21  # the last eight bytes
WARNED = 22  # whether the last two warnings were right, a bit each
REGISTERS = 24

OPEN, SURE, DEVIATED, DOUBTED = range(4)
"""Modes of a byte: all candidates are asked; the copy is sure; it was, until some bit of this byte was another; it is,
but a copy has stopped after these bytes before."""

LEVELS = 25
"""Cells of a sure copy, by the logarithm of its run."""

RUNS, EXTRAS, AGREEING = 9, 4, 3
CELLS = ROLES * RUNS * EXTRAS * AGREEING
PARTS = 3
"""What the rest is divided among: what followed this context, what followed the last byte, all bytes alike."""

CLASSES = 8
UNIT = 32
"""One observation in a cell."""


class DeltaState(NamedTuple):
    """Arrays of one predictor. The first four are shared by all copies and never written."""

    known: Any  # uint8 (n)
    far: Any  # int32 (2^k): where a long context was met last, in steps, plus 1
    near: Any  # int32 (2^k): likewise for short ones
    back: Any  # int32 (n / step + 1): where the short context was met before
    new: Any  # uint8 (2^k): the target, a ring
    new_far: Any  # int32 (2^NEW_BITS): where a long context was met in what is new, plus 1
    new_near: Any  # int32 (2^NEW_BITS): likewise for short ones
    edits: Any  # int32 (2^EDIT_BITS): where a copy stopped after these bytes, plus 1
    pairs: Any  # int64 (256, 256): how often a byte followed another
    trust: Any  # int64 (CELLS, 2): hits and misses of candidates, in UNITs
    sure: Any  # int64 (LEVELS, 2): likewise of a sure copy
    deviations: Any  # int64 (CLASSES, 8): at which bit misses begin, in UNITs
    hazard: Any  # uint32 (CLASSES, 8): probability of a first other bit, 2**-32
    shares: Any  # int64 (2 * 4, PARTS + 1): of the rest, 2**-16; and a count
    followers: Any  # int64 (256): scratch of `masses`
    below: Any  # int64 (257): mass of all bytes below a value
    votes: Any  # int64 (ROLES, 3): cell, byte and mass of each candidate that is asked
    registers: Any  # int64 (REGISTERS)


SHARED = 4
"""So many fields, from the first on, are never written."""


def new_state(known: Any) -> DeltaState:
    """The state before a target, given these bytes."""
    step, far, near, back, pairs = index(known)
    registers = np.zeros(REGISTERS, np.int64)
    registers[POINTER : POINTER + ROLES] = -1
    if known.size:
        registers[POINTER + ON] = registers[POINTER + STAY] = 0
    registers[STEP] = step
    return DeltaState(
        known,
        far,
        near,
        back,
        new=np.zeros(1 << FIRST_BITS, np.uint8),
        new_far=np.zeros(1 << NEW_BITS, np.int32),
        new_near=np.zeros(1 << NEW_BITS, np.int32),
        edits=np.zeros(1 << EDIT_BITS, np.int32),
        pairs=pairs,
        trust=_first_trust(),
        sure=np.array([[UNIT << level, UNIT // 4] for level in range(LEVELS)], np.int64),
        deviations=np.tile(UNIT << np.arange(7, -1, -1, dtype=np.int64), (CLASSES, 1)),
        hazard=np.zeros((CLASSES, 8), np.uint32),
        shares=_first_shares(),
        followers=np.zeros(256, np.int64),
        below=np.zeros(257, np.int64),
        votes=np.zeros((ROLES, 3), np.int64),
        registers=registers,
    )


def grown(state: DeltaState) -> DeltaState:
    """The same with twice the room for the target."""
    return state._replace(new=np.concatenate((state.new, np.zeros_like(state.new))))


def _first_trust() -> Any:
    """Hits and misses before any: the longer the run, the surer; substitutions are likelier than other edits."""
    cells = np.empty((ROLES, RUNS, EXTRAS, AGREEING, 2), np.int64)
    runs = np.array([0, 1, 2, 3, 4, 6, 9, 16, 1])
    for role, first in ((ON, 0.5), (STAY, 0.2), (SKIP, 0.3), (FOUND, 1.0)):
        cells[role, ..., 0] = np.rint(UNIT * (first + 2 * runs))[:, None, None]
        cells[role, ..., 1] = UNIT // 2
    return cells.reshape(CELLS, 2)


def _first_shares() -> Any:
    """Of the rest, by the class of the longest context; without one nothing has followed it."""
    shares = np.tile(np.array([40000, 16000, 9536, 0], np.int64), (8, 1))
    shares[[0, 4]] = (0, 41024, 24512, 0)
    return shares
