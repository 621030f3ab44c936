"""The map families of point clouds, and what a member costs: f(x) = A (x - mean of x) + b.

    identity     A = 1, b the mean of x       no parameters
    translation  A = 1                        d
    scaling      A diagonal                   2 d
    rotation     A orthogonal                 d (d - 1) / 2 + d: rotations and reflections
    similarity   A orthogonal times a scale   one more
    affine       any A                        d**2 + d
    free         parts move on their own      those of one of the above, and d for each part (`points_free`)

Every parameter is rounded to a step and coded as an integer, and the rounded map is the one that is used (two-part
codes: Rissanen 1978). A finer step costs more bits for the map and fewer for the points: which of the steps 1/2 ..
2**-16 is the shortest is found by trying, and said in 4 bits. Units are chosen so that one step hurts alike
everywhere: A and b are taken along the principal axes of y, in units of y's spread along each; x's mean and its
spread along each axis are known to both ends (the code without y is told them too). An orthogonal matrix is sent row
by row, each row in coordinates of what is orthogonal to the rows before: under the uniform (Haar) distribution these
are nearly Gaussian of variance 1 / (d - j).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

Floats = NDArray[np.float64]

FAMILIES = ("identity", "translation", "scaling", "rotation", "similarity", "affine", "free")
FAMILY_BITS = math.log2(len(FAMILIES))
STEPS = tuple(2.0**-k for k in range(1, 17))
STEP_BITS = math.log2(len(STEPS))
_SPREADS = tuple(2.0 ** (k / 2) for k in range(-4, 28))
_SPREAD_BITS = math.log2(len(_SPREADS))


@dataclass(frozen=True, slots=True)
class Affine:
    """f(x) = matrix x + offset, and the bits that say it."""

    matrix: Floats
    offset: Floats
    bits: float = 0.0

    def __call__(self, points: Floats) -> Floats:
        """The images of (n, d) points."""
        return points @ self.matrix.T + self.offset


@dataclass(frozen=True, slots=True)
class Frame:
    """What both ends know: the mean of x and its spread along each axis, y's mean, principal axes and spreads."""

    x_mean: Floats
    x_spread: Floats
    y_mean: Floats
    axes: Floats
    y_spread: Floats

    @classmethod
    def of(cls, x: Floats, y: Floats, floor: float) -> Frame:
        """The frame of two clouds; spreads are at least `floor` (in the unit of each cloud's own spread)."""
        variances, axes = np.linalg.eigh(np.cov(y.T, bias=True).reshape(y.shape[1], -1))
        y_floor = floor * math.sqrt(max(y.var(axis=0).mean(), 1e-300))
        x_floor = floor * math.sqrt(max(x.var(axis=0).mean(), 1e-300))
        return cls(
            x.mean(axis=0),
            np.sqrt(x.var(axis=0) + x_floor**2),
            y.mean(axis=0),
            np.ascontiguousarray(axes[:, ::-1]),
            np.sqrt(np.maximum(variances[::-1], 0.0) + y_floor**2),
        )


def integer_bits(values: Floats) -> float:
    """Integers under a discrete Gaussian whose spread is one of 32, said in 5 bits.

    Examples
    --------
    >>> integer_bits(np.zeros(100)) < 60 < 300 < integer_bits(np.full(100, 3.0))
    True
    """
    return _SPREAD_BITS + min(float(_gaussian_bits(values, spread).sum()) for spread in _SPREADS)


def rounded(family: str, map_: Affine, frame: Frame) -> Iterator[Affine]:
    """The map at each step of `STEPS` that does not flatten a direction, with its bits; the identity has none."""
    if family == "identity":
        yield Affine(np.eye(len(frame.x_mean)), np.zeros(len(frame.x_mean)), FAMILY_BITS)
        return
    centred = map_.matrix @ frame.x_mean + map_.offset
    for step in STEPS:
        matrix, matrix_bits = _MATRICES[family](map_.matrix, frame, step)
        shift, shift_bits = _round((centred - frame.y_mean) @ frame.axes / frame.y_spread, step)
        goal = frame.y_mean + frame.axes @ (shift * frame.y_spread)
        if np.linalg.matrix_rank(matrix) == len(matrix):
            bits = FAMILY_BITS + STEP_BITS + matrix_bits + shift_bits
            yield Affine(matrix, goal - matrix @ frame.x_mean, bits)


