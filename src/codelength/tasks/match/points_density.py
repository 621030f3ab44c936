"""Densities of point clouds, as codes: mixtures of Gaussians by EM, and a cloud coded while they are learnt from it.

    |C(x)| = sum_i -log2(delta**d p(x_i | x_<i))

Points stand on a grid of spacing delta. A Gaussian whose spread is at least delta in every direction, read at the
grid's points and times delta**d, sums to 1 within 3e-9 (Poisson's summation formula: 2 exp(-2 pi**2)), so these are
codelengths and not densities of unknown unit. Mixtures are fitted by EM (Dempster, Laird and Rubin 1977) from
k-means++ seeds (Arthur and Vassilvitskii 2007), with a Wishart prior that pulls each covariance towards what all have
on average (after Fraley and Raftery 2007; pulled towards the whole cloud's, components come out too wide and a map
with a scale wins). Several numbers of components are experts of one switching mixture with a fixed share (Herbster
and Warmuth 1998): none has to be chosen.

An EM step costs O(n k d**2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COMPONENTS = (1, 2, 4, 8, 16)
_STEPS = 40
_OF_WHOLE = 0.01
_ROUNDING = 1e-12
_FIRST = 8
_SHARE = 0.01
_LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True)
class Gaussians:
    """A mixture of Gaussians: weights (k,), means (k, d), covariances (k, d, d)."""

    weights: Floats
    means: Floats
    covariances: Floats

    def joint(self, points: Floats) -> Floats:
        """Log density of each component times its weight, in nats, (n, k)."""
        roots = np.linalg.cholesky(self.covariances)
        gone = (points - self.means[:, None]) @ np.linalg.inv(roots).transpose(0, 2, 1)  # (k, n, d)
        log_det = 2 * np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        constant = np.log(self.weights) - 0.5 * (log_det + points.shape[1] * _LOG_2PI)
        out: Floats = constant - 0.5 * np.einsum("kni,kni->nk", gone, gone)
        return out

    def log2_density(self, points: Floats) -> Floats:
        """log2 p at (n, d) points, (n,)."""
        return _log_sum(self.joint(points)) / math.log(2.0)

    def seen_through(self, matrix: Floats, offset: Floats, floor: float) -> Gaussians:
        """The density of x where matrix x + offset has this one, Jacobian included, and x is blurred by `floor`."""
        back = np.linalg.inv(matrix)
        covariances = back @ self.covariances @ back.T
        covariances = (covariances + covariances.transpose(0, 2, 1)) / 2
        # A matrix that is almost singular leaves rounding errors larger than the blur: the density is widened by them.
        errors = _ROUNDING * np.trace(covariances, axis1=1, axis2=2) + floor**2
        covariances = covariances + errors[:, None, None] * np.eye(len(matrix))
        return Gaussians(self.weights, (self.means - offset) @ back.T, covariances)

    def blurred(self, share: float) -> Gaussians:
        """Every component widened by a share of the whole mixture's covariance."""
        middle = self.weights @ self.means
        apart = self.means - middle
        whole = np.einsum("k,kij->ij", self.weights, self.covariances) + (self.weights[:, None] * apart).T @ apart
        return Gaussians(self.weights, self.means, self.covariances + share * whole)


def fit(points: Floats, k: int, floor: float, chance: np.random.Generator) -> Gaussians:
    """The mixture of k Gaussians that EM ends with.

    Parameters
    ----------
    points
        (n, d), n at least 2.
    k
        Components.
    floor
        Least spread in any direction, in the points' unit.
    """
    n, d = points.shape
    blur = floor**2 * np.eye(d)
    whole = np.cov(points.T, bias=True).reshape(d, d)
    spread = np.diag(np.diagonal(whole))
    strength = d + 2.0
    whole = (n * whole + strength * spread) / (n + strength)
    if k == 1:
        return Gaussians(np.ones(1), points.mean(axis=0)[None], (whole + blur)[None])
    nearest = np.argmin(_distances(points, _seeds(points, k, chance)), axis=1)
    shares = np.eye(k)[nearest]
    last = -np.inf
    for _ in range(_STEPS):
        sizes = shares.sum(axis=0)
        weights = (sizes + 1.0) / (n + k)
        means = (shares.T @ points + _OF_WHOLE * points.mean(axis=0)) / (sizes[:, None] + _OF_WHOLE)
        apart = points - means[:, None]  # (k, n, d)
        scatter = (shares.T[:, :, None] * apart).transpose(0, 2, 1) @ apart
        prior = scatter.sum(axis=0) / n + _OF_WHOLE * whole
        covariances = (scatter + strength * prior) / (sizes + strength)[:, None, None] + blur
        found = Gaussians(weights, means, covariances)
        joint = found.joint(points)
        log_density = _log_sum(joint)
        shares = np.exp(joint - log_density[:, None])
        if log_density.mean() - last < 1e-3:
            break
        last = float(log_density.mean())
    return found


