"""`OnColumns`: an estimator that sees some of the columns only, so that groups of features become experts of their own.

A pipeline with a column selector does the same, but does not hand on `unlabelled` rows.
"""

from __future__ import annotations

import inspect
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from codelength.tasks.classify.low_regret_rows import Floats, size, spoken


class OnColumns(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier on columns `start` to `stop` - 1.

    Parameters
    ----------
    estimator
        What is fitted on them.
    start, stop
        As in a slice.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X = np.array([[0.0, 5.0], [1.0, 5.0], [0.1, 4.0], [0.9, 4.0]])
    >>> OnColumns(GaussianNB(), 0, 1).fit(X, [0, 1, 0, 1]).predict([[0.2, 0.0]]).tolist()
    [0]
    """

    def __init__(self, estimator: Any, start: int | None = None, stop: int | None = None) -> None:
        self.estimator = estimator
        self.start = start
        self.stop = stop

    def fit(self, X: Any, y: ArrayLike, *, unlabelled: Any = ()) -> Self:
        """Fit the estimator on the columns.

        Parameters
        ----------
        X
            (n, m), dense or sparse.
        y
            n labels.
        unlabelled
            More rows.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr")
        self.estimator_ = clone(self.estimator)
        if "unlabelled" in inspect.signature(self.estimator_.fit).parameters and size(unlabelled):
            more = validate_data(self, unlabelled, accept_sparse="csr", reset=False)
            self.estimator_.fit(self._columns(X), y, unlabelled=self._columns(more))
        else:
            self.estimator_.fit(self._columns(X), y)
        self.classes_ = self.estimator_.classes_
        return self

    def staged(self, X: Any) -> dict[str, Floats]:
        """What the estimator says after each of its stages, (n, k) each."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        return spoken(self.estimator_, self._columns(X), self.classes_, type(self.estimator_).__name__)

    def predict_proba(self, X: Any) -> Floats:
        """P(class | row), (n, k), after the last stage."""
        return list(self.staged(X).values())[-1]

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each row."""
        said = self.predict_proba(X)
        return np.asarray(self.classes_[said.argmax(axis=1)])

    def _columns(self, X: Any) -> Any:
        return X[:, self.start : self.stop]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = get_tags(self.estimator).input_tags.sparse
        return tags
