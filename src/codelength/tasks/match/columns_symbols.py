"""Columns of a table as symbols: values where they are few, bins of equal counts where they are many.

An alphabet comes from one column and can read another: that is how a column of x is coded as a column of y. What an
alphabet does not have is one further symbol, after which the value itself is sent. A number in a bin costs log2 of
the places there, where places are as far apart as the nearest two numbers of the column read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FEW = 16
_BINS = 8


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The symbols of one column: its `values`, or bins between `edges`.

    Parameters
    ----------
    values
        Distinct values in order; empty for bins.
    edges
        Rising borders of the bins; empty for values.
    """

    values: Values
    edges: Floats

    @property
    def size(self) -> int:
        """Kinds of symbols, with the one for what is not there."""
        return max(len(self.values), len(self.edges) - 1) + 1

    def read(self, column: Values) -> tuple[Integers, float]:
        """A column's symbols, (n,), and the bits that the values take once the symbols are known."""
        other = self.size - 1
        numbers = column.dtype.kind == "f"
        if (self.values if len(self.values) else self.edges).dtype.kind == "f" and not numbers:
            return np.full(len(column), other), len(column) * np.log2(len(np.unique(column)))
        if len(self.values):
            if self.values.dtype.kind != "f" and numbers:
                return np.full(len(column), other), len(column) * _log2_places(column, float(np.ptp(column)))
            places = np.minimum(np.searchsorted(self.values, column), other - 1)
            symbols = np.where(self.values[places] == column, places, other)
            each = _log2_places(column, float(np.ptp(column))) if numbers else np.log2(len(np.unique(column)))
            return symbols.astype(np.int64), float((symbols == other).sum() * each)
        symbols = np.searchsorted(self.edges, column, side="right") - 1
        symbols = np.where(column == self.edges[-1], other - 1, symbols)
        symbols = np.where((symbols < 0) | (symbols >= other), other, symbols)
        widths = [*np.diff(self.edges), float(np.ptp(column))]
        costs = np.array([_log2_places(column, width) for width in widths])
        return symbols.astype(np.int64), float(costs[symbols].sum())


def alphabet(column: Values) -> Alphabet:
    """The symbols of a column: its values if there are at most 16, or if they are text; else bins."""
    values = np.unique(column)
    if len(values) <= FEW or column.dtype.kind != "f":
        return Alphabet(values, np.empty(0))
    edges = np.unique(np.quantile(column, np.linspace(0, 1, _BINS + 1)))
    return Alphabet(np.empty(0), edges)


def ordered(column: Values) -> Floats:
    """Ranks from 0 to 1 of numbers (ties share their mean rank) and of two values; zeros for text of more kinds."""
    values, places, counts = np.unique(column, return_inverse=True, return_counts=True)
    if column.dtype.kind != "f" and len(values) > 2:
        return np.zeros(len(column))
    ranks = np.cumsum(counts) - (counts + 1) / 2
    out: Floats = ranks[places] / max(1, len(column) - 1)
    return out


def _log2_places(column: Values, width: float) -> float:
    gaps = np.diff(np.unique(column))
    return float(np.log2(max(1.0, width / gaps.min()))) if len(gaps) else 0.0
