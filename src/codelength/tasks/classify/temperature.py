"""From codelengths to probabilities of classes that can be trusted: a temperature for each part, learnt from documents
that were scored before they were learnt.

    P(c | d)  ~  prior(c) * 2**-(sum over parts s of a_s B_cs(d) / |d|**g),      |d| the bits of d under the mean class

Bayes' rule has a_s = 1 and g = 0; but the codes take what follows from what came before for news, so that they count
the same evidence many times and are far too sure. a_s and g in 0, 1/4, ..., 1 are those that give the labels the
fewest bits (Guo et al. 2017 for one temperature), at a mean length never more than Bayes' rule would have; that the
parts differ is charged, so that few labels do not tear them apart. Of fewer than two scored documents a class often all
are right, and what is learnt from them is never to doubt: labels then cost more than by chance. So there what is said
is mixed with the prior, as it is in `low_regret_blocks`,

    P'(c | d) = (1 - e) P(c | d) + e prior(c),      e = 1 / (n + 2)  after n scored documents.

Costs some milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

Floats = NDArray[np.float64]
LN2 = float(np.log(2.0))

_LENGTH_POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_UNLEARNT = 0.5
"""Power and weight where nothing could be scored before it was learnt: half the evidence of the square root of bits."""

_ENOUGH = 2
"""Scored documents a class."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """How codelengths become probabilities.

    Parameters
    ----------
    parts
        a_s: the weight of each part, an inverse temperature.
    power
        g.
    label_bits
        What the labels of the documents cost that were scored before they were learnt, a mean; NaN without such.
    escape
        e; 0 where there were enough of them, or none.
    """

    parts: tuple[float, ...]
    power: float
    label_bits: float
    escape: float = 0.0

    def log_probabilities(self, class_bits: Floats, log_prior: Floats) -> Floats:
        """Log of P(c | d), (n, k) nats, from (n, k, s) bits and (k,) nats."""
        evidence = _divided(class_bits, self.power) @ np.asarray(self.parts)
        scores = log_prior - LN2 * evidence
        said = scores - logsumexp(scores, axis=1, keepdims=True)
        if self.escape:
            said = np.logaddexp(np.log1p(-self.escape) + said, np.log(self.escape) + log_prior)
        return np.asarray(said)


def learn_temperature(class_bits: Floats, labels: NDArray[np.intp], log_prior: Floats) -> Temperature:
    """The temperatures that give these labels the fewest bits.

    Parameters
    ----------
    class_bits
        (n, k, s) bits of documents under codes that had not seen them.
    labels
        (n,) numbers of their classes.
    log_prior
        (k,) nats.
    """
    n, k, parts = class_bits.shape
    if n == 0:
        return Temperature((_UNLEARNT,) * parts, 0.5, float("nan"))
    found = [_learnt(class_bits, labels, log_prior, power) for power in _LENGTH_POWERS]
    best = min(found, key=lambda one: one.label_bits)
    return best if n >= _ENOUGH * k else replace(best, escape=1 / (n + 2))


def _divided(class_bits: Floats, power: float) -> Floats:
    """Codelengths above the least of each document, over its length in bits to a power."""
    above = class_bits - class_bits.min(axis=1, keepdims=True)
    return np.asarray(above / (_lengths(class_bits) ** power)[:, None, None])


def _lengths(class_bits: Floats) -> Floats:
    return np.asarray(np.maximum(class_bits.sum(axis=2).mean(axis=1), 1.0))


def _learnt(class_bits: Floats, labels: NDArray[np.intp], log_prior: Floats, power: float) -> Temperature:
    n, _, parts = class_bits.shape
    evidence = LN2 * _divided(class_bits, power)
    rows = np.arange(n)

    def loss(logs: Floats) -> tuple[float, Floats]:
        weights = np.exp(logs)
        scores = log_prior - evidence @ weights
        norm = logsumexp(scores, axis=1)
        probs = np.exp(scores - norm[:, None])
        slope = evidence[rows, labels] - np.einsum("nk,nks->ns", probs, evidence)
        apart = logs - logs.mean()
        value = float((norm - scores[rows, labels]).sum() + 0.5 * LN2 * (apart**2).sum())
        return value, np.asarray(slope.sum(axis=0) * weights + LN2 * apart)

    most = power * float(np.log(_lengths(class_bits)).mean())
    best = minimize(loss, np.full(parts, most - 2.0), jac=True, method="L-BFGS-B", bounds=[(most - 12, most)] * parts)
    weights = np.exp(best.x)
    one = Temperature(tuple(map(float, weights)), power, 0.0)
    told = -one.log_probabilities(class_bits, log_prior)[rows, labels].mean() / LN2
    return Temperature(one.parts, power, float(told))
