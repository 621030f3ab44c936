"""What an estimator is given -> documents: texts as they are, rows of numbers as words.

A number is said by its column and by which of the column's training quantiles it lies between ("c7_3"), so that any
code of text reads a table. Cost: a look-up for each number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError

LEVELS = 8


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
