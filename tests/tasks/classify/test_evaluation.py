"""What answers are worth: accuracy, bits, classes never seen, reliability; duplicates; the learning curve."""

import numpy as np
import pytest

from codelength.predictors.ngrams import ClassNgrams
from codelength.tasks.classify import CodeClassifier, Duplicate, duplicates, evaluate, learning_curve
from codelength.tasks.classify.folds import folds_of
from codelength.tasks.classify.temperature import learn_temperature


def test_numbers_of_a_small_case() -> None:
    probs = np.array([[0.5, 0.5], [0.25, 0.75], [0.9, 0.1], [0.5, 0.5]])
    found = evaluate(["a", "b"], np.log(probs), ["a", "b", "b", "new"])
    assert found.accuracy == 0.5
    assert found.label_bits == pytest.approx(1 + np.log2(4 / 3) + np.log2(10))
    assert found.unseen == {"new": 1}
    assert found.coded == 3
    assert found.classes == ("a", "b", "new")
    assert found.confusion == ((1, 0), (1, 1), (1, 0))
    assert sum(count for _, _, count in found.reliability) == 4
    assert found.low <= 0.5 <= found.high


def test_the_interval_has_a_width_where_all_are_right() -> None:
    found = evaluate(["a", "b"], np.log([[0.9, 0.1]] * 12), ["a"] * 12)
    assert found.low < 0.8 and found.high == found.accuracy == 1.0


def test_probabilities_that_are_right_as_often_as_they_say_have_a_small_error() -> None:
    numbers = np.random.default_rng(0)
    p = numbers.uniform(0.5, 1, 20_000)
    answers = np.where(numbers.uniform(size=p.size) < p, "yes", "no")
    honest = evaluate(["yes", "no"], np.log(np.stack([p, 1 - p], axis=1)), answers.tolist())
    sure = evaluate(["yes", "no"], np.log(np.tile([0.999, 0.001], (p.size, 1))), answers.tolist())
    assert honest.calibration_error < 0.02
    assert sure.calibration_error > 0.2


def test_duplicates_are_found_exactly_and_up_to_case_and_gaps() -> None:
    train = [b"One two.", b"three", b"", b"three"]
    assert duplicates(train, [b"three", b"", b"ONE,  two!", b"one twos", b"..."]) == [
        Duplicate(0, 1, True),
        Duplicate(2, 0, False),
    ]


def test_a_learning_curve_falls_where_there_is_something_to_learn() -> None:
    numbers = np.random.default_rng(0)
    texts = [" ".join(f"w{k}" for k in numbers.integers(0, 40, 8) * 2 + (d % 2)) for d in range(200)]
    labels = [str(d % 2) for d in range(200)]
    curve = learning_curve(CodeClassifier(ClassNgrams()), texts[:128], labels[:128], texts[128:], labels[128:])
    assert [point.labels for point in curve] == [8, 16, 32, 64]
    assert curve[-1].bits < curve[0].bits


def test_folds_are_successive_documents_of_every_class() -> None:
    labels = np.array([0] * 10 + [1] * 3 + [2])
    fold = folds_of(labels, 5)
    assert fold[:10].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert len(set(fold[10:13].tolist())) == 3


def test_the_temperature_is_the_one_that_made_the_labels() -> None:
    numbers = np.random.default_rng(0)
    bits = numbers.normal(1000, 30, (4000, 2, 1))
    true = 1 / (1 + np.exp2(-0.05 * (bits[:, 0, 0] - bits[:, 1, 0])))  # P(class 1)
    labels = (numbers.uniform(size=4000) < true).astype(np.intp)
    found = learn_temperature(bits, labels, np.log([0.5, 0.5]))
    assert found.parts[0] / 1000**found.power == pytest.approx(0.05, rel=0.1)


def test_evidence_that_says_nothing_gets_no_weight() -> None:
    numbers = np.random.default_rng(0)
    bits = numbers.normal(1000, 30, (2000, 2, 2))
    labels = (bits[:, 0, 0] > bits[:, 1, 0]).astype(np.intp)
    found = learn_temperature(bits, labels, np.log([0.5, 0.5]))
    assert found.parts[1] < 0.1 * found.parts[0]


def test_few_scored_documents_do_not_teach_never_to_doubt() -> None:
    bits = np.array([[[0.0], [400.0], [400.0]]] * 4 + [[[400.0], [0.0], [400.0]]])
    labels = np.array([0, 0, 0, 0, 1])
    prior = np.log([0.5, 0.3, 0.2])
    few = learn_temperature(bits, labels, prior)
    assert few.escape == 1 / 7
    said = few.log_probabilities(bits, prior)
    assert np.exp(said).sum(axis=1) == pytest.approx(np.ones(5))
    assert said.min() >= np.log(0.2 / 7)
    assert learn_temperature(np.tile(bits, (2, 1, 1)), np.tile(labels, 2), prior).escape == 0
