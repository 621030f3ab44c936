"""Where the search for a map begins: rotations that bring the moments of one cloud to those of another.

Whatever is computed from a cloud without naming an axis turns with the cloud: C = E z z', Q = E |z|**2 z z' (Cardoso
1989), t = E |z|**2 z and T = E (t . z) z z'. The eigenvectors of any of them, in the order of their eigenvalues, are
matched but for signs. Signs come from third and fourth moments together: those s that maximise

    sum_ijk s_i s_j s_k Tx_ijk Ty_ijk + sum_ij s_i s_j Qx_ij Qy_ij          (by flipping, from several starts)

so no axis has to be skewed by itself. Few points in few dimensions have also other starts: the coupling of least
Gromov-Wasserstein distance (Memoli 2011; Peyre, Cuturi and Solomon 2016) followed by Procrustes' rotation, and random
rotations. Each start is refined by Procrustes on optimal transport in turn (Grave, Joulin and Berthet 2019).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import ot
from numpy.typing import NDArray

from codelength.tasks.match.points_ascent import orthogonal

Floats = NDArray[np.float64]

_FLIPS = 24
_COUPLED = 120
_RANDOM_UP_TO = 4
_RANDOM = 24


def rotations(x: Floats, y: Floats, chance: np.random.Generator) -> Iterator[Floats]:
    """Orthogonal matrices that might take x to y, most promising first.

    Parameters
    ----------
    x, y
        (n, d) and (m, d), both centred and of comparable spread.
    """
    d = x.shape[1]
    yield np.eye(d)
    for of_x, of_y in zip(_bases(x), _bases(y), strict=True):
        for s in signs(x @ of_x, y @ of_y, chance):
            yield of_y @ (s[:, None] * of_x.T)
    yield _by_distances(x, y, chance)
    if d <= _RANDOM_UP_TO:
        for _ in range(_RANDOM):
            yield np.linalg.qr(chance.standard_normal((d, d)))[0]


def procrustes(x: Floats, y: Floats, start: Floats, *, rounds: int = 5) -> Floats:
    """The rotation after some rounds of optimal transport between the turned x and y, and Procrustes on its pairs."""
    turned = start
    for _ in range(rounds):
        plan = ot.emd(ot.unif(len(x)), ot.unif(len(y)), ot.dist(x @ turned.T, y))
        turned = orthogonal(y.T @ plan.T @ x)
    return turned


def whitening(points: Floats, floor: float) -> Floats:
    """The symmetric matrix that makes the covariance the identity; what is narrower than `floor` stays narrow."""
    values, vectors = np.linalg.eigh(np.cov(points.T, bias=True).reshape(points.shape[1], -1))
    out: Floats = (vectors / np.sqrt(np.maximum(values, floor**2))) @ vectors.T
    return out


def _bases(z: Floats) -> list[Floats]:
    """Eigenvectors of C, of Q and of C + T, each in falling order."""
    norms = (z * z).sum(axis=1)
    t = (norms[:, None] * z).mean(axis=0)
    covariance = z.T @ z / len(z)
    fourth = (z * norms[:, None]).T @ z / (len(z) * norms.mean())
    third = (z * (z @ t)[:, None]).T @ z / (len(z) * max(float(np.linalg.norm(t)), 1e-12))
    return [np.linalg.eigh(one)[1][:, ::-1] for one in (covariance, fourth, covariance + third)]


def signs(x: Floats, y: Floats, chance: np.random.Generator) -> Iterator[Floats]:
    """The signs, of several local maxima, that bring the moments of x to those of y; best first."""
    d = x.shape[1]
    third = _third(x) * _third(y)
    fourth = _fourth(x) * _fourth(y)
    squares = third[np.arange(d), np.arange(d)]  # (d, d): a a j
    found: dict[bytes, tuple[float, Floats]] = {}
    for k in range(_FLIPS):
        s = np.ones(d) if k == 0 else chance.choice((-1.0, 1.0), size=d)
        while True:
            odd = 3 * s * (third @ s @ s) - 6 * (squares @ s) + 4 * s * squares.diagonal()
            gains = -2 * odd - 4 * (s * (fourth @ s) - fourth.diagonal())
            best = int(np.argmax(gains))
            if gains[best] <= 1e-12:
                break
            s[best] = -s[best]
        found[s.tobytes()] = (float(third @ s @ s @ s + s @ fourth @ s), s.copy())
    ranked = sorted(found.values(), key=lambda one: -one[0])
    yield from (s for _, s in ranked[: 4 if d <= _RANDOM_UP_TO else 2])


def _third(z: Floats) -> Floats:
    return np.stack([(z * z[:, i, None]).T @ z / len(z) for i in range(z.shape[1])])


def _fourth(z: Floats) -> Floats:
    norms = (z * z).sum(axis=1)
    out: Floats = (z * norms[:, None]).T @ z / (len(z) * norms.mean())
    return out


def _by_distances(x: Floats, y: Floats, chance: np.random.Generator) -> Floats:
    """Procrustes' rotation of the coupling of least Gromov-Wasserstein distance of two samples."""
    a = x[chance.permutation(len(x))[:_COUPLED]]
    b = y[chance.permutation(len(y))[:_COUPLED]]
    within_a, within_b = ot.dist(a, a, metric="euclidean"), ot.dist(b, b, metric="euclidean")
    plan = ot.gromov.gromov_wasserstein(within_a, within_b, ot.unif(len(a)), ot.unif(len(b)), max_iter=50)
    return orthogonal((b - b.mean(axis=0)).T @ plan.T @ (a - a.mean(axis=0)))
