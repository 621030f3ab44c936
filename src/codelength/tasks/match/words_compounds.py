"""Words that x writes apart and y in one: leather jacket is Lederjacke, tennis racket Tennisschläger.

    compound(i, j) = max over i' right behind i of share(i, i') P(i' -> j') [j ends with j']
                     and over i' right before i of share(i, i') P(i' -> j') [j begins with j']
    share(i, i')   = (times that they stand so - 1) / count_i

j' is the likeliest partner of i', of four letters or more, whole or less its last letter (forms, links between parts),
and j has at least three letters beside it. A word seen once beside another says nothing. A rare word's own neighbours
need not be known well for this: its partner names one of them. What that is worth is learned from the map
(`words_learned`); the word's own partner is not used, and where no language writes compounds nothing is found.

Cost: one look-up for each pair of words that stand side by side twice, each time; the parts of all words of y once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array, Language
from codelength.tasks.match.words_spelling import plain

BINS = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7])
"""Lower ends of the classes of what a compound says."""

PART, REST = 4, 3
"""Letters of a part that is known, and of what is beside it, at least."""

Parts = dict[str, NDArray[np.int64]]


class Compounds(NamedTuple):
    """What stands beside what in x, and what words of y are made of.

    `word`, `other`: pairs of words of x, `share` how often the first has the second at its side, `behind` whether that
    is the right one, all (k,). `begins`, `ends`: letters -> the words of y that begin or end so. `words`: of y.
    """

    word: NDArray[np.int64]
    other: NDArray[np.int64]
    share: NDArray[np.float64]
    behind: NDArray[np.bool_]
    begins: Parts
    ends: Parts
    words: tuple[str, ...]


def compounds_of(x: Language, n: int, y_words: Sequence[str]) -> Compounds:
    """Of the first n words of x, and words of y.

    Examples
    --------
    >>> from codelength.tasks.match.words_counts import language
    >>> x = language(["a leather jacket", "leather jacket", *(f"w{k}" for k in range(50))])
    >>> found = compounds_of(x, 2, ["jacke", "lederjacke"])
    >>> [x.words[word] for word in found.word], found.share.tolist(), found.ends["jacke"].tolist()
    (['jacket', 'leather'], [0.5, 0.5], [1])
    """
    first, second = x.tokens[:-1].astype(np.int64), x.tokens[1:].astype(np.int64)
    both = (first >= 0) & (second >= 0) & (first < n) & (second < n)
    pairs, counts = np.unique(first[both] * n + second[both], return_counts=True)
    twice = counts >= 2
    left, right, seen = pairs[twice] // n, pairs[twice] % n, counts[twice] - 1
    word, other = np.concatenate([right, left]), np.concatenate([left, right])
    behind = np.repeat([False, True], left.size)
    order = np.lexsort((other, behind, word))
    share = np.concatenate([seen, seen])[order] / x.counts[word[order]]
    spelt = tuple(plain(y_word) for y_word in y_words)
    return Compounds(word[order], other[order], share, behind[order], *_parts(spelt), spelt)


def _parts(words: Sequence[str]) -> tuple[Parts, Parts]:
    begins: dict[str, list[int]] = defaultdict(list)
    ends: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        for size in range(PART, len(word) - REST + 1):
            begins[word[:size]].append(place)
            ends[word[-size:]].append(place)
    a, b = ({part: np.array(places) for part, places in having.items()} for having in (begins, ends))
    return a, b


def compounded(compounds: Compounds, known: Array, n: int, m: int) -> Array:
    """How well words of y are made of what stands beside words of x, (n, m) float32 from 0 to 1.

    Parameters
    ----------
    compounds
        Of at least n words of x and m of y.
    known
        The map so far, (k, l), rows sum to 1.
    n, m
        Words of x and of y.
    """
    found = np.zeros((n, m), dtype=np.float32)
    partners = known.argmax(axis=1)
    sure = known[np.arange(known.shape[0]), partners]
    usable = (compounds.word < n) & (compounds.other < known.shape[0])
    for pair in np.flatnonzero(usable):
        word, other = compounds.word[pair], compounds.other[pair]
        part = compounds.words[partners[other]]
        having = compounds.ends if compounds.behind[pair] else compounds.begins
        for letters in (part, part[:-1]):
            places = having.get(letters) if len(letters) >= PART else None
            if places is not None:
                places = places[: np.searchsorted(places, m)]
                found[word, places] = np.maximum(found[word, places], np.float32(compounds.share[pair] * sure[other]))
    return found
