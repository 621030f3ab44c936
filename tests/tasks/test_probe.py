"""Probes: features that tell the labels save bits, useless ones cost one bit, the control tells nothing."""

from fractions import Fraction
from math import log2

import numpy as np
import pytest
from scipy.sparse import coo_array
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline

from codelength.tasks.probe import costs_without, frequency_costs, probe


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


@pytest.mark.parametrize("seed", range(3))
def test_noise_saves_nothing_where_many_classes_come_equally_often(seed: int) -> None:
    chance = np.random.default_rng(seed)
    y = chance.permutation(np.repeat(np.arange(20), 40))
    found = probe(LogisticRegression(), chance.normal(size=(800, 1)), y, control=False)
    assert found.given.bits.bits < frequency_costs(y, 20).sum()  # it begins uniform: shorter than frequencies alone
    assert found.saved.bits == -1


def test_without_features_the_shorter_of_two_codes_and_a_bit_at_most() -> None:
    for y in (np.arange(300) % 7, np.zeros(300, dtype=int), np.random.default_rng(0).binomial(6, 0.2, 300)):
        costs = costs_without(y, 7)
        shorter = min(frequency_costs(y, 7).sum(), 300 * log2(7))
        assert shorter - 1e-6 <= costs.sum() <= shorter + 1 + 1e-6 and (costs > 0).all()
    every = [costs_without(np.array([a, b, c]), 2).sum() for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    assert sum(2.0**-bits for bits in every) == pytest.approx(1)
