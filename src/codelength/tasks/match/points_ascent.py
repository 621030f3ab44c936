"""From a rough map to the likeliest one of its family: gradient ascent on the density of y.

    maximise over A, b    sum_i log p_y(A x_i + b) + n log |det A|

by L-BFGS (Liu and Nocedal 1989). An orthogonal matrix is U V' of a free matrix's U S V' (its polar factor), whose
differential is U ((M - M') / (s_i + s_j)) V' with M = U' dW V: no steps on a manifold are needed. The mixture of y is
first widened (by half its covariance, then by a tenth, then not at all), so that the ascent sees the shape before the
detail.

A step costs O(n k d**2), as one of EM.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from codelength.tasks.match.points_density import Gaussians
from codelength.tasks.match.points_maps import Affine

Floats = NDArray[np.float64]
Parts = tuple[Floats, Floats]

WIDENED = (0.5, 0.1, 0.0)


def ascend(
    family: str,
    start: Affine,
    x: Floats,
    density: Gaussians,
    *,
    widened: tuple[float, ...] = WIDENED,
    steps: int = 60,
) -> tuple[Affine, float]:
    """The map that the ascent ends with, and its log2-likelihood.

    Parameters
    ----------
    family
        One of `points_maps.FAMILIES`.
    start
        A member of the family, or near one.
    x
        (n, d), about centred and of spread about 1.
    density
        Of y, on the same scale.
    """
    if family == "identity":
        return start, likelihood(start, x, density)
    parameters = np.concatenate([_PACK[family](start.matrix), start.offset])
    split = len(parameters) - x.shape[1]

    def at(theta: Floats) -> Affine:
        return Affine(_UNPACK[family](theta[:split], x.shape[1]), theta[split:])

    for share in widened:
        seen = density.blurred(share) if share else density

        def loss(theta: Floats, seen: Gaussians = seen) -> tuple[float, Floats]:
            map_ = at(theta)
            value, (by_matrix, by_offset) = _likelihood_and_slope(map_, x, seen)
            slope = np.concatenate([_BACK[family](theta[:split], by_matrix), by_offset])
            return -value / len(x), -slope / len(x)

        parameters = minimize(loss, parameters, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    found = at(parameters)
    return found, likelihood(found, x, density)


def likelihood(map_: Affine, x: Floats, density: Gaussians) -> float:
    """log2 of the density of all points of x where the map takes them, with the Jacobian."""
    jacobian = np.linalg.slogdet(map_.matrix)[1] / np.log(2.0)
    return float(density.log2_density(map_(x)).sum() + len(x) * jacobian)


def _likelihood_and_slope(map_: Affine, x: Floats, density: Gaussians) -> tuple[float, Parts]:
    """In nats; the slopes by the matrix and by the offset."""
    images = map_(x)
    joint = density.joint(images)
    top = joint.max(axis=1)
    shares = np.exp(joint - top[:, None])
    total = shares.sum(axis=1)
    shares /= total[:, None]
    pulls = (density.means[:, None] - images) @ np.linalg.inv(density.covariances)  # (k, n, d)
    pull = np.einsum("nk,kni->ni", shares, pulls)
    value = float((top + np.log(total)).sum() + len(x) * np.linalg.slogdet(map_.matrix)[1])
    by_matrix = pull.T @ x + len(x) * np.linalg.pinv(map_.matrix).T
    return value, (by_matrix, pull.sum(axis=0))


def orthogonal(matrix: Floats) -> Floats:
    """The nearest orthogonal matrix."""
    u, _, v = np.linalg.svd(matrix)
    out: Floats = u @ v
    return out


def _orthogonal_back(free: Floats, slope: Floats) -> Floats:
    d = len(slope)
    u, s, v = np.linalg.svd(free.reshape(d, d))
    turned = u.T @ slope @ v.T
    return np.asarray(u @ ((turned - turned.T) / (s[:, None] + s[None, :] + 1e-12)) @ v, dtype=np.float64).ravel()


def _similarity_unpack(theta: Floats, d: int) -> Floats:
    return float(np.exp(theta[0])) * orthogonal(theta[1:].reshape(d, d))


def _similarity_pack(matrix: Floats) -> Floats:
    scale = abs(np.linalg.det(matrix)) ** (1 / len(matrix))
    return np.concatenate([[np.log(scale)], orthogonal(matrix).ravel()])


def _similarity_back(theta: Floats, slope: Floats) -> Floats:
    scale = float(np.exp(theta[0]))
    turned = orthogonal(theta[1:].reshape(slope.shape))
    return np.concatenate([[scale * (turned * slope).sum()], scale * _orthogonal_back(theta[1:], slope)])


_PACK: dict[str, Callable[[Floats], Floats]] = {
    "translation": lambda _matrix: np.empty(0),
    "scaling": lambda matrix: np.diagonal(matrix).copy(),
    "rotation": lambda matrix: orthogonal(matrix).ravel(),
    "similarity": _similarity_pack,
    "affine": lambda matrix: matrix.ravel(),
}
_UNPACK: dict[str, Callable[[Floats, int], Floats]] = {
    "translation": lambda _theta, d: np.eye(d),
    "scaling": lambda theta, _d: np.diag(theta),
    "rotation": lambda theta, d: orthogonal(theta.reshape(d, d)),
    "similarity": _similarity_unpack,
    "affine": lambda theta, d: theta.reshape(d, d),
}
_BACK: dict[str, Callable[[Floats, Floats], Floats]] = {
    "translation": lambda _theta, _slope: np.empty(0),
    "scaling": lambda _theta, slope: np.diagonal(slope).copy(),
    "rotation": _orthogonal_back,
    "similarity": _similarity_back,
    "affine": lambda _theta, slope: slope.ravel(),
}
