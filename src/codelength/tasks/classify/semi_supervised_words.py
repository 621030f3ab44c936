"""Documents as rows of weighted words.

    x_dw = (1 + ln count_dw) (1 + ln (1 + n) / (1 + df_w)),     rows scaled to unit length

(Spaerck Jones 1972; Rennie et al. 2003 on why naive Bayes wants it too: a word that came once comes again, and lines of
a mail's header are in every class). Document frequencies are those of all documents, with labels and without. Words in
one document only are left out: they link it with no other. Costs a pass over the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

_FEWEST = 2
"""Documents that a word is in."""


class WeightedWords:
    """The words of some documents and their weights; None where no word links two of them."""

    def __init__(self, vectoriser: TfidfVectorizer | None) -> None:
        self._vectoriser = vectoriser

    @classmethod
    def learn(cls, documents: Sequence[bytes]) -> tuple[Self, csr_matrix]:
        """The words of texts (UTF-8, or else Latin-1), and these texts as rows."""
        texts = [decoded(one) for one in documents]
        vectoriser = TfidfVectorizer(token_pattern=r"(?u)\b\w+\b", sublinear_tf=True, min_df=min(_FEWEST, len(texts)))
        try:
            return cls(vectoriser), csr_matrix(vectoriser.fit_transform(texts))
        except ValueError:  # an empty vocabulary
            words = cls(None)
            return words, words.rows(documents)

    def rows(self, documents: Sequence[bytes]) -> csr_matrix:
        """(n, V) float64; without words a column of ones, which tells nothing."""
        if self._vectoriser is None:
            return csr_matrix(np.ones((len(documents), 1)))
        return csr_matrix(self._vectoriser.transform([decoded(one) for one in documents]))


def decoded(text: bytes) -> str:
    """UTF-8, or Latin-1 where it is none."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
