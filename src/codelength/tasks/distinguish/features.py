"""What label coders look at: documents as bytes through codes and a few plain features, rows of numbers through bins.

bytes    the codes; the length in 8 bins; the bytes at the beginning, 8 places of 257 values (one for "no byte"); how
         often each byte value comes; the planes of bits
numbers  each column cut at its quantiles into 4, 16 and 64 bins, and of 2 to 8 columns all pairs into 4 x 4;
         softmax regression on standard scores, and on these with squares and, of at most 16 columns, products
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from codelength.core import ConditionalCode, DataError
from codelength.tasks.distinguish.bytes_coders import BitPlanes, ByteRates, MixedParts
from codelength.tasks.distinguish.coders import BinCoder, CodeCoder, Coder, LinearCoder

Documents = Sequence[bytes] | NDArray[np.float64]
"""n documents as bytes, or n rows of d numbers, (n, d)."""

_LENGTH_BINS = 8
_PLACES = 8
_NO_BYTE = 256
_ROW_BINS = (4, 16, 64)
_MOST_PAIRED = 8
_MOST_PRODUCTS = 16
_FARTHEST = 4.0


def as_documents(data: Sequence[bytes] | ArrayLike, name: str) -> Documents:
    """Bytes as they are; anything else as a finite array of rows.

    Raises
    ------
    DataError
        Nothing in it, one bytes object where several documents are wanted, or values that are not finite numbers.
    """
    if isinstance(data, bytes | str):
        raise DataError(
            f"{name}: expected several documents, met one {type(data).__name__}; cut it into lines or blocks"
        )
    if isinstance(data, Sequence):
        documents = [one for one in data if isinstance(one, bytes)]
        if documents and len(documents) == len(data):
            return documents
        if documents or any(isinstance(one, str) for one in data):
            raise DataError(f"{name}: documents must be bytes, all of them; text.encode() makes bytes of text")
    try:
        rows = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: expected documents as bytes or rows of numbers ({error})") from error
    if rows.size == 0:
        raise DataError(f"{name}: is empty; at least one document is needed")
    if rows.ndim > 2:
        raise DataError(f"{name}: has the shape {rows.shape}; expected one row of numbers for each document")
    rows = rows.reshape(rows.shape[0], -1)
    if not np.isfinite(rows).all():
        row = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise DataError(f"{name}: row {row} holds a value that is not a finite number; leave it out or fill it in")
    return rows


def joined(a: Documents, b: Documents) -> Documents:
    """Both as one. Raises `DataError` where they are of different kinds or widths."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape[1] != b.shape[1]:
            raise DataError(f"rows of {a.shape[1]} and of {b.shape[1]} numbers cannot be compared")
        return np.concatenate((a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        raise DataError("one side is documents in bytes, the other rows of numbers: they cannot be compared")
    return [*a, *b]


def coders_for(documents: Documents, classes: int, codes: Sequence[ConditionalCode[bytes]]) -> list[Coder]:
    """Fresh coders over all documents; the codes are for bytes only."""
    if isinstance(documents, np.ndarray):
        bins: list[Coder] = [
            BinCoder(f"{count} bins", _quantile_bins(documents, count), classes) for count in _ROW_BINS
        ]
        if 2 <= documents.shape[1] <= _MOST_PAIRED:
            bins.append(BinCoder("pairs of 4 bins", _pair_bins(documents, 4), classes))
        moments = _moments(documents)
        first = moments[:, : documents.shape[1] + 1]
        return [*bins, LinearCoder("means", first, classes), LinearCoder("moments", moments, classes)]
    coders: list[Coder] = [CodeCoder(code, documents, classes) for code in codes]
    coders.append(BinCoder("length and first bytes", _plain(documents), classes))
    return [*coders, *(MixedParts(parts, documents) for parts in (ByteRates(classes), BitPlanes(classes)))]


def _plain(documents: Sequence[bytes]) -> NDArray[np.int64]:
    lengths = np.array([[len(document)] for document in documents], dtype=np.float64)
    first = np.full((len(documents), _PLACES), _NO_BYTE, dtype=np.int64)
    for i, document in enumerate(documents):
        head = np.frombuffer(document[:_PLACES], dtype=np.uint8)
        first[i, : head.size] = head
    return np.concatenate((_quantile_bins(lengths, _LENGTH_BINS), first), axis=1)


def _quantile_bins(rows: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Bin of each value within its column: (n, d); at most `count` of about as many values each."""
    cuts = np.quantile(rows, np.arange(1, count) / count, axis=0)  # (count - 1, d)
    bins = np.empty(rows.shape, dtype=np.int64)
    for j in range(rows.shape[1]):
        bins[:, j] = np.searchsorted(np.unique(cuts[:, j]), rows[:, j], side="right")
    return bins


def _pair_bins(rows: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """The cell of every two columns in the grid of their bins: (n, d (d - 1) / 2)."""
    bins = _quantile_bins(rows, count)
    i, j = np.triu_indices(rows.shape[1], k=1)
    return bins[:, i] * count + bins[:, j]


def _moments(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard scores, a one, squares, products: (n, 2 d + 1) or more."""
    middle, spread = np.median(rows, axis=0), rows.std(axis=0)
    scores = np.clip((rows - middle) / np.where(spread > 0, spread, 1.0), -_FARTHEST, _FARTHEST)
    parts = [scores, np.ones((rows.shape[0], 1)), scores**2]
    if rows.shape[1] <= _MOST_PRODUCTS:
        i, j = np.triu_indices(rows.shape[1], k=1)
        parts.append(scores[:, i] * scores[:, j])
    return np.concatenate(parts, axis=1)
