"""A logarithmic pool of experts on labels, whose weights are learned from how well they have predicted so far.

With experts' probabilities p_i and weights w (Genest and Zidek 1986, logarithmic opinion pools; Hinton 1999, products
of experts; the logistic mixing of Mattern 2012 for more than two symbols), and a share `floor` for the uniform
distribution:

    P(c) = (1 - floor) softmax_c(sum_i w_i log p_i(c)) + floor / m

A weight above 1 sharpens an expert that is too shy, one below 1 calms one that is too sure: the pool calibrates, too.
Weights minimise the codelength of past labels under the experts' forecasts of them, which were made before these labels
were known; recent forecasts count more (half as much for every halving of the age, `half_life` of all), since experts
that learn change. A Gaussian prior around 1/K each keeps the first weights tame. Newton steps, O(n m K^2) each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 12
_FLOORS = (1e-2, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4)
_LEAST = 1e-5
"""An expert's probability counts as at least this: no single forecast may decide alone."""


class LogarithmicPool:
    """Weights of a logarithmic pool.

    Parameters
    ----------
    prior_strength
        Precision of the prior around 1/K, in nats for a distance of 1.
    half_life
        The age, as a part of all forecasts so far, at which a forecast counts half.

    Examples
    --------
    >>> import numpy as np
    >>> labels = np.tile([0, 1], 50)
    >>> knows, guesses = np.where(np.eye(2)[labels] > 0, 0.8, 0.2), np.full((100, 2), 0.5)
    >>> pool = LogarithmicPool().fit(np.stack([knows, guesses]), labels)
    >>> bool(pool.weights_[0] > 1), bool(pool.pooled(np.stack([knows, guesses]))[0, 0] > 0.8)
    (True, True)
    """

    def __init__(self, *, prior_strength: float = 4.0, half_life: float = 0.3) -> None:
        self.prior_strength = prior_strength
        self.half_life = half_life
        self.weights_: NDArray[np.float64] | None = None
        self.floor_ = _FLOORS[0]

    def fit(self, forecasts: NDArray[np.floating], labels: NDArray[np.integer]) -> LogarithmicPool:
        """Learn the weights from forecasts (K, n, m) of labels (n,), in the order in which they were made."""
        experts, n, _ = forecasts.shape
        logs = _logs(forecasts)
        age = (n - 1 - np.arange(n)) / n
        counts = 0.5 ** (age / self.half_life)
        at = np.full(experts, 1.0 / experts) if self.weights_ is None else self.weights_
        best, cost = at, self._cost(at, logs, labels, counts)
        for _ in range(_STEPS):
            gradient, curvature = self._derivatives(best, logs, labels, counts)
            move = np.linalg.solve(curvature, gradient)
            for shrink in (1.0, 0.5, 0.1):
                tried = best - shrink * move
                lower = self._cost(tried, logs, labels, counts)
                if lower < cost:
                    break
            else:
                break
            best, gained, cost = tried, cost - lower, lower
            if gained < 1e-6 * (1 + cost):
                break
        self.weights_ = best
        said = _softmax(np.tensordot(best, logs, axes=1))[np.arange(n), labels]
        m = forecasts.shape[2]
        self.floor_ = min(_FLOORS, key=lambda floor: -float(counts @ np.log((1 - floor) * said + floor / m)))
        return self

    def pooled(self, forecasts: NDArray[np.floating]) -> NDArray[np.float64]:
        """The pool's probabilities (n, m) from forecasts (K, n, m)."""
        experts, _, m = forecasts.shape
        weights = np.full(experts, 1.0 / experts) if self.weights_ is None else self.weights_
        probabilities = _softmax(np.tensordot(weights, _logs(forecasts), axes=1))
        return np.asarray((1 - self.floor_) * probabilities + self.floor_ / m)

    def _cost(self, weights: NDArray, logs: NDArray, labels: NDArray, counts: NDArray) -> float:  # type: ignore[type-arg]
        said = _softmax(np.tensordot(weights, logs, axes=1))[np.arange(len(labels)), labels]
        away = weights - 1.0 / len(weights)
        return float(-counts @ np.log(np.maximum(said, 1e-12)) + self.prior_strength / 2 * away @ away)

    def _derivatives(
        self,
        weights: NDArray,  # type: ignore[type-arg]
        logs: NDArray,  # type: ignore[type-arg]
        labels: NDArray,  # type: ignore[type-arg]
        counts: NDArray,  # type: ignore[type-arg]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gradient (K,) and Hessian (K, K): of a row, the mean and the covariance of log p under the pool."""
        probabilities = _softmax(np.tensordot(weights, logs, axes=1))
        means = (probabilities * logs).sum(axis=2)  # (K, n)
        happened = logs[:, np.arange(len(labels)), labels]
        gradient = ((means - happened) * counts).sum(axis=1) + self.prior_strength * (weights - 1.0 / len(weights))
        apart = logs - means[:, :, None]
        hessian = np.einsum("inc,jnc,nc->ij", apart, apart, probabilities * counts[:, None], optimize=True)
        return gradient, hessian + self.prior_strength * np.eye(len(weights))


def _logs(forecasts: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(forecasts, _LEAST).astype(np.float64)))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
