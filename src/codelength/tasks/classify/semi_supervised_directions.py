"""Documents as points in the directions in which the words of all documents vary most.

    rows (n, V) of unit length  ~  U S W',        z_d = W' x_d, scaled to unit length

(latent semantic analysis: Deerwester et al. 1990; W by a randomised singular value decomposition, Halko, Martinsson &
Tropp 2011). Words that no labelled document has are tied by the unlabelled ones to words that some have; unlike the
alternation of `semi_supervised_latent`, nothing here guesses a label. Costs some dozen sparse products of d columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

Floats = NDArray[np.float64]

_STEPS = 4
"""Power iterations; the directions that they still mix up are the faintest."""


def directions(rows: csr_matrix, most: int) -> Floats:
    """The directions of rows (n, V), (V, d), orthonormal, d at most `most` and half of n or V."""
    kept = min(most, min(rows.shape) // 2)
    if not kept or not rows.nnz:
        return np.empty((rows.shape[1], 0))
    _, _, found = randomized_svd(rows, kept, n_iter=_STEPS, random_state=0)
    return np.ascontiguousarray(found.T)


def points(rows: csr_matrix, along: Floats) -> csr_matrix:
    """Where rows (n, V) lie in the directions `along` (V, d), at length 1: (n, d); what has no words lies at 0."""
    return csr_matrix(normalize(np.asarray(rows @ along))) if along.shape[1] else csr_matrix((rows.shape[0], 0))
