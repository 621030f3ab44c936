"""A document cut into gaps and words: gap, word, gap, word, ..., gap, where the first and the last gap may be empty.

A word is a longest run of letters, digits, the underscore and bytes of 128 and more; a gap is what lies between. What
is longer than 24 bytes is cut there, with nothing of the other kind between the pieces. Words are looked up in lower
case (of A to Z); how the letters were written is one of four shapes: as in lower case, with a first capital, all
capitals (two letters or more), or anything else, where each letter says for itself. Cutting loses nothing and costs
one pass.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LONGEST = 24
"""Bytes in a word or a gap."""

LOWER, CAPITAL, CAPITALS, OTHER = range(4)
"""The shapes of a word."""

_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_GAP = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_S32 = np.uint64(32)


@njit(cache=True, inline="always")
def in_word(byte: int) -> bool:
    """Whether a byte belongs to words."""
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122 or byte == 95 or byte >= 128


@njit(cache=True, inline="always")
def lowered(byte: int) -> int:
    """A to Z as a to z."""
    return byte + 32 if 65 <= byte <= 90 else byte


@njit(cache=True)
def end_of(data: NDArray[np.uint8], at: int, stop: int, word: bool) -> int:
    """Where the word, or the gap, that begins at `at` ends."""
    stop = min(stop, at + LONGEST)
    while at < stop and in_word(data[at]) == word:
        at += 1
    return at


@njit(cache=True)
def key_of(data: NDArray[np.uint8], start: int, stop: int, word: bool) -> np.uint64:
    """64 bits that stand for a gap, or for a word in lower case (FNV-1a, Fowler, Noll & Vo 1991, spread); never 0."""
    key = _OFFSET if word else _GAP
    for at in range(start, stop):
        byte = lowered(data[at]) if word else np.int64(data[at])
        key = (key ^ np.uint64(byte)) * _PRIME
    key = (key ^ (key >> _S32)) * _SPREAD
    return (key ^ (key >> _S32)) | np.uint64(1)


@njit(cache=True)
def shape_of(data: NDArray[np.uint8], start: int, stop: int) -> int:
    """How the letters of a word were written."""
    letters = capitals = 0
    for at in range(start, stop):
        capitals += 65 <= data[at] <= 90
        letters += 65 <= data[at] <= 90 or 97 <= data[at] <= 122
    if capitals == 0:
        return LOWER
    if capitals == 1 and 65 <= data[start] <= 90:
        return CAPITAL
    return CAPITALS if capitals == letters else OTHER
