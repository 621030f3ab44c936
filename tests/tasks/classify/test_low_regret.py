"""`LowRegretClassifier`: labels cost at most what the best expert makes of them and the logarithm of their number."""

import csv
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from codelength.core import DataError
from codelength.measures import block_ends
from codelength.tasks.classify.low_regret import ALONE, LowRegretClassifier
from codelength.tasks.classify.low_regret_blocks import closed, kt
from codelength.tasks.classify.low_regret_columns import OnColumns
from codelength.tasks.classify.semi_supervised_latent import LatentLabels


class Asks(ClassifierMixin, BaseEstimator):
    """Remembers what it was given."""

    seen: ClassVar[list[tuple[int, int]]] = []

    def fit(self, X: Any, y: Any, *, unlabelled: Any = ()) -> "Asks":
        assert len(X) == len(y)
        self.seen.append((len(y), len(unlabelled)))
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        return np.full((len(X), self.classes_.size), 1 / self.classes_.size)


@parametrize_with_checks(
    [LowRegretClassifier([("bayes", GaussianNB())], powers=(0.5, 1.0), growth=4.0), OnColumns(GaussianNB())]
)
def test_scikit_learn_takes_it_for_a_classifier(estimator: Any, check: Any) -> None:
    check(estimator)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10**6), st.integers(6, 60), st.integers(2, 5), st.sampled_from([None, 2, 30]))
def test_the_certificate_holds_whatever_x_and_y_are(seed: int, n: int, k: int, period: int | None) -> None:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    X = rng.normal(size=(n, 3)) + rng.choice([0, 3]) * y[:, None]
    model = LowRegretClassifier([("bayes", GaussianNB())], period=period, random_state=seed).fit(X, y)
    mixed = model.mixture_
    assert mixed.bits.bits <= mixed.expert_bits.min() + mixed.certificate.bits
    voices = 7 if np.unique(y).size > 1 else 1
    assert len(mixed.names) == voices and mixed.names[0] == ALONE and mixed.weights.shape == (n + 1, voices)


def test_a_useless_x_costs_its_share_and_a_useful_one_pays() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 300)
    useful, noise = rng.normal(size=(300, 2)) + 2 * y[:, None], rng.normal(size=(300, 30))
    expert = [("regression", LogisticRegression())]
    with_noise, with_x = (LowRegretClassifier(expert).fit(X, y).mixture_ for X in (noise, useful))
    alone = with_noise.expert_bits[0]
    assert with_noise.bits.bits <= alone + np.log2(7) + 1e-4
    assert with_x.bits.bits < 0.5 * alone and with_x.best != ALONE


def test_the_codelength_of_the_labels_alone_is_krichevsky_trofimov() -> None:
    y = np.array([0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0])
    model = LowRegretClassifier([("bayes", GaussianNB())], random_state=5).fit(np.arange(12.0)[:, None] % 5, y)
    counts, bits = np.zeros(3, dtype=int), 0.0
    for label in y[model.order_]:
        bits -= np.log2(kt(counts)[label])
        counts[label] += 1
    assert model.mixture_.expert_bits[0] == pytest.approx(bits, abs=1e-4)


def test_an_expert_sees_only_labels_that_came_before_and_all_rows() -> None:
    Asks.seen.clear()
    texts = [f"document {i}" for i in range(40)]
    model = LowRegretClassifier([("asks", Asks())], powers=(1.0,)).fit(texts, [0, 1] * 20, unlabelled=["more"] * 5)
    assert model.blocks_ == block_ends(40, 8, 2.0)
    assert sorted(Asks.seen) == sorted([(40, 5), *((end, 5 + 40 - end) for end in model.blocks_[:-1])])

    rng = np.random.default_rng(0)
    X, y = csr_matrix(rng.random((40, 2))), rng.integers(0, 2, 40)
    counts = LowRegretClassifier([("codes", LatentLabels(stages=(0, 1)))], powers=(1.0,))
    for more in (rng.random((3, 2)), rng.random((3, 2)).tolist(), csr_matrix(rng.random((3, 2)))):
        assert counts.fit(X, y, unlabelled=more).predict(X).size == 40


