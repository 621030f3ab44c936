"""NCDNeighbours: distances as defined, no answer leaks through a tie, any code, any labels."""

from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from codelength.codes import Differenced
from codelength.compressors.bz2 import Bz2
from codelength.compressors.zlib import Zlib
from codelength.core import Bits, DataError
from codelength.predictors.kt import KT
from codelength.tasks.classify import NCDNeighbours

TEXTS = ["the cat sat on the mat", "a cat ran to the mat", "stocks fell in trading", "in trading stocks rose"]
LABELS = ["pets", "pets", "news", "news"]


class Length:
    """A code under which all documents are equally far from each other."""

    def bits(self, data: bytes, /) -> Bits:
        return Bits(8.0 * len(data))


class Letters:
    """Codelength: 8 bits for each different letter."""

    def bits(self, data: bytes, /) -> Bits:
        return Bits(8.0 * len(set(data) - {32}))


class Words:
    """Codelength: 8 bits for each different word."""

    def __repr__(self) -> str:
        return "Words()"  # the tests are named after it, in every process alike

    def bits(self, data: bytes, /) -> Bits:
        return Bits(8.0 * len(set(data.split())))


@parametrize_with_checks([NCDNeighbours(Words())])
def test_it_is_a_scikit_learn_estimator(estimator: NCDNeighbours, check: Any) -> None:
    check(estimator)


def test_distances_are_those_of_the_definition() -> None:
    code = Zlib()
    model = NCDNeighbours(code).fit(TEXTS, LABELS)
    asked = "the cat ran on the mat"
    one, own = (code.bits(text.encode()).bits for text in (TEXTS[2], asked))
    joint = code.bits(f"{TEXTS[2]} {asked}".encode()).bits
    assert model.distances([asked])[0, 2] == pytest.approx((joint - min(one, own)) / max(one, own))
    conditional = NCDNeighbours(KT(), distance="conditional").fit(TEXTS, LABELS)
    wanted = KT().given(TEXTS[1].encode()).bits(asked.encode()).bits / KT().bits(asked.encode()).bits
    assert conditional.distances([asked])[0, 1] == pytest.approx(wanted)


@pytest.mark.parametrize("code", [Zlib(), Differenced(Zlib()), KT(), Differenced(Bz2())], ids=repr)
def test_the_nearest_answers_under_native_conditioning_and_by_difference(code: Any) -> None:
    model = NCDNeighbours(code, distance="conditional").fit(TEXTS, LABELS)
    assert model.predict([TEXTS[0], TEXTS[3]]).tolist() == ["pets", "news"]


def test_ties_are_broken_by_the_seed_and_never_by_the_answer() -> None:
    same = ["aa", "bb"] * 20
    labels = [0, 1] * 20
    asked = ["cc"] * 20
    right = []
    for seed in range(40):
        model = NCDNeighbours(Length(), seed=seed).fit(same, labels)
        answers = model.predict(asked)
        assert len(set(answers.tolist())) == 1  # all are equally near: the order that was drawn decides
        right.append(answers[0])
        np.testing.assert_array_equal(answers, NCDNeighbours(Length(), seed=seed).fit(same, labels).predict(asked))
    assert 8 <= sum(right) <= 32


def test_of_tied_classes_the_one_with_the_nearest_neighbour_wins() -> None:
    texts, labels = ["abcd", "abcx", "abyz", "qrst"], ["far", "far", "near", "none"]
    model = NCDNeighbours(Letters(), n_neighbors=2).fit(["abcdefgh", "abcdefxy"], ["near", "far"])
    assert model.predict(["abcdefgh"]).tolist() == ["near"]
    assert model.predict_proba(["abcdefgh"]).tolist() == [[0.5, 0.5]]
    votes = NCDNeighbours(Letters(), n_neighbors=3).fit(texts, labels).predict_votes(["abcy"])
    assert votes.labels.tolist() == ["far"]
    assert labels[votes.nearest[0]] in ("far", "near")


def test_distances_stand_in_the_order_of_training() -> None:
    model = NCDNeighbours(Zlib(), seed=3).fit(TEXTS, LABELS)
    assert model.distances(TEXTS).argmin(axis=1).tolist() == [0, 1, 2, 3]
    assert model.predict_votes(TEXTS).nearest.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("labels", [[1, 1, 2, 2], [True, True, False, False], np.array(LABELS, dtype=object)])
def test_labels_of_any_type(labels: Any) -> None:
    model = NCDNeighbours(Zlib()).fit(TEXTS, labels)
    assert model.predict(TEXTS).tolist() == list(labels)


def test_bad_input_is_a_clear_error() -> None:
    with pytest.raises(DataError, match="Differenced"):
        NCDNeighbours(Bz2(), distance="conditional").fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="n_neighbors=5 of 4"):
        NCDNeighbours(Zlib(), n_neighbors=5).fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="distance='cosine'"):
        NCDNeighbours(Zlib(), distance="cosine").fit(TEXTS, LABELS)  # type: ignore[arg-type]
    assert NCDNeighbours(Zlib()).fit(["", "a"], [0, 1]).predict(["", "a"]).shape == (2,)
