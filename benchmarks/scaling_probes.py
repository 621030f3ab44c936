"""What a linear probe reads off a network's layers, and what it reads without one: used by `benchmarks.scaling`.

A probe is a logistic regression on standardised features; its penalty is the one of three that is best on every other
label when it is fitted on the rest, and so is the layer where one is to be named. Pixels, principal components and an
untrained network are treated alike. Nothing is chosen on test images.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.real_data import DATA
from codelength.data.idx import read_idx
from codelength.data.palettes import fit_palette
from codelength.data.pictures import read_pictures, resized
from codelength.data.sequences import from_pictures
from codelength.models.features import features, quarters
from codelength.models.finetune import JointClassifier
from codelength.models.schedule import Schedule
from codelength.models.transformer import Transformer

PENALTIES = (0.003, 0.03, 0.3)
"""Inverse strengths (scikit-learn's C)."""
PER_CLASS = (10, 100, 1000)
STRIP = 500
"""Images in a strip of the CIFAR-10 files."""

Floats = NDArray[Any]


@dataclass(frozen=True)
class Images:
    """`symbols` and `test_symbols` for networks, `pixels` for what needs none; labels; the alphabet's size."""

    symbols: NDArray[np.uint16]
    pixels: Floats
    labels: NDArray[Any]
    test_symbols: NDArray[np.uint16]
    test_pixels: Floats
    test_labels: NDArray[Any]
    alphabet: int
    side: int


def images(name: str, side: int, colours: int, tests: int) -> Images:
    """Images resized to side x side: grey levels where they are grey, else a palette fitted on the training images."""
    if name == "cifar10":
        folder = DATA / name
        parts = {}
        for part, wanted in (("train", 20_000), ("test", tests)):
            files = sorted(folder.glob(f"{part}_*.webp"))[: -(-wanted // STRIP)]
            strips = [resized(read_pictures(file, tile=32), side, side) for file in files]
            labels = np.frombuffer((folder / f"{part}_labels.u8").read_bytes(), np.uint8)
            parts[part] = np.concatenate(strips)[:wanted], labels[:wanted]
        palette = fit_palette(parts["train"][0], colours)
    else:
        parts = {
            part: (
                resized(read_pictures(DATA / name / f"{prefix}-images-idx3-ubyte.gz"), side, side)[:wanted],
                read_idx(DATA / name / f"{prefix}-labels-idx1-ubyte.gz")[:wanted],
            )
            for part, prefix, wanted in (("train", "train", 60_000), ("test", "t10k", tests))
        }
        palette = None
    (x, labels), (new, truth) = parts["train"], parts["test"]
    known = from_pictures(x, palette)
    pixels, test_pixels = (some.reshape(len(some), -1).astype(np.float32) for some in (x, new))
    test_symbols = from_pictures(new, palette).symbols
    return Images(known.symbols, pixels, labels, test_symbols, test_pixels, truth, known.alphabet, side)


def accuracy(x: Floats, labels: NDArray[Any], new: Floats, truth: NDArray[Any]) -> float:
    """Of the probe, on features it has not seen."""
    return float(fitted(x, labels).score(new, truth))


def fitted(x: Floats, labels: NDArray[Any]) -> Any:
    """The probe of features (n, d)."""
    penalty = max(PENALTIES, key=lambda c: _held_out(x, labels, c))
    return _probe(penalty).fit(x, labels)


def _probe(penalty: float) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=penalty, max_iter=200, tol=1e-3))


def _held_out(x: Floats, labels: NDArray[Any], penalty: float) -> float:
    return float(_probe(penalty).fit(x[::2], labels[::2]).score(x[1::2], labels[1::2]))


def best_layer(x: Sequence[Floats], labels: NDArray[Any]) -> int:
    """Of layers of features (n, d): whose probe is best on every other label."""
    return int(np.argmax([_held_out(one, labels, PENALTIES[1]) for one in x]))


def by_layer(model: Transformer, data: Images, count: int, *, causal: bool) -> list[float]:
    """Accuracy of the probe on every layer, from `count` labels."""
    x = features(model, data.symbols[:count], causal=causal)
    new = features(model, data.test_symbols, causal=causal)
    labels, truth = data.labels[:count], data.test_labels
    return [accuracy(one, labels, other, truth) for one, other in zip(x, new, strict=True)]


def few(networks: dict[str, Transformer], data: Images, counts: tuple[int, ...]) -> dict[str, list[float]]:
    """Accuracy of probes of networks of the next symbol, for each number of labels a class, by both kinds of means."""
    rows, truth = _rows(data, counts), data.test_labels
    regions = quarters(data.side, data.side)
    found: dict[str, list[float]] = {}
    for name, network in networks.items():
        quartered = features(network, data.symbols[rows[-1]], regions=regions)
        new_quartered = features(network, data.test_symbols, regions=regions)
        x, new = _mean(quartered), _mean(new_quartered)
        parted = found.setdefault(f"{name}, quarters", [])
        for own in rows:
            taken = np.isin(rows[-1], own)
            labels = data.labels[own]
            layer = best_layer(x[:, taken], labels)
            found.setdefault(name, []).append(accuracy(x[layer][taken], labels, new[layer], truth))
            parted.append(accuracy(quartered[layer][taken], labels, new_quartered[layer], truth))
    return found


def _mean(quartered: Floats) -> Floats:
    """The mean over all positions, from that of quarters of one size: (layers, n, 4 D) -> (layers, n, D)."""
    return quartered.reshape(*quartered.shape[:2], 4, -1).mean(axis=2)


def without_networks(data: Images) -> dict[str, list[float]]:
    """The same from pixels and principal components; and a perceptron of 256 on pixels."""
    scale = PCA(min(48, data.pixels.shape[1]), random_state=0).fit(data.pixels[:5000])
    parts, new_parts = scale.transform(data.pixels), scale.transform(data.test_pixels)
    found: dict[str, list[float]] = {"pixels": [], "PCA": [], "perceptron": []}
    for rows in _rows(data, PER_CLASS):
        labels, truth = data.labels[rows], data.test_labels
        found["pixels"].append(accuracy(data.pixels[rows], labels, data.test_pixels, truth))
        found["PCA"].append(accuracy(parts[rows], labels, new_parts, truth))
        net = MLPClassifier((256,), alpha=1e-2, max_iter=200, early_stopping=len(rows) > 5000, random_state=0)
        supervised = make_pipeline(StandardScaler(), net).fit(data.pixels[rows], labels)
        found["perceptron"].append(float(supervised.score(data.test_pixels, truth)))
    return found


def finetuned(model: Transformer, data: Images, batches: dict[int, int]) -> dict[str, list[float]]:
    """Accuracy of the whole network: gone on with, jointly, and the same network from random weights, labels alone.

    `batches`: steps of 16 for each number of labels a class.
    """
    starts = {
        "fine-tuned, joint": (model, 1.0, 5e-4),
        "from random weights": (Transformer(model.config, seed=1).to(model.head.weight.device), 0.0, 2e-3),
    }
    found: dict[str, list[float]] = {name: [] for name in starts}
    for rows, steps in zip(_rows(data, tuple(batches)), batches.values(), strict=True):
        for name, (start, weight, rate) in starts.items():
            schedule = Schedule(steps=steps, batch=16, rate=rate, warm_up=20)
            learner = JointClassifier(start, schedule, generative=weight)
            learner.fit(data.symbols[rows], data.labels[rows])
            found[name].append(float(np.mean(learner.predict(data.test_symbols) == data.test_labels)))
    return found


def _rows(data: Images, counts: tuple[int, ...]) -> list[NDArray[np.int64]]:
    """The first images of each class, so many, in the order of the file."""
    own = [np.flatnonzero(data.labels == label) for label in range(10)]
    return [np.sort(np.concatenate([places[:n] for places in own])) for n in counts]
