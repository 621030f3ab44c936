"""Documents as words of other documents: which ones lie nearest, in columns beside the words.

    s(d, e) = cosine of the weighted words of d and e that at most 1,000 documents have
    z_d     = e_d + sum over the nearest e of s(d, e) e_e,        scaled to the length 1/2 of a row of words

One column for each document that was learnt, e_d its own. A class code then gives a probability to "lies near document
e" as it does to a word (links beside words in one mixture: Cohn & Hofmann 2001), so that the alternation, its joint
codelength and its proof stay what they are: two documents that name the same neighbours, or each other, get labels that
are cheap together. No label is looked at here. A document that is asked later names those that were learnt, itself not
among them. Costs a sparse product of at most 1,000 terms a word, and the selection of the nearest, O(n^2) for n
documents; memory for a block of rows at a time.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

_MOST_DOCUMENTS = 1000
"""That a word may be in, to say who is near: others say little and cost most."""

_LENGTH = 0.5
"""Of a row, where words have 1. On the pool of AG News anything from 1/4 to 1 served as well, within .003."""

_CELLS = 1 << 22
"""Similarities that are held at a time."""


class Neighbours:
    """The documents that others can be near to: rows of unit length over the words that count here."""

    def __init__(self, columns: NDArray[np.intp], rows: csr_matrix, most: int) -> None:
        self._columns = columns
        self._transposed = rows.T.tocsr()
        self._most = most

    @classmethod
    def learn(cls, words: csr_matrix, most: int) -> tuple[Self, csr_matrix]:
        """The neighbours of documents among themselves.

        Parameters
        ----------
        words
            (n, V) weights of words.
        most
            How many neighbours a document names beside itself, 1 or more.

        Returns
        -------
        neighbours
            What finds those of other documents.
        rows
            (n, n); a document without words names nobody.
        """
        columns = np.flatnonzero(np.bincount(words.indices, minlength=words.shape[1]) <= _MOST_DOCUMENTS)
        rows = _unit(words[:, columns])
        found = cls(columns, rows, min(most, rows.shape[0] - 1))
        own = diags((np.diff(words.indptr) > 0).astype(np.float64))
        return found, _unit(found._nearest(rows, among_themselves=True) + own) * _LENGTH

    def rows(self, words: csr_matrix) -> csr_matrix:
        """Which of the n learnt documents lie nearest to others, (m, n), from their words (m, V)."""
        return _unit(self._nearest(_unit(words[:, self._columns]), among_themselves=False)) * _LENGTH

    def _nearest(self, rows: csr_matrix, *, among_themselves: bool) -> csr_matrix:
        """Similarities to the nearest documents, none to oneself, (m, n)."""
        n, m = self._transposed.shape[1], rows.shape[0]
        near = np.zeros((m, self._most), dtype=np.intp)
        how = np.zeros((m, self._most))
        step = max(1, _CELLS // n)
        for start in range(0, m if self._most else 0, step):
            block = (rows[start : start + step] @ self._transposed).toarray()
            here = slice(start, start + block.shape[0])
            if among_themselves:
                block[np.arange(block.shape[0]), np.arange(here.start, here.stop)] = 0.0
            near[here] = np.argpartition(-block, self._most - 1, axis=1)[:, : self._most]
            how[here] = np.take_along_axis(block, near[here], axis=1)
        ends = np.arange(m + 1) * self._most
        found = csr_matrix((how.ravel(), near.ravel(), ends), shape=(m, n))
        found.eliminate_zeros()
        return found


def _unit(rows: csr_matrix) -> csr_matrix:
    """Rows scaled to length 1; empty ones stay empty."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_matrix(diags(1.0 / np.where(lengths > 0, lengths, 1.0)) @ rows)
