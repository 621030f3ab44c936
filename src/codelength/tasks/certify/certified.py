"""Train classifiers of few bits, send each through its own stream, and certify the one with the least bound.

For each candidate: train on the examples, round, encode, decode; count on the same examples how often the decoded
classifier errs; bound its true error by that count and the length of its stream (`measures.certificates`). All that
was chosen, the configuration too, stands in the stream, so taking the best candidate afterwards is paid for: the bound
holds for every stream of this format at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.measures import Certificate, certificate
from codelength.tasks.certify.classifier import Classifier, Shape
from codelength.tasks.certify.stream import decode, encode
from codelength.tasks.certify.training import Training, train

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration and how to train it."""

    shape: Shape
    training: Training


@dataclass(frozen=True, slots=True, eq=False)
class Certified:
    """A classifier, the stream that tells it, and what is certain of its true error.

    `tried`: the certificates of all candidates, in their order; `shapes`: what they were; `chosen`: which this is.
    """

    classifier: Classifier
    stream: bytes
    certificate: Certificate
    tried: tuple[Certificate, ...]
    shapes: tuple[Shape, ...]
    chosen: int


def certify(
    images: NDArray[np.uint8],
    labels: NDArray[np.integer],
    candidates: Sequence[Candidate],
    *,
    delta: float = 0.05,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Certified:
    """Train each candidate and certify the best.

    Parameters
    ----------
    images
        (n, height, width) uint8, drawn independently from where the classifier will be used.
    labels
        (n,) integers from 0 to the number of classes less one.
    candidates
        At least one; of the images' size.
    delta
        The probability that the bound may fail.
    seed
        Of the training.
    on_progress
        Called as ("candidate i", epochs done, epochs).

    Raises
    ------
    DataError
        Images and labels that do not go with each other or with a candidate.
    """
    check_examples(images, labels)
    if not candidates:
        raise DataError("no candidate: nothing to train")
    known = labels.astype(np.int64)
    features: dict[tuple[int, int, int], NDArray[np.int32]] = {}
    found: list[tuple[bytes, Classifier, Certificate]] = []
    for i, candidate in enumerate(candidates):
        shape, settings = candidate.shape, candidate.training
        _check_shape(shape, images, known)
        key = (shape.block, shape.window, shape.stride)
        if key not in features:
            features = {key: shape.features(images)}

        def tell(done: int, i: int = i, epochs: int = settings.epochs) -> None:
            if on_progress is not None:
                on_progress(f"candidate {i + 1}", done, epochs)

        stream = encode(train(shape, features[key], known, settings, seed=seed, on_epoch=tell))
        classifier = decode(stream)
        found.append((stream, classifier, certificate_of(classifier, stream, images, known, delta=delta)))
    chosen = min(range(len(found)), key=lambda i: found[i][2].bound)
    stream, classifier, proof = found[chosen]
    shapes = tuple(candidate.shape for candidate in candidates)
    return Certified(classifier, stream, proof, tuple(one[2] for one in found), shapes, chosen)


def certificate_of(
    classifier: Classifier,
    stream: bytes,
    images: NDArray[np.uint8],
    labels: NDArray[np.integer],
    *,
    delta: float = 0.05,
) -> Certificate:
    """The bounds for a classifier told by `stream`, whoever made it, from its errors on these examples."""
    check_examples(images, labels)
    errors = int((classifier.predict(images) != labels).sum())
    return certificate(errors, labels.size, 8 * len(stream), delta)


def candidates_for(height: int, width: int, classes: int, *, epochs: int = 12) -> list[Candidate]:
    """What is worth trying on images of this size: linear ones on pixels and on directed edges, and small networks.

    Few examples pay for few bits only, so the smallest has 4 x 4 blocks of pixels; for 28 x 28 pixels and 60,000
    examples the networks win (`python -m benchmarks.certificates`).
    """
    side = min(height, width)
    blocks = sorted({_within(side // cells) for cells in (14, 9, 7, 4)})
    shapes = [(Shape(height, width, classes, block=block, levels=3), 1e-4) for block in blocks]
    window, stride = _within(side * 7 // 28), _within(side * 6 // 28)
    if (side - 2 - window) // stride + 1 >= 2:
        shapes.append((Shape(height, width, classes, window=window, stride=stride), 1e-5))
    window, stride = _within(side * 6 // 28), _within(side * 4 // 28)
    if (side - 2 - window) // stride + 1 >= 4:
        for hidden in (8, 12, 16):
            shape = Shape(height, width, classes, window=window, stride=stride, hidden=hidden, patch=3, pool=2)
            shapes.append((shape, 1e-5))
    return [Candidate(shape, Training(price=price, epochs=epochs)) for shape, price in shapes]


def _within(pixels: int) -> int:
    """A size that the format holds."""
    return min(31, max(1, pixels))


def check_examples(images: NDArray[np.uint8], labels: NDArray[np.integer]) -> None:
    """Raise `DataError` for examples that no classifier of ours can be trained or tested on."""
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(f"images of shape {images.shape} {images.dtype}; expected grey ones, (n, height, width) uint8")
    if labels.shape != (images.shape[0],) or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            f"{images.shape[0]:,} images, labels of shape {labels.shape} {labels.dtype}: expected an integer for each"
        )
    if not labels.size:
        raise DataError("no examples: a bound needs at least one")
    if int(labels.min()) < 0 or int(labels.max()) > 255:
        raise DataError(f"labels from {labels.min()} to {labels.max()}: expected 0 to 255")


def _check_shape(shape: Shape, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    if images.shape[1:] != (shape.height, shape.width):
        raise DataError(
            f"images of {images.shape[1]} x {images.shape[2]} pixels, a candidate for {shape.height} x {shape.width}"
        )
    if int(labels.max()) >= shape.classes:
        raise DataError(f"a label is {labels.max()}, a candidate has classes 0 to {shape.classes - 1}")
