"""Two tables without shared names: which column of x is which of y.

    L(f) + |C(f(x) | y)|,    L(f) = log2 of the number of assignments

Columns are assigned by their marginals and by how each pair depends on one another (`columns_assignment`); x is then
coded along y's tree of columns, with y's counts known (`columns_tree`). Without y it is coded along its own tree,
which has to be told, and learns its counts from nothing. Bins and values of x are told for nothing where x is coded
alone.

Numbers must be in one unit on both sides, labels be spelt alike: it is the columns' names and order that are unknown.
Costs O(d**3) a step of the assignment, O(n s**2) for the counts of s symbols in all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, DataError
from codelength.tasks.match.columns_assignment import another, assign
from codelength.tasks.match.columns_symbols import Alphabet, alphabet, ordered
from codelength.tasks.match.columns_tree import (
    LN2,
    coded,
    dirichlet_bits,
    mutual_information,
    tree_bits,
    widest_tree,
)
from codelength.tasks.match.evidence import Match, no_better

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Table = Mapping[str, NDArray[Any]]
Progress = Callable[[str, int, int], None]

_LEAST = 8
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class ColumnMatch(Match):
    """What was found between two tables.

    Parameters
    ----------
    pairs
        Column of x -> column of y; a column that y has no place for is left out.
    sizes
        Rows and columns of x, rows and columns of y.
    rival
        Bits that x takes more if none of its columns is where it was found to be; infinite for one column.
    """

    pairs: dict[str, str]
    sizes: tuple[int, int, int, int]
    rival: float

    @property
    def undecided(self) -> str | None:
        """Columns that are all alike may be exchanged."""
        return no_better(self.rival, self.map_bits.bits, "columns")

    def as_dict(self) -> dict[str, object]:
        """For a record."""
        n, d, m, k = self.sizes
        return Match.as_dict(self) | {
            "pairs": self.pairs if self.found else None,
            "rival_bits": None if math.isinf(self.rival) else self.rival,
            "tables": {"x": {"rows": n, "columns": d}, "y": {"rows": m, "columns": k}},
        }


@dataclass(frozen=True, slots=True)
class _Read:
    """A table's columns under their own alphabets: symbols (n, d), sizes (d,), bits within the symbols (d,)."""

    columns: list[NDArray[Any]]
    alphabets: list[Alphabet]
    symbols: Integers
    sizes: Integers
    within: Floats
    dependence: Floats
    information: Floats

    @classmethod
    def of(cls, table: Table, name: str) -> _Read:
        columns = [_clean(column, name, key) for key, column in table.items()]
        if not columns or min(map(len, columns)) < _LEAST or len(set(map(len, columns))) > 1:
            raise DataError(
                f"{name} has columns of {sorted(set(map(len, columns)))} values: expected one length, 8 or more"
            )
        alphabets = [alphabet(column) for column in columns]
        read = [one.read(column) for one, column in zip(alphabets, columns, strict=True)]
        symbols = np.stack([of for of, _ in read], axis=1)
        sizes = np.array([one.size for one in alphabets])
        information = mutual_information(symbols, sizes)
        ranks = np.stack([ordered(column) for column in columns], axis=1)
        chance = np.outer(sizes - 2, sizes - 2) / (2 * len(symbols) * LN2)
        strength = np.sqrt(1 - 2.0 ** (-2 * np.maximum(information - chance, 0.0)))
        dependence = np.stack([correlations(ranks), strength])
        within = np.array([bits for _, bits in read])
        return cls(columns, alphabets, symbols, sizes, within, dependence, information)


