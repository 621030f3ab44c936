"""In which proportions unlabelled documents have the classes, where labelled ones need not be drawn as they come.

    P(y | d) ~ p(y | d) pi(y) / l(y),         pi(y) <- (sum_d P(y | d) + s l(y)) / (n + s),

p what a classifier says whose labels had proportions l (Saerens, Latinne & Decaestecker 2002, EM for the likelihood of
the unlabelled documents). It is only as good as p is calibrated (Alexandari, Kundaje & Shrikumar 2020). The Dirichlet
prior around l, s = `CAUTION` n documents strong, keeps classes that p hardly ever names from dying out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CAUTION = 0.05
_STEPS = 200


def class_balance(probabilities: Floats, labelled: Floats) -> Floats:
    """Class proportions (k,) of documents of which a classifier says `probabilities` (n, k), and whose labels had
    proportions `labelled` (k,), all positive.

    Examples
    --------
    >>> said = np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]])
    >>> bool(class_balance(said, np.array([0.5, 0.5]))[0] > 0.85)
    True
    """
    n = probabilities.shape[0]
    strength = CAUTION * n
    balance = labelled
    for _ in range(_STEPS):
        posterior = probabilities * (balance / labelled)
        posterior /= posterior.sum(axis=1, keepdims=True)
        balance = (posterior.sum(axis=0) + strength * labelled) / (n + strength)
    return np.asarray(balance)
