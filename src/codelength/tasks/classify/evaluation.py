"""How good a classifier's answers are: accuracy with an interval, bits of the labels, confusion, reliability.

The labels of n documents cost -sum log2 P(label | document) bits: what would have to be sent to someone who has the
documents and the classifier. The interval is Wilson's, which has a width even where all or none are right. Reliability:
documents whose best class got about the probability p should be right about p of the time (the expected calibration
error is the mean distance, Guo et al. 2017). A label that training never had costs infinitely many bits: such documents
count as wrong, and are named and left out of the bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.measures import wilson

Floats = NDArray[np.float64]

BINS = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Parameters
    ----------
    size
        Documents that were asked.
    accuracy, low, high
        The share of right answers, and its 95 % interval.
    label_bits
        Bits of all labels that training had.
    unseen
        Label that training never had -> how many documents have it.
    classes
        Labels of the confusion matrix: those of training, then the unseen.
    confusion
        Row by true label, column by answer: documents.
    reliability
        For each filled bin: mean probability of the best class, share of right answers, documents.
    """

    size: int
    accuracy: float
    low: float
    high: float
    label_bits: float
    unseen: dict[str, int]
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[tuple[float, float, int], ...]

    @property
    def calibration_error(self) -> float:
        """The mean distance of the probability of the best class from the share of right answers."""
        return sum(count * abs(said - right) for said, right, count in self.reliability) / self.size

    @property
    def coded(self) -> int:
        """Documents whose labels training had."""
        return self.size - sum(self.unseen.values())


def evaluate(classes: Iterable[Any], log_probs: Floats, answers: Sequence[Any]) -> Evaluation:
    """What answers are worth.

    Parameters
    ----------
    classes
        The k labels of training.
    log_probs
        (n, k) nats.
    answers
        The n true labels.
    """
    known = [str(label) for label in classes]
    true = [str(label) for label in answers]
    unseen: dict[str, int] = {}
    for label in true:
        if label not in known:
            unseen[label] = unseen.get(label, 0) + 1
    named = (*known, *unseen)
    rows = np.array([named.index(label) for label in true])
    best = log_probs.argmax(axis=1)
    right = best == rows
    coded = rows < len(known)
    confusion = np.zeros((len(named), len(known)), dtype=np.int64)
    np.add.at(confusion, (rows, best), 1)
    low, high = wilson(float(right.mean()), right.size)
    return Evaluation(
        size=right.size,
        accuracy=float(right.mean()),
        low=low,
        high=high,
        label_bits=abs(float(log_probs[coded, rows[coded]].sum() / np.log(2))),
        unseen=unseen,
        classes=named,
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        reliability=_reliability(np.exp(log_probs.max(axis=1)), right),
    )


def _reliability(said: Floats, right: NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    bins = np.minimum((said * BINS).astype(np.intp), BINS - 1)
    return tuple(
        (float(said[mine].mean()), float(right[mine].mean()), int(mine.sum()))
        for mine in (bins == one for one in range(BINS))
        if mine.any()
    )
