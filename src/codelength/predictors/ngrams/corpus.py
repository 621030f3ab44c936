"""Documents -> numbers of words, gaps and pairs of words, with the lexicon that gave the numbers.

A lexicon is a value: reading more documents gives a new one. Documents that are only to be scored are looked up: what
the lexicon does not know gets a number above all of its own, for that batch alone, and leaves no trace. Cost: one pass
over the bytes; for a lexicon that grows, a copy of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.ngrams.cut import OTHER, end_of, key_of, lowered, shape_of
from codelength.predictors.ngrams.table import empty_table, number_of, place_of, roomier

Bytes = NDArray[np.uint8]
Keys = NDArray[np.uint64]
Numbers = NDArray[np.int32]
Places = NDArray[np.int64]

_PAIR = np.uint64(0x9FB21C651E98DF25)
_S32 = np.uint64(32)


class Lexicon(NamedTuple):
    """What has a number: v words and gaps, and pairs of words.

    `keys`, `numbers`: the table of words and gaps. `pair_keys`, `pair_numbers`: that of pairs. `first`: for each pair
    the number of its first word, (pairs,) int32. `text`, `ends`: what each is, in lower case, one after another; where
    each ends, (v,) int64. `is_word`: (v,) bool.
    """

    keys: Keys
    numbers: Numbers
    pair_keys: Keys
    pair_numbers: Numbers
    first: Numbers
    text: Bytes
    ends: Places
    is_word: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many words and gaps."""
        return int(self.ends.size)


class Corpus(NamedTuple):
    """Documents as numbers, one after another.

    `types`: gap, word, gap, ..., gap of each document, (t,) int32. `pairs`: the pair that ends at a word, (t,) int32;
    -1 at a gap, at the first word, and for a pair that the lexicon does not have. `bounds`: (n + 1,) int64 into both.
    `shapes`: how many words of each document had each of the four shapes, (n, 4) int64. `letters`: letters in words of
    any other shape, (n,) int64.
    """

    types: Numbers
    pairs: Numbers
    bounds: Places
    shapes: NDArray[np.int64]
    letters: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many documents."""
        return int(self.bounds.size) - 1


def empty_lexicon() -> Lexicon:
    """A lexicon that knows nothing."""
    return Lexicon(
        *empty_table(),
        *empty_table(),
        np.zeros(0, dtype=np.int32),
        np.zeros(0, dtype=np.uint8),
        np.zeros(0, dtype=np.int64),
        np.zeros(0, dtype=np.bool_),
    )


def learn(lexicon: Lexicon, documents: Sequence[bytes]) -> tuple[Lexicon, Corpus]:
    """The documents as numbers, and the lexicon with all that they have."""
    data, ends = _joined(documents)
    nothing = empty_table()
    corpus, keys, numbers, starts, stops, words = _read(
        data, ends, *nothing, lexicon.keys.copy(), lexicon.numbers.copy(), lexicon.size
    )
    pair_keys, pair_numbers, first = _pair(
        corpus, lexicon.pair_keys.copy(), lexicon.pair_numbers.copy(), lexicon.first.size
    )
    text, text_ends = _texts(data, starts, stops, words, lexicon.text.size)
    more = Lexicon(
        keys,
        numbers,
        pair_keys,
        pair_numbers,
        np.concatenate((lexicon.first, first)),
        np.concatenate((lexicon.text, text)),
        np.concatenate((lexicon.ends, text_ends)),
        np.concatenate((lexicon.is_word, words)),
    )
    return more, corpus


def look_up(lexicon: Lexicon, documents: Sequence[bytes]) -> tuple[Lexicon, Corpus]:
    """The documents as numbers, and of what the lexicon does not know the text and kind alone (a lexicon without
    tables): number `lexicon.size` is its first.
    """
    data, ends = _joined(documents)
    corpus, keys, numbers, starts, stops, words = _read(
        data, ends, lexicon.keys, lexicon.numbers, *empty_table(), lexicon.size
    )
    _find_pairs(corpus.types, corpus.pairs, corpus.bounds, lexicon.pair_keys, lexicon.pair_numbers)
    text, text_ends = _texts(data, starts, stops, words, 0)
    return empty_lexicon()._replace(keys=keys, numbers=numbers, text=text, ends=text_ends, is_word=words), corpus


def _joined(documents: Sequence[bytes]) -> tuple[Bytes, Places]:
    ends = np.cumsum([0, *map(len, documents)], dtype=np.int64)
    return np.frombuffer(b"".join(documents), dtype=np.uint8), ends


def _read(
    data: Bytes, ends: Places, known: Keys, known_numbers: Numbers, keys: Keys, numbers: Numbers, size: int
) -> tuple[Corpus, Keys, Numbers, Places, Places, NDArray[np.bool_]]:
    bounds = np.zeros(ends.size, dtype=np.int64)
    _count(data, ends, bounds)
    types = np.empty(bounds[-1], dtype=np.int32)
    shapes = np.zeros((ends.size - 1, 4), dtype=np.int64)
    letters = np.zeros(ends.size - 1, dtype=np.int64)
    keys, numbers, starts, stops, words = _number(
        data, ends, known, known_numbers, keys, numbers, size, types, shapes, letters
    )
    pairs = np.full(types.size, -1, dtype=np.int32)
    return Corpus(types, pairs, bounds, shapes, letters), keys, numbers, starts, stops, words


@njit(cache=True)
def _count(data: Bytes, ends: Places, bounds: Places) -> None:
    """Where each document's gaps and words begin."""
    for d in range(ends.shape[0] - 1):
        at = end_of(data, ends[d], ends[d + 1], False)
        pieces = 1
        while at < ends[d + 1]:
            at = end_of(data, end_of(data, at, ends[d + 1], True), ends[d + 1], False)
            pieces += 2
        bounds[d + 1] = bounds[d] + pieces


