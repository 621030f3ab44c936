"""In which proportions unlabelled documents have the classes, where labelled ones need not be drawn as they come.

    P(y | d)  ~  p(y | d) pi(y) / l(y),         pi(y) = (l(y) + sum_d p(y | d)) / (1 + n)

p what a classifier says whose labels had proportions l: the first step of EM for the likelihood of the unlabelled
documents (Saerens, Latinne & Decaestecker 2002), which goes part of the way. Its further steps go further, but are
only as good as p is calibrated (Alexandari, Kundaje & Shrikumar 2020): on 20 Newsgroups they drift.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def class_balance(probabilities: Floats, labelled: Floats) -> Floats:
    """Class proportions (k,) of documents of which a classifier says `probabilities` (n, k), and whose labels had
    proportions `labelled` (k,).

    Examples
    --------
    >>> said = np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]])
    >>> class_balance(said, np.array([0.5, 0.5])).round(2).tolist()
    [0.79, 0.21]
    """
    return np.asarray((labelled + probabilities.sum(axis=0)) / (1 + probabilities.shape[0]))
