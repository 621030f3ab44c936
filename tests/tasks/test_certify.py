"""Certified classifiers: the stream tells the very classifier, integers only, and its bound holds."""

import numpy as np
import pytest

from codelength.core import DataError, StreamError
from codelength.measures import certificate
from codelength.tasks.certify import (
    Candidate,
    Classifier,
    Shape,
    Training,
    candidates_for,
    certificate_of,
    certify,
    decode,
    encode,
)
from codelength.tasks.certify.features import orientations, pixels
from codelength.tasks.certify.training import train

LINEAR = Shape(12, 12, 3, block=2)
NETWORK = Shape(12, 12, 3, window=3, stride=2, hidden=4, patch=2, pool=2)
WIDE = Shape(12, 12, 3, block=3, hidden=5, patch=4, pool=1, levels=3)
SHAPES = [LINEAR, NETWORK, WIDE]


def bars(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Noisy images of a bar that lies, stands or leans: classes 0, 1, 2."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    images = rng.integers(0, 60, (n, 12, 12), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        at = rng.integers(5, 7)
        for k in range(1, 11):
            y, x = [(at, k), (k, at), (k, k)][label]
            image[y, x] = 250
    return images, labels


def random_classifier(shape: Shape, seed: int = 0) -> Classifier:
    rng = np.random.default_rng(seed)
    levels = shape.levels
    hidden = rng.integers(-levels, levels + 1, (shape.hidden_inputs, shape.hidden))
    weights = rng.integers(-levels, levels + 1, (shape.inputs, shape.classes))
    return Classifier(
        shape, hidden, rng.integers(-9, 9, shape.hidden) * 4, 3, weights, rng.integers(-99, 99, shape.classes)
    )


def plain_prediction(classifier: Classifier, image: np.ndarray) -> int:
    """The reference: one image, Python's integers, the formulas of the docstrings."""
    shape = classifier.shape
    pixel = image.tolist()
    if shape.block:
        b, (rows, columns) = shape.block, shape.cells
        cells = [
            [
                [sum(pixel[r * b + i][c * b + j] for i in range(b) for j in range(b)) // (16 * b * b)]
                for c in range(columns)
            ]
            for r in range(rows)
        ]
    else:
        cells = plain_orientations(pixel, shape)
    seen = [value for row in cells for cell in row for value in cell]
    if shape.hidden:
        k, (high, wide), (up, across) = shape.patch, shape.patches, shape.pooled
        units = [[[0] * shape.hidden for _ in range(wide)] for _ in range(high)]
        for y in range(high):
            for x in range(wide):
                patch = [value for i in range(k) for j in range(k) for value in cells[y + i][x + j]]
                for h in range(shape.hidden):
                    total = sum(int(w) * v for w, v in zip(classifier.hidden_weights[:, h], patch, strict=True))
                    units[y][x][h] = min(15, max(0, total + int(classifier.hidden_biases[h]) >> classifier.shift))
        p = shape.pool
        seen = [
            sum(units[y * p + i][x * p + j][h] for i in range(p) for j in range(p))
            for y in range(up)
            for x in range(across)
            for h in range(shape.hidden)
        ]
    scores = [
        int(classifier.biases[c]) + sum(int(w) * v for w, v in zip(classifier.weights[:, c], seen, strict=True))
        for c in range(shape.classes)
    ]
    return scores.index(max(scores))


def plain_orientations(pixel: list[list[int]], shape: Shape) -> list[list[list[int]]]:
    turns = [(16, 0), (11, 11), (0, 16), (-11, 11), (-16, 0), (-11, -11), (0, -16), (11, -11)]
    edges = {}
    for y in range(shape.height - 2):
        for x in range(shape.width - 2):
            a = [[pixel[y + i][x + j] for j in range(3)] for i in range(3)]
            gx = sum(m * (a[i][2] - a[i][0]) for i, m in enumerate((1, 2, 1)))
            gy = sum(m * (a[2][j] - a[0][j]) for j, m in enumerate((1, 2, 1)))
            size = abs(gx) + abs(gy)
            for k, (c, s) in enumerate(turns):
                edges[y, x, k] = max(0, 2 * (c * gx + s * gy >> 4) - size - (size >> 2)) >> 4
    rows, columns = shape.cells
    return [
        [
            [
                int(
                    np.floor(
                        np.sqrt(
                            sum(
                                edges[r * shape.stride + i, c * shape.stride + j, k]
                                for i in range(shape.window)
                                for j in range(shape.window)
                            )
                        )
                    )
                )
                for k in range(8)
            ]
            for c in range(columns)
        ]
        for r in range(rows)
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=["linear", "network", "wide"])
def test_prediction_follows_its_reference(shape: Shape) -> None:
    images, _ = bars(12)
    images[0] = 0
    images[1] = 255
    classifier = random_classifier(shape)
    assert classifier.predict(images).tolist() == [plain_prediction(classifier, image) for image in images]


@pytest.mark.parametrize("shape", SHAPES, ids=["linear", "network", "wide"])
@pytest.mark.parametrize("seed", range(3))
def test_a_stream_tells_the_very_classifier(shape: Shape, seed: int) -> None:
    sent = random_classifier(shape, seed)
    got = decode(encode(sent))
    assert (got.shape, got.shift if shape.hidden else 0) == (sent.shape, sent.shift if shape.hidden else 0)
    for name in ("hidden_weights", "hidden_biases", "weights", "biases"):
        assert np.array_equal(getattr(got, name), getattr(sent, name)), name


def test_streams_of_classifiers_are_a_prefix_code() -> None:
    streams = {encode(random_classifier(shape, seed)) for shape in SHAPES for seed in range(4)}
    assert len(streams) == 12
    assert not any(a != b and a.startswith(b) for a in streams for b in streams)


def test_a_damaged_stream_is_refused_or_tells_another_classifier() -> None:
    sent = random_classifier(NETWORK)
    stream = encode(sent)
    for cut in (0, 1, 5, len(stream) - 1):
        with pytest.raises(StreamError):
            decode(stream[:cut])
    with pytest.raises(StreamError):
        decode(stream + b"\0")
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(stream)
        damaged[rng.integers(1, len(stream))] ^= 1 << rng.integers(8)
        try:
            got = decode(bytes(damaged))
        except StreamError:
            continue
        assert encode(got) != stream


@pytest.mark.parametrize("shape", [LINEAR, NETWORK], ids=["linear", "network"])
def test_what_is_trained_is_certified_and_the_bound_holds(shape: Shape) -> None:
    images, labels = bars(900)
    found = certify(images, labels, [Candidate(shape, Training(epochs=8))])
    assert found.stream == encode(found.classifier)
    again = certificate_of(decode(found.stream), found.stream, images, labels)
    assert again == found.certificate == found.tried[0]
    assert found.certificate.bits == 8 * len(found.stream)
    assert found.certificate.errors == int((found.classifier.predict(images) != labels).sum())
    test_images, test_labels = bars(900, seed=9)
    assert (found.classifier.predict(test_images) != test_labels).mean() < found.certificate.bound < 0.66


def test_the_best_of_several_candidates_is_taken() -> None:
    images, labels = bars(600)
    candidates = [Candidate(shape, Training(epochs=3)) for shape in (LINEAR, NETWORK)]
    seen: list[tuple[str, int, int]] = []
    found = certify(images, labels, candidates, on_progress=lambda *told: seen.append(told))
    assert found.certificate.bound == min(one.bound for one in found.tried)
    assert found.tried[found.chosen] == found.certificate
    assert seen == [(f"candidate {i}", epoch, 3) for i in (1, 2) for epoch in (1, 2, 3)]


def test_training_is_the_same_for_a_seed_and_a_price_makes_weights_zero() -> None:
    images, labels = bars(600)
    cells = LINEAR.features(images)
    one, two = (train(LINEAR, cells, labels, Training(epochs=3), seed=5) for _ in range(2))
    assert encode(one) == encode(two)
    cheap, dear = (train(LINEAR, cells, labels, Training(epochs=6, price=price), seed=5) for price in (0.0, 1e-2))
    assert (dear.weights != 0).mean() < (cheap.weights != 0).mean()


def test_a_random_labelling_gets_no_bound_below_chance() -> None:
    images, _ = bars(300)
    labels = np.random.default_rng(3).integers(0, 3, 300)
    assert certify(images, labels, [Candidate(LINEAR, Training(epochs=8))]).certificate.bound > 2 / 3


def test_candidates_fit_images_of_any_size() -> None:
    for side in (1, 3, 8, 12, 28, 40, 256):
        for candidate in candidates_for(side, side, 4, epochs=1):
            assert min(candidate.shape.cells) >= 1
    assert {candidate.shape.hidden > 0 for candidate in candidates_for(28, 28, 10)} == {True, False}


def test_features_have_the_shapes_they_say() -> None:
    images, _ = bars(4)
    assert pixels(images, 5).shape == (4, 2, 2, 1)
    assert pixels(np.full((1, 4, 4), 255, np.uint8), 2).max() == 15
    assert orientations(images, 3, 2).shape == (4, *NETWORK.cells, 8)
    assert not orientations(np.full((1, 12, 12), 200, np.uint8), 3, 2).any()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda i, y: (i.astype(float), y), "uint8"),
        (lambda i, y: (i[0], y), "uint8"),
        (lambda i, y: (i, y[:-1]), "an integer for each"),
        (lambda i, y: (i, y.astype(float)), "an integer for each"),
        (lambda i, y: (i[:0], y[:0]), "at least one"),
        (lambda i, y: (i, y - 9), "0 to 255"),
        (lambda i, y: (i, y + 1), "a candidate has classes 0 to 2"),
        (lambda i, y: (i[:, 1:], y), "a candidate for 12 x 12"),
    ],
)
def test_examples_that_make_no_sense_are_refused(wrong, says: str) -> None:  # type: ignore[no-untyped-def]
    images, labels = bars(30)
    with pytest.raises(DataError, match=says):
        certify(*wrong(images, labels), [Candidate(LINEAR, Training(epochs=1))])


