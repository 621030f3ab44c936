"""Linear prediction by least squares that forgets, in integers: w with R w = b foretells sum_i w_i x_i.

    R <- R + x x' - R / 2**k        b <- b + x y - b / 2**k        (the past fades by 1 - 2**-k a sample)

R w = b is solved anew every `EVERY` samples by R = L D L' (Cholesky without roots), in fixed point; in between each w_i
is set after each sample to what solves its own row with the others as they are (Gauss-Seidel; Seidel 1874), which
follows changes but would take very long to get to the solution from afar: neighbouring samples are too alike. A
2**-18th of the diagonal is added to it, so that a pure tone has a solution too.

R and b are brought to 2**30 at most: by Cauchy and Schwarz no sum of the factorisation, in units of 2**-26, then passes
2**56, none of the second triangle 2**61. Elsewhere |x|, |y| <= 2**15 and k <= 11 keep R and b below 2**41, and weights
within +-7 in units of 2**-14 every sum below 2**63.

Cost: 2 n**2 multiplications a sample and a sixth of n**3 every `EVERY`: 1 microsecond.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import kernel
from codelength.predictors.samples.state import COUNT

FADES = np.array([11, 9], dtype=np.int64)
"""k of each predictor."""

EVERY = 16

_WEIGHT_BITS = 14
_MOST = np.int64(7) << _WEIGHT_BITS
_TOP_BITS = 30
_PART_BITS = 26
_RIDGE_BITS = 18
_FLOOR = 16
_DAMPING = 1024


@kernel
def forecast(x: Any, channel: Any, k: Any) -> Any:
    """What predictor k of the channel says to x.inputs, in units of 2**-12 of a step."""
    weights = x.weights[channel, k]
    total = np.int64(0)
    for i in range(x.inputs.shape[0]):
        total += weights[i] * x.inputs[i]
    return total >> (_WEIGHT_BITS - 12)


@kernel
def fit(x: Any, channel: Any, k: Any, target: Any) -> None:
    """Predictor k of the channel learns the sample whose inputs are x.inputs."""
    inputs = x.inputs
    moments, targets, weights = x.moments[channel, k], x.targets[channel, k], x.weights[channel, k]
    n = inputs.shape[0]
    fade = FADES[k]
    for i in range(n):
        row = moments[i]
        for j in range(n):
            row[j] += inputs[i] * inputs[j] - (row[j] >> fade)
        targets[i] += inputs[i] * target - (targets[i] >> fade)
    for i in range(n):
        row = moments[i]
        rest = targets[i] << _WEIGHT_BITS
        for j in range(n):
            rest -= row[j] * weights[j]
        weights[i] = min(max(weights[i] + rest // (row[i] + (row[i] >> 10) + _DAMPING), -_MOST), _MOST)
    if x.now[COUNT] % EVERY == 0:
        solve(moments, targets, weights, x.factors)


@kernel
def solve(moments: Any, targets: Any, weights: Any, factors: Any) -> None:
    """Set weights (n,) to the solution for moments (n, n) and targets (n,). factors (n + 2, n): room for L below the
    diagonal and D L' above it, then D, then the solution of the first triangle.
    """
    n = targets.shape[0]
    top = np.int64(1)
    for i in range(n):
        top = max(top, moments[i, i])
    down = np.int64(0)
    while top >> down >= np.int64(1) << _TOP_BITS:
        down += 1
    up = np.int64(0)
    while top << up < np.int64(1) << (_TOP_BITS - 1):
        up += 1
    diagonal, first = factors[n], factors[n + 1]
    for j in range(n):
        own = moments[j, j] << up >> down
        for i in range(j, n):
            part = moments[i, j] << up >> down
            if i == j:
                part += (own >> _RIDGE_BITS) + _FLOOR
            part <<= _PART_BITS
            for k in range(j):
                part -= factors[i, k] * factors[k, j]
            if i == j:
                diagonal[j] = max(part >> _PART_BITS, np.int64(_FLOOR))
            else:
                factors[i, j] = part // diagonal[j]
        for i in range(j + 1, n):
            factors[j, i] = (factors[i, j] * diagonal[j]) >> _PART_BITS
    for i in range(n):
        part = (targets[i] << up >> down) << _PART_BITS
        for k in range(i):
            part -= factors[i, k] * first[k]
        first[i] = part >> _PART_BITS
    for i in range(n - 1, -1, -1):
        part = (first[i] << _PART_BITS) // diagonal[i] << _WEIGHT_BITS
        for k in range(i + 1, n):
            part -= factors[k, i] * weights[k]
        weights[i] = min(max(part >> _PART_BITS, -_MOST), _MOST)
