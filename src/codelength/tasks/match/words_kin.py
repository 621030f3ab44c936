"""Forms of a word have forms of its partner for partners: bowls is to Schalen as bowl is to Schale.

    kin(i, j) = max over i', j' of  alike(i, i') P(i' -> j') alike(j, j')          i' not i, j' not j

alike is the likeness of spellings within one language (`words_spelling`), so this works between languages that share
no letters; i' runs over the words that the map knows, each with its likeliest partner j'. For a rare word, whose own
neighbours say little, a frequent form of it speaks. What that is worth is learned from the map (`words_learned`): the
word's own partner is never used, so the map's pairs are fair witnesses.

Cost: n^2 likenesses of each side once; at most 30 * 30 products a word each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array
from codelength.tasks.match.words_rows import CELLS
from codelength.tasks.match.words_spelling import alike_by_rows

BINS = np.array([0.02, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6])
"""Lower ends of the classes of kinship."""

LEAST = 0.3
"""Words that are less alike are not kin."""

MOST = 30
"""Kin of a word that are kept, the most alike first."""


class Kin(NamedTuple):
    """Kin of n words: `words` (n, 30) int32, -1 where there are fewer, and how `alike` they are (n, 30) float32."""

    words: NDArray[np.int32]
    alike: Array


def kin_among(words: Sequence[str]) -> Kin:
    """The kin of each of the words of a language."""
    n = len(words)
    parts, start = [], 0
    for alike in alike_by_rows(words, words, max(1, CELLS // max(1, n))):
        parts.append(kin_of(alike, start))
        start += alike.shape[0]
    return Kin(np.concatenate([part.words for part in parts]), np.concatenate([part.alike for part in parts]))


def kin_of(alike: Array, first: int = 0) -> Kin:
    """The kin of words, from how alike they and all n words of their language are spelt.

    Parameters
    ----------
    alike
        (k, n), of the words from `first` on to each word.
    first
        Of the words that rows are of.

    Examples
    --------
    >>> kin_of(np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.4], [0.1, 0.4, 1.0]], dtype=np.float32)).words[:, :2].tolist()
    [[1, -1], [0, 2], [1, -1]]
    """
    n = alike.shape[0]
    words = np.full((n, MOST), -1, dtype=np.int32)
    near = np.zeros((n, MOST), dtype=np.float32)
    for word in range(n):
        others = np.flatnonzero(alike[word] > LEAST)
        others = others[others != first + word]
        others = others[np.argsort(-alike[word, others], kind="stable")][:MOST]
        words[word, : others.size] = others
        near[word, : others.size] = alike[word, others]
    return Kin(words, near)


def kinship(of_x: Kin, of_y: Kin, known: Array, n: int, m: int) -> Array:
    """How well the partners of a word's kin fit a word of y, (n, m) float32 from 0 to 1.

    Parameters
    ----------
    of_x, of_y
        Kin of at least n and m words.
    known
        The map so far, (k, l), rows sum to 1.
    n, m
        Words of x and of y.
    """
    found = np.zeros((n, m), dtype=np.float32)
    partners = known.argmax(axis=1)
    _carry(of_x, of_y, partners, known[np.arange(known.shape[0]), partners], found)
    return found


@njit(cache=True)
def _carry(of_x: Kin, of_y: Kin, partners: NDArray[np.int64], sure: Array, found: Array) -> None:
    for i in range(found.shape[0]):
        for a in range(of_x.words.shape[1]):
            kin = of_x.words[i, a]
            if kin < 0:
                break
            if kin >= partners.size:
                continue
            partner = partners[kin]
            weight = of_x.alike[i, a] * sure[kin]
            for b in range(of_y.words.shape[1]):
                j = of_y.words[partner, b]
                if j < 0:
                    break
                if j < found.shape[1]:
                    found[i, j] = max(found[i, j], weight * of_y.alike[partner, b])
