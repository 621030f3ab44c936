"""A pile of texts cut by subject, so that what is useful in it can be told from what is not.

    rows of weighted words  ->  their directions of most variance  ->  k-means on the sphere of those

(latent semantic analysis, Deerwester et al. 1990; k-means of directions, Dhillon & Modha 2001). No label is looked at.
Two languages, or logs and prose, lie far apart there; two kinds of news need not. Each part is named by the words that
set it off from the rest. Costs some dozen sparse products of 50 columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

from codelength.tasks.classify.semi_supervised_directions import directions, points
from codelength.tasks.classify.semi_supervised_words import WORD, decoded

_DIRECTIONS = 50
_FEWEST = 3
"""Texts that a word is in, to count here; a word of more than _COMMONEST of them says nothing of the subject."""

_COMMONEST = 0.1
_WORDS = 3
"""That name a part."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Words that set a part off from the rest, and the numbers of its texts, rising."""

    words: tuple[str, ...]
    chosen: NDArray[np.intp]


def parts(texts: Sequence[str | bytes], most: int, *, seed: int = 0) -> list[Part]:
    """Cut texts into parts by subject, the largest first.

    Parameters
    ----------
    texts
        Whatever they hold; those without any word of theirs go where they fall.
    most
        How many parts at most, 1 or more; fewer where there are not eight texts for each, or no words to go by.
    seed
        Of where k-means starts.

    Examples
    --------
    >>> kinds = "apple car cat rain bird ship sun fish wool corn iron".split()
    >>> found = parts([f"{kind} {kind}s" for _ in range(20) for kind in kinds], 11)
    >>> sorted(found[0].words[:2]), found[0].chosen[:3].tolist(), len(found)
    (['apple', 'apples'], [0, 11, 22], 11)
    """
    kept = min(most, len(texts) // 8)
    whole = [Part((), np.arange(len(texts)))]
    if kept < 2:
        return whole
    vectoriser = TfidfVectorizer(sublinear_tf=True, token_pattern=WORD)
    counts = csr_matrix(vectoriser.fit_transform([text if isinstance(text, str) else decoded(text) for text in texts]))
    having = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero((having >= _FEWEST) & (having <= _COMMONEST * len(texts)))
    rows = counts[:, columns]
    along = directions(rows, _DIRECTIONS)
    if not along.shape[1]:
        return whole
    lying = points(rows, along).toarray()
    told = KMeans(kept, n_init=2, random_state=seed).fit_predict(lying)
    names = vectoriser.get_feature_names_out()[columns]
    found = [np.flatnonzero(told == part) for part in range(kept)]
    cut = [Part(_words(rows, names, chosen), chosen) for chosen in found if chosen.size]
    return sorted(cut, key=lambda part: (-part.chosen.size, int(part.chosen[0])))


def _words(rows: csr_matrix, names: NDArray[np.str_], chosen: NDArray[np.intp]) -> tuple[str, ...]:
    """The words that weigh most here beyond what they weigh in all."""
    here = np.asarray(rows[chosen].mean(axis=0)).ravel() - np.asarray(rows.mean(axis=0)).ravel()
    return tuple(names[here.argsort(kind="stable")[::-1][:_WORDS]].tolist())
