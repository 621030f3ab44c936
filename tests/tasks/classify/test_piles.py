"""Piles without labels: a useless one costs its share of a logarithm, also beside a useful one."""

import csv
import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB
from sklearn.utils.estimator_checks import parametrize_with_checks

from codelength.core import Bits, DataError
from codelength.measures import Interval
from codelength.tasks.classify import LowRegretClassifier, PileClassifier, SemiSupervisedCodeClassifier
from codelength.tasks.classify.pile_parts import parts
from codelength.tasks.classify.piles import naming, weigh

SMALL: Any = SemiSupervisedCodeClassifier(evidence=(2.0,), experts=(), growth=4.0, balance="labelled")


@parametrize_with_checks([PileClassifier(SMALL)])
def test_scikit_learn_takes_it_for_a_classifier(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("piles", [0, 1, 2, 5, 9])
def test_names_of_all_ways_are_a_code(piles: int) -> None:
    masses = [math.comb(piles, used) * 2 ** -naming(piles, used) for used in range(piles + 1)]
    assert sum(masses) == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_the_mixture_keeps_its_certificate_for_every_way(seed: int, piles: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"pile {k}" for k in range(piles)]
    ways = [(), *((name,) for name in names)] + ([tuple(names)] if piles > 1 else [])
    costs = {way: rng.gamma(1.0, rng.uniform(0.1, 3.0), 30) for way in ways}
    mixed = weigh({way: Bits(float(one.sum())) for way, one in costs.items()}, costs, dict.fromkeys(names, 7))
    assert sum(way.weight for way in mixed.ways) == pytest.approx(1)
    for way in mixed.ways:
        assert mixed.bits.bits <= way.bits.bits + mixed.certificate(way.piles).bits + 1e-9
    plain = -math.log2(sum(2 ** -(costs[way].sum() + naming(piles, len(way))) for way in ways))
    assert mixed.bits.bits == pytest.approx(plain) and mixed.bits.kind == "upper"
    for worth in mixed.worths:
        assert worth.saved.bits == pytest.approx(costs[()].sum() - costs[(worth.name,)].sum())
        assert worth.weight == pytest.approx(sum(way.weight for way in mixed.ways if worth.name in way.piles))


def interval_of(costs: dict[tuple[str, ...], np.ndarray]) -> Interval | None:
    bits = {way: Bits(float(one.sum())) for way, one in costs.items()}
    return weigh(bits, costs, {"pile": 7}).worths[0].interval


def test_intervals_are_students_and_cover() -> None:
    """Of 400 labels a useless pile moves one in fifty: an interval that blew up there would say nothing."""
    rng, inside = np.random.default_rng(1), 0
    for _ in range(400):
        savings = np.where(rng.random(400) < 0.3, rng.gamma(1.0, 1.0, 400), 0.0)
        costs = {(): savings + 1, ("pile",): np.ones(400)}
        found = interval_of(costs)
        assert found is not None
        inside += 0.3 * 400 in found
    assert inside / 400 > 0.92
    assert interval_of({(): np.ones(7), ("pile",): np.ones(7)}) is None
    found = interval_of({(): np.r_[np.full(7, -0.14), np.zeros(393)] + 1, ("pile",): np.ones(400)})
    assert found is not None and -2 < found.lower < found.upper < 0


@pytest.fixture(scope="module")
def news(data_dir: Path) -> tuple[list[str], list[str]]:
    """Titles and descriptions of the first 1,200 rows, and their classes."""
    with (data_dir / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(itertools.islice(csv.reader(file), 1200))
    return [f"{title} {text}" for _, title, text in rows], [label for label, _, _ in rows]


def test_a_useless_pile_does_not_spoil_a_useful_one(news: tuple[list[str], list[str]], data_dir: Path) -> None:
    """Lines of a poem beside the task's own kind of text: joined they lose most of what the good pile gives."""
    texts, labels = news
    known, asked, good = slice(0, 40), slice(900, 1200), texts[40:900]
    poem = (data_dir / "canterbury" / "plrabn12.txt").read_text("latin-1").splitlines()[:6000]
    alone = SemiSupervisedCodeClassifier().fit(texts[known], labels[known])
    model = PileClassifier().fit(texts[known], labels[known], unlabelled={"poem": poem, "news": good})
    joined = SemiSupervisedCodeClassifier().fit(texts[known], labels[known], unlabelled=[*poem, *good])
    score = model.score(texts[asked], labels[asked])
    assert score > joined.score(texts[asked], labels[asked]) + 0.05
    assert score > alone.score(texts[asked], labels[asked]) + 0.05
    found = {worth.name: worth for worth in model.piles_.worths}
    assert model.piles_.worths[0].name == "news" and found["news"].helps and found["news"].weight > 0.9
    assert found["poem"].saved.bits < found["news"].saved.bits and found["poem"].weight < 0.1
    assert model.piles_.saved.bits > 0 and model.best_.mixture_.bits == model.mixture_.bits
    assert model.piles_.regret.bits <= model.piles_.certificate(model.piles_.ways[0].piles).bits


def test_without_piles_it_is_the_classifier_itself(news: tuple[list[str], list[str]]) -> None:
    texts, labels = news
    plain = clone(SMALL).fit(texts[:60], labels[:60])
    model = PileClassifier(SMALL).fit(texts[:60], labels[:60], unlabelled=None)
    assert np.allclose(model.predict_proba(texts[100:140]), plain.predict_proba(texts[100:140]), atol=1e-12)
    assert model.piles_.bits.bits == pytest.approx(plain.mixture_.bits.bits)
    assert model.piles_.worths == () and [way.piles for way in model.piles_.ways] == [()]


def test_one_pile_without_a_name_and_progress(news: tuple[list[str], list[str]]) -> None:
    texts, labels = news
    told: list[tuple[str, int, int]] = []
    model = PileClassifier(SMALL)
    model.fit(texts[:60], labels[:60], unlabelled=texts[60:200], on_progress=lambda *now: told.append(now))
    assert told == [("without", 0, 2), ("unlabelled", 1, 2)]
    assert [(worth.name, worth.size) for worth in model.piles_.worths] == [("unlabelled", 140)]


def test_three_piles_are_tried_as_the_progress_says(news: tuple[list[str], list[str]]) -> None:
    texts, labels = news
    told: list[tuple[str, int, int]] = []
    piles = {"a": texts[60:160], "b": texts[160:260], "c": ["zz qq"] * 30}
    PileClassifier(SMALL).fit(texts[:60], labels[:60], unlabelled=piles, on_progress=lambda *now: told.append(now))
    assert [name for name, _, _ in told[:4]] == ["without", "a", "b", "c"]
    assert {most for _, _, most in told} == {7} and len(told) <= 7 and len({name for name, _, _ in told}) == len(told)


def test_piles_of_numbers_and_any_low_regret_learner_are_taken() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    learner = LowRegretClassifier([("bayes", GaussianNB())])
    model = PileClassifier(learner).fit(X, X[:, 0] > 0, unlabelled={"more": X + 1, "none": np.empty((0, 3))})
    assert model.score(X, X[:, 0] > 0) > 0.9 and model.piles_.worths[1].saved.bits == pytest.approx(0)


def test_a_pile_of_several_kinds_is_cut_by_subject(news: tuple[list[str], list[str]], data_dir: Path) -> None:
    """The poem's lines and the news in one file: what helps is found again, and named by its words."""
    texts, labels = news
    poem = (data_dir / "canterbury" / "plrabn12.txt").read_text("latin-1").splitlines()[:6000]
    mixed = [line for pair in itertools.zip_longest(poem, texts[40:900]) for line in pair if line is not None]
    is_news = np.isin(mixed, texts[40:900])
    cut = parts(mixed, 4)
    assert sorted(int(i) for part in cut for i in part.chosen) == list(range(len(mixed)))
    best = max(cut, key=lambda part: is_news[part.chosen].sum())
    assert is_news[best.chosen].sum() > 0.85 * 860 and is_news[best.chosen].mean() > 0.75
    model = PileClassifier(parts=4).fit(texts[:40], labels[:40], unlabelled={"mixed": mixed})
    joined = SemiSupervisedCodeClassifier().fit(texts[:40], labels[:40], unlabelled=mixed)
    assert model.score(texts[900:], labels[900:]) > joined.score(texts[900:], labels[900:]) + 0.05
    assert model.piles_.worths[0].size == best.chosen.size
    assert model.piles_.worths[0].name.startswith("mixed ") and model.piles_.worths[0].name.endswith(best.words[-1])


def test_few_texts_and_texts_without_words_in_common_stay_whole() -> None:
    assert [part.chosen.tolist() for part in parts(["a b"] * 9, 4)] == [list(range(9))]
    assert len(parts([f"w{k}" for k in range(40)], 4)) == 1
    assert len(parts([""] * 40, 2)) == 1


def test_parts_of_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="parts=2: only texts"):
        PileClassifier(SMALL, parts=2).fit(np.eye(4), [0, 0, 1, 1], unlabelled=np.eye(4))
    with pytest.raises(ValueError, match="parts=0"):
        PileClassifier(SMALL, parts=0).fit(["a b", "c d"], [0, 1], unlabelled=["a"])


def test_an_order_of_its_own_at_each_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="random_state=None"):
        PileClassifier(SemiSupervisedCodeClassifier(random_state=None)).fit(["a b", "c d"], [0, 1])