def _gaussian_bits(values: Floats, spread: float) -> Floats:
    """-log2 of the mass of [k - 1/2, k + 1/2] under a Gaussian around 0."""
    far = log_ndtr(-(np.abs(values) - 0.5) / spread)
    near = log_ndtr(-(np.abs(values) + 0.5) / spread)
    out: Floats = -(far + np.log(-np.expm1(np.minimum(near - far, -1e-300)))) / math.log(2.0)
    return out


def _round(values: Floats, step: float) -> tuple[Floats, float]:
    whole = np.rint(values / step)
    return whole * step, integer_bits(whole)


def _translation(matrix: Floats, frame: Frame, step: float) -> tuple[Floats, float]:  # noqa: ARG001
    return np.eye(len(frame.x_mean)), 0.0


def _scaling(matrix: Floats, frame: Frame, step: float) -> tuple[Floats, float]:
    """A sign and the logarithm of each axis' factor, against the ratio of the spreads; that ratio itself for a factor
    of 0, which is as likely as any other where an axis of x does not vary, and no map.
    """
    spread = np.sqrt(np.einsum("ij,j,ij->i", frame.axes, frame.y_spread**2, frame.axes))
    factors = np.diagonal(matrix)
    logs, bits = _round(np.log(np.where(factors == 0, 1.0, np.abs(factors) * frame.x_spread / spread)), step)
    signs = np.where(factors < 0, -1.0, 1.0)
    return np.diag(signs * np.exp(logs) * spread / frame.x_spread), bits + len(factors)


def _rotation(matrix: Floats, frame: Frame, step: float) -> tuple[Floats, float]:
    """Row by row along y's principal axes; the narrower y is along an axis, the finer its row."""
    goal = frame.axes.T @ matrix
    d = len(goal)
    rows = np.zeros((d, d))
    bits = 1.0
    for j in range(d - 1):
        rest = np.linalg.qr(rows[:j].T, mode="complete")[0][:, j:] if j else np.eye(d)
        wanted = rest.T @ goal[j]
        fine = step * float(frame.y_spread[j] / frame.y_spread[0])
        whole = np.rint(wanted / (np.linalg.norm(wanted) + 1e-300) / fine)
        if not whole.any():
            whole[np.argmax(np.abs(wanted))] = 1.0
        bits += float(_gaussian_bits(whole, max(0.5, 1.0 / (fine * math.sqrt(d - j)))).sum())
        rows[j] = rest @ (whole / np.linalg.norm(whole))
    last = np.linalg.qr(rows[: d - 1].T, mode="complete")[0][:, -1] if d > 1 else np.ones(1)
    rows[d - 1] = last if last @ goal[d - 1] >= 0 else -last
    return frame.axes @ rows, bits


def _similarity(matrix: Floats, frame: Frame, step: float) -> tuple[Floats, float]:
    d = len(matrix)
    scale = abs(np.linalg.det(matrix)) ** (1 / d)
    usual = math.sqrt((frame.y_spread**2).sum() / (frame.x_spread**2).sum())
    log, scale_bits = _round(np.array([math.log(scale / usual)]), step)
    orthogonal, bits = _rotation(matrix / scale, frame, step)
    return usual * math.exp(float(log[0])) * orthogonal, bits + scale_bits


def _affine(matrix: Floats, frame: Frame, step: float) -> tuple[Floats, float]:
    unitless = (frame.axes.T @ matrix) * frame.x_spread / frame.y_spread[:, None]
    whole, bits = _round(unitless, step)
    return frame.axes @ (whole * frame.y_spread[:, None] / frame.x_spread), bits


_MATRICES: dict[str, Callable[[Floats, Frame, float], tuple[Floats, float]]] = {
    "translation": _translation,
    "scaling": _scaling,
    "rotation": _rotation,
    "similarity": _similarity,
    "affine": _affine,
}
