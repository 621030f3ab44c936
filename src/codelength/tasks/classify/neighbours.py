"""`NCDNeighbours`: nearest neighbours under a compression distance, fairly counted.

Distances between a document d and a training document t, with C any code:

    "ncd"          (C(td) - min(C(t), C(d))) / max(C(t), C(d))                        (Cilibrasi & Vitanyi 2005)
    "conditional"  C(d | t) / C(d), with native conditioning or `Differenced`; C(d | t) = C(td) - C(t) for the latter

k = 1, or a vote of k whose ties are broken by the nearest single neighbour of the tied classes, never by the answer
(Jiang et al. 2023 counted a tie as right whenever one of its sides was). Equal distances are put in a random order that
`seed` fixes, so that the order of the training file decides nothing. Cost: n * m codelengths of pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from codelength.core import DataError, Learner
from codelength.tasks.classify.documents import LEVELS, Reader

Floats = NDArray[np.float64]


class Votes(NamedTuple):
    """`labels`: the answers, (n,). `shares`: of the votes, (n, k). `nearest`: places in training, (n,)."""

    labels: NDArray[Any]
    shares: Floats
    nearest: NDArray[np.intp]


class NCDNeighbours(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Nearest neighbours under a compression distance.

    Parameters
    ----------
    code
        Anything with `bits`; for "conditional" also `given`: a predictor, or `Differenced(code)`.
    n_neighbors
        k.
    distance
        "ncd" or "conditional".
    seed
        Of the order among equal distances.
    levels
        Columns of numbers are cut into this many levels.

    Attributes
    ----------
    classes_
        The labels, sorted.

    Examples
    --------
    >>> from codelength.compressors.zlib import Zlib
    >>> texts = ["the cat sat on the mat", "a cat ran to the mat", "stocks fell in trading", "in trading stocks rose"]
    >>> model = NCDNeighbours(Zlib()).fit(texts, [1, 1, 2, 2])
    >>> model.predict(["the cat ran on the mat", "stocks rose in trading"]).tolist()
    [1, 2]
    """

    def __init__(
        self,
        code: Any,
        *,
        n_neighbors: int = 1,
        distance: Literal["ncd", "conditional"] = "ncd",
        seed: int = 0,
        levels: int = LEVELS,
    ) -> None:
        self.code = code
        self.n_neighbors = n_neighbors
        self.distance = distance
        self.seed = seed
        self.levels = levels

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Keep the documents, n texts or (n, m) numbers, with their n labels.

        Raises
        ------
        DataError
            A code that cannot be conditioned where the distance needs it, or documents that are neither str nor bytes.
        ValueError
            NaN, lengths that differ, a parameter out of range, more neighbours than documents.
        """
        if self.distance not in ("ncd", "conditional"):
            raise ValueError(f"distance={self.distance!r}: expected 'ncd' or 'conditional'")
        self.reader_ = Reader(self.levels)
        self.texts_, labels = self.reader_.first(self, X, y)
        check_classification_targets(labels)
        if not 1 <= self.n_neighbors <= len(self.texts_):
            raise ValueError(f"n_neighbors={self.n_neighbors} of {len(self.texts_)} documents: expected 1 to as many")
        if self.distance == "conditional" and not isinstance(self.code, Learner):
            raise DataError(f"{self.code!r} takes no side information: hand in Differenced(code), or distance='ncd'")
        self.classes_, self.labels_ = np.unique(labels, return_inverse=True)
        order = np.random.default_rng(self.seed).permutation(len(self.texts_))
        self.texts_ = [self.texts_[at] for at in order]
        self.labels_ = self.labels_[order]
        self.order_ = order
        return self

    def distances(self, X: Any, *, on_progress: Callable[[int, int], None] | None = None) -> Floats:
        """From each document to each training document in the order of training, (n, m)."""
        check_is_fitted(self)
        found = self._distances(self.reader_.again(self, X), on_progress)
        back = np.empty_like(found)
        back[:, self.order_] = found
        return back

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of most of the k nearest; of tied classes that of the nearest one."""
        return self.predict_votes(X).labels

    def predict_proba(self, X: Any) -> Floats:
        """Shares of the votes, (n, k)."""
        return self.predict_votes(X).shares

    def predict_votes(self, X: Any, *, on_progress: Callable[[int, int], None] | None = None) -> Votes:
        """Answers, shares of the votes, and the nearest training document of each."""
        check_is_fitted(self)
        found = self._distances(self.reader_.again(self, X), on_progress)
        nearest = np.argsort(found, axis=1, kind="stable")[:, : self.n_neighbors]
        votes = np.zeros((len(found), self.classes_.size))
        first = np.full(votes.shape, np.inf)
        rows = np.arange(len(found))
        for rank in reversed(range(self.n_neighbors)):
            labels = self.labels_[nearest[:, rank]]
            votes[rows, labels] += 1
            first[rows, labels] = rank
        leading = votes == votes.max(axis=1, keepdims=True)
        winners = np.where(leading, first, np.inf).argmin(axis=1)
        return Votes(np.asarray(self.classes_[winners]), votes / self.n_neighbors, self.order_[nearest[:, 0]])

    def _distances(self, texts: list[bytes], on_progress: Callable[[int, int], None] | None) -> Floats:
        alone = np.array([self.code.bits(text).bits for text in texts])
        found = np.empty((len(texts), len(self.texts_)))
        for t, known in enumerate(self.texts_):
            if self.distance == "conditional":
                primed = self.code.given(known)
                found[:, t] = [primed.bits(text).bits for text in texts] / np.maximum(alone, 1.0)
            else:
                before = self.code.bits(known).bits
                joint = np.array([self.code.bits(known + b" " + text).bits for text in texts])
                found[:, t] = (joint - np.minimum(before, alone)) / np.maximum(np.maximum(before, alone), 1.0)
            if on_progress is not None:
                on_progress(t + 1, len(self.texts_))
        return found

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags
