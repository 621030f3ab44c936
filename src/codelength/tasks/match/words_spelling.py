"""Spelling as evidence: how much likelier words that are spelt alike are to be partners, learned from the map itself.

    evidence(i, j) = log P(spelt as alike as i and j | partners) / P(... | not)

Alike is the cosine of bags of two and three letters, weighed by log 1 / share, without accents. Both probabilities are
counted in ten bins, with half a pair added to each so that rare bins stay silent: partners are the pairs that the map
so far makes surest, the others are all pairs. Nothing is told about the two languages: where spelling says nothing
(other scripts, unrelated languages, a map that is wrong) the counts are alike and the evidence is about 0.

Cost: n m multiplications for each letter group that both words may have (sparse), once.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from codelength.tasks.match.words_counts import Array

BINS = np.array([0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.9])
"""Lower ends of all bins but the first, which is for words without a common group of letters."""


def letter_groups(word: str) -> set[str]:
    """Groups of two and three letters of a word with its ends marked, accents left out.

    Examples
    --------
    >>> sorted(letter_groups("été"))
    ['<e', '<et', 'e>', 'et', 'ete', 'te', 'te>']
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    marked = f"<{plain}>"
    return {marked[start : start + size] for size in (2, 3) for start in range(len(marked) - size + 1)}


def spelt_alike(x_words: Sequence[str], y_words: Sequence[str]) -> Array:
    """Cosines of the words' weighed groups of letters, (n, m) float32 from 0 to 1.

    Examples
    --------
    >>> spelt_alike(["table", "dog"], ["table", "chien"]).round(2).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """
    of_x, of_y = ([letter_groups(word) for word in words] for words in (x_words, y_words))
    having: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, groups_of in enumerate((of_x, of_y)):
        for place, groups in enumerate(groups_of):
            for group in sorted(groups):
                having[group][side].append(place)
    words = len(of_x) + len(of_y)
    alike = np.zeros((len(of_x), len(of_y)), dtype=np.float32)
    squares = np.zeros(len(of_x)), np.zeros(len(of_y))
    for places in having.values():
        weight = math.log(words / (len(places[0]) + len(places[1])))
        for side in (0, 1):
            squares[side][places[side]] += weight
        if places[0] and places[1]:
            alike[np.ix_(*places)] += np.float32(weight)
    lengths = [np.sqrt(np.maximum(square, 1e-9)).astype(np.float32) for square in squares]
    found: Array = np.minimum(alike / lengths[0][:, None] / lengths[1], np.float32(1))
    return found


def spelling_evidence(alike: Array, alike_known: Array, known: Array) -> Array:
    """Evidence from spelling, in nats.

    Parameters
    ----------
    alike
        How alike the spellings are that are to be weighed, (n, m).
    alike_known, known
        The same of the words that are known so far, and the map of these, both (k, l). The surer half of those that
        choose each other teaches; the others may be wrong.

    Returns
    -------
    (n, m) float32; never falls as spellings get more alike.
    """
    words = np.arange(known.shape[0])
    partners = known.argmax(axis=1)
    mutual = words[known.argmax(axis=0)[partners] == words]
    surest = mutual[np.argsort(-known[mutual, partners[mutual]], kind="stable")][: max(mutual.size // 2, 1)]
    bins = np.digitize(alike_known, BINS)
    chosen = np.bincount(bins[surest, partners[surest]], minlength=BINS.size + 1)
    expected = np.bincount(bins.ravel(), minlength=BINS.size + 1) * (surest.size / bins.size)
    logs = np.log((chosen + 0.5) / (expected + 0.5))
    evidence: Array = np.maximum.accumulate(logs).astype(np.float32)[np.digitize(alike, BINS)]
    return evidence
