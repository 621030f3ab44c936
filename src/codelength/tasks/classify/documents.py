"""What an estimator is given -> documents: texts as they are, rows of numbers as words.

A number is said by its column and by which of the column's training quantiles it lies between ("c7_3"), so that any
code of text reads a table. Cost: a look-up for each number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import column_or_1d, validate_data

from codelength.core import DataError

LEVELS = 8


class LabelsError(DataError, ValueError):
    """Labels that nothing can be learnt from. Also a `ValueError`, as scikit-learn's tools expect of bad labels."""


def is_texts(data: Any) -> bool:
    """Whether these are texts: a list, tuple, array or column of str or bytes."""
    if isinstance(data, str | bytes) or not hasattr(data, "__len__") or getattr(data, "ndim", 1) != 1 or len(data) == 0:
        return False
    return isinstance(next(iter(data)), str | bytes)


def texts_of(data: Sequence[str | bytes]) -> list[bytes]:
    """Texts as bytes, str in UTF-8.

    Raises
    ------
    DataError
        Something that is neither, with its place.
    """
    texts = []
    for at, text in enumerate(data):
        if isinstance(text, str):
            texts.append(text.encode("utf-8", "surrogatepass"))
        elif isinstance(text, bytes):
            texts.append(text)
        else:
            raise DataError(f"document {at} is a {type(text).__name__} ({text!r}); expected str or bytes for all")
    return texts


class Quantiles:
    """Rows of numbers as words.

    Parameters
    ----------
    rows
        (n, m) of the training data.
    levels
        Into how many levels a column is cut, by its own quantiles; equal ones count once.
    """

    def __init__(self, rows: NDArray[np.floating], levels: int = LEVELS) -> None:
        shares = np.arange(1, levels) / levels
        self.edges = [np.unique(column) for column in np.quantile(rows, shares, axis=0).T]
        self.words = [
            np.array([b"c%d_%d " % (at, level) for level in range(edges.size + 1)], dtype=object)
            for at, edges in enumerate(self.edges)
        ]

    def texts(self, rows: NDArray[np.floating]) -> list[bytes]:
        """One document for each row."""
        columns = [
            words[np.searchsorted(edges, column, side="left")]
            for words, edges, column in zip(self.words, self.edges, rows.T, strict=True)
        ]
        return [b"".join(row) for row in zip(*columns, strict=True)]


class Reader:
    """How an estimator reads what it is given: as texts or as rows of numbers, as it was in training.

    Parameters
    ----------
    levels
        See `Quantiles`.
    """

    def __init__(self, levels: int = LEVELS) -> None:
        self.levels = levels
        self.quantiles: Quantiles | None = None

    def first(self, estimator: BaseEstimator, X: Any, y: ArrayLike) -> tuple[list[bytes], NDArray[Any]]:
        """The training documents and their labels, (n,) each.

        Raises
        ------
        DataError
            Documents of which some are neither str nor bytes.
        ValueError
            What scikit-learn refuses: NaN, lengths that differ, labels of a wrong shape.
        """
        if is_texts(X):
            texts = texts_of(X)
            labels = column_or_1d(np.asarray(y), warn=True)
            if len(labels) != len(texts):
                raise ValueError(f"{len(texts)} documents and {len(labels)} labels: expected as many")
            return texts, labels
        rows, labels = validate_data(estimator, X, y, dtype=np.float64)
        self.quantiles = Quantiles(rows, self.levels)
        return self.quantiles.texts(rows), np.asarray(labels)

    def again(self, estimator: BaseEstimator, X: Any) -> list[bytes]:
        """More documents of the same kind."""
        if self.quantiles is not None:
            return self.quantiles.texts(validate_data(estimator, X, dtype=np.float64, reset=False))
        if len(X) and not is_texts(X):
            raise DataError("this classifier was fitted on texts: expected a list of str or bytes")
        return texts_of(X)
