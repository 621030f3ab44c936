"""Shared bits and distances between many sequences, all pairs, as a map over rows.

    conditional[i, j] = |C(y_j | y_i)|
    shared[i, j]      = |C(y_j)| - conditional[i, j]                              bits that i saves on j
    distance[i, j]    = max(conditional[i, j], conditional[j, i]) / max(|C(y_i)|, |C(y_j)|)

A row primes the code with one sequence and scores all the others: for a code with side information that costs
|y_i| + sum_j |y_j| symbols; for one without, sum_j (|y_i| + |y_j|), by difference. Rows are independent of each other,
so whoever calls may hand in a map over processes or machines; the result is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, Density, Kind, Learner

Row = tuple[Bits, list[Bits]]
RowMap = Callable[[Callable[[int], Row], Iterable[int]], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All pairs of N sequences, in bits.

    `alone`: (N,) |C(y_i)|, of kind `alone_kind`. `conditional`: (N, N), [i, j] is |C(y_j | y_i)|, of kind
    `conditional_kind`; the diagonal is what a sequence costs when it is known.
    """

    alone: NDArray[np.float64]
    conditional: NDArray[np.float64]
    alone_kind: Kind
    conditional_kind: Kind

    @property
    def shared(self) -> NDArray[np.float64]:
        """(N, N): bits that i saves on j."""
        return self.alone[None, :] - self.conditional

    @property
    def shared_kind(self) -> Kind:
        """The kind of number in `shared`."""
        return (Bits(0.0, self.alone_kind) - Bits(0.0, self.conditional_kind)).kind

    @property
    def distance(self) -> NDArray[np.float64]:
        """(N, N): normalised distance, symmetric, 0 on the diagonal: what trees and heat maps take."""
        larger = np.maximum(self.alone[:, None], self.alone[None, :])
        worst = np.maximum(self.conditional, self.conditional.T)
        distance = np.divide(worst, larger, out=np.zeros_like(worst), where=larger > 0)
        np.fill_diagonal(distance, 0.0)
        return distance


def matrix(items: Sequence[bytes], code: Density[bytes], *, over: RowMap = map) -> Matrix:
    """All pairs of `items` under `code`.

    Parameters
    ----------
    items
        N sequences.
    code
        Any density; one with `given` is asked for its conditional codelengths.
    over
        `map`, or another function like it: `lambda f, rows: Parallel(n_jobs=4)(delayed(f)(i) for i in rows)`.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> matrix([b"aaaa" * 9, b"abab" * 9, b"zzzz" * 9], KT()).distance.shape
    (3, 3)
    """
    rows = list(over(_RowOf(tuple(items), code), range(len(items))))
    n = len(items)
    kinds = [bits.kind for _, row in rows for bits in row]
    return Matrix(
        alone=np.array([alone.bits for alone, _ in rows], dtype=np.float64),
        conditional=np.array([[bits.bits for bits in row] for _, row in rows], dtype=np.float64).reshape(n, n),
        alone_kind=_joint([alone.kind for alone, _ in rows]),
        conditional_kind=_joint(kinds),
    )


@dataclass(frozen=True, slots=True)
class _RowOf:
    """A row of the matrix by its number; a value that can be sent to another process."""

    items: tuple[bytes, ...]
    code: Density[bytes]

    def __call__(self, i: int) -> Row:
        alone = self.code.bits(self.items[i])
        if isinstance(self.code, Learner):
            primed = self.code.given(self.items[i])
            return alone, [primed.bits(item) for item in self.items]
        return alone, [(self.code.bits(self.items[i] + item) - alone).as_estimate() for item in self.items]


def _joint(kinds: list[Kind]) -> Kind:
    """The kind that may be claimed of all of them: their common one."""
    return kinds[0] if len(set(kinds)) == 1 else ("estimate" if kinds else "exact")
