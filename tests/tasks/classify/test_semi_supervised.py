"""Labels of unlabelled documents are latent: the joint codelength falls, and the labels never cost more than their
certificate, also where the alternation makes predictions worse.
"""

import csv
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.utils.estimator_checks import parametrize_with_checks

from codelength.core import DataError
from codelength.tasks.classify.semi_supervised import SemiSupervisedCodeClassifier
from codelength.tasks.classify.semi_supervised_balance import FOREIGN, SHIFTED, _coded, _foreign, class_balance
from codelength.tasks.classify.semi_supervised_directions import directions, points
from codelength.tasks.classify.semi_supervised_latent import LatentLabels, alternate
from codelength.tasks.classify.semi_supervised_neighbours import Neighbours
from codelength.tasks.classify.semi_supervised_words import WeightedWords

SMALL: Any = SemiSupervisedCodeClassifier(evidence=(2.0,), experts=(), growth=4.0, balance="unlabelled")


@parametrize_with_checks([SMALL, LatentLabels(stages=(0, 2))])
def test_scikit_learn_takes_them_for_classifiers(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def news(data_dir: Path) -> tuple[list[str], list[str]]:
    """Titles and descriptions of the first 1,200 rows, and their classes."""
    with (data_dir / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(itertools.islice(csv.reader(file), 1200))
    return [f"{title} {text}" for _, title, text in rows], [label for label, _, _ in rows]


def plain(tokens: np.ndarray, words: np.ndarray, prior: np.ndarray, labels: np.ndarray, a: float) -> float:
    """J, document by document, as the docstring of `semi_supervised_latent` writes it."""
    bits = 0.0
    for d, row in enumerate(tokens):
        each = np.log2(prior) + row @ np.log2(words)
        bits -= each[labels[d]] if d < labels.size else np.log2(np.exp2(each).sum())
    return bits - a * np.log2(words * words.shape[0]).sum() - np.log2(prior * prior.size).sum()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(2, 4), st.floats(0.01, 3.0))
def test_the_objective_is_the_joint_codelength_and_never_rises(seed: int, classes: int, smoothing: float) -> None:
    rng = np.random.default_rng(seed)
    tokens = rng.gamma(0.3, 3.0, size=(14, 9)) * (rng.random((14, 9)) < 0.5)
    labels = rng.integers(0, classes, 5)
    path = list(
        itertools.islice(alternate(csr_matrix(tokens), labels, classes, smoothing=smoothing, tolerance=0.0), 20)
    )
    for codes, objective in path:
        words, prior = np.exp(codes.log_words), np.exp(codes.log_prior)
        assert np.allclose(words.sum(axis=0), 1) and prior.sum() == pytest.approx(1)
        assert objective == pytest.approx(plain(tokens, words, prior, labels, smoothing), rel=1e-9)
    falls = [before - after for (_, before), (_, after) in itertools.pairwise(path)]
    assert min(falls, default=0.0) >= -1e-9 * abs(path[0][1])


def test_step_0_is_multinomial_naive_bayes_on_the_labelled_documents() -> None:
    tokens = csr_matrix([[2.0, 0, 1], [0, 3, 1], [1, 1, 1]])
    codes, _ = next(alternate(tokens, np.array([0, 1]), 2, smoothing=0.5, tolerance=0.0))
    assert np.allclose(
        np.exp(codes.log_words).T, [[2.5 / 4.5, 0.5 / 4.5, 1.5 / 4.5], [0.5 / 5.5, 3.5 / 5.5, 1.5 / 5.5]]
    )


def test_unlabelled_documents_help_and_the_objective_is_reported(news: tuple[list[str], list[str]]) -> None:
    texts, labels = news
    train, asked = slice(0, 40), slice(900, 1200)
    pool = texts[40:900]
    model = SemiSupervisedCodeClassifier().fit(texts[train], labels[train], unlabelled=pool)
    alone = SemiSupervisedCodeClassifier().fit(texts[train], labels[train])
    assert model.score(texts[asked], labels[asked]) > alone.score(texts[asked], labels[asked]) + 0.05
    assert model.mixture_.regret.bits <= model.mixture_.certificate.bits
    assert model.mixture_.bits.bits < alone.mixture_.bits.bits
    assert model.objective_
    for steps in model.objective_.values():
        assert len(steps) > 2 and max(np.diff(steps)) <= 0 and steps[-1] < 0.99 * steps[0]


def test_useless_documents_cost_no_more_than_the_certificate(news: tuple[list[str], list[str]]) -> None:
    """Random letters, which no class has anything to do with: what does without them is among the experts, to the bit
    the same as if there were none.
    """
    texts, labels = news
    rng = np.random.default_rng(0)
    noise = [" ".join("".join(rng.choice(list("abcdefgh"), 3)) for _ in range(30)) for _ in range(300)]
    model = SemiSupervisedCodeClassifier(evidence=(2.0,)).fit(texts[:120], labels[:120], unlabelled=noise).mixture_
    alone = SemiSupervisedCodeClassifier(evidence=(2.0,)).fit(texts[:120], labels[:120]).mixture_
    found = dict(zip(model.names, model.expert_bits, strict=True))
    for name, bits in zip(alone.names, alone.expert_bits, strict=True):
        assert found[name] == pytest.approx(bits, abs=1e-6)
    assert model.bits.bits <= alone.expert_bits.min() + model.certificate.bits


def answers(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a classifier of balanced labels says of documents of classes y, one in fifteen mistaken."""
    odds = np.exp(3 * (rng.normal(size=y.size) + 3 * y) - 4.5)
    return np.column_stack((1 / (1 + odds), odds / (1 + odds)))


def test_other_proportions_of_the_unlabelled_documents_are_found_and_help() -> None:
    rng = np.random.default_rng(4)
    labels, y = np.arange(200) % 2, (rng.random(4000) < 0.9).astype(int)
    said = answers(y, rng)
    found = class_balance(answers(labels, rng), labels, said, np.array([200, 200]))
    assert min(found.bits, key=lambda one: found.bits[one]) == SHIFTED
    assert found.proportions == pytest.approx(np.array([600, 3800]) / 4400, abs=0.06)
    assert ((said * found.proportions).argmax(axis=1) == y).mean() > (said.argmax(axis=1) == y).mean() + 0.01


def test_mistakes_are_no_evidence_of_other_proportions() -> None:
    """A classifier that answers 1 too often does so for labelled documents too."""
    rng = np.random.default_rng(5)
    labels, y = np.arange(200) % 2, np.arange(2000) % 2
    known, said = (answers(of, rng) ** [1.0, 0.3] for of in (labels, y))
    found = class_balance(known, labels, said, np.array([200, 200]))
    assert (said.argmax(axis=1) == 1).mean() > 0.52
    assert found.proportions == pytest.approx(np.array([0.5, 0.5]), abs=0.03)


def test_documents_that_labels_say_nothing_about_change_no_proportions() -> None:
    rng = np.random.default_rng(6)
    labels = np.arange(200) % 2
    unsure = np.tile([0.52, 0.48], (2000, 1))
    found = class_balance(answers(labels, rng), labels, unsure, np.array([200, 200]))
    assert min(found.bits, key=lambda one: found.bits[one]) == FOREIGN
    assert found.proportions == pytest.approx(np.array([0.5, 0.5]), abs=1e-6)
    assert found.shifted[0] > 0.8


def test_each_hypothesis_is_a_code() -> None:
    """All sequences of three cells of six: their probabilities sum to 1."""
    table = np.random.default_rng(0).gamma(1.0, size=(2, 6))
    for proportions in (np.array([0.3, 0.7]), None):
        coded = [_coded(np.array(cells), table, proportions)[0] for cells in itertools.product(range(6), repeat=3)]
        assert np.exp2(-np.array(coded)).sum() == pytest.approx(1)
    free = [_foreign(np.array(cells), 6) for cells in itertools.product(range(6), repeat=3)]
    assert np.exp2(-np.array(free)).sum() == pytest.approx(1)


def test_the_balance_is_decided_by_the_unlabelled_documents_unless_it_is_told() -> None:
    rng = np.random.default_rng(7)
    words = [f"{kind}{i}" for kind in ("cat", "bank") for i in range(30)]

    def text(kind: int) -> str:
        """Seven words of ten are of the class."""
        of = rng.random(int(rng.integers(2, 9))) < (0.7 if kind else 0.3)
        return " ".join(words[30 * int(one) + int(rng.integers(30))] for one in of)

    labels = [0, 1] * 100
    texts, pile = [text(kind) for kind in labels], [text(int(k % 10 == 0)) for k in range(1000)]
    fitted = {
        how: SemiSupervisedCodeClassifier(evidence=(2.0,), experts=(), neighbours=0, balance=how).fit(
            texts, labels, unlabelled=pile
        )
        for how in ("auto", "labelled", "unlabelled")
    }
    assert fitted["auto"].balance_ == pytest.approx([1000 / 1200, 200 / 1200], abs=0.08)
    assert fitted["unlabelled"].balance_ == pytest.approx(fitted["auto"].balance_, abs=0.02)
    assert fitted["labelled"].balance_.tolist() == [0.5, 0.5] and fitted["labelled"].balance_bits_ == {}
    assert SemiSupervisedCodeClassifier(evidence=(2.0,)).fit(texts, labels).balance_bits_ == {}


def test_experts_see_directions_only_where_they_are_asked_for() -> None:
    texts = [f"{'cat dog' if i % 2 else 'bank stock'} word{i % 5}" for i in range(24)]
    labels = [i % 2 for i in range(24)]
    for asked in (0, 3):
        model = SemiSupervisedCodeClassifier(evidence=(2.0,), directions=asked).fit(texts, labels, unlabelled=texts)
        assert any("in directions" in name for name in model.mixture_.names) == bool(asked)
        assert model.predict(texts).tolist() == labels


def test_directions_are_those_of_the_singular_values_and_points_have_length_one() -> None:
    rng = np.random.default_rng(8)
    rows = csr_matrix(rng.normal(size=(40, 5)) @ rng.normal(size=(5, 30)))
    along = directions(rows, 200)
    assert along.shape == (30, 15) and along.T @ along == pytest.approx(np.eye(15), abs=1e-6)
    left = rows - rows @ along @ along.T
    assert np.abs(left).max() < 1e-6
    lying = points(csr_matrix(np.vstack([rows.toarray(), np.zeros(30)])), along).toarray()
    assert np.linalg.norm(lying, axis=1) == pytest.approx([1.0] * 40 + [0.0])
    assert directions(rows, 3).shape == (30, 3) and directions(rows, 0).shape == (30, 0)
    assert directions(csr_matrix((1, 9)), 200).shape == (9, 0)
    assert points(csr_matrix((3, 9)), np.empty((9, 0))).shape == (3, 0)


def test_numbers_strings_bytes_and_empty_documents_are_taken() -> None:
    texts = ["the cat sat", "a cat ran", "", "stocks fell", "stocks rose", "  "]
    model = SMALL.fit([text.encode() for text in texts], ["a", "a", "a", "b", "b", "b"], unlabelled=["stocks", ""])
    assert model.predict(["", "stocks"]).shape == (2,)
    assert np.allclose(model.predict_proba(["", b"caf\xe9"]).sum(axis=1), 1)
    rows = np.random.default_rng(0).normal(size=(30, 3))
    numbers = SMALL.fit(rows, rows[:, 0] > 0, unlabelled=rows[:5])
    assert set(numbers.predict(rows).tolist()) <= {True, False}
    assert SMALL.fit(["no", "word", "twice"], [0, 1, 0]).predict_proba(["x"]).shape == (1, 2)


def test_what_it_cannot_take_is_refused() -> None:
    with pytest.raises(ValueError, match="balance='odd'"):
        SemiSupervisedCodeClassifier(balance="odd").fit(["a", "b"], [0, 1])
    with pytest.raises(ValueError, match="neighbours=-1"):
        SemiSupervisedCodeClassifier(neighbours=-1).fit(["a", "b"], [0, 1])
    with pytest.raises(ValueError, match="directions=-1"):
        SemiSupervisedCodeClassifier(directions=-1).fit(["a", "b"], [0, 1])
    with pytest.raises(DataError, match="document 1 is a int"):
        SMALL.fit(["a", 1], [0, 1])
    with pytest.raises(ValueError, match="evidence=-1"):
        LatentLabels(evidence=-1.0).fit(np.ones((2, 2)), [0, 1])
    with pytest.raises(ValueError, match="NaN"):
        SMALL.fit(np.full((3, 2), np.nan), [0, 1, 0])


def test_words_weigh_as_the_formula_says_in_both_views() -> None:
    words, rows = WeightedWords.learn([b"a a b", b"c"], [b"a b b"])
    own = 1 + np.log(3 / 2)  # each of a, b, c is in one of the two labelled documents
    first = np.array([[1 + np.log(2), 1, 0], [0, 0, 1], [0, 0, 0]]) * own
    second = np.array([[1 + np.log(2), 1], [0, 0], [1, 1 + np.log(2)]])  # a and b are in two of three, both
    assert words.width == 3
    for view, expected in ((rows[:, :3], first), (rows[:, 3:], second)):
        lengths = np.linalg.norm(expected, axis=1, keepdims=True)
        assert np.allclose(view.toarray(), expected / np.maximum(lengths, 1e-300))
    assert np.allclose(words.rows([b"a b b"])[:, :3].toarray() ** 2 @ np.ones(3), 1)


def test_one_class_one_document_each_and_a_huge_document_have_an_answer() -> None:
    one = SMALL.fit(["a cat", "a dog"], ["pets", "pets"], unlabelled=["a cow"])
    assert one.predict(["a bank"]).tolist() == ["pets"]
    each = SMALL.fit(["a cat", "a bank"], [True, False], unlabelled=["the cat", "the bank"])
    assert each.predict(["cat", "bank"]).tolist() == [True, False]
    huge = SMALL.predict_proba(["cat dog " * 200_000])
    assert np.isfinite(huge).all() and huge.sum() == pytest.approx(1)


def test_without_a_word_in_two_documents_it_learns_from_the_labelled_ones() -> None:
    texts, labels = ["a1", "b2", "c3", "d4"], [0, 1, 0, 1]
    model = SemiSupervisedCodeClassifier().fit(texts, labels, unlabelled=["e5", "f6"])
    assert set(model.predict(texts)) <= {0, 1}


def test_neighbours_are_the_documents_of_the_highest_cosine() -> None:
    rng = np.random.default_rng(3)
    words = rng.gamma(0.5, 1.0, (40, 12)) * (rng.random((40, 12)) < 0.4)
    words[7] = 0
    asked = rng.random((5, 12))
    found, among = Neighbours.learn(csr_matrix(words), 4)
    lengths = np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-300)
    cosines = (words / lengths) @ (words / lengths).T
    np.fill_diagonal(cosines, 0.0)
    later = asked / np.linalg.norm(asked, axis=1, keepdims=True) @ (words / lengths).T
    for rows, said, own in (
        (among.toarray(), cosines, np.eye(40)),
        (found.rows(csr_matrix(asked)).toarray(), later, 0),
    ):
        kept = np.where(said >= np.sort(said, axis=1)[:, [-4]], said, 0.0) + own
        kept[said.max(axis=1) == 0] = 0.0
        norms = np.maximum(np.linalg.norm(kept, axis=1, keepdims=True), 1e-300)
        assert rows == pytest.approx(0.5 * kept / norms)
    assert among[[7]].nnz == 0
    assert found.rows(csr_matrix((2, 12))).nnz == 0 and found.rows(csr_matrix((0, 12))).shape == (0, 40)


def test_one_document_has_no_neighbour_and_words_of_too_many_documents_make_none() -> None:
    _, alone = Neighbours.learn(csr_matrix([[1.0, 2.0]]), 15)
    assert alone.toarray().tolist() == [[0.5]]
    found, common = Neighbours.learn(csr_matrix(np.ones((1001, 1))), 15)
    assert common.nnz == 1001 and found.rows(csr_matrix([[1.0]])).nnz == 0


def test_neighbours_let_labels_travel_where_no_word_is_shared() -> None:
    """Words of a chain, two to a document: what stands at its end shares no word with the labelled document."""
    chains = [[f"{kind}{i} {kind}{i + 1}" for i in range(6)] for kind in ("cat", "bank")]
    texts, pile = [chain[0] for chain in chains], [text for chain in chains for text in chain[1:]] * 2
    model = SemiSupervisedCodeClassifier(evidence=(2.0,), experts=(), neighbours=3)
    expert = model.fit(texts * 3, [0, 1] * 3, unlabelled=pile).model_.experts_["class codes 2 with"]
    near = model.neighbours_.rows(model.words_.rows([b"cat6", b"bank6"])[:, model.words_.width :])
    only_near = csr_matrix((2, model.words_.columns)), near
    rows = csr_matrix(np.hstack([part.toarray() for part in only_near]))
    assert expert.predict(rows).tolist() == [0, 1]


def test_logarithms_of_probabilities_have_a_floor() -> None:
    """Also where every expert is as good as certain, and the proportions shift."""
    texts, pile = ["cat"] * 30 + ["bank"] * 30, ["cat"] * 200 + ["bank"] * 3
    for balance in ("labelled", "unlabelled"):
        model = SemiSupervisedCodeClassifier(balance=balance).fit(texts, [0] * 30 + [1] * 30, unlabelled=pile)
        logs = model.predict_log_proba(["cat " * 10_000, "bank", ""])
        assert np.exp(logs).sum(axis=1) == pytest.approx(1)
        assert logs.min() >= np.log(0.9 * 0.5 / 61 * model.ratio_.min() / model.ratio_.max())
