"""Two point clouds without pairs: the map under which one is distributed like the other, of the family that pays.

    min over families, f    L(f) + sum_i -log2(delta**d p_y(f(x_i)) |det f'|)

Several starts are refined to the likeliest map of every family (`points_starts`, `points_ascent`); its parameters are
rounded and paid for (`points_maps`); the points are then coded under y's density seen through the rounded map, mixed
with what x itself teaches while it is coded (`points_density`). The code without y is that learner alone. Both are
told x's mean and its spread along each axis for nothing: so a cloud of the same size and place is no match yet.

With n points of d dimensions, k components: O(n k d**2) a step, some hundreds of steps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, DataError
from codelength.tasks.match.evidence import Match
from codelength.tasks.match.points_density import Gaussians, fits, learnt, switched
from codelength.tasks.match.points_free import Free, coupled
from codelength.tasks.match.points_maps import FAMILIES, Affine, Frame, rounded
from codelength.tasks.match.points_search import Likeliest

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

PRECISION = 2.0**-8
_LEAST = 8
_FARTHEST = 1e100
_LEARNERS_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PointMatch(Match):
    """What was found between two clouds.

    Parameters
    ----------
    family
        The best family, of `points_maps.FAMILIES`.
    map
        f(x) = matrix x + offset, rounded as it was paid for; of a free coupling with the `shifts` of its parts.
    families
        The bits of every family that was tried.
    sizes
        Points of x, points of y, dimensions.
    """

    family: str
    map: Affine | Free
    families: dict[str, Match]
    sizes: tuple[int, int, int]

    def as_dict(self) -> dict[str, object]:
        """For a record."""
        return Match.as_dict(self) | {
            "family": self.family if self.found else None,
            "matrix": self.map.matrix if self.found else None,
            "offset": self.map.offset if self.found else None,
            "shifts": self.map.shifts if self.found and isinstance(self.map, Free) else None,
            "saved_by_family": {name: match.saved for name, match in self.families.items()},
            "points": {"x": self.sizes[0], "y": self.sizes[1], "dimensions": self.sizes[2]},
        }


def match_points(
    x: Floats,
    y: Floats,
    *,
    families: Sequence[str] = FAMILIES,
    precision: float = PRECISION,
    seed: int = 0,
    seconds: float = 120.0,
    on_progress: Progress | None = None,
) -> PointMatch:
    """Find the map that takes x to where y is, and say what it saves.

    Parameters
    ----------
    x, y
        (n, d) and (m, d) points without pairs, in any order; at least 8 each.
    families
        Those to try.
    precision
        Grid spacing at which x counts as known, in units of the root mean square spread of x.
    seed
        Of the mixtures and the starts.
    seconds
        Begin no start that would end later.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        Too few points, dimensions that differ, numbers that are not finite, or no spread.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> corners = np.array([[0, 0], [5, 0], [0, 2], [9, 9]])
    >>> cloud = corners[chance.integers(4, size=400)] + 0.2 * chance.standard_normal((400, 2))
    >>> turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    >>> found = match_points(cloud[:200], cloud[200:] @ turn.T)
    >>> found.family, bool(np.abs(found.map.matrix - turn).max() < 0.05)
    ('rotation', True)
    """
    end = time.monotonic() + seconds
    x, y = _checked(x, "x"), _checked(y, "y")
    if x.shape[1] != y.shape[1]:
        raise DataError(f"x has {x.shape[1]} dimensions and y has {y.shape[1]}: expected the same number")
    chance = np.random.default_rng(seed)
    delta = precision * _scale(x, "x")
    x = np.rint(x[chance.permutation(len(x))] / delta) * delta
    y = y[chance.permutation(len(y))]
    densities = fits(y, precision * _scale(y, "y"), chance)
    own = learnt(x, delta, chance)
    alone = _bits(switched(own), x, delta)
    frame = Frame.of(x, y, precision)
    search = Likeliest(x, y, shortest(densities, y), precision, chance, end, on_progress)
    found: dict[str, tuple[Match, Affine | Free]] = {}

    def total(name: str) -> float:
        return found[name][0].total.bits

    map_: Affine | Free
    for done, family in enumerate(families):
        if on_progress is not None:
            on_progress("families", done, len(families))
        if family == "free":
            begin = [
                one for _, one in (found[name] for name in sorted(found, key=total)[:1]) if isinstance(one, Affine)
            ]
            begin.append(_rounded_best("identity", search.of("identity"), frame, search.density, x, delta))
            map_, given = _freely(x, search.density, begin, delta, chance)
        else:
            map_ = _rounded_best(family, search.of(family), frame, search.density, x, delta)
            given = np.stack([one.seen_through(map_.matrix, map_.offset, delta).log2_density(x) for one in densities])
        matched = _bits(switched(given, own, share=_LEARNERS_SHARE), x, delta)
        found[family] = (Match("points", alone, Bits(map_.bits), matched), map_)
    family = min(found, key=total)
    best, map_ = found[family]
    return PointMatch(
        kind="points",
        unmatched=best.unmatched,
        map_bits=best.map_bits,
        matched=best.matched,
        family=family,
        map=map_,
        families={name: one for name, (one, _) in found.items()},
        sizes=(len(x), *y.shape),
    )


def shortest(densities: Sequence[Gaussians], points: Floats) -> Gaussians:
    """The mixture of least two-part codelength: half a log2 n for each parameter (Schwarz 1978, Rissanen 1978)."""
    n, d = points.shape

    def bits(one: Gaussians) -> float:
        parameters = len(one.weights) * (1 + d + d * (d + 1) / 2)
        return float(0.5 * parameters * math.log2(n) - one.log2_density(points).sum())

    return min(densities, key=bits)


def _rounded_best(family: str, map_: Affine, frame: Frame, density: Gaussians, x: Floats, delta: float) -> Affine:
    """The rounding with which map and points take the fewest bits; the identity where all flatten a direction."""

    def bits(one: Affine) -> float:
        return one.bits - float(density.seen_through(one.matrix, one.offset, delta).log2_density(x).sum())

    return min([*rounded(family, map_, frame), *rounded("identity", map_, frame)], key=bits)


def _freely(
    x: Floats, density: Gaussians, begin: Sequence[Affine], delta: float, chance: np.random.Generator
) -> tuple[Free, Floats]:
    """The best free coupling of several affine beginnings, and what it gives each point, (1, n)."""
    tried = [coupled(x, density, one, delta, chance) for one in begin]
    given = [one.moved.log2_density(x) for one in tried]
    best = min(range(len(tried)), key=lambda k: tried[k].bits - float(given[k].sum()))
    return tried[best], given[best][None]


def _bits(bits: float, x: Floats, delta: float) -> Bits:
    """Of a density in bits, on the grid. Floats: an estimate, which no stream has been made of."""
    return Bits(bits - x.size * math.log2(delta), "estimate")


def _checked(points: Floats, name: str) -> Floats:
    points = np.asarray(points, dtype=np.float64)
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or len(points) < _LEAST or points.shape[1] < 1:
        raise DataError(f"{name} has the shape {points.shape}: expected at least {_LEAST} points as rows of numbers")
    if not np.isfinite(points).all():
        raise DataError(f"{name} has numbers that are not finite: leave those points out")
    return points


def _scale(points: Floats, name: str) -> float:
    if (points == points[0]).all():
        raise DataError(f"all points of {name} are the same: nothing to match")
    with np.errstate(over="ignore", invalid="ignore"):
        scale = math.sqrt(float(points.var(axis=0).mean()))
    if not 1 / _FARTHEST < scale < _FARTHEST:
        raise DataError(f"the points of {name} are spread over {scale:.2g}, too much or too little: use another unit")
    return scale
