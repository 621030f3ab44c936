"""The two ends of a prequential code of labels: the same steps for who sends them and for who receives them.

Both hold X, the estimator as it stands before learning, the classes and the ends of the blocks. `next_frequencies`
gives the integer frequencies for the next block's labels from nothing but earlier labels; `learn` is told that block's
labels, which the sender knows and the receiver has just decoded. So a receiver that runs the same estimator on the
same machine (the local tier) gets every label back; for an estimator that computes in integers, on any machine.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from codelength.core import CodelengthError, DataError
from codelength.measures.prequential_freqs import Calibration, best_calibration, checked, frequencies, with_unseen

Update = Literal["refit", "warm", "partial"]

_ENOUGH_TO_CALIBRATE = 50
_CALIBRATING = 5000
"""At least and at most so many forecasts are calibrated on."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How the estimator learns from block to block, and how its probabilities are coded.

    `update`: "refit" fits a fresh copy to all labels so far; "warm" calls `fit` of one and the same object on all
    labels so far, which goes on where it was if it has scikit-learn's `warm_start`; "partial" calls `partial_fit` on
    the new labels. `replay`: passes over all labels so far, shuffled, after each "partial" update. `unlabelled`: `fit`
    is given all of X, with the label -1 where it is not known yet (the convention of `sklearn.semi_supervised`).
    `calibrate`: a temperature and a share of the uniform distribution, fitted to earlier forecasts. `total_bits`: k of
    the frequencies. `seed`: of the replay's order.
    """

    update: Update = "refit"
    replay: int = 0
    unlabelled: bool = False
    calibrate: bool = False
    total_bits: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what is not known, in one line."""
        if self.update not in get_args(Update):
            raise DataError(f"update={self.update!r}: expected {', '.join(get_args(Update))}")
        if self.replay < 0:
            raise DataError(f"replay={self.replay}: expected 0 or more")


class Forecaster:
    """Frequencies of the labels of block after block, each from the labels of those before it.

    Parameters
    ----------
    estimator
        Not changed: copied before it learns.
    X
        The examples, in the order of the labels: an array, a sparse matrix, a list or a data frame.
    classes
        m, the number of classes; labels are 0 to m - 1.
    ends
        Where the blocks end.
    learning
        How to learn.
    """

    def __init__(self, estimator: Any, X: Any, classes: int, ends: Sequence[int], learning: Learning) -> None:
        if not 1 <= classes <= 1 << learning.total_bits:
            raise DataError(f"{classes} classes do not fit frequencies of {learning.total_bits} bits")
        needed = "partial_fit" if learning.update == "partial" else "fit"
        if not callable(getattr(estimator, needed, None)):
            raise DataError(f"{type(estimator).__name__} has no {needed}, which update={learning.update!r} needs")
        self._fresh = copy.deepcopy(estimator)
        self._estimator: Any = None
        self._examples = X
        self._classes = classes
        self._ends = (0, *ends)
        self._learning = learning
        self._labels: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._past: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        self._forecast: NDArray[np.float64] | None = None
        self._order = np.random.default_rng(learning.seed)
        self.calibration = Calibration()

    @property
    def block(self) -> tuple[int, int]:
        """Where the next block begins and ends."""
        begin = len(self._labels)
        return begin, self._ends[self._ends.index(begin) + 1]

    def next_frequencies(self) -> NDArray[np.uint32]:
        """For the next block, (its labels, m) uint32, rows of sum 2**total_bits."""
        begin, end = self.block
        self._forecast = self._probabilities(begin, end)
        if self._learning.calibrate:
            self.calibration = self._calibrated()
        return frequencies(self.calibration(self._forecast), self._learning.total_bits)

    def learn(self, labels: NDArray[np.int64]) -> None:
        """What the labels of that block were."""
        if self._forecast is not None and self._estimator is not None:
            self._past.append((self._forecast, labels))
        before = len(self._labels)
        self._labels = np.concatenate([self._labels, labels])
        if len(self._labels) == self._ends[-1] or len(np.unique(self._labels)) == 1:
            return
        try:
            self._update(before)
        except CodelengthError:
            raise
        except ValueError as error:
            raise DataError(
                f"the estimator cannot learn from the first {len(self._labels)} labels: {str(error).splitlines()[0]}; "
                "a larger first block may help"
            ) from error

    def _probabilities(self, begin: int, end: int) -> NDArray[np.float64]:
        seen = np.unique(self._labels)
        if self._estimator is None:
            counts = np.bincount(self._labels, minlength=self._classes) + 1.0  # Laplace's rule; nothing seen: uniform
            return np.tile(counts / counts.sum(), (end - begin, 1))
        if not hasattr(self._estimator, "predict_proba"):
            raise DataError(
                f"{type(self._estimator).__name__} has no predict_proba: wrap it in CalibratedClassifierCV, or take an "
                "estimator that gives probabilities"
            )
        known = np.asarray(getattr(self._estimator, "classes_", seen)).astype(np.int64)
        answer = checked(self._estimator.predict_proba(_rows(self._examples, begin, end)), end - begin, len(known))
        return with_unseen(answer, known, self._classes, begin)

    def _calibrated(self) -> Calibration:
        """What would have been best for the latest block or blocks, at least 50 labels of them."""
        recent: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        for forecast in reversed(self._past):
            recent.append(forecast)
            if sum(len(labels) for _, labels in recent) >= _ENOUGH_TO_CALIBRATE:
                forecasts, labels = (np.concatenate(part)[-_CALIBRATING:] for part in zip(*recent[::-1], strict=True))
                return best_calibration(forecasts, labels, self._learning.total_bits)
        return Calibration()

    def _update(self, before: int) -> None:
        how = self._learning
        if self._estimator is None or how.update == "refit":
            self._estimator = copy.deepcopy(self._fresh)
        now = len(self._labels)
        if how.update == "partial":
            everything = np.arange(self._classes)
            begin = 0 if not hasattr(self._estimator, "classes_") else before
            self._estimator.partial_fit(_rows(self._examples, begin, now), self._labels[begin:now], classes=everything)
            for _ in range(how.replay):
                order = self._order.permutation(now)
                self._estimator.partial_fit(chosen(self._examples, order), self._labels[order])
        elif how.unlabelled:
            labels = np.full(self._ends[-1], -1)
            labels[:now] = self._labels
            self._estimator.fit(self._examples, labels)
        else:
            self._estimator.fit(_rows(self._examples, 0, now), self._labels)


def _rows(examples: Any, begin: int, end: int) -> Any:
    return examples.iloc[begin:end] if hasattr(examples, "iloc") else examples[begin:end]


def chosen(examples: Any, order: NDArray[np.int64]) -> Any:
    """Examples of any kind in another order."""
    if isinstance(examples, list):
        return [examples[k] for k in order]
    return examples.iloc[order] if hasattr(examples, "iloc") else examples[order]
