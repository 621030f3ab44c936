"""The learner of `benchmarks.prequential`: what 60,000 images without labels tell, and two networks that never restart.

An example is the number of an image; the images themselves are side information. With `transductive`, all of them are
known from the start, as X is in a codelength L(y | X): labels spread over the graph of nearest neighbours of all
images, and the pool's guesses for images whose labels are still to come are learned from, too. Without, nothing but the
images of labels already sent is looked at, and in place of the graph there is logistic regression on the same gradient
features. In both cases the experts are pooled with weights from their forecasts of labels so far.

Chosen by looking at labels: share, prior and sharpness of the graph are about the best of 216 settings on the first
2,000 labels with 10,000 images, which would cost log2(216) = 7.8 bits to say; the rest was set before any label was
coded.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Self

import numpy as np
from numpy.typing import NDArray

from codelength.api.probe import estimator
from codelength.measures.prequential_freqs import with_unseen
from codelength.models.convolutional import ConvolutionalClassifier
from codelength.models.neighbour_graph import GraphSpreading
from codelength.models.pool import LogarithmicPool

GUESSED = 5000
"""Images without a label that are guessed and learned from between two blocks."""

READ = 10_000
"""Labels up to which logistic regression is fitted anew."""

REMEMBERED = 20_000
"""Newest forecasts that the pool's weights are learned from."""


class Linear:
    """Logistic regression that asks and answers as `GraphSpreading` does, and looks at no row without a label."""

    def fit(self, features: NDArray[np.float32], y: NDArray[np.int64], classes: int) -> Self:
        """Learn from the rows whose label is not -1; beyond `READ` labels no more, for the networks know better."""
        known = np.flatnonzero(y != -1)
        self.features_ = features
        if not hasattr(self, "model_") or known.size <= READ:
            self.model_ = estimator("logistic").fit(features[known], y[known])
            self.labels_, self.classes_ = known.size, classes
        return self

    def predict_rows(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probabilities, (rows, classes)."""
        said = self.model_.predict_proba(self.features_[rows])
        return with_unseen(said, self.model_.classes_, self.classes_, self.labels_)


class Digits:
    """A pool of convolutional networks and a classifier of features; `fit` goes on from the last one.

    Parameters
    ----------
    images
        (N, 28, 28) uint8.
    features
        (N, d) of all images.
    transductive
        Whether images may be looked at before their labels are known.
    steps
        Steps of each network once all N labels are known; with n labels, steps * sqrt(n / N).
    members
        Networks, each in its thread.
    seed
        Of their weights, and of the images whose labels are guessed.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        features: NDArray[np.float32],
        *,
        transductive: bool,
        steps: int,
        members: int = 2,
        seed: int = 0,
    ) -> None:
        self.images = images
        self.features = features
        self.transductive = transductive
        self.steps = steps
        self.members = members
        self.seed = seed

    def __deepcopy__(self, memo: object) -> Digits:
        return Digits(
            self.images,
            self.features,
            transductive=self.transductive,
            steps=self.steps,
            members=self.members,
            seed=self.seed,
        )

    def fit(self, rows: NDArray[np.int64], y: NDArray[np.int64]) -> Self:
        """Learn the labels of the first images."""
        if not hasattr(self, "networks_"):
            self._begin()
        total = len(self.images)
        labels = np.full(total, -1)
        labels[rows] = y
        self._learn_weights(rows, y)
        self.reader_.fit(self.features, labels, classes=10)
        chosen, guesses = rows, None
        if self.transductive and len(rows) < total // 2:
            guessed = self._order.permutation(np.flatnonzero(labels == -1))[:GUESSED]
            said = self._forecasts(guessed, views=1) if self.fitted_ else self.reader_.predict_rows(guessed)[None]
            chosen = np.concatenate([rows, guessed])
            known = np.zeros((len(rows), 10))
            guesses = np.concatenate([known, self.pool_.pooled(said) if self.fitted_ else said[0]])
        with ThreadPoolExecutor(max(1, len(self.networks_))) as threads:
            learning = [
                threads.submit(network.fit, self.images[chosen], labels[chosen], guesses, 10)
                for network in self.networks_
            ]
            for one in learning:
                one.result()
        self.fitted_ = True
        return self

    def predict_proba(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probabilities of the ten digits; what each expert said is remembered for the pool."""
        said = self._forecasts(rows)
        self._said[:, rows] = said
        self._asked[rows] = True
        return self.pool_.pooled(said)

    def _begin(self) -> None:
        total = len(self.images)
        self.classes_ = np.arange(10)
        self.fitted_ = False
        self.reader_ = GraphSpreading() if self.transductive else Linear()
        self.networks_ = [
            ConvolutionalClassifier(
                (28, 28),
                steps=lambda n: round(self.steps * (n / total) ** 0.5),
                warm_start=True,
                bfloat16=True,
                trust=0.8,
                seed=self.seed * self.members + member,
            )
            for member in range(self.members)
        ]
        self.pool_ = LogarithmicPool()
        self._order = np.random.default_rng(self.seed)
        self._said = np.zeros((self.members + 1, total, 10), dtype=np.float32)
        self._asked = np.zeros(total, dtype=bool)

    def _learn_weights(self, rows: NDArray[np.int64], y: NDArray[np.int64]) -> None:
        forecast = np.flatnonzero(self._asked[rows])[-REMEMBERED:]
        if forecast.size:
            self.pool_.fit(self._said[:, rows[forecast]], y[forecast])

    def _forecasts(self, rows: NDArray[np.int64], views: int | None = None) -> NDArray[np.float64]:
        """What every expert says, (K, rows, 10)."""
        with ThreadPoolExecutor(max(1, len(self.networks_))) as threads:
            asked = [threads.submit(network.predict_proba, self.images[rows], views) for network in self.networks_]
            return np.stack([self.reader_.predict_rows(rows), *(one.result() for one in asked)])
