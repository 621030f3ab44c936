"""A free coupling: the parts of y's density keep their shapes and weights, and each goes where it will.

    x's density = sum_k w_k N(nu_k, S_k),      S_k as y has them, seen through an affine map; nu_k anywhere

L(f) is that of the affine map, and of the displacement of every part from where that map has it, rounded in units of
the part's own spread. Parts are coupled with points by entropic optimal transport under a cost of -log N and the
parts' weights as one marginal (Sinkhorn; Cuturi 2013): expectation and maximisation with weights that cannot
collapse. The search starts where the affine map is, and where parts of x, fitted freely, stand in the coupling of
least fused Gromov-Wasserstein distance to those of y (Vayer et al. 2019; mixtures coupled by parts: Delon and
Desolneux 2020).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import ot
from numpy.typing import NDArray

from codelength.tasks.match.points_density import Gaussians, fit
from codelength.tasks.match.points_maps import FAMILY_BITS, STEP_BITS, STEPS, Affine, integer_bits

Floats = NDArray[np.float64]

_ROUNDS = 20
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Free:
    """f(x) = affine(x - the mean shift of the parts that x may be of), and the bits that say it.

    Parameters
    ----------
    affine
        Where every part would be without its own shift.
    moved
        The density of x.
    shifts
        Of the parts, (k, d), in the space of x.
    bits
        L(f).
    """

    affine: Affine
    moved: Gaussians
    shifts: Floats
    bits: float

    @property
    def matrix(self) -> Floats:
        """Of the affine map."""
        return self.affine.matrix

    @property
    def offset(self) -> Floats:
        """Of the affine map."""
        return self.affine.offset

    def __call__(self, points: Floats) -> Floats:
        """The images of (n, d) points."""
        joint = self.moved.joint(points)
        shares = np.exp(joint - joint.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return self.affine(points - shares @ self.shifts)


def coupled(x: Floats, density: Gaussians, affine: Affine, delta: float, chance: np.random.Generator) -> Free:
    """The cheapest free coupling found that begins with an affine map.

    Parameters
    ----------
    x
        (n, d), on a grid of spacing `delta`.
    density
        Of y, of two parts at least for this to be more than a translation.
    affine
        Rounded, with its bits.
    """
    still = density.seen_through(affine.matrix, affine.offset, delta)
    some = x[:_MOST]
    found = [_moved(start, still, some) for start in _starts(some, still, delta, chance)]
    roundings = (one for means in found for one in _rounded(means, still, affine))
    return min(roundings, key=lambda one: one.bits - float(one.moved.log2_density(x).sum()))


def _starts(x: Floats, still: Gaussians, delta: float, chance: np.random.Generator) -> Iterator[Floats]:
    yield still.means
    parts = fit(x, len(still.weights), delta, chance)
    within_x, within_y = (ot.dist(one.means, one.means, metric="euclidean") for one in (parts, still))
    scale = within_y.max() or 1.0
    sizes_x, sizes_y = (np.linalg.slogdet(one.covariances)[1] / (2 * x.shape[1]) for one in (parts, still))
    looks = np.abs(sizes_x[:, None] - sizes_y)
    plan = ot.gromov.fused_gromov_wasserstein(
        looks, within_x / scale, within_y / scale, parts.weights, still.weights, alpha=0.5
    )
    yield (plan / plan.sum(axis=0)).T @ parts.means
    yield parts.means[np.argmax(plan, axis=0)]


def _moved(means: Floats, still: Gaussians, x: Floats) -> Floats:
    """Where the parts end, (k, d)."""
    for _ in range(_ROUNDS):
        cost = -Gaussians(np.ones(len(means)), means, still.covariances).joint(x)
        cost -= cost.min(axis=1, keepdims=True)
        plan = ot.sinkhorn(ot.unif(len(x)), still.weights, cost, 1.0, method="sinkhorn_log", numItermax=20, warn=False)
        further = (plan.T @ x) / plan.sum(axis=0)[:, None]
        near = float(np.abs(further - means).max())
        means = further
        if near < 1e-4 * float(x.std()):
            break
    return means


def _rounded(means: Floats, still: Gaussians, affine: Affine) -> Iterator[Free]:
    spreads = np.sqrt(np.trace(still.covariances, axis1=1, axis2=2) / means.shape[1])[:, None]
    for step in STEPS:
        whole = np.rint((means - still.means) / spreads / step)
        shifts = whole * step * spreads
        moved = Gaussians(still.weights, still.means + shifts, still.covariances)
        yield Free(affine, moved, shifts, affine.bits + FAMILY_BITS + STEP_BITS + integer_bits(whole))
