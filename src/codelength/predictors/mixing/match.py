"""The match model's memory: where the last bytes occurred before, and what to expect from there.

After a mispredicted byte it goes on behind it (recovery), so that an edit in a long copy costs one byte, not a search.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import inlined, joined
from codelength.predictors.hashing import M32, MULTIPLIERS, SPREAD
from codelength.predictors.mixing.ahead import fetch
from codelength.predictors.mixing.state import EXPECTED, LENGTH, LENGTH_CLASS, MATCH, MISSES, PLACES, SEEN, State, note

MIN_MATCH = 7
"""Bytes that are hashed to find a match."""

VERIFIED = 48
"""A found match is compared with the past over at most this many bytes."""


@inlined
def _same(history: NDArray[np.uint8], here: int, there: int) -> bool:
    return history[here] == history[there]


@inlined
def expect(s: State) -> None:
    """What the match expects of the byte that begins."""
    r = s.registers
    length = r[LENGTH]
    r[EXPECTED] = 0
    if length > 0:
        r[EXPECTED] = np.int64(s.history[r[MATCH]]) | 256
    if length < 16:
        r[LENGTH_CLASS] = length
    elif length < 32:
        r[LENGTH_CLASS] = 16 + ((length - 16) >> 2)
    else:
        r[LENGTH_CLASS] = min(20 + ((length - 32) >> 5), 31)


@inlined
def _place(s: State) -> Any:
    """Where the last occurrence of the last bytes is kept."""
    place = np.int64(0)
    last = np.uint64(s.registers[SEEN] - 1)
    for k in range(MIN_MATCH):
        place = ((place + np.int64(s.history[last - np.uint64(k)]) + 1) * MULTIPLIERS[0]) & M32
    return np.uint64(((place ^ (place >> 15)) * SPREAD & M32) >> 7 & (np.int64(s.places.shape[0]) - 1))


@inlined
def seek_match(s: State) -> None:
    """Fetch what `follow_match` is going to read."""
    if s.registers[SEEN] >= MIN_MATCH:
        fetch(s.places, _place(s))


@joined
def follow_match(s: State) -> None:
    """Go on with the match, look for a better one, and after a mispredicted byte go on behind it (recovery)."""
    r = s.registers
    seen = r[SEEN]
    if r[LENGTH] > 0:
        right = s.history[r[MATCH]] == s.history[seen - 1]
        r[MATCH] += 1
        if right:
            r[LENGTH] = min(r[LENGTH] + 1, np.int64(65535))
            if r[LENGTH] >= 16:
                r[MISSES] = 0
        else:
            r[LENGTH] = 0
            r[MISSES] += 1
    if seen < MIN_MATCH:
        return
    place = _place(s)
    if r[LENGTH] < 16:
        start = np.int64(s.places[place])
        if start > 0:
            length = np.int64(0)
            while length < VERIFIED and length < start and _same(s.history, start - 1 - length, seen - 1 - length):
                length += 1
            if length >= MIN_MATCH and length > r[LENGTH]:
                r[LENGTH] = length
                r[MATCH] = start
                r[MISSES] = 0
    if r[LENGTH] == 0 and 0 < r[MISSES] < 8:
        r[LENGTH] = 1
    note(s, PLACES + np.int64(place), np.int64(s.places[place]), np.int64(0))
    s.places[place] = np.int32(seen)