def match_columns(x: Table, y: Table, *, on_progress: Progress | None = None) -> ColumnMatch:
    """Find which column of x is which of y, and say what knowing it saves.

    Parameters
    ----------
    x, y
        Name -> values, one array of numbers or text a column; rows correspond within a table, never between them.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        A table without columns, columns of different lengths, fewer than 8 rows, values that are not there, numbers
        that are not finite.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> def table(n):
    ...     age = chance.integers(20, 70, n)
    ...     return age, age // 10, chance.choice(["red", "green"], n)
    >>> x = dict(zip("abc", table(300)[::-1]))
    >>> found = match_columns(x, dict(zip(("age", "decade", "colour"), table(400))))
    >>> found.pairs, found.found
    ({'a': 'colour', 'b': 'decade', 'c': 'age'}, True)
    """
    tell = on_progress or (lambda _phase, _done, _total: None)
    tell("reading", 0, 1)
    a, b = _Read.of(x, "x"), _Read.of(y, "y")
    (n, d), (m, k) = a.symbols.shape, b.symbols.shape
    places = max(d, k)
    unary = np.empty((d, places))
    for i in range(d):
        for j in range(k):
            unary[i, j] = _marginal(a, i, b, j)
    alone_each = np.array([dirichlet_bits(_counted(a.symbols[:, i], a.sizes[i])) for i in range(d)]) + a.within
    unary[:, k:] = alone_each[:, None]
    of_y = np.zeros((2, places, places))
    of_y[:, :k, :k] = b.dependence
    weight = n * m / (n + m) / (2 * LN2 * len(of_y))
    found = assign(unary, a.dependence, of_y, weight, lambda done, total: tell("assigning", done, total))
    alone = tree_bits(d) + coded(a.symbols, a.sizes, widest_tree(a.information)) + a.within.sum()
    inside = np.flatnonzero(found < k)
    matched, rival = (_placed(a, b, places, alone_each) for places in (found, another(found)))
    map_bits = (math.lgamma(places + 1) - math.lgamma(places - d + 1)) / LN2
    names_x, names_y = list(x), list(y)
    return ColumnMatch(
        kind="columns",
        unmatched=Bits(float(alone), "estimate"),
        map_bits=Bits(map_bits),
        matched=Bits(matched, "estimate"),
        pairs={names_x[i]: names_y[found[i]] for i in inside},
        sizes=(n, d, m, k),
        rival=rival - matched if d > 1 else math.inf,
    )


def correlations(columns: Floats) -> Floats:
    """Pearson's, (d, d); 0 for a column that does not vary."""
    centred = columns - columns.mean(axis=0)
    norms = np.sqrt((centred * centred).sum(axis=0))
    centred /= np.where(norms > 1e-12, norms, np.inf)
    out: Floats = centred.T @ centred
    return out


def _placed(a: _Read, b: _Read, places: Integers, alone: Floats) -> float:
    """Bits of x with its columns in these places, those for which y has none by themselves."""
    inside = np.flatnonzero(places < len(b.sizes))
    return float(_under(a, b, inside, places[inside]) + alone[places >= len(b.sizes)].sum())


def _under(a: _Read, b: _Read, rows: Integers, places: Integers) -> float:
    """Bits of those columns of x along y's tree, with y's counts."""
    if not len(rows):
        return 0.0
    read = [b.alphabets[j].read(a.columns[i]) for i, j in zip(rows, places, strict=True)]
    edges = widest_tree(b.information[np.ix_(places, places)])
    symbols = np.stack([of for of, _ in read], axis=1)
    return coded(symbols, b.sizes[places], edges, b.symbols[:, places]) + float(sum(bits for _, bits in read))


def _marginal(a: _Read, i: int, b: _Read, j: int) -> float:
    symbols, within = b.alphabets[j].read(a.columns[i])
    return dirichlet_bits(_counted(symbols, b.sizes[j]), _counted(b.symbols[:, j], b.sizes[j])) + within


def _counted(symbols: Integers, size: int) -> Floats:
    return np.bincount(symbols, minlength=size).astype(np.float64)


def _clean(column: NDArray[Any], name: str, key: str) -> NDArray[Any]:
    column = np.asarray(column)
    if column.ndim != 1:
        raise DataError(f"column {key!r} of {name} has {column.ndim} dimensions: expected a value for each row")
    if column.dtype.kind == "O":
        if any(value is None for value in column):
            raise DataError(f"column {key!r} of {name} lacks values (None): leave those rows out, or fill them")
        if all(isinstance(value, Real | Decimal) for value in column):
            column = column.astype(np.float64)
    if column.dtype.kind in "biuf":
        column = column.astype(np.float64)
        if not np.isfinite(column).all():
            raise DataError(
                f"column {key!r} of {name} has numbers that are not finite: leave those rows out, or fill them"
            )
        if np.abs(column).max(initial=0.0) > _LARGEST:
            raise DataError(f"column {key!r} of {name} has numbers beyond {_LARGEST:g}: is one a mark for none?")
        return column
    return column.astype(str)
