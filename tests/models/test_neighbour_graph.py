"""Neighbours are the nearest, labels spread as the formula says, and features do not mind a slant."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.models.gradients import gradient_features, upright
from codelength.models.neighbour_graph import GraphSpreading, nearest, similarity, spread


def moons(n: int = 300) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    chance = np.random.default_rng(0)
    angle, y = chance.uniform(0, np.pi, size=n), chance.integers(2, size=n)
    points = np.stack([np.cos(angle) * (1 - 2 * y) + y, np.sin(angle) * (1 - 2 * y) + y / 2], axis=1)
    return (points + chance.normal(scale=0.05, size=points.shape)).astype(np.float32), y


def test_neighbours_are_the_nearest() -> None:
    rows = np.random.default_rng(1).normal(size=(700, 3)).astype(np.float32)
    places, distances = nearest(rows, 4)
    apart = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert distances == pytest.approx(np.sort(apart, axis=1)[:, :4], abs=1e-4)
    assert np.take_along_axis(apart, places, axis=1) == pytest.approx(distances, abs=1e-4)


def test_spreading_solves_its_equation_from_any_start() -> None:
    rows, y = moons()
    similar = similarity(*nearest(rows, 6))
    dense = similar.toarray()
    assert dense == pytest.approx(dense.T)
    labels = np.zeros((len(y), 2), dtype=np.float32)
    labels[:20] = np.eye(2)[y[:20]]
    exact = np.linalg.solve(np.eye(len(y)) - 0.9 * dense, labels)
    for start in (np.zeros_like(labels), np.ones_like(labels)):
        assert spread(similar, 0.9, labels, start) == pytest.approx(exact, abs=0.02)


def test_a_few_labels_go_round_the_moons() -> None:
    rows, y = moons()
    labels = np.full(len(y), -1)
    for label in (0, 1):
        labels[np.flatnonzero(y == label)[:2]] = label
    graph = GraphSpreading(share=0.99).fit(rows, labels)
    said = graph.predict_rows(np.arange(len(y)))
    assert said.sum(axis=1) == pytest.approx(1)
    assert (said.argmax(axis=1) == y).mean() > 0.97


def test_far_from_labels_nothing_is_claimed() -> None:
    rows = np.concatenate([np.linspace(0, 1, 20), np.linspace(100, 101, 20)])[:, None]
    labels = np.full(40, -1)
    labels[[0, 19]] = [0, 1]
    said = GraphSpreading(neighbours=4).fit(rows, labels, classes=4).predict_rows(np.arange(40))
    assert said[30] == pytest.approx([0.25] * 4)
    assert said[1, 0] > 0.5
    assert said[1, 3] < 0.1


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [(30, [-1] * 30, "nothing to spread"), (30, [0] * 29, "of 29"), (8, [0] * 8, "no 10 neighbours")],
)
def test_what_it_cannot_spread(rows: int, labels: list[int], said: str) -> None:
    with pytest.raises(DataError, match=said):
        GraphSpreading().fit(np.random.default_rng(0).normal(size=(rows, 2)), np.array(labels))


def test_upright_images_have_no_slant_and_are_centred() -> None:
    images = torch.zeros(2, 28, 28)
    for y in range(6, 22):
        images[0, y, 16 + y // 4 : 19 + y // 4] = 1  # leans
        images[1, y, 12:16] = 1
    stood = upright(images)
    places = torch.arange(28) - 13.5
    mass = stood.sum(dim=(1, 2))
    x = (stood.sum(dim=1) * places).sum(dim=1) / mass
    product = (stood * places[None, :, None] * places[None, None, :]).sum(dim=(1, 2)) / mass
    assert x.tolist() == pytest.approx([0, 0], abs=0.3)
    assert product.tolist() == pytest.approx([0, 0], abs=0.7)


def test_features_are_unit_and_tell_directions() -> None:
    images = np.zeros((3, 28, 28), dtype=np.uint8)
    images[0, :, 12:16] = 255
    images[1, 12:16] = 255
    features = gradient_features(images)
    assert features.shape == (3, 8 * 49)
    assert np.linalg.norm(features, axis=1) == pytest.approx([1, 1, 0])
    assert float(features[0] @ features[1]) < 0.5