@njit(cache=True)
def _number(
    data: Bytes,
    ends: Places,
    known: Keys,
    known_numbers: Numbers,
    keys: Keys,
    numbers: Numbers,
    size: int,
    types: Numbers,
    shapes: NDArray[np.int64],
    letters: NDArray[np.int64],
) -> tuple[Keys, Numbers, Places, Places, NDArray[np.bool_]]:
    """Number every gap and word: by the table that is known, else by the other one, which takes what is new."""
    starts, stops = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int64)
    words = np.empty(64, dtype=np.bool_)
    fresh = 0
    t = 0
    for d in range(ends.shape[0] - 1):
        at, word = ends[d], False
        while True:
            stop = end_of(data, at, ends[d + 1], word)
            key = key_of(data, at, stop, word)
            number = number_of(known, known_numbers, key)
            if number < 0:
                place = place_of(keys, key)
                if keys[place] == 0:
                    if 2 * (size + fresh + 2) > keys.shape[0]:
                        keys, numbers = roomier(keys, numbers)
                        place = place_of(keys, key)
                    if fresh == starts.shape[0]:
                        starts = np.concatenate((starts, np.empty_like(starts)))
                        stops = np.concatenate((stops, np.empty_like(stops)))
                        words = np.concatenate((words, np.empty_like(words)))
                    keys[place] = key
                    numbers[place] = size + fresh
                    starts[fresh], stops[fresh], words[fresh] = at, stop, word
                    fresh += 1
                number = np.int64(numbers[place])
            types[t] = number
            if word:
                shape = shape_of(data, at, stop)
                shapes[d, shape] += 1
                if shape == OTHER:
                    letters[d] += _letters(data, at, stop)
            t += 1
            if stop == ends[d + 1] and not word:
                break
            at, word = stop, not word
    return keys, numbers, starts[:fresh].copy(), stops[:fresh].copy(), words[:fresh].copy()


@njit(cache=True)
def _letters(data: Bytes, start: int, stop: int) -> int:
    count = 0
    for at in range(start, stop):
        count += 65 <= data[at] <= 90 or 97 <= data[at] <= 122
    return count


@njit(cache=True, inline="always")
def _pair_key(a: np.int32, b: np.int32) -> np.uint64:
    key = ((np.uint64(a) << _S32) | np.uint64(b)) * _PAIR
    return (key ^ (key >> _S32)) * _PAIR | np.uint64(1)


@njit(cache=True)
def _find_pairs(types: Numbers, pairs: Numbers, bounds: Places, keys: Keys, numbers: Numbers) -> None:
    for d in range(bounds.shape[0] - 1):
        for t in range(bounds[d] + 3, bounds[d + 1], 2):
            pairs[t] = number_of(keys, numbers, _pair_key(types[t - 2], types[t]))


def _pair(corpus: Corpus, keys: Keys, numbers: Numbers, size: int) -> tuple[Keys, Numbers, Numbers]:
    return _number_pairs(corpus.types, corpus.pairs, corpus.bounds, keys, numbers, size)


@njit(cache=True)
def _number_pairs(
    types: Numbers, pairs: Numbers, bounds: Places, keys: Keys, numbers: Numbers, size: int
) -> tuple[Keys, Numbers, Numbers]:
    first = np.empty(64, dtype=np.int32)
    fresh = 0
    for d in range(bounds.shape[0] - 1):
        for t in range(bounds[d] + 3, bounds[d + 1], 2):
            key = _pair_key(types[t - 2], types[t])
            place = place_of(keys, key)
            if keys[place] == 0:
                if 2 * (size + fresh + 2) > keys.shape[0]:
                    keys, numbers = roomier(keys, numbers)
                    place = place_of(keys, key)
                if fresh == first.shape[0]:
                    first = np.concatenate((first, np.empty_like(first)))
                keys[place] = key
                numbers[place] = size + fresh
                first[fresh] = types[t - 2]
                fresh += 1
            pairs[t] = numbers[place]
    return keys, numbers, first[:fresh].copy()


def _texts(data: Bytes, starts: Places, stops: Places, words: NDArray[np.bool_], before: int) -> tuple[Bytes, Places]:
    ends = np.cumsum(stops - starts)
    text = np.empty(int(ends[-1]) if ends.size else 0, dtype=np.uint8)
    _copy_texts(data, starts, stops, words, text)
    return text, ends + before


@njit(cache=True)
def _copy_texts(data: Bytes, starts: Places, stops: Places, words: NDArray[np.bool_], text: Bytes) -> None:
    to = 0
    for k in range(starts.shape[0]):
        for at in range(starts[k], stops[k]):
            text[to] = lowered(data[at]) if words[k] else data[at]
            to += 1