def test_labels_still_to_come_change_nothing_that_was_said() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
    model = LowRegretClassifier([("bayes", GaussianNB())]).fit(X, y)
    other = y.copy()
    last = model.order_[40:]
    other[last] = 1 - other[last]
    again = LowRegretClassifier([("bayes", GaussianNB())]).fit(X, other)
    assert np.array_equal(model.mixture_.costs[:40], again.mixture_.costs[:40])


def test_predictions_are_the_experts_under_their_final_weights() -> None:
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, 90)
    X = rng.normal(size=(90, 2)) + y[:, None]
    model = LowRegretClassifier([("bayes", GaussianNB())], powers=(0.5, 1.0)).fit(X, y)
    counts, weights = np.bincount(y), model.mixture_.weights[-1]
    said = GaussianNB().fit(X, y).predict_proba(X)
    mixed = weights[0] * kt(counts) + weights[1] * closed(said, 0.5, counts) + weights[2] * closed(said, 1.0, counts)
    assert np.allclose(model.predict_proba(X), mixed)


def test_texts_margins_and_sparse_rows_are_mixed(data_dir: Path) -> None:
    with (data_dir / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        table = [row for row, _ in zip(csv.reader(file), range(400), strict=False)]
    texts, labels = [row[1] for row in table], [row[0] for row in table]
    experts = [
        ("naive Bayes", make_pipeline(TfidfVectorizer(), MultinomialNB(alpha=0.1))),
        ("support vectors", make_pipeline(TfidfVectorizer(), LinearSVC())),
    ]
    model = LowRegretClassifier(experts).fit(texts[:300], labels[:300])
    assert model.mixture_.regret.bits <= model.mixture_.certificate.bits
    assert model.mixture_.bits.bits < 0.9 * model.mixture_.expert_bits[0]
    assert model.score(texts[300:], labels[300:]) > 0.4
    tokens = csr_matrix(TfidfVectorizer().fit_transform(texts))
    assert LowRegretClassifier([("it", MultinomialNB())]).fit(tokens[:300], labels[:300]).predict(tokens[300:]).size


@pytest.mark.parametrize("labels", [["a"] * 5, [1, 2], [True, False, True], ["a", "b", "c", "d"]])
def test_few_labels_of_any_type_have_an_answer(labels: list[Any]) -> None:
    X = np.arange(len(labels), dtype=float)[:, None]
    model = LowRegretClassifier([("bayes", GaussianNB())]).fit(X, labels)
    assert set(model.predict(X).tolist()) <= set(labels)
    assert np.allclose(model.predict_proba(X).sum(axis=1), 1.0)


def test_what_cannot_be_mixed_is_refused_by_name() -> None:
    X, y = np.arange(4.0)[:, None], [0, 1, 0, 1]
    with pytest.raises(ValueError, match="each name once"):
        LowRegretClassifier([("a", GaussianNB()), ("a", GaussianNB())]).fit(X, y)
    with pytest.raises(DataError, match="growth 1"):
        LowRegretClassifier([GaussianNB()], growth=1.0).fit(X, y)
    with pytest.raises(ValueError, match="2 documents and 1 labels"):
        LowRegretClassifier([GaussianNB()]).fit(["a", "b"], [1])
    with pytest.raises(DataError, match="300 classes"):
        LowRegretClassifier([GaussianNB()]).fit(np.arange(900.0)[:, None], np.arange(900) % 300)


def test_groups_of_columns_are_experts_and_hand_on_what_has_no_label() -> None:
    rng = np.random.default_rng(6)
    y = rng.integers(0, 2, 200)
    X = np.column_stack((rng.normal(size=(200, 5)), rng.normal(size=200) + 4 * y))
    groups = [("noise", OnColumns(GaussianNB(), 0, 5)), ("signal", OnColumns(GaussianNB(), 5))]
    mixed = LowRegretClassifier(groups).fit(X, y).mixture_
    assert mixed.best.startswith("signal") and mixed.regret.bits <= mixed.certificate.bits
    Asks.seen.clear()
    OnColumns(Asks(), 0, 2).fit(X, y, unlabelled=X[:7])
    assert Asks.seen == [(200, 7)]


@pytest.mark.parametrize("powers", [(), (0.0,), (1.0, -1.0), (float("inf"),)])
def test_powers_that_are_none_or_not_above_zero_are_refused(powers: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="all above 0"):
        LowRegretClassifier([("bayes", GaussianNB())], powers=powers).fit(np.eye(4), [0, 0, 1, 1])
