"""From an estimator's probabilities to the integers that labels are coded with.

An estimator knows the classes that it has seen. Of m classes, u unseen after n labels get 1 / (n + m) each, Laplace's
rule; the others share what is left as the estimator says. Calibration, if any, comes next: a temperature for who is too
sure or too shy, and a share of the uniform distribution for who says 0 of what happens after all. Last, of 2**k, each
class gets

    q_c = 1 + floor(p_c (2**k - m)),     and the likeliest what is left,

which is the quantiser of `codelength.coding` (this room does not import that one): the same as mixing with the uniform
distribution at epsilon = m / 2**k, so that no label costs more than k bits and none more than -log2(1 - m / 2**k) above
its ideal length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError

TEMPERATURES = np.exp2(np.linspace(-2, 2, 33))
SHARES = (0.0, *(2.0**-k for k in range(12, 0, -1)))
"""What forward calibration chooses from: 1/4 to 4, and no share or 1/4096 to 1/2."""


def checked(probabilities: object, rows: int, columns: int) -> NDArray[np.float64]:
    """An estimator's answer as (rows, columns) that sum to 1, or a `DataError` that says what is wrong with it."""
    answer = np.asarray(probabilities, dtype=np.float64)
    if answer.shape != (rows, columns):
        raise DataError(f"predict_proba gave an array of shape {answer.shape}, expected {(rows, columns)}")
    if not (np.isfinite(answer).all() and (answer >= 0).all() and (answer.sum(axis=1) > 0).all()):
        raise DataError("predict_proba gave numbers that are no probabilities (negative, NaN, infinite or all zero)")
    return np.asarray(answer / answer.sum(axis=1, keepdims=True))


def with_unseen(known: NDArray[np.float64], seen: NDArray[np.int64], classes: int, labels: int) -> NDArray[np.float64]:
    """Probabilities of all classes (rows, m) from those of the classes seen among the labels so far (rows, seen)."""
    share = 1.0 / (labels + classes)
    everything = np.full((len(known), classes), share)
    everything[:, seen] = known * (1 - share * (classes - len(seen)))
    return everything


@dataclass(frozen=True, slots=True)
class Calibration:
    """(1 - share) p^(1/temperature), made to sum to 1, + share / m."""

    temperature: float = 1.0
    share: float = 0.0

    def __call__(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated rows, (rows, m); a probability of 0 counts as 1e-12."""
        if self == Calibration():
            return probabilities
        powers = np.maximum(probabilities, 1e-12) ** (1.0 / self.temperature)
        rows = powers / powers.sum(axis=1, keepdims=True)
        return np.asarray((1 - self.share) * rows + self.share / probabilities.shape[1])


def best_calibration(probabilities: NDArray[np.float64], labels: NDArray[np.int64], total_bits: int) -> Calibration:
    """The calibration of both grids at which these labels cost least; of equals the one that changes least."""
    m = probabilities.shape[1]
    shares = np.array(SHARES)[:, None]
    rows = np.arange(len(labels))
    least, best = math.inf, Calibration()
    for temperature in sorted(map(float, TEMPERATURES), key=lambda one: abs(math.log2(one))):
        said = Calibration(temperature)(probabilities)[rows, labels]
        mixed = (1 - shares) * said + shares / m  # (shares, labels)
        costs = -np.log2(np.maximum(mixed, 2.0**-total_bits)).sum(axis=1)
        if costs.min() < least - 1e-9:
            least, best = float(costs.min()), Calibration(temperature, SHARES[int(costs.argmin())])
    return best


def frequencies(probabilities: NDArray[np.float64], total_bits: int) -> NDArray[np.uint32]:
    """Integer frequencies (rows, m), every one >= 1, rows of sum 2**total_bits."""
    spare = (1 << total_bits) - probabilities.shape[1]
    shares = np.floor(probabilities / probabilities.sum(axis=1, keepdims=True) * spare).astype(np.int64)
    left = spare - shares.sum(axis=1)
    freqs = shares + 1
    freqs[np.arange(len(freqs)), probabilities.argmax(axis=1)] += left
    return np.asarray(freqs, dtype=np.uint32)
