"""Features of networks of images by the means of sixteen cells, and what probes of them are right about.

Cells are averaged further: all of them to the mean over the image (iGPT's features), four by four to means of quarters.
Used by `benchmarks.scaling_pixels`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.scaling_probes import PER_CLASS, Images, accuracy, best_layer, fitted
from codelength.models.convolutional import ConvolutionalClassifier
from codelength.models.features import features
from codelength.models.networks import Network

PARTS = {"mean": 1, "quarters": 2, "sixteenths": 4}
"""Parts of an image to a side."""
SIDE = 4
CHOSEN = 100
"""Labels a class, at most, that a layer is chosen with."""

Floats = NDArray[Any]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Features of training images (their numbers in `rows`) and of the test images: (layers, n, 16 D)."""

    rows: Rows
    x: Floats
    new: Floats

    def of(self, rows: Rows) -> "Cells":
        """For fewer training images."""
        return Cells(rows, self.x[:, np.isin(self.rows, rows)], self.new)


def cells(model: Network, symbols: Floats, side: int) -> Floats:
    """Means of each layer over sixteen cells of images of side x side, a multiple of 4: (layers, n, 16 D) float16."""
    rows, columns = np.indices((side, side)) * SIDE // side
    found = [
        features(model, symbols[first : first + 500], regions=(SIDE * rows + columns).reshape(-1), batch=16)
        for first in range(0, len(symbols), 500)
    ]
    return np.concatenate([one.astype(np.float16) for one in found], axis=1)


def pooled(x: Floats, parts: int) -> Floats:
    """Means of parts x parts from those of the cells: (n, 16 D) -> (n, parts**2 D) float32."""
    each = SIDE // parts
    split = x.reshape(len(x), parts, each, parts, each, -1).astype(np.float32)
    return split.mean(axis=(2, 4)).reshape(len(x), -1)


def per_class(labels: NDArray[Any], n: int) -> Rows:
    """The numbers of the first n images of each class, in the order of the file."""
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:n] for label in range(10)]))


def over_layers(own: Cells, data: Images, kinds: Iterable[str]) -> dict[str, list[float]]:
    """Accuracy of the probe of each layer, pooled in these ways."""
    labels, truth = data.labels[own.rows], data.test_labels
    return {
        kind: [
            accuracy(pooled(x, PARTS[kind]), labels, pooled(new, PARTS[kind]), truth)
            for x, new in zip(own.x, own.new, strict=True)
        ]
        for kind in kinds
    }


def few(own: Cells, data: Images) -> dict[str, list[NDArray[np.bool_]]]:
    """Which test images the probe of the chosen layer is right about, for each number of labels a class."""
    found: dict[str, list[NDArray[np.bool_]]] = {kind: [] for kind in PARTS}
    for n in PER_CLASS:
        some, choosing = own.of(per_class(data.labels, n)), own.of(per_class(data.labels, min(n, CHOSEN)))
        labels = data.labels[some.rows]
        for kind, parts in PARTS.items():
            chosen = best_layer([pooled(x, parts) for x in choosing.x], data.labels[choosing.rows])
            probe = fitted(pooled(some.x[chosen], parts), labels)
            found[kind].append(probe.predict(pooled(some.new[chosen], parts)) == data.test_labels)
    return found


def baselines(data: Images) -> dict[str, list[NDArray[np.bool_]]]:
    """The same without a network, and by networks that learn from the labels alone."""
    components = PCA(min(48, data.pixels.shape[1]), random_state=0).fit(data.pixels[:5000])
    found: dict[str, list[NDArray[np.bool_]]] = {}
    for n in PER_CLASS:
        rows = per_class(data.labels, n)
        x, new, labels = data.pixels[rows], data.test_pixels, data.labels[rows]
        perceptron = MLPClassifier((256,), alpha=1e-2, max_iter=200, early_stopping=n > 500, random_state=0)
        network = ConvolutionalClassifier(
            (data.side, data.side), size=data.side, steps=400, warp=None, views=1, bfloat16=True
        )
        said = {
            "pixels": fitted(x, labels).predict(new),
            "PCA": fitted(components.transform(x), labels).predict(components.transform(new)),
            "supervised, perceptron": make_pipeline(StandardScaler(), perceptron).fit(x, labels).predict(new),
            "supervised, convolutional": network.fit(x / np.float32(255), labels).predict(new / np.float32(255)),
        }
        for name, answers in said.items():
            found.setdefault(name, []).append(answers == data.test_labels)
    return found


def difference(right: NDArray[np.bool_], base: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean of the difference over the test images, and half of its 95 % interval."""
    apart = right.astype(float) - base
    return float(apart.mean()), float(1.96 * apart.std(ddof=1) / np.sqrt(len(apart)))
