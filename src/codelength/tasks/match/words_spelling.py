"""How alike words are spelt: the cosine of their bags of two and three letters.

A group of letters weighs log 1 / share; accents are left out. Between two languages it finds words of one origin,
within one language the forms of a word (`words_kin`). What it is worth is learned from the map (`words_learned`).

Cost: n m additions for each letter group that both words may have (sparse), once; 4 n m bytes, or a block of rows'.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array

BINS = np.array([0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999])
"""Lower ends of all classes but the first, which is for words without a common group of letters."""


def plain(word: str) -> str:
    """A word without its accents.

    Examples
    --------
    >>> plain("Fußgängerbrücke")
    'Fußgangerbrucke'
    """
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def letter_groups(word: str) -> set[str]:
    """Groups of two and three letters of a word with its ends marked, accents left out.

    Examples
    --------
    >>> sorted(letter_groups("été"))
    ['<e', '<et', 'e>', 'et', 'ete', 'te', 'te>']
    """
    marked = f"<{plain(word)}>"
    return {marked[start : start + size] for size in (2, 3) for start in range(len(marked) - size + 1)}


def spelt_alike(x_words: Sequence[str], y_words: Sequence[str]) -> Array:
    """Cosines of the words' weighed groups of letters, (n, m) float32 from 0 to 1.

    Examples
    --------
    >>> spelt_alike(["table", "dog"], ["table", "chien"]).round(2).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """
    return next(alike_by_rows(x_words, y_words, len(x_words)))


def alike_by_rows(x_words: Sequence[str], y_words: Sequence[str], rows: int) -> Iterator[Array]:
    """The same, so many rows at a time: (rows, m) each, the last with what is left.

    Examples
    --------
    >>> [part.shape for part in alike_by_rows(["table", "stable", "dog"], ["table", "chien"], 2)]
    [(2, 2), (1, 2)]
    """
    of_x, of_y = ([letter_groups(word) for word in words] for words in (x_words, y_words))
    having: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, groups_of in enumerate((of_x, of_y)):
        for place, groups in enumerate(groups_of):
            for group in sorted(groups):
                having[group][side].append(place)
    words = len(of_x) + len(of_y)
    squares = np.zeros(len(of_x)), np.zeros(len(of_y))
    shared: list[tuple[NDArray[np.int64], NDArray[np.int64], np.float32]] = []
    for places in having.values():
        weight = math.log(words / (len(places[0]) + len(places[1])))
        for side in (0, 1):
            squares[side][places[side]] += weight
        if places[0] and places[1]:
            shared.append((np.array(places[0]), np.array(places[1]), np.float32(weight)))
    lengths = [np.sqrt(np.maximum(square, 1e-9)).astype(np.float32) for square in squares]
    for start in range(0, len(of_x), max(1, rows)):
        alike = np.zeros((min(rows, len(of_x) - start), len(of_y)), dtype=np.float32)
        for in_x, in_y, rarity in shared:
            low, high = np.searchsorted(in_x, (start, start + rows))
            if low < high:
                alike[np.ix_(in_x[low:high] - start, in_y)] += rarity
        alike /= lengths[0][start : start + rows, None]
        alike /= lengths[1]
        yield np.minimum(alike, np.float32(1), out=alike)
