"""Words and documents as points, by which documents a word is in: texts without a common word can be near.

    B_dw = 1 where document d has word w,   r, c its sums of rows and columns
    diag(r)**-1/2 B diag(c)**-1/2  ~  U S W',    a word's point: its row of W without the first column, at length 1
    z_d = sum over w of x_dw times w's point,    less its part along the direction that all z share most, at length 1

(correspondence analysis: Benzecri 1973; the first column holds c alone. Frequent words count for no more than others,
unlike in latent semantic analysis, whose distances were worse than those of plain words. A direction common to all
documents is taken out as in Arora, Liang & Ma 2017.) No label is looked at. Costs some dozen sparse products of 150
columns, then O(150) for each word of a document.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from codelength.tasks.classify.semi_supervised_directions import directions

Floats = NDArray[np.float64]

_DIRECTIONS = 150
"""Of the words' points. On the pool of AG News 80 and 300 gained less, 150 with other weights as much."""


_NOTHING = 1e-9
"""A length that is 0 but for rounding."""


class WordPoints:
    """Points of V words, (V, d), and the direction that documents share, (d,)."""

    def __init__(self, words: Floats, common: Floats) -> None:
        self._words = words
        self._common = common

    @classmethod
    def learn(cls, words: csr_matrix) -> tuple[Self, Floats]:
        """The points of words, and those of the documents they were learnt from.

        Parameters
        ----------
        words
            (n, V) weights of words, none negative.

        Returns
        -------
        points
            What places other documents.
        documents
            (n, d), rows of length 1; a document without words lies at 0.
        """
        has = csr_matrix((np.ones(words.nnz), words.indices, words.indptr), shape=words.shape)
        by_row, by_column = (np.maximum(np.asarray(has.sum(axis=axis)).ravel(), 1.0) for axis in (1, 0))
        scaled = csr_matrix(diags(by_row**-0.5) @ has @ diags(by_column**-0.5))
        points = _unit(directions(scaled, _DIRECTIONS + 1)[:, 1:])
        placed = np.asarray(words @ points)
        common = np.linalg.eigh(placed.T @ placed)[1][:, -1] if placed.shape[1] > 1 else np.zeros(placed.shape[1])
        found = cls(points, common)
        return found, found._apart(placed)

    def documents(self, words: csr_matrix) -> Floats:
        """Where documents lie, from the weights of their words, (m, V): (m, d), rows of length 1 or 0."""
        return self._apart(np.asarray(words @ self._words))

    def _apart(self, placed: Floats) -> Floats:
        return _unit(placed - np.outer(placed @ self._common, self._common))


def _unit(rows: Floats) -> Floats:
    """Rows scaled to length 1; what is 0 but for rounding stays there."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > _NOTHING, rows / np.maximum(lengths, _NOTHING), 0.0))
