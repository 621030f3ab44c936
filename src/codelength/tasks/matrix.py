"""All pairs of files under a code, and the tree that their distances make.

The pairs are those of `measures.matrix`, a map over rows through joblib. The tree is average linkage (Sokal & Michener
1958): the two clusters nearest on average merge, distances to the merged one are the mean over its leaves. O(N^3) for N
files, nothing beside the codelengths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, Code, DataError
from codelength.measures import matrix
from codelength.measures.matrix import Row
from codelength.tasks.parallel import Progress, mapped
from codelength.tasks.selection import bits_dict

Merge = tuple[int, int, float, int]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What N files share, pair by pair.

    `alone`: |C(x_i)|. `shared`: [i][j] is what i saves on j, the diagonal what a file saves on itself. `distance`:
    normalised, symmetric, 0 on the diagonal. `merges`: N - 1 of (a, b, distance, leaves), clusters below N are files,
    N + k is merge k. `order`: files as the tree draws them.
    """

    code: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    alone: tuple[Bits, ...]
    shared: tuple[tuple[Bits, ...], ...]
    distance: tuple[tuple[float, ...], ...]
    merges: tuple[Merge, ...]
    order: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, strings, lists and dicts, as for JSON."""
        return {
            "code": self.code,
            "names": list(self.names),
            "sizes": list(self.sizes),
            "alone": [bits_dict(bits) for bits in self.alone],
            "shared": [[bits_dict(bits) for bits in row] for row in self.shared],
            "distance": [list(row) for row in self.distance],
            "merges": [list(merge) for merge in self.merges],
            "order": list(self.order),
        }


def select_matrix(
    names: Sequence[str],
    contents: Sequence[bytes],
    code: Code[bytes],
    *,
    jobs: int | None = None,
    on_progress: Progress | None = None,
) -> Matrix:
    """Shared bits and distances of all pairs, and their tree.

    Parameters
    ----------
    names, contents
        N >= 2 files.
    code
        Any code over bytes; one without `given` is used by difference, and what is shared is an estimate.
    jobs, on_progress
        As in `select_sources`; the phase is "pairs", one for each row.

    Raises
    ------
    DataError
        Fewer than two files, or an empty one.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> found = select_matrix(["a", "b", "c"], [b"aaab" * 20, b"zzzz" * 20, b"aaba" * 20], KT())
    >>> sorted(found.merges[0][:2])
    [0, 2]
    """
    if len(contents) < 2:
        raise DataError(f"a matrix of {len(contents)} files: at least two are needed")
    for name, content in zip(names, contents, strict=True):
        if not content:
            raise DataError(f"{name!r} is empty: it shares nothing with anything")

    def over(row_of: Callable[[int], Row], rows: Iterable[int]) -> Iterable[Row]:
        return mapped(row_of, list(rows), jobs=jobs, phase="pairs", on_progress=on_progress)

    found = matrix(list(contents), code, over=over)
    merges = average_linkage(found.distance)
    kind = found.shared_kind
    return Matrix(
        code=code.spec,
        names=tuple(names),
        sizes=tuple(len(content) for content in contents),
        alone=tuple(Bits(float(bits), found.alone_kind) for bits in found.alone),
        shared=tuple(tuple(Bits(float(bits), kind) for bits in row) for row in found.shared),
        distance=tuple(tuple(row) for row in found.distance.tolist()),
        merges=merges,
        order=_leaves(merges, len(contents)),
    )


def average_linkage(distance: NDArray[np.float64]) -> tuple[Merge, ...]:
    """Merges of the N clusters of one, nearest first, ties to the lowest numbers: N - 1 of (a, b, distance, leaves)."""
    n = distance.shape[0]
    away = distance.astype(np.float64).copy()
    np.fill_diagonal(away, np.inf)
    cluster, leaves = list(range(n)), [1] * n
    merges: list[Merge] = []
    while len(cluster) > 1:
        i, j = sorted(divmod(int(np.argmin(away)), len(cluster)))
        joined = leaves[i] + leaves[j]
        merges.append((cluster[i], cluster[j], float(away[i, j]), joined))
        mean = (leaves[i] * away[i] + leaves[j] * away[j]) / joined
        away[i], away[:, i] = mean, mean
        away[i, i] = np.inf
        away = np.delete(np.delete(away, j, axis=0), j, axis=1)
        cluster[i], leaves[i] = n + len(merges) - 1, joined
        del cluster[j], leaves[j]
    return tuple(merges)


def _leaves(merges: Sequence[Merge], n: int) -> tuple[int, ...]:
    def below(node: int) -> list[int]:
        if node < n:
            return [node]
        return below(merges[node - n][0]) + below(merges[node - n][1])

    return tuple(below(n + len(merges) - 1))
