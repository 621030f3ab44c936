"""Bits of a label against the number of labels that were learnt: the same classifier on the first n, 2 n, 4 n, ...

Documents are taken in a shuffled order, so that every size has its share of every class; what is asked stays the same.
Costs about twice what learning from all of them does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from codelength.tasks.classify.class_codes import CodeClassifier
from codelength.tasks.classify.evaluation import evaluate
from codelength.tasks.classify.pile_classifier import PileClassifier

FIRST = 8


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """After so many labels: mean bits of a label that is asked, and accuracy."""

    labels: int
    bits: float
    accuracy: float


def learning_curve(
    model: CodeClassifier | PileClassifier,
    content: Any,
    labels: list[str],
    asked: Any,
    answers: list[str],
    *,
    unlabelled: Any = (),
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[CurvePoint]:
    """The curve up to half of the training documents; of all of them the caller knows.

    Parameters
    ----------
    model
        Parameters are taken from it; it is not fitted.
    content, labels
        Training documents and their labels.
    asked, answers
        Documents to ask, and their labels. Those that a small training set has no class for are left out of the bits.
    unlabelled
        Documents without labels, the same at every size; for a `PileClassifier` in piles with names.
    seed
        Of the order.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    sizes = [FIRST << k for k in range(64) if FIRST << k <= len(labels) // 2]
    points = []
    for done, size in enumerate(sizes, start=1):
        mine = order[:size]
        targets = [labels[at] for at in mine]
        if len(set(targets)) > 1:
            part = content[mine] if isinstance(content, np.ndarray) else [content[at] for at in mine]
            fitted = type(model)(**model.get_params(deep=False)).fit(part, targets, unlabelled=unlabelled)
            found = evaluate(fitted.classes_, fitted.predict_log_proba(asked), answers)
            if found.coded:
                points.append(CurvePoint(size, found.label_bits / found.coded, found.accuracy))
        if on_progress is not None:
            on_progress(done, len(sizes))
    return points
