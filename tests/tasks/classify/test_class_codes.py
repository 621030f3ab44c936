"""CodeClassifier: a scikit-learn estimator with honest probabilities, for any code, and a clear answer to bad input."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from codelength.codes import Differenced
from codelength.compressors.bz2 import Bz2
from codelength.compressors.zlib import Zlib
from codelength.core import DataError
from codelength.predictors.kt import KT
from codelength.predictors.ngrams import ClassNgrams, Parameters
from codelength.tasks.classify import (
    CodeClassifier,
    LowRegretClassifier,
    NCDNeighbours,
    SemiSupervisedCodeClassifier,
)
from codelength.tasks.classify.documents import LabelsError

PETS = ["the cat sat on the mat", "a cat ran home", "my dog slept on the mat", "a dog and a cat", "feed the dog"]
NEWS = ["stocks fell in trading", "the bank raised rates", "shares of the bank rose", "trading in stocks", "rates fell"]
TEXTS = PETS + NEWS
LABELS = ["pets"] * 5 + ["news"] * 5
ASKED = ["the dog ran", "stocks and shares", "zebra", ""]


def ngrams(**options: Any) -> CodeClassifier:
    return CodeClassifier(ClassNgrams(), **options)


@parametrize_with_checks([ngrams(folds=3)])
def test_it_is_a_scikit_learn_estimator(estimator: CodeClassifier, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("code", [ClassNgrams(), KT(), Zlib(), Differenced(Bz2())], ids=["ngrams", "kt", "zlib", "bz2"])
def test_any_code_classifies(code: Any) -> None:
    model = CodeClassifier(code).fit(TEXTS, LABELS)
    probs = model.predict_proba(ASKED)
    assert probs.shape == (4, 2)
    np.testing.assert_allclose(probs.sum(axis=1), 1.0)
    assert np.all(probs > 0)
    assert set(model.predict(ASKED)) <= {"pets", "news"}


def test_it_tells_texts_apart_and_its_codes_are_those_of_the_classes() -> None:
    model = ngrams().fit(TEXTS, LABELS)
    assert model.predict(ASKED[:2]).tolist() == ["pets", "news"]
    bits = model.class_bits(ASKED[:2])
    assert bits[0, 1] < bits[0, 0]  # classes are sorted: news, pets
    assert bits[1, 0] < bits[1, 1]


def test_one_code_after_another_is_given_what_has_no_label_and_then_its_class() -> None:
    code = KT()
    unlabelled = ["zzzz", "yyyy"]
    model = CodeClassifier(code).fit(TEXTS, LABELS, unlabelled=unlabelled)
    base = code.given(b"zzzz\nyyyy\n")
    news, pets = (base.given("".join(t + "\n" for t in texts).encode()) for texts in (NEWS, PETS))
    wanted = [[news.bits(t.encode()).bits, pets.bits(t.encode()).bits] for t in ASKED]
    np.testing.assert_allclose(model.class_bits(ASKED), wanted)


@pytest.mark.parametrize(
    "labels",
    [[1] * 5 + [2] * 5, [True] * 5 + [False] * 5, np.array(["a"] * 5 + ["b"] * 5, dtype=object), np.arange(10) % 2],
    ids=["ints", "bools", "objects", "arrays"],
)
def test_labels_of_any_type_come_back_as_that_type(labels: Any) -> None:
    model = ngrams().fit(TEXTS, labels)
    answers = model.predict(TEXTS)
    assert set(answers.tolist()) <= set(np.asarray(labels).tolist())
    assert answers.dtype == np.asarray(labels).dtype


def test_bytes_and_str_are_the_same_documents() -> None:
    from_str = ngrams().fit(TEXTS, LABELS).predict_proba(ASKED)
    from_bytes = ngrams().fit([text.encode() for text in TEXTS], LABELS).predict_proba(np.array(ASKED, dtype=object))
    np.testing.assert_array_equal(from_str, from_bytes)


def test_what_tells_nothing_gives_the_prior_and_a_uniform_prior_is_uniform() -> None:
    skewed = ["x y"] * 9 + ["x y"] * 3
    labels = [0] * 9 + [1] * 3
    model = ngrams().fit(skewed, labels)
    assert model.predict_proba(["q"])[0, 0] == pytest.approx(0.75, abs=0.1)
    even = ngrams(prior="uniform").fit(skewed, labels)
    assert even.predict_proba(["q"])[0, 0] == pytest.approx(0.5, abs=0.1)


def test_the_temperature_makes_probabilities_milder_than_bayes_rule_on_documents_that_repeat_themselves() -> None:
    numbers = np.random.default_rng(0)
    words = np.array([f"w{k}" for k in range(40)])

    def draw(tilt: int, count: int) -> list[str]:
        odds = np.where(np.arange(40) % 2 == tilt, 1.3, 1.0)
        return [" ".join([*numbers.choice(words, 6, p=odds / odds.sum())] * 8) for _ in range(count)]

    train, labels = draw(0, 60) + draw(1, 60), [0] * 60 + [1] * 60
    asked, answers = draw(0, 100) + draw(1, 100), np.repeat([0, 1], 100)
    model = ngrams().fit(train, labels)
    told = -model.predict_log_proba(asked)[np.arange(200), answers].mean() / np.log(2)
    plain = model.class_bits(asked)
    untempered = np.log2(1 + np.exp2(plain[np.arange(200), answers] - plain[np.arange(200), 1 - answers])).mean()
    assert told < untempered
    assert told < 1.05  # 1 bit is what a coin would cost


def test_it_works_in_a_pipeline_and_in_a_grid_search() -> None:
    pipeline = make_pipeline(FunctionTransformer(lambda texts: [text.upper() for text in texts]), ngrams())
    assert pipeline.fit(TEXTS, LABELS).predict(ASKED[:1]).tolist() == ["pets"]
    codes = [ClassNgrams(), ClassNgrams(Parameters(pairs=False))]
    search = GridSearchCV(ngrams(folds=2), {"code": codes, "prior": ["uniform"]}, cv=2)
    assert search.fit(TEXTS, LABELS).best_params_["prior"] == "uniform"


def test_rows_of_numbers_are_told_apart_by_their_quantiles() -> None:
    numbers = np.random.default_rng(0)
    rows = np.vstack([numbers.normal(0, 1, (60, 3)), numbers.normal(2, 1, (60, 3))])
    labels = [0] * 60 + [1] * 60
    model = ngrams().fit(rows, labels)
    assert model.score(rows, labels) > 0.9
    with pytest.raises(ValueError, match="3 features"):
        model.predict(np.zeros((1, 4)))


# Bad input


def test_one_class_is_an_error() -> None:
    with pytest.raises(DataError, match="1 class, 'same'; "):
        ngrams().fit(TEXTS, ["same"] * 10)
    with pytest.raises(DataError, match="1 class, 7; "):
        ngrams().fit(TEXTS, np.full(10, 7))


def test_nan_is_an_error() -> None:
    with pytest.raises(ValueError, match="NaN"):
        ngrams().fit([[1.0, np.nan], [2.0, 3.0]], [0, 1])


def test_lengths_that_differ_are_an_error() -> None:
    with pytest.raises(ValueError, match="10 documents and 9 labels"):
        ngrams().fit(TEXTS, LABELS[:9])


def test_what_is_no_text_is_an_error_that_names_its_place() -> None:
    with pytest.raises(DataError, match="document 1 is a NoneType"):
        ngrams().fit(["text", None], [0, 1])  # type: ignore[list-item]
    model = ngrams().fit(TEXTS, LABELS)
    with pytest.raises(DataError, match="fitted on texts"):
        model.predict([[1.0, 2.0]])


def test_a_code_that_cannot_be_conditioned_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(DataError, match="Differenced"):
        CodeClassifier(Bz2()).fit(TEXTS, LABELS)


@pytest.mark.parametrize("wrong", [{"prior": "none"}, {"folds": 0}, {"levels": 1}])
def test_a_parameter_out_of_range_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        ngrams(**wrong).fit(TEXTS, LABELS)


def test_one_document_for_each_class_is_enough_and_is_not_sure_of_itself() -> None:
    model = ngrams().fit(["the cat sat", "stocks fell"], ["pets", "news"])
    assert model.predict(["a cat", "stocks"]).tolist() == ["pets", "news"]
    assert np.isnan(model.temperature_.label_bits)
    assert model.predict_proba(["a cat"]).max() < 0.99


def test_empty_documents_are_documents() -> None:
    model = ngrams().fit([*TEXTS, "", ""], [*LABELS, "pets", "news"])
    assert model.predict(["", " "]).shape == (2,)
    assert ngrams().fit(["", ""], [0, 1]).predict_proba([""])[0].tolist() == [0.5, 0.5]


def test_no_documents_to_ask_give_no_answers() -> None:
    model = ngrams().fit(TEXTS, LABELS)
    assert model.predict([]).shape == (0,)
    assert model.predict_proba([]).shape == (0, 2)


def test_huge_documents_are_scored_and_stay_finite() -> None:
    model = ngrams().fit(TEXTS, LABELS)
    probs = model.predict_proba(["the dog ran. " * 100_000, "x" * 1_000_000, b"\xff\x00" * 500_000])
    assert np.all(np.isfinite(probs))
    assert model.predict(["the dog ran. " * 100_000]).tolist() == ["pets"]


def test_unlabelled_documents_of_noise_change_no_answer_here() -> None:
    noise = [np.random.default_rng(0).bytes(200) for _ in range(20)]
    model = ngrams().fit(TEXTS, LABELS, unlabelled=noise)
    assert model.predict(ASKED[:2]).tolist() == ["pets", "news"]


ALL = [
    CodeClassifier(ClassNgrams()),
    SemiSupervisedCodeClassifier(),
    NCDNeighbours(Zlib()),
    LowRegretClassifier([("code", CodeClassifier(ClassNgrams()))]),
]


@pytest.mark.parametrize("model", ALL, ids=lambda model: type(model).__name__)
def test_labels_that_are_missing_or_of_several_types_are_named(model: Any) -> None:
    texts = ["a cat", "a dog", "a stock", "a bank"]
    for missing in (None, float("nan")):
        for labels in (["pets", missing, "news", "news"], np.array(["pets", missing, "news", "news"], dtype=object)):
            with pytest.raises(LabelsError, match="label 1 is missing"):
                clone(model).fit(texts, labels)
        with pytest.raises(ValueError, match=r"missing|NaN"):
            clone(model).fit(np.eye(4), [0.0, missing, 1.0, 1.0])
    with pytest.raises(LabelsError, match="several types"):
        clone(model).fit(texts, ["pets", 1, "news", 1])


@pytest.mark.parametrize("model", ALL, ids=lambda model: type(model).__name__)
def test_texts_in_another_form_are_not_taken_for_numbers(model: Any) -> None:
    texts, labels = ["a cat", "a dog", "a stock", "a bank"], [0, 0, 1, 1]
    with pytest.raises(ValueError, match="one text; expected a list"):
        clone(model).fit("a cat", labels)
    with pytest.raises(ValueError, match="as X"):
        clone(model).fit(np.array(texts)[:, None], labels)
    with pytest.raises(ValueError, match="no documents"):
        clone(model).fit([], [])
    if not isinstance(model, LowRegretClassifier):
        with pytest.raises(DataError, match="document 0 is a NoneType"):
            clone(model).fit([None, *texts[1:]], labels)
        with pytest.raises(DataError, match="fitted on rows of numbers"):
            clone(model).fit(np.eye(4), labels).predict(texts)
        assert clone(model).fit(texts, labels).predict_proba([]).shape == (0, 2)
    if not isinstance(model, NCDNeighbours):
        assert clone(model).fit(texts, labels, unlabelled=None).predict(texts).shape == (4,)