@pytest.mark.parametrize(
    "sizes",
    [
        {"height": 0, "block": 1},
        {"classes": 1, "block": 1},
        {"block": 0},
        {"block": 2, "window": 3, "stride": 2},
        {"window": 3},
        {"block": 13},
        {"block": 2, "hidden": 4},
        {"block": 2, "hidden": 4, "patch": 7, "pool": 1},
        {"block": 2, "levels": 0},
    ],
)
def test_shapes_that_cannot_be_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(DataError):
        Shape(**({"height": 12, "width": 12, "classes": 3} | sizes))


def test_images_of_another_size_are_refused_at_prediction() -> None:
    with pytest.raises(DataError, match="takes uint8 images of 12 x 12"):
        random_classifier(LINEAR).predict(np.zeros((2, 9, 12), np.uint8))


def test_no_candidate_is_no_answer() -> None:
    images, labels = bars(5)
    with pytest.raises(DataError, match="no candidate"):
        certify(images, labels, [])


def test_the_certificate_is_that_of_the_measures() -> None:
    images, labels = bars(100)
    classifier = random_classifier(LINEAR)
    stream = encode(classifier)
    errors = int((classifier.predict(images) != labels).sum())
    assert certificate_of(classifier, stream, images, labels, delta=0.2) == certificate(
        errors, 100, 8 * len(stream), 0.2
    )
