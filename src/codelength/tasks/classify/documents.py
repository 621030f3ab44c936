"""What an estimator is given -> documents: texts as they are, rows of numbers as words.

A number is said by its column and by which of the column's training quantiles it lies between ("c7_3"), so that any
code of text reads a table. Cost: a look-up for each number.
"""

from __future__ import annotations

import math
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


def labels_of(y: ArrayLike) -> NDArray[Any]:
    """Labels as an array, (n,).

    Raises
    ------
    LabelsError
        One that is missing (None, or NaN beside texts), or texts beside other things: NumPy would make texts of them.
    ValueError
        Another shape.
    """
    given = np.asarray(y) if not isinstance(y, list | tuple) else y
    if isinstance(given, list | tuple) or given.dtype == object:
        each = list(given)
        for at, label in enumerate(each):
            if label is None or (isinstance(label, float) and math.isnan(label)):
                raise LabelsError(f"label {at} is missing ({label}): what has no label goes into `unlabelled`")
        texts = [isinstance(label, str) for label in each]
        if any(texts) and not all(texts):
            kinds = sorted({type(label).__name__ for label in each})
            raise LabelsError(f"labels of several types ({', '.join(kinds)}): make them all of one")
    labels = np.asarray(given)
    return np.asarray(column_or_1d(labels, warn=True))


def is_texts(data: Any) -> bool:
    """Whether these are texts: a list, tuple, array or column with a str or bytes in it."""
    if isinstance(data, str | bytes) or not hasattr(data, "__len__") or getattr(data, "ndim", 1) != 1:
        return False
    return any(isinstance(text, str | bytes) for text in data)


def refuse_other_texts(data: Any) -> None:
    """Raise `LabelsError` for texts in another form than one after another, which would be read as numbers."""
    if isinstance(data, str | bytes):
        raise LabelsError("one text; expected a list of them")
    if isinstance(data, list | tuple) and not data:
        raise LabelsError("no documents: there is nothing to learn from")
    if isinstance(data, np.ndarray) and data.ndim == 2 and data.size and isinstance(data.flat[0], str | bytes):
        raise LabelsError(f"texts of shape {data.shape}; expected one after another, as X[:, 0]")


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
            texts, labels = texts_of(X), labels_of(y)
            if len(labels) != len(texts):
                raise ValueError(f"{len(texts)} documents and {len(labels)} labels: expected as many")
            return texts, labels
        refuse_other_texts(X)
        rows, labels = validate_data(estimator, X, y if y is None else labels_of(y), dtype=np.float64)
        self.quantiles = Quantiles(rows, self.levels)
        return self.quantiles.texts(rows), np.asarray(labels)

    def again(self, estimator: BaseEstimator, X: Any) -> list[bytes]:
        """More documents of the same kind."""
        if self.quantiles is not None:
            if is_texts(X):
                raise DataError("this classifier was fitted on rows of numbers, and these are texts")
            return self.quantiles.texts(validate_data(estimator, X, dtype=np.float64, reset=False))
        if len(X) and not is_texts(X):
            raise DataError("this classifier was fitted on texts: expected a list of str or bytes")
        return texts_of(X)
