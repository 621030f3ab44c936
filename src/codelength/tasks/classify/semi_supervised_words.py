"""Documents as rows of weighted words.

    x_dw = (1 + ln count_dw) (1 + ln (1 + n) / (1 + df_w)),     rows scaled to unit length

(Spaerck Jones 1972; Rennie et al. 2003 on why naive Bayes wants it too: a word that came once comes again, and lines of
a mail's header are in every class). Rows have two views side by side: by words and document frequencies of the labelled
documents, which nothing can spoil, and by words of two documents at least among all, and their frequencies there. In
the first, unlabelled documents have no words. Costs a pass over the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

WORD = r"(?u)\b\w+\b|^\W*$"
"""What counts as a word. Documents without any have one of their own: all of them whole."""

_FEWEST = 2
"""Documents that a word of the second view is in."""


class WeightedWords:
    """The words of some documents and their weights: for each view its words' columns, and the weighting."""

    def __init__(self, vectoriser: CountVectorizer, views: list[tuple[NDArray[np.intp], TfidfTransformer]]) -> None:
        self._vectoriser = vectoriser
        self._views = views

    @classmethod
    def learn(cls, labelled: Sequence[bytes], unlabelled: Sequence[bytes]) -> tuple[Self, csr_matrix]:
        """The words of texts in UTF-8, or else Latin-1, and the rows of the labelled ones, then of the others."""
        vectoriser = CountVectorizer(token_pattern=WORD, dtype=np.float64)
        counts = csr_matrix(vectoriser.fit_transform([decoded(one) for one in [*labelled, *unlabelled]]))
        views = []
        for documents, fewest in ((counts[: len(labelled)], 1), (counts, _FEWEST)):
            columns = np.flatnonzero(np.bincount(documents.indices, minlength=counts.shape[1]) >= fewest)
            if columns.size:
                views.append((columns, TfidfTransformer(sublinear_tf=True).fit(documents[:, columns])))
        words = cls(vectoriser, views)
        rows = words._weighted(counts)
        untold = np.repeat(np.arange(counts.shape[0]), np.diff(rows.indptr)) >= len(labelled)
        rows.data[untold & (rows.indices < words.width)] = 0.0
        rows.eliminate_zeros()
        return words, rows

    @property
    def width(self) -> int:
        """Columns of the first view; the others are the second view's, if a word is in two documents at all."""
        return int(self._views[0][0].size)

    @property
    def columns(self) -> int:
        """Columns of both."""
        return int(sum(columns.size for columns, _ in self._views))

    def rows(self, documents: Sequence[bytes]) -> csr_matrix:
        """Both views side by side, (n, width + V) float64; of no documents there are none."""
        if not documents:
            return csr_matrix((0, self.columns))
        return self._weighted(csr_matrix(self._vectoriser.transform([decoded(one) for one in documents])))

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        return csr_matrix(hstack([view.transform(counts[:, columns]) for columns, view in self._views]))


def decoded(text: bytes) -> str:
    """UTF-8, or Latin-1 where it is none."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
