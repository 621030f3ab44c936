"""The likeliest map of each family between two clouds, from several starts.

Starts are looked at with a small sample first (as they are, after Procrustes on optimal transport, after a short
ascent); the best two are refined on up to 4,000 points. Affine maps are sought between whitened clouds, where what is
left is nearly a rotation, and also begin where the smaller families ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.points_ascent import ascend, likelihood
from codelength.tasks.match.points_density import Gaussians
from codelength.tasks.match.points_maps import Affine
from codelength.tasks.match.points_starts import procrustes, rotations, signs, whitening

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

_SAMPLE = 150
_SHORT = 300
_MOST = 4000
_LOOKED_AT = 6
_KEPT = 2
_TURNING = ("rotation", "similarity", "affine")


class Likeliest:
    """Remembers what was found for one family, for others to begin with.

    Parameters
    ----------
    x, y
        (n, d) and (m, d).
    density
        Of y.
    floor
        Spread below which an axis counts as having none, against the cloud's own.
    chance
        Of samples and starts.
    end
        No start is begun after this time (monotonic, seconds).
    """

    def __init__(
        self,
        x: Floats,
        y: Floats,
        density: Gaussians,
        floor: float,
        chance: np.random.Generator,
        end: float,
        on_progress: Progress | None,
    ) -> None:
        self.density = density
        self._x = x[:_MOST]
        self._y = y[:_MOST]
        self._floor = floor
        self._chance = chance
        self._end = end
        self._tell = on_progress or (lambda _phase, _done, _total: None)
        self._found: dict[str, Affine] = {}

    def of(self, family: str) -> Affine:
        """The likeliest map found in one family."""
        if family not in self._found:
            self._found[family] = self._sought(family)
        return self._found[family]

    def _sought(self, family: str) -> Affine:
        d = self._x.shape[1]
        if family == "identity":
            return Affine(np.eye(d), np.zeros(d))
        if family == "affine":
            return self._between(family, self._whitened(self._x), self._whitened(self._y), self._smaller())
        known = [self._found["rotation"]] if family == "similarity" and "rotation" in self._found else []
        size = np.sqrt(self._y.var(axis=0).mean())
        stretch = size if family in ("translation", "rotation") else np.sqrt(self._x.var(axis=0).mean())
        return self._between(family, np.eye(d) / stretch, np.eye(d) / size, known)

    def _smaller(self) -> list[Affine]:
        return [
            self._found[name] for name in ("translation", "scaling", "rotation", "similarity") if name in self._found
        ]

    def _whitened(self, points: Floats) -> Floats:
        size = np.sqrt(points.var(axis=0).mean())
        out: Floats = whitening(points / size, self._floor) / size
        return out

    def _between(self, family: str, of_x: Floats, of_y: Floats, known: list[Affine]) -> Affine:
        """Search where x and y are centred and multiplied by these matrices; `known` maps x to y as they are."""
        x_mean, y_mean = self._x.mean(axis=0), self._y.mean(axis=0)
        u, v = (self._x - x_mean) @ of_x.T, (self._y - y_mean) @ of_y.T
        back: Floats = np.asarray(np.linalg.inv(of_y), dtype=np.float64)
        density = self.density.seen_through(back, y_mean, 0.0)
        here = [
            Affine(of_y @ one.matrix @ np.linalg.inv(of_x), of_y @ (one(x_mean[None])[0] - y_mean)) for one in known
        ]
        found = self._best(family, u, v, density, here)
        matrix = back @ found.matrix @ of_x
        return Affine(matrix, y_mean + back @ found.offset - matrix @ x_mean)

    def _best(self, family: str, u: Floats, v: Floats, density: Gaussians, known: list[Affine]) -> Affine:
        short, wide = u[:_SHORT], density.blurred(0.1)

        def best(starts: list[Affine]) -> list[Affine]:
            return sorted(starts, key=lambda one: -likelihood(one, short, wide))[:_LOOKED_AT]

        starts = best(self._starts(family, u, v))
        if family in _TURNING:
            starts = best([*starts, *(self._transported(one, u, v) for one in starts)])
        tried: list[tuple[float, Affine]] = []
        for k, start in enumerate([*known, *starts]):
            self._tell(f"{family}: starts", k, len(known) + len(starts))
            if tried and time.monotonic() > self._end:
                break
            rough, _ = ascend(family, start, short, density, widened=(0.1,), steps=12)
            tried.append((likelihood(rough, short, density), rough))
        tried.sort(key=lambda one: -one[0])
        refined = [ascend(family, rough, u, density) for _, rough in tried[:_KEPT]]
        return max(refined, key=lambda one: one[1])[0]

    def _starts(self, family: str, u: Floats, v: Floats) -> list[Affine]:
        d = u.shape[1]
        nowhere = np.zeros(d)
        if family == "translation":
            return [Affine(np.eye(d), nowhere)]
        if family == "scaling":
            ratio = v.std(axis=0) / np.maximum(u.std(axis=0), 1e-12)
            return [Affine(np.diag(ratio * one), nowhere) for one in signs(u, v, self._chance)]
        return [Affine(one, nowhere) for one in rotations(u, v, self._chance)]

    def _transported(self, start: Affine, u: Floats, v: Floats) -> Affine:
        return Affine(procrustes(u[:_SAMPLE], v[:_SAMPLE], start.matrix), start.offset)
