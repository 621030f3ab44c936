"""In which proportions unlabelled documents have the classes, where labelled ones need not be drawn as they come.

A classifier that knows half of the labels answers the other half and the unlabelled documents. An answer is a cell j:
the likeliest class, and how sure of it. What unlabelled documents' cells cost, given the labelled ones' cells, under
three hypotheses, each an adaptive code:

    same      P(j) = sum_y l(y) C(j | y)                 proportions as labelled
    shifted   P(j) = sum_y pi(y) C(j | y)                pi starts at 1/2 for each class, and learns
    foreign   P(j) = C(j | no class that has labels)     what labels say of cells does not matter here

C(j | y) starts as one pseudo-document spread over all cells (Perks 1947) and the labelled documents of y, of which
`foreign` has none, and learns as pi does: a cell counts for every class by the class's share in it (quasi-Bayes: Smith
& Makov 1978; label shift by confusion: Lipton, Wang & Smola 2018). So a classifier that mistakes one class for another
is no evidence of other proportions. The proportions are the mixture's,

    balance = w (n pi + m l) / (n + m) + (1 - w) l,        w the posterior of `shifted`

with n unlabelled documents and m labels: documents are taken to be labelled from among those that were gathered, and
those that are asked to come as all of them did. Beforehand `same` has nearly all weight, and the others 2**-20 each:
shares make the codes approximations of Bayes' rule, and where a class has five documents with labels they differ by
some ten bits either way. So the joint code of the cells costs next to nothing more than under `same`, and 20 bits more
than under the others. Costs O(n k) after one more fit of the classifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]

SAME, SHIFTED, FOREIGN = "same", "shifted", "foreign"
_DOUBT = {SAME: 0.0, SHIFTED: 20.0, FOREIGN: 20.0}
"""Bits against each hypothesis beforehand."""

_SURENESS = 3
"""Kinds of sureness of an answer: thirds of the labelled documents."""


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Parameters
    ----------
    proportions
        Of the classes among documents that are asked, (k,).
    shifted
        The proportions if they are not those of the labelled documents, (k,).
    bits
        Hypothesis -> bits of the unlabelled documents' cells.
    """

    proportions: Floats
    shifted: Floats
    bits: dict[str, float]


def class_balance(known: Floats, labels: NDArray[np.integer], unknown: Floats, counts: NDArray[np.integer]) -> Balance:
    """What the answers to documents without labels say of the proportions of the classes.

    Parameters
    ----------
    known
        What a classifier says of documents whose labels it has not seen, (m, k), rows sum to 1.
    labels
        (m,) numbers of their classes.
    unknown
        What it says of documents without labels, (n, k).
    counts
        (k,) labels of each class, of all that there are.

    Examples
    --------
    >>> sure = np.array([[0.9, 0.1], [0.1, 0.9]])
    >>> labels = np.array([0, 1] * 20)
    >>> found = class_balance(sure[labels], labels, sure[[0] * 180 + [1] * 20], np.array([20, 20]))
    >>> found.proportions.round(1).tolist()
    [0.8, 0.2]
    """
    k = counts.size
    ends = np.quantile(known.max(axis=1), np.arange(1, _SURENESS) / _SURENESS)
    table = np.full((k, k * _SURENESS), 1.0 / (k * _SURENESS))
    np.add.at(table, (labels, _cells(known, ends)), 1.0)
    told = _cells(unknown, ends)
    told = np.random.default_rng(0).permutation(told)
    labelled = counts / counts.sum()
    same, _ = _coded(told, table, labelled)
    moved, masses = _coded(told, table, None)
    shifted = (masses + counts) / (masses + counts).sum()
    bits = {SAME: same, SHIFTED: moved, FOREIGN: _foreign(told, k * _SURENESS)}
    costs = np.array([bits[one] + _DOUBT[one] for one in (SHIFTED, SAME, FOREIGN)])
    share = float(1.0 / np.exp2(np.minimum(costs[0] - costs, 1000.0)).sum())
    return Balance(share * shifted + (1.0 - share) * labelled, shifted, bits)


def _cells(said: Floats, ends: Floats) -> Cells:
    """The cell of each answer: likeliest class, and between which of `ends` its probability lies."""
    sure = np.searchsorted(ends, said.max(axis=1), side="right")
    return np.asarray(said.argmax(axis=1) * _SURENESS + sure)


def _coded(cells: Cells, table: Floats, proportions: Floats | None) -> tuple[float, Floats]:
    """Bits of the cells, and how many are of each class, (k,); None: by proportions that are learnt."""
    joint, rows, mass = table.copy(), table.sum(axis=1), np.full(table.shape[0], 0.5)
    bits = 0.0
    for cell in cells:
        shares = (mass / mass.sum() if proportions is None else proportions) * joint[:, cell] / rows
        total = shares.sum()
        bits -= np.log2(total)
        shares /= total
        joint[:, cell] += shares
        rows += shares
        mass += shares
    return float(bits), mass - 0.5


def _foreign(cells: Cells, kinds: int) -> float:
    """Bits of the cells under one class without labels."""
    counts, prior = np.bincount(cells, minlength=kinds), 1.0 / kinds
    log = gammaln(counts + prior).sum() - kinds * gammaln(prior) + gammaln(1.0) - gammaln(counts.sum() + 1.0)
    return float(-log / np.log(2))
