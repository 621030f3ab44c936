"""How many bits a text of letters without spaces takes under a model of words: the sum over all ways to cut it.

    P(t) = sum over cuts of P(first word) P(second | first) ...         (forward algorithm; Baum et al. 1970)

Between two cuts stands a word of the vocabulary, with its probability after the word before it, or a stretch that is
spelled by n-grams of letters and ends with a probability that its last letters say. The text may begin within a word
(which is spelled) and may break off within one. All this is one sub-probability over texts of n letters, summing to at
most 1 over all of them, so that -log2 P is the length of a code. Where the cuts are known, only those count, and P is
that of letters and cuts together.

Cost: for each letter the words that begin there times those that end there, a few of each: 5 to 20 us for 64 letters.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

Text = NDArray[np.int64]
Number = int | np.int64

FREE, WITHIN, CUT = 0, 1, 2
"""What is known of the place before a letter: nothing, that it is within a word, that a word begins there."""

_KEPT = 24
"""Words held that end at one place: more than there are endings that are words."""

_LONGEST = 40
"""Letters of the longest word of a vocabulary."""

_SMALL, _FACTOR, _RAISED = 2.0**-300, 2.0**300, 300.0
"""Masses that become this small are multiplied by this factor, and its bits are remembered."""

_UNIT = 2048
"""Units of a bit in which n-grams give their costs."""

_WHOLE = 2.0 ** -np.arange(64.0)
_FRACTION = 2.0 ** -(np.arange(_UNIT) / _UNIT) * (1 - 1e-15)


class NGrams(Protocol):
    """Costs of a letter after those before it, in 1 / 2048 bits: a table over k letters for each k up to `order`, one
    after another, each beginning at its offset; the last letter is the one that is coded.
    """

    @property
    def letters(self) -> int: ...

    @property
    def order(self) -> int: ...

    @property
    def costs(self) -> NDArray[np.uint16]: ...

    @property
    def offsets(self) -> NDArray[np.int64]: ...


class Words(Protocol):
    """A vocabulary as a trie, P of words and of pairs; see `predictors.letters.words`."""

    @property
    def child(self) -> NDArray[np.int32]: ...

    @property
    def word(self) -> NDArray[np.int32]: ...

    @property
    def begins(self) -> NDArray[np.float64]: ...

    @property
    def chance(self) -> NDArray[np.float64]: ...

    @property
    def other(self) -> float: ...

    @property
    def backoff(self) -> NDArray[np.float64]: ...

    @property
    def pairs(self) -> NDArray[np.int64]: ...

    @property
    def after(self) -> NDArray[np.float64]: ...

    @property
    def ends(self) -> NDArray[np.float64]: ...


class Room(NamedTuple):
    """Room for one sum: the words that end before each letter, (n, 24), their masses, and how many there are."""

    word: NDArray[np.int64]
    mass: NDArray[np.float64]
    held: NDArray[np.int64]


def room_for(size: int) -> Room:
    """Room for texts of up to `size` letters."""
    return Room(np.zeros((size, _KEPT), dtype=np.int64), np.zeros((size, _KEPT)), np.zeros(size, dtype=np.int64))


@njit(cache=True)
def _pair(pairs: NDArray[np.int64], after: NDArray[np.float64], key: np.int64) -> float:
    """What the second word of a pair has beyond its own probability; 0 where the pair does not occur."""
    mask = pairs.shape[0] - 1
    at = np.int64(np.uint64(key) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) & mask
    while pairs[at] >= 0:
        if pairs[at] == key:
            return float(after[at])
        at = at + 1 & mask
    return 0.0


@njit(cache=True)
def _begin_words(j: int, base: float, text: Text, edges: Text, words: Words, room: Room) -> float:
    """Hand the mass at a cut before letter j on to the words that fit; what a word that breaks off at the end gets.

    `base` is the mass that words get by their own probability. A word that breaks off gets no more than that: which
    words the last one is likely to be followed by is not asked, so P sums to a little less than 1.
    """
    n = text.shape[0]
    vocabulary = words.chance.shape[0]
    node = np.int64(0)
    for k in range(j, n):
        node = np.int64(words.child[node, text[k]])
        if node < 0:
            return 0.0
        if k + 1 == n:
            return float(base * words.begins[node])
        w = np.int64(words.word[node])
        at = room.held[k + 1]
        if w >= 0 and edges[k + 1] != WITHIN and at < _KEPT:
            mass = base * words.chance[w]
            for e in range(room.held[j]):
                mass += room.mass[j, e] * _pair(words.pairs, words.after, room.word[j, e] * vocabulary + w)
            room.word[k + 1, at] = w
            room.mass[k + 1, at] = mass
            room.held[k + 1] = at + 1
        if edges[k + 1] == CUT:
            return 0.0
    return 0.0


@njit(cache=True)
def words_bits(text: Text, edges: Text, grams: NGrams, words: Words, room: Room) -> float:
    """Bits of a text: -log2 P(t).

    Parameters
    ----------
    text
        Letters from 0 to A - 1, (n,) int64.
    edges
        What is known of the place before each letter, (n,) int64.
    grams, words
        The model.
    room
        Of `room_for(n)` or for longer texts.
    """
    n = text.shape[0]
    letters = np.int64(grams.letters)
    reach = letters ** (grams.order - 1)
    room.held[:n] = 0
    before = np.int64(0)  # the letters so far, as a number
    spelled = final = raised = 0.0
    for j in range(n):
        if j == 0:
            spelled = 0.0 if edges[0] == CUT else 0.5
            base = 1.0 - spelled
        else:
            base = spelled * words.ends[before % words.ends.shape[0]]
            spelled -= base
            if edges[j] == WITHIN:
                base = 0.0
            elif edges[j] == CUT:
                spelled = 0.0
            for e in range(room.held[j]):
                base += room.mass[j, e] * words.backoff[room.word[j, e]]
        if 0.0 < spelled + base < _SMALL:
            spelled, base, final, raised = spelled * _FACTOR, base * _FACTOR, final * _FACTOR, raised + _RAISED
            for k in range(j, min(j + _LONGEST + 1, n)):
                room.mass[k, : room.held[k]] *= _FACTOR
        if base > 0.0:
            final += _begin_words(j, base, text, edges, words, room)
            spelled += base * words.other
        cost = np.int64(grams.costs[grams.offsets[min(j, grams.order - 1)] + before * letters + text[j]])
        spelled *= _WHOLE[cost // _UNIT] * _FRACTION[cost % _UNIT]
        before = (before * letters + text[j]) % reach
    final += spelled
    return raised - math.log2(final) if 0.0 < final < math.inf else math.inf


@njit(cache=True)
def grams_units(text: Text, grams: NGrams) -> np.int64:
    """The same by n-grams alone, in units of 1 / 2048 bits."""
    letters = np.int64(grams.letters)
    reach = letters ** (grams.order - 1)
    before = np.int64(0)
    units = np.int64(0)
    for j in range(text.shape[0]):
        units += np.int64(grams.costs[grams.offsets[min(j, grams.order - 1)] + before * letters + text[j]])
        before = (before * letters + text[j]) % reach
    return units
