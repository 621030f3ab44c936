"""Rows of whatever estimators are given, and what any fitted estimator says of them as a distribution over classes."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse, vstack
from scipy.special import softmax
from sklearn.base import clone

from codelength.core import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known when labels are coded: rows, labels in the order of the rows, more rows without labels, and the
    order in which labels become known.
    """

    X: Any
    y: NDArray[Any]
    unlabelled: Any
    order: NDArray[np.intp]

    def fit(self, expert: Any, labels: int) -> Any:
        """A fresh expert that knows the first `labels` labels and, if it takes them, all other rows without theirs."""
        seen, left = self.order[:labels], self.order[labels:]
        fresh = clone(expert)
        if "unlabelled" in inspect.signature(fresh.fit).parameters:
            more = [part for part in (self.unlabelled, rows(self.X, left)) if size(part)]
            return fresh.fit(rows(self.X, seen), self.y[seen], unlabelled=joined(more))
        return fresh.fit(rows(self.X, seen), self.y[seen])


def size(data: Any) -> int:
    """How many rows."""
    return int(data.shape[0]) if hasattr(data, "shape") else len(data)


def rows(data: Any, chosen: NDArray[np.intp]) -> Any:
    """The `chosen` rows of a list, an array or a sparse matrix."""
    return [data[i] for i in chosen] if isinstance(data, list) else data[chosen]


def joined(parts: list[Any]) -> Any:
    """Rows of several of a kind, one after another; nothing is ()."""
    if not parts:
        return ()
    if any(map(issparse, parts)):
        return vstack([csr_matrix(part) for part in parts]).tocsr()
    return [one for part in parts for one in part] if isinstance(parts[0], list) else np.concatenate(parts)


def spoken(estimator: Any, data: Any, classes: NDArray[Any], name: str) -> dict[str, Floats]:
    """What a fitted classifier says of each of `classes`, (n, k), 0 for those that it has not seen: after each of its
    stages if it has a method `staged`, else under the name "". From margins where it has no probabilities.

    Raises
    ------
    DataError
        An estimator that has none of the three.
    """
    if hasattr(estimator, "staged"):
        said = estimator.staged(data)
    elif hasattr(estimator, "predict_proba"):
        said = {"": estimator.predict_proba(data)}
    elif hasattr(estimator, "decision_function"):
        margins = np.asarray(estimator.decision_function(data), dtype=np.float64)
        said = {"": softmax(np.column_stack((-margins, margins)) if margins.ndim == 1 else margins, axis=1)}
    else:
        raise DataError(f"expert {name} has neither predict_proba nor decision_function: it says nothing to mix")
    columns = np.searchsorted(classes, estimator.classes_)
    return {stage: _aligned(np.asarray(one, dtype=np.float64), columns, classes.size) for stage, one in said.items()}


def _aligned(said: Floats, columns: NDArray[np.intp], classes: int) -> Floats:
    out = np.zeros((said.shape[0], classes))
    out[:, columns] = said
    return out
