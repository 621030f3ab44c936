"""What a feature of a pair of words says about their being partners, learned from the map itself.

    evidence(i, j) = log P(feature of i and j | partners) - log P(feature | not)

Both probabilities are counted in classes of the feature: partners are the pairs that the map so far makes surest, the
others are all further pairs. Nothing is told about the two languages: where a feature says nothing (spelling between
scripts or unrelated languages, a map that is wrong) the counts are alike and the evidence is about 0. In a large map it
can be strong: if hardly any two words that are not partners are spelt the same, two that are will be partners.

Cost: one pass over all pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array
from codelength.tasks.match.words_rows import row_blocks

SURE = 2 / 3
"""Share of the pairs that choose each other which teaches, the surest first; the others may be wrong."""

_UNSURE = 1.5
"""Partners that each of these stands for: others are among the pairs that are counted as not partners."""


def sure_pairs(known: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The words of x that teach, the surest first, and their partners.

    Examples
    --------
    >>> sure_pairs(np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]], dtype=np.float32))[0].tolist()
    [0]
    """
    words = np.arange(known.shape[0])
    partners = known.argmax(axis=1)
    mutual = words[known.argmax(axis=0)[partners] == words]
    surest = mutual[np.argsort(-known[mutual, partners[mutual]], kind="stable")][: max(int(mutual.size * SURE), 1)]
    return surest, partners[surest]


def learned(feature: Array, known: Array, bins: NDArray[np.float64]) -> Array:
    """Evidence from a feature, in nats.

    Parameters
    ----------
    feature
        Of every pair, (n, m): the higher, the likelier they are partners.
    known
        The map of the words that are known so far, (k, l) with k at most n and l at most m.
    bins
        Lower ends of all classes but the first, rising; at most 255.

    Returns
    -------
    (n, m) float32; never falls as the feature rises.

    Examples
    --------
    >>> known = np.eye(60, dtype=np.float32)
    >>> partner, other = learned(known, known, np.array([0.5]))[0, :2]
    >>> bool(partner > 8), bool(other < -3)
    (True, True)
    >>> says_nothing = np.zeros((60, 60), dtype=np.float32)
    >>> bool(abs(learned(says_nothing, known, np.array([0.5])).max()) < 0.1)
    True
    """
    classes = np.empty(feature.shape, dtype=np.uint8)
    seen = np.zeros(bins.size + 1, dtype=np.int64)
    for rows in row_blocks(*feature.shape):
        classes[rows] = np.digitize(feature[rows], bins)
        among = classes[rows.start : min(rows.stop, known.shape[0]), : known.shape[1]]
        seen += np.bincount(among.ravel(), minlength=bins.size + 1)
    surest, partners = sure_pairs(known)
    of_partners = np.bincount(classes[surest, partners], minlength=bins.size + 1)
    shares = (seen + 1e-3) / seen.sum()  # a class that nothing is in is no evidence against the next
    others = np.maximum(seen - _UNSURE * of_partners, 0) + 0.5
    logs = np.log((of_partners + shares) / (surest.size + 1)) - np.log(others / others.sum())
    evidence: Array = np.maximum.accumulate(logs).astype(np.float32)[classes]
    return evidence
