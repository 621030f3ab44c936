"""Prequential codelengths: streams of that size decode, useless features cost what they must, nothing looks ahead."""

import math
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.semi_supervised import LabelSpreading

from codelength.coding.quantise import intervals, quantise_floats, quantising_cost
from codelength.coding.symbols import ROUNDING_BITS, decode, encode
from codelength.core import DataError
from codelength.measures.prequential import Block, Prequential, prequential_codelength
from codelength.measures.prequential_blocks import block_ends
from codelength.measures.prequential_forecaster import Forecaster, Learning
from codelength.measures.prequential_freqs import Calibration, best_calibration, frequencies, with_unseen

LEARNINGS = [
    Learning(),
    Learning(calibrate=True),
    Learning(update="partial"),
    Learning(update="partial", replay=2, calibrate=True, total_bits=20),
]


class Spying(GaussianNB):
    """Remembers the labels it was fitted to."""

    fitted: ClassVar[list[list[int]]] = []

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> "Spying":
        self.fitted.append(list(y))
        super().fit(X, y)
        return self


def clouds(n: int, classes: int = 3, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points around one centre for each class."""
    chance = np.random.default_rng(seed)
    y = chance.integers(classes, size=n)
    return chance.normal(size=(n, 2)) + 4 * np.stack([np.cos(2.1 * y), np.sin(2.1 * y)], axis=1), y


@pytest.mark.parametrize("learning", LEARNINGS, ids=str)
def test_a_stream_of_that_size_decodes_to_the_labels(learning: Learning) -> None:
    X, y = clouds(300)
    ends = block_ends(len(y), first=10, growth=1.7)
    found = prequential_codelength(GaussianNB(), X, y, ends, learning=learning)
    sender, receiver = (Forecaster(GaussianNB(), X, 3, ends, learning) for _ in range(2))
    bits, got = 0, []
    for end in ends:
        begin = sender.block[0]
        stream = encode(*intervals(sender.next_frequencies(), y[begin:end]), learning.total_bits)
        bits += 8 * len(stream)
        block = decode(stream, receiver.next_frequencies(), end - begin, learning.total_bits)
        got += block.tolist()
        sender.learn(y[begin:end])
        receiver.learn(block)
    assert got == y.tolist()
    assert found.bits.kind == "exact"
    assert found.bits.bits <= bits + 1e-9 < found.bits.bits + len(ends) * (ROUNDING_BITS + 1)


@given(st.integers(1, 400), st.integers(1, 20), st.floats(1.01, 4.0))
def test_blocks_cover_every_label_once(n: int, first: int, growth: float) -> None:
    ends = block_ends(n, first, growth)
    assert ends[0] == min(first, n)
    assert ends[-1] == n
    assert list(ends) == sorted(set(ends))
    assert all(b <= max(a + 1, a * growth) for a, b in pairwise(ends))


def test_the_first_block_is_uniform_and_the_parts_make_the_whole() -> None:
    X, y = clouds(200)
    told: list[Block] = []
    found = prequential_codelength(GaussianNB(), X, y, block_ends(200), on_block=told.append)
    assert told == list(found.blocks)
    assert found.blocks[0].bits == pytest.approx(8 * math.log2(3), abs=8 * quantising_cost(3, 16) + 1e-3)
    assert sum(block.bits for block in found.blocks) == pytest.approx(found.bits.bits)
    assert found.costs.sum() == pytest.approx(found.bits.bits)
    assert found.uniform.bits == pytest.approx(200 * math.log2(3))
    assert found.ratio < 0.5
    assert found.blocks[-1].accuracy > 0.9
    assert [block.begin for block in found.blocks[1:]] == [block.end for block in found.blocks[:-1]]


def test_a_block_depends_on_nothing_that_comes_after_it() -> None:
    X, y = clouds(120)
    changed = y.copy()
    changed[64:] = (changed[64:] + 1) % 3
    ends = (8, 16, 32, 64, 120)
    a, b = (prequential_codelength(GaussianNB(), X, labels, ends) for labels in (y, changed))
    assert np.array_equal(a.costs[:64], b.costs[:64])
    assert not np.array_equal(a.costs[64:], b.costs[64:])


def test_an_estimator_is_copied_and_learns_all_labels_so_far() -> None:
    X, y = clouds(64)
    Spying.fitted.clear()
    estimator = Spying()
    prequential_codelength(estimator, X, y, (16, 32, 64))
    assert Spying.fitted == [y[:16].tolist(), y[:32].tolist()]
    assert not hasattr(estimator, "classes_")


def test_more_labels_make_labels_cheaper_and_noise_saves_nothing() -> None:
    X, y = clouds(600)
    good = prequential_codelength(LogisticRegression(), X, y, learning=Learning(calibrate=True))
    noise = np.random.default_rng(1).normal(size=X.shape)
    bad = prequential_codelength(LogisticRegression(), noise, y, learning=Learning(calibrate=True))
    assert good.blocks[-1].bits_per_label < 0.3 * good.blocks[0].bits_per_label
    assert good.bits.bits < 0.3 * good.uniform.bits
    assert 0.98 * bad.uniform.bits < bad.bits.bits < 1.15 * bad.uniform.bits


def test_forward_calibration_calms_an_estimator_that_is_too_sure() -> None:
    X, y = clouds(400, seed=3)
    X = X * 0.4 + np.random.default_rng(0).normal(size=X.shape)
    sure = KNeighborsClassifier(1)  # says 0 and 1
    plain, calm = (prequential_codelength(sure, X, y, learning=Learning(calibrate=on)) for on in (False, True))
    assert calm.bits.bits < 0.5 * plain.bits.bits
    assert calm.blocks[-1].calibration.share > 0.1
    assert plain.blocks[-1].calibration == Calibration()


def test_replay_helps_who_learns_in_steps() -> None:
    X, y = clouds(300, seed=5)
    network = MLPClassifier((8,), random_state=0, learning_rate_init=0.01)
    once, replayed = (
        prequential_codelength(network, X, y, learning=Learning(update="partial", replay=passes)) for passes in (0, 8)
    )
    assert replayed.bits.bits < 0.8 * once.bits.bits


def test_unlabelled_examples_are_handed_to_who_can_use_them() -> None:
    chance = np.random.default_rng(0)
    angle = chance.uniform(0, math.pi, size=300)
    y = chance.integers(2, size=300)
    moons = np.stack([np.cos(angle) * (1 - 2 * y) + y, np.sin(angle) * (1 - 2 * y) + y / 2], axis=1)
    X = moons + chance.normal(scale=0.07, size=moons.shape)
    graph = LabelSpreading(kernel="rbf", gamma=30)
    alone = prequential_codelength(graph, X, y, learning=Learning(calibrate=True))
    with_x = prequential_codelength(graph, X, y, learning=Learning(unlabelled=True, calibrate=True))
    assert with_x.bits.bits < alone.bits.bits


def test_classes_that_were_never_seen_have_a_share() -> None:
    X, y = clouds(64)
    y = np.where(np.arange(64) < 40, y % 2, y)  # class 2 comes late
    found = prequential_codelength(GaussianNB(), X, y, (16, 64))
    assert np.isfinite(found.costs).all()
    share = with_unseen(np.array([[0.25, 0.75]]), np.array([0, 2]), 4, 12)
    assert share.sum() == pytest.approx(1)
    assert share[0].tolist() == pytest.approx([0.25 * 14 / 16, 1 / 16, 0.75 * 14 / 16, 1 / 16])


@pytest.mark.parametrize(
    ("y", "classes"),
    [(["b", "a"] * 8, ("a", "b")), ([True, False] * 8, (False, True)), ([7] * 16, (7,)), ([1.5, 0.5] * 8, (0.5, 1.5))],
)
def test_labels_of_any_type(y: list[object], classes: tuple[object, ...]) -> None:
    X = np.arange(16.0)[:, None] % 2
    found = prequential_codelength(KNeighborsClassifier(3), X, y, (6, 16))
    assert found.classes == classes
    assert found.bits.bits == pytest.approx(0, abs=1e-9) if len(classes) == 1 else found.bits.bits < 16
    assert found.ratio <= 1


def test_lists_and_sparse_examples_are_cut_like_arrays() -> None:
    from scipy.sparse import coo_array, csr_array
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.pipeline import make_pipeline

    X, y = clouds(80)
    dense, sparse, triplets = (
        prequential_codelength(LogisticRegression(), rows, y) for rows in (X, csr_array(X), coo_array(X))
    )
    assert dense.bits.bits == pytest.approx(sparse.bits.bits, rel=1e-3)
    assert triplets.bits == sparse.bits
    words = ["red apple" if label else "blue sky" for label in y > 0]
    told = prequential_codelength(make_pipeline(CountVectorizer(), LogisticRegression()), words, y > 0)
    assert told.bits.bits < 0.6 * told.uniform.bits


@given(st.integers(1, 6), st.integers(4, 24), st.integers(0, 2**32 - 1))
def test_frequencies_are_those_of_the_coder(m: int, total_bits: int, seed: int) -> None:
    weights = np.random.default_rng(seed).dirichlet(np.full(m, 0.1), size=5)
    assert np.array_equal(frequencies(weights, total_bits), quantise_floats(weights, total_bits))


def test_calibration_finds_what_was_done_to_probabilities() -> None:
    chance = np.random.default_rng(0)
    truth = chance.dirichlet([1, 1, 1], size=4000)
    labels = (truth.cumsum(axis=1) > chance.random((4000, 1))).argmax(axis=1)
    assert best_calibration(truth, labels, 16).temperature == pytest.approx(1, abs=0.2)
    assert best_calibration(truth, labels, 16).share < 0.05
    sharper = Calibration(temperature=0.5)(truth)
    assert best_calibration(sharper, labels, 16).temperature == pytest.approx(2, rel=0.2)
    wrong = np.where(chance.random(4000) < 0.25, chance.integers(3, size=4000), labels)
    assert best_calibration(np.eye(3)[wrong], labels, 16).share == 0.25
    for rows in (truth, sharper, np.eye(3)[wrong]):
        assert best_calibration(rows, labels, 16)(rows).sum(axis=1) == pytest.approx(1)


class Broken(GaussianNB):
    """Answers with what is no probability."""

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full((len(X), len(self.classes_)), np.nan)


def codelength_of(estimator: object, n: int = 32, **changed: object) -> Prequential:
    X, y = clouds(n)
    given_ = {"X": X, "y": y, "blocks": (8, n)} | changed
    return prequential_codelength(estimator, given_["X"], given_["y"], given_["blocks"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("estimator", "changed", "said"),
    [
        (GaussianNB(), {"y": []}, "expected one or more"),
        (GaussianNB(), {"y": [0.0, math.nan] * 16}, "label 2 is missing"),
        (GaussianNB(), {"y": [None, "a"] * 16}, "label 1 is missing"),
        (GaussianNB(), {"y": np.array(["a", 1] * 16, dtype=object)}, "do not sort"),
        (GaussianNB(), {"y": ["a", 1] * 16}, "do not sort"),
        (GaussianNB(), {"y": ["a", math.nan] * 16}, "label 2 is missing"),
        (GaussianNB(), {"y": [0, 1]}, "32 examples and 2 labels"),
        (GaussianNB(), {"blocks": (8, 8, 32)}, "ends that increase"),
        (GaussianNB(), {"blocks": (8, 31)}, "exactly the 32 labels"),
        (GaussianNB(), {"blocks": (0, 32)}, "ends that increase"),
        (Perceptron(), {}, "no predict_proba"),
        (Broken(), {}, "no probabilities"),
        (LogisticRegression(), {"X": np.full((32, 2), np.nan)}, "cannot learn from the first 8 labels"),
    ],
)
def test_what_cannot_be_coded_is_said(estimator: object, changed: dict[str, object], said: str) -> None:
    with pytest.raises(DataError, match=said):
        codelength_of(estimator, **changed)


@pytest.mark.parametrize("wrong", [{"update": "again"}, {"replay": -1}])
def test_ways_of_learning_that_are_none(wrong: dict[str, object]) -> None:
    with pytest.raises(DataError, match="expected"):
        Learning(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("estimator", "learning", "said"),
    [
        ("a name", Learning(), "str has no fit"),
        (KNeighborsClassifier(), Learning(update="partial"), "no partial_fit"),
        (GaussianNB(), Learning(total_bits=1), "3 classes do not fit"),
    ],
)
def test_who_cannot_learn_so_is_named(estimator: object, learning: Learning, said: str) -> None:
    X, y = clouds(32)
    with pytest.raises(DataError, match=said):
        prequential_codelength(estimator, X, y, learning=learning)


@pytest.mark.parametrize("bad", [(0, 8, 2.0), (5, 0, 2.0), (5, 8, 1.0), (5, 8, math.nan)])
def test_blocks_that_are_none(bad: tuple[int, int, float]) -> None:
    with pytest.raises(DataError, match="expected at least 1"):
        block_ends(*bad)