def orders(n: int, d: int) -> list[int]:
    """Numbers of components that n points in d dimensions may have."""
    return [k for k in COMPONENTS if k == 1 or k * (d + 2) <= n]


def fits(points: Floats, floor: float, chance: np.random.Generator) -> list[Gaussians]:
    """A mixture for each of `COMPONENTS` that the number of points allows."""
    return [fit(points, k, floor, chance) for k in orders(*points.shape)]


def learnt(points: Floats, floor: float, chance: np.random.Generator) -> Floats:
    """log2 p(x_i | what came before it) under the experts of a cloud that learn from itself, (experts, n).

    Fitted anew whenever twice as many points are known. What cannot be fitted yet repeats the last one that can.
    Before the first points there is a Gaussian with the cloud's own mean and spread along each axis, told for nothing.
    """
    n, d = points.shape
    told = Gaussians(np.ones(1), points.mean(axis=0)[None], np.diag(points.var(axis=0) + floor**2)[None])
    out = np.empty((1 + len(COMPONENTS), n))
    out[0] = told.log2_density(points)
    begin, end = 0, min(n, max(_FIRST, d // 2))
    while begin < n:
        experts = fits(points[:begin], floor, chance) if begin else [told]
        for row in range(len(COMPONENTS)):
            out[1 + row, begin:end] = experts[min(row, len(experts) - 1)].log2_density(points[begin:end])
        begin, end = end, min(n, 2 * end)
    return out


def switched(*groups: Floats, share: float = 1.0) -> float:
    """Bits of a sequence under the switching mixture of experts; a hundredth of all weight returns at every symbol.

    Parameters
    ----------
    groups
        One or two groups of experts, (experts, n): log2 of what each gives each symbol.
    share
        Weight of the first group at the start; within a group all are alike.

    Examples
    --------
    >>> one = np.array([[-1.0, -1.0, -9.0, -9.0]])
    >>> switched(one) == 20 and switched(one, one[:, ::-1]) > 20 - 16
    True
    """
    shares = (share, 1 - share) if len(groups) > 1 else (1.0,)
    prior = np.concatenate([np.full(len(group), of / len(group)) for group, of in zip(groups, shares, strict=True)])
    weights = prior.copy()
    bits = 0.0
    for column in np.concatenate(groups).T:
        top = float(column.max())
        weights = weights * np.exp2(column - top)
        total = float(weights.sum())
        bits -= top + math.log2(total)
        weights = (1 - _SHARE) * weights / total + _SHARE * prior
    return bits


def _log_sum(joint: Floats) -> Floats:
    top = joint.max(axis=1)
    out: Floats = top + np.log(np.exp(joint - top[:, None]).sum(axis=1))
    return out


def _distances(points: Floats, centres: Floats) -> Floats:
    """Squared, (n, k)."""
    out: Floats = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
    return np.maximum(out, 0.0)


def _seeds(points: Floats, k: int, chance: np.random.Generator) -> Floats:
    """k-means++: each next seed with a probability proportional to its squared distance from those before."""
    seeds = [points[chance.integers(len(points))]]
    nearest = _distances(points, seeds[0][None])[:, 0]
    while len(seeds) < k:
        total = nearest.sum()
        pick = chance.choice(len(points), p=nearest / total) if total > 0 else chance.integers(len(points))
        seeds.append(points[pick])
        nearest = np.minimum(nearest, _distances(points, seeds[-1][None])[:, 0])
    return np.stack(seeds)
