"""Training documents scored before they are learnt: each fold under the codes of the other folds.

Folds take successive documents of each class: what stands side by side in a file is often of one source or one day, and
would make those that are scored look better known than what comes later. A
document whose class has no other in the remaining folds is left out: no code of its class could know it. A thousand
documents are enough for the few numbers that are learnt from them: no further fold is scored then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import ClassLearner

ENOUGH = 1000


def folds_of(labels: NDArray[np.intp], folds: int) -> NDArray[np.intp]:
    """The fold of each document, (n,): successive documents of a class, as many in each fold as can be."""
    fold = np.empty(labels.size, dtype=np.intp)
    for c in np.unique(labels):
        mine = np.flatnonzero(labels == c)
        fold[mine] = (np.arange(mine.size) * folds) // mine.size if mine.size > folds else np.arange(mine.size)
    return fold


def scored_before_learnt(
    learner: ClassLearner,
    indexed: Any,
    weights: NDArray[np.float64],
    labels: NDArray[np.intp],
    documents: Sequence[bytes],
    folds: int,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Codelengths of training documents under codes that had not seen them.

    Parameters
    ----------
    learner, indexed, weights, documents
        As the learner takes them: first the n labelled documents, then others.
    labels
        (n,) numbers of classes.
    folds
        How many.

    Returns
    -------
    rows
        Which documents, (m,).
    bits
        (m, k, s); with one fold, or no class of two documents, there are none.
    """
    fold = folds_of(labels, folds)
    rows: list[NDArray[np.intp]] = []
    bits: list[NDArray[np.float64]] = []
    for one in range(folds) if folds > 1 else ():
        present = np.ones(len(documents), dtype=bool)
        present[: labels.size] = fold != one
        left = np.bincount(labels[fold != one], minlength=weights.shape[1])
        asked = np.flatnonzero((fold == one) & (left[labels] > 0))
        if asked.size and sum(map(len, rows)) < ENOUGH:
            codes = learner.classes(indexed, weights, present=present)
            rows.append(asked)
            bits.append(codes.class_bits([documents[int(d)] for d in asked]))
    if not rows:
        return np.empty(0, dtype=np.intp), np.empty((0, weights.shape[1], 1))
    return np.concatenate(rows), np.concatenate(bits)
