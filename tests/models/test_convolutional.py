"""Convolutional classifiers and warps: they learn, go on where they were, and draw nothing but from their seed."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.models.augmentation import Warp, warped
from codelength.models.convolutional import ConvolutionalClassifier

NOTHING = Warp(rotation=0, scale=0, shear=0, shift=0, bumps=0)


def bars(n: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Noisy 12 x 12 images of an upright (0), a level (1) or a slanted (2) bar."""
    chance = np.random.default_rng(seed)
    y = chance.integers(3, size=n)
    images = chance.integers(60, size=(n, 12, 12))
    for image, label, place in zip(images, y, chance.integers(3, 9, size=n), strict=True):
        if label == 0:
            image[:, place] += 150
        elif label == 1:
            image[place] += 150
        else:
            image[np.arange(12), np.arange(12)] += 150
    return images.astype(np.uint8).reshape(n, -1), y


def learner(**changed: object) -> ConvolutionalClassifier:
    settings: dict[str, object] = {"size": 12, "widths": (8, 8, 8), "steps": 40, "batch": 32, "views": 2}
    return ConvolutionalClassifier((12, 12), **(settings | changed))  # type: ignore[arg-type]


def test_it_learns_what_bars_are() -> None:
    X, y = bars(300)
    model = learner(steps=80).fit(X[:200], y[:200])
    probabilities = model.predict_proba(X[200:])
    assert probabilities.shape == (100, 3)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert (model.predict(X[200:]) == y[200:]).mean() > 0.9


def test_the_seed_decides_everything() -> None:
    X, y = bars(60)
    torch.manual_seed(1)
    first = learner(steps=5).fit(X, y).predict_proba(X)
    torch.manual_seed(2)
    state = torch.random.get_rng_state()
    second = learner(steps=5).fit(X, y).predict_proba(X)
    assert np.array_equal(first, second)
    assert torch.equal(state, torch.random.get_rng_state())
    assert not np.array_equal(first, learner(steps=5, seed=1).fit(X, y).predict_proba(X))


def test_learning_goes_on_only_if_asked() -> None:
    X, y = bars(60)
    going_on = learner(steps=lambda labels: labels // 10, warm_start=True)
    assert going_on.fit(X[:30], y[:30]).steps_ == 3
    assert going_on.fit(X, y).steps_ == 6
    assert going_on.fit(X, y).steps_ == 6
    assert learner(steps=5).fit(X, y).fit(X, y).steps_ == 5


def test_a_class_without_an_example_has_a_probability() -> None:
    X, y = bars(60)
    model = learner(steps=3, warm_start=True).fit(X[y < 2], y[y < 2], classes=3)
    assert model.predict_proba(X).shape == (60, 3)
    begun = model.network_
    assert model.fit(X, y, classes=3).network_ is begun
    assert learner(steps=3).fit(X[y != 1], y[y != 1]).classes_.tolist() == [0, 2]


def test_guesses_teach_what_labels_do_not() -> None:
    X, y = bars(400)
    few = np.full(300, -1)
    for label in range(3):
        few[np.flatnonzero(y[:300] == label)[:2]] = label
    guesses = np.full((300, 3), 0.02)
    guesses[np.arange(300), y[:300]] = 0.96
    alone = learner(steps=80).fit(X[:300], few)
    told = learner(steps=80).fit(X[:300], few, guesses, classes=3)
    distrusting = learner(steps=80, trust=0.99).fit(X[:300], few, guesses, classes=3)

    def bits(model: ConvolutionalClassifier) -> float:
        return -float(np.log2(model.predict_proba(X[300:])[np.arange(100), y[300:]]).sum())

    assert bits(told) < 0.7 * bits(alone)
    assert bits(told) < 0.7 * bits(distrusting)


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [((4, 143), [0, 1, 0, 1], "no square images"), ((4, 144), [-1] * 4, "no row has a label")],
)
def test_what_it_cannot_learn_from(rows: tuple[int, int], labels: list[int], said: str) -> None:
    with pytest.raises(DataError, match=said):
        learner().fit(np.zeros(rows, dtype=np.uint8), labels)


def test_guesses_are_for_every_class() -> None:
    X, y = bars(9)
    with pytest.raises(DataError, match="9 rows and 2 classes"):
        learner().fit(X, np.where(y == 2, -1, y), np.full((9, 3), 1 / 3))


def test_no_warp_is_the_middle() -> None:
    images = torch.rand(3, 2, 9, 9)
    chance = torch.Generator().manual_seed(0)
    middle = images[:, :, 2:7, 2:7]
    assert torch.equal(warped(images, None, 5, chance), middle)
    assert torch.allclose(warped(images, NOTHING, 5, chance), middle, atol=1e-5)


@pytest.mark.parametrize("changed", [{"rotation": 20}, {"scale": 0.2}, {"shear": 0.2}, {"shift": 2}, {"bumps": 1}])
def test_a_warp_moves_and_keeps_about_the_mass(changed: dict[str, float]) -> None:
    images = torch.zeros(200, 1, 17, 17)
    images[:, :, 5:12, 7:10] = 1
    settings = {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0, "bumps": 0.0} | changed
    moved = warped(images, Warp(**settings), 17, torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    assert (moved - images).abs().sum(dim=(1, 2, 3)).median() > 0.5
    assert moved.sum(dim=(1, 2, 3)).mean() == pytest.approx(float(images[0].sum()), rel=0.1)
    assert moved.mean(dim=0)[0] == pytest.approx(moved.mean(dim=0)[0].flip(0).flip(1), abs=0.15)


def test_a_shift_is_that_shift() -> None:
    images = torch.zeros(100, 1, 15, 15)
    images[:, :, 7, 7] = 1
    settings = Warp(rotation=0, scale=0, shear=0, shift=3, bumps=0)
    moved = warped(images, settings, 15, torch.Generator().manual_seed(0))
    places = torch.arange(15) - 7
    across = (moved.sum(dim=(1, 2)) * places).sum(dim=1)
    assert across.abs().max() <= 3 + 1e-4
    assert across.abs().max() > 2
    assert abs(float(across.mean())) < 1
