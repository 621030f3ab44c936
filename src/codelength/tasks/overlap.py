"""Contamination: how much of a task stands word for word in a source.

A source that holds (parts of) the task saves bits for a reason that will not last: it has seen the answers. Text of
one kind also repeats itself (a log's templates, a licence's header), so what is counted are *distinct* stretches:

    overlap = |windows(task) and windows(source)| / |windows(task)|,   windows(x): the distinct stretches of 48 bytes

A boilerplate line that the task says a thousand times counts once; a copied document counts in full. Windows are found
by a rolling hash (Karp & Rabin 1987) and compared byte by byte, so that no match is a coincidence of hashes.
O(|task| + |source|) time; 25 to 50 bytes of memory for each byte of the task, none for the source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

WINDOW = 48
"""Bytes that must agree in a row before a match counts."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
_SHIFT = np.uint64(32)


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Where a source covers a task. `covered`: (n,) bool, bytes of the task that lie in a matching window (the first
    of equal ones); `fraction`: of the task's distinct windows, those that the source has.
    """

    covered: NDArray[np.bool_]
    fraction: float

    @property
    def size(self) -> int:
        """Bytes of the task covered."""
        return int(self.covered.sum())


def cover(task: bytes, source: bytes, *, window: int = WINDOW) -> Coverage:
    """Which bytes of `task` lie in stretches of `window` bytes or more that `source` has too.

    Parameters
    ----------
    task, source
        Any bytes. A task shorter than `window` is covered when the source contains it as a whole.
    window
        Bytes in a row that must agree.

    Examples
    --------
    >>> cover(b"one two three four", b"zero one two three", window=8).size
    13
    """
    window = max(1, min(window, len(task)))
    symbols = np.frombuffer(task, dtype=np.uint8)
    other = np.frombuffer(source, dtype=np.uint8)
    windows = max(0, symbols.size - window + 1) if symbols.size else 0
    table = np.full(1 << max(4, int(2 * windows).bit_length()), -1, dtype=np.int64)
    hashes = np.empty(windows, dtype=np.uint64)
    distinct = _fill(symbols, window, hashes, table)
    found = np.zeros(windows, dtype=np.bool_)
    _scan(symbols, other, window, hashes, table, found)
    covered = np.zeros(symbols.size, dtype=np.bool_)
    steps = np.zeros(symbols.size + 1, dtype=np.int64)
    np.add.at(steps, np.flatnonzero(found), 1)
    np.add.at(steps, np.flatnonzero(found) + window, -1)
    covered[:] = np.cumsum(steps)[:-1] > 0
    return Coverage(covered, int(found.sum()) / distinct if distinct else 0.0)


@njit(cache=True)
def _fill(data: NDArray[np.uint8], window: int, hashes: NDArray[np.uint64], table: NDArray[np.int64]) -> int:
    """Hash every window of `data` and keep the first of equal ones in the table; how many are distinct."""
    distinct = 0
    rolling, oldest = np.uint64(0), _ONE
    for _ in range(window):
        oldest = oldest * _BASE
    for at in range(data.shape[0]):
        rolling = rolling * _BASE + np.uint64(data[at]) + _ONE
        if at >= window:
            rolling -= oldest * (np.uint64(data[at - window]) + _ONE)
        start = at - window + 1
        if start < 0:
            continue
        hashes[start] = rolling
        slot = _slot(data, data, start, rolling, window, hashes, table)
        if table[slot] < 0:
            table[slot] = start
            distinct += 1
    return distinct


@njit(cache=True)
def _scan(
    data: NDArray[np.uint8],
    other: NDArray[np.uint8],
    window: int,
    hashes: NDArray[np.uint64],
    table: NDArray[np.int64],
    found: NDArray[np.bool_],
) -> None:
    """Mark the windows of `data` that `other` has."""
    rolling, oldest = np.uint64(0), _ONE
    for _ in range(window):
        oldest = oldest * _BASE
    for at in range(other.shape[0]):
        rolling = rolling * _BASE + np.uint64(other[at]) + _ONE
        if at >= window:
            rolling -= oldest * (np.uint64(other[at - window]) + _ONE)
        start = at - window + 1
        if start < 0:
            continue
        slot = _slot(data, other, start, rolling, window, hashes, table)
        if table[slot] >= 0:
            found[table[slot]] = True


@njit(cache=True)
def _slot(
    data: NDArray[np.uint8],
    other: NDArray[np.uint8],
    start: int,
    rolling: np.uint64,
    window: int,
    hashes: NDArray[np.uint64],
    table: NDArray[np.int64],
) -> int:
    """Where in the table the window other[start : start + window] is, or would be: open addressing."""
    mask = table.shape[0] - 1
    slot = np.int64((rolling ^ (rolling >> _SHIFT)) & np.uint64(mask))
    while table[slot] >= 0:
        here = table[slot]
        if hashes[here] == rolling:
            same = True
            for k in range(window):
                if data[here + k] != other[start + k]:
                    same = False
                    break
            if same:
                break
        slot = (slot + 1) & mask
    return int(slot)
