"""Passages that a target has word for word from its side information: where a saving comes from.

The target y is read from left to right; at each byte the longest stretch of x that agrees with what follows is taken
if it has at least `LEAST` bytes, and reading goes on behind it (the greedy parse of Ziv & Lempel 1977 against x alone,
with chains of hashed positions as in Deflate, RFC 1951). Of equally long ones the last in x is taken. At most `DEPTH`
positions of one hash are tried, so a longer one can be missed where x repeats itself. Time O(|x| + DEPTH |y|), times
what the positions tried agree in; 8 bytes of memory for each byte of x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAST = 12
"""Bytes in a row that must agree: fewer are found in any two texts."""

DEPTH = 24

_BASE = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(40)
_TABLE_BITS = 22


@dataclass(frozen=True, slots=True)
class Passage:
    """Bytes `start` up to `start + size` of the target are those from `at` on in piece number `piece` of the side."""

    start: int
    size: int
    piece: int
    at: int

    @property
    def end(self) -> int:
        """One past the last byte in the target."""
        return self.start + self.size


def passages(target: bytes, side: Sequence[bytes]) -> tuple[Passage, ...]:
    """The stretches of `target` that `side` has too, from left to right, none overlapping another.

    Parameters
    ----------
    target
        What is read.
    side
        Pieces of side information; a passage lies within one of them.

    Examples
    --------
    >>> passages(b"and then one two three four", [b"nothing", b"zero one two three"])
    (Passage(start=8, size=14, piece=1, at=4),)
    """
    data, known = np.frombuffer(target, dtype=np.uint8), np.frombuffer(b"".join(side), dtype=np.uint8)
    if data.size < LEAST or known.size < LEAST:
        return ()
    ends = np.cumsum([len(piece) for piece in side])
    bits = min(_TABLE_BITS, max(8, int(known.size).bit_length()))
    heads = np.full(1 << bits, -1, dtype=np.int64)
    older = np.empty(known.size, dtype=np.int64)
    _index(known, heads, older, ends)
    found = np.empty((data.size // LEAST + 1, 3), dtype=np.int64)
    out: list[Passage] = []
    for start, at, size in found[: _parse(data, known, heads, older, ends, found)].tolist():
        piece = int(np.searchsorted(ends, at, side="right"))
        out.append(Passage(start, size, piece, at - int(ends[piece]) + len(side[piece])))
    return tuple(out)


@njit(cache=True)
def _slot(data: NDArray[np.uint8], at: int, slots: int) -> int:
    """Hash of `LEAST` bytes."""
    mixed = np.uint64(0)
    for k in range(LEAST):
        mixed = (mixed + np.uint64(data[at + k]) + np.uint64(1)) * _BASE
    return int((mixed >> _SHIFT) & np.uint64(slots - 1))


@njit(cache=True)
def _index(
    known: NDArray[np.uint8], heads: NDArray[np.int64], older: NDArray[np.int64], ends: NDArray[np.int64]
) -> None:
    """Chain the positions of one hash, the last first. Within a run of one byte only its beginning, from where it is
    longest; else the run's end would fill the chain.
    """
    before, piece = -1, 0
    for at in range(known.shape[0] - LEAST + 1):
        begins = at == 0
        while ends[piece] <= at:
            piece += 1
            begins = True
        slot = _slot(known, at, heads.shape[0])
        if slot != before or begins:
            older[at] = heads[slot]
            heads[slot] = at
        before = slot


@njit(cache=True)
def _parse(
    data: NDArray[np.uint8],
    known: NDArray[np.uint8],
    heads: NDArray[np.int64],
    older: NDArray[np.int64],
    ends: NDArray[np.int64],
    found: NDArray[np.int64],
) -> int:
    """Write (start, at, size) of each passage; how many there are."""
    n, count, start = data.shape[0], 0, 0
    while start <= n - LEAST:
        best, where = LEAST - 1, -1
        at = heads[_slot(data, start, heads.shape[0])]
        for _ in range(DEPTH):
            if at < 0:
                break
            limit = min(n - start, ends[np.searchsorted(ends, at, side="right")] - at)
            size = 0
            while size < limit and data[start + size] == known[at + size]:
                size += 1
            if size > best:
                best, where = size, at
            at = older[at]
        if where < 0:
            start += 1
            continue
        found[count, 0], found[count, 1], found[count, 2] = start, where, best
        count += 1
        start += best
    return count
