"""Probes: features that tell the labels save bits, useless ones cost one bit, the control tells nothing."""

from fractions import Fraction
from math import log2

import numpy as np
import pytest
from scipy.sparse import coo_array
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline

from codelength.tasks.probe import frequency_costs, probe


def test_features_that_tell_save_and_the_control_does_not() -> None:
    chance = np.random.default_rng(0)
    y = chance.integers(3, size=400)
    X = chance.normal(size=(400, 2)) + 3 * np.eye(3)[y][:, :2]
    told: list[tuple[str, int, int]] = []
    found = probe(GaussianNB(), X, y, on_progress=lambda *said: told.append(said))
    assert found.bits.bits == found.given.bits.bits + 1
    assert found.saved.bits > 0.5 * found.without.bits
    assert found.saved.kind == "exact"
    assert found.control_saved is not None
    assert found.control_saved.bits <= 0.02 * found.without.bits
    assert told[-1] == ("given shuffled features", 400, 400)


@pytest.mark.parametrize("seed", range(3))
def test_noise_costs_one_bit(seed: int) -> None:
    chance = np.random.default_rng(seed)
    found = probe(GaussianNB(), chance.normal(size=(200, 30)), chance.integers(2, size=200), control=False)
    assert found.saved.bits == -1
    assert found.control is None
    assert found.control_saved is None


@pytest.mark.parametrize("labels", [[0, 0, 1, 0, 2, 0], [1] * 5, [0]])
def test_frequencies_are_the_kt_estimator(labels: list[int]) -> None:
    classes = 3
    expected = []
    for t, label in enumerate(labels):
        p = (Fraction(labels[:t].count(label)) + Fraction(1, 2)) / (t + Fraction(classes, 2))
        expected.append(-log2(p))
    assert frequency_costs(np.array(labels), classes).tolist() == pytest.approx(expected)


def test_texts_are_examples_as_well() -> None:
    chance = np.random.default_rng(0)
    y = chance.integers(2, size=80)
    texts = [str(chance.choice(["red apple", "a red leaf"] if label else ["blue sky", "blue sea"])) for label in y]
    estimator = make_pipeline(CountVectorizer(), MultinomialNB())
    found = probe(estimator, texts, y)
    assert found.saved.bits > 30 and found.control_saved is not None and found.control_saved.bits < 5
    sparse = probe(MultinomialNB(), coo_array(CountVectorizer().fit_transform(texts)), y)
    assert sparse.saved.bits > 30
