"""Labels written behind documents: what is learnt, what is left alone, and that it goes where any class code goes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.utils.estimator_checks import parametrize_with_checks

from codelength.core import ClassLearner, DataError, TrainingError
from codelength.models.labelled_text import LabelledText
from codelength.tasks.classify import CodeClassifier, LowRegretClassifier

SMALL = LabelledText(layers=1, heads=1, width=16, context=32, steps=60, batch=8, label_rate=1e-2)
CHANCE = np.random.default_rng(0)
LABELS = np.arange(60) % 3


def drawn(c: int) -> bytes:
    """A word in letters of the class's own, among others that say nothing."""
    return bytes(CHANCE.choice([*(97 + 4 * c + np.arange(4)), *(110 + np.arange(4))], 12).astype(np.uint8))


DOCUMENTS = [drawn(c) for c in LABELS]
WEIGHTS = np.eye(3)[LABELS]

pytestmark = pytest.mark.usefixtures("one_thread")


def test_labels_are_learnt_and_their_probabilities_sum_to_one() -> None:
    assert isinstance(SMALL, ClassLearner)
    codes = SMALL.classes(DOCUMENTS[:30], WEIGHTS[:30])
    bits = codes.class_bits(DOCUMENTS[30:])
    assert bits.shape == (30, 3, 1)
    assert (2.0**-bits).sum(axis=1) == pytest.approx(1)
    assert (bits[:, :, 0].argmin(axis=1) == LABELS[30:]).mean() > 0.9
    assert np.array_equal(codes.known_bits(DOCUMENTS[30:]), codes.class_bits(DOCUMENTS[30:]))


def test_what_is_filled_up_behind_a_document_changes_nothing() -> None:
    codes = SMALL.classes(DOCUMENTS[:12], WEIGHTS[:12])
    alone = codes.class_bits([b"abc"])
    assert codes.class_bits([b"abc", b"x" * 500, b""])[:1] == pytest.approx(alone, abs=1e-5)


def test_classes_count_alike_however_many_documents_they_have() -> None:
    rows = np.concatenate([np.flatnonzero(LABELS == 0)[:12], np.flatnonzero(LABELS == 1)[:2]])
    codes = SMALL.classes([b"?"] * 14, WEIGHTS[rows][:, :2])
    assert np.diff(codes.class_bits([b"?"])[0, :, 0]) == pytest.approx(0, abs=0.7)  # 6 to 1 would be 2.6 bits


def test_those_not_present_are_as_if_they_had_never_been() -> None:
    present = np.arange(20) < 12
    found = SMALL.classes(DOCUMENTS[:20], WEIGHTS[:20], present=present)
    without = SMALL.classes(DOCUMENTS[:12], WEIGHTS[:12])
    assert np.array_equal(found.class_bits(DOCUMENTS[40:]), without.class_bits(DOCUMENTS[40:]))


def test_given_text_predicts_text_and_leaves_the_learner_as_it_was() -> None:
    pile = b"\n".join(DOCUMENTS) * 5
    primed = LabelledText(layers=1, heads=1, width=16, context=32, passes=4, batch=8, rate=1e-2).given(pile)
    assert primed.learnt is not None
    text = torch.tensor([list(b"\n".join(DOCUMENTS[:2]))])

    def nats(model: torch.nn.Module) -> float:
        with torch.inference_mode():
            return float(torch.nn.functional.cross_entropy(model(text[:, :-1])[0], text[0, 1:]))

    before = nats(primed.learnt)
    assert before < 0.6 * np.log(256)
    primed.classes(DOCUMENTS[:6], WEIGHTS[:6])
    assert nats(primed.learnt) == before
    by_weights = SMALL.classes([*DOCUMENTS[:6], *DOCUMENTS[30:]], np.concatenate([WEIGHTS[:6], 0 * WEIGHTS[30:]]))
    by_given = SMALL.given(b"\n".join(DOCUMENTS[30:])).classes(DOCUMENTS[:6], WEIGHTS[:6])
    assert np.array_equal(by_weights.class_bits(DOCUMENTS[:3]), by_given.class_bits(DOCUMENTS[:3]))


def test_it_is_an_expert_among_others() -> None:
    network = CodeClassifier(replace(SMALL, steps=40), folds=1)
    follow = LowRegretClassifier([("network", network)], growth=4).fit(DOCUMENTS, LABELS)
    assert follow.mixture_.regret.bits <= follow.mixture_.certificate.bits
    assert follow.mixture_.best.split()[0] == "network"
    assert follow.mixture_.bits.bits < 0.8 * len(LABELS) * np.log2(3)


FEW_STEPS = CodeClassifier(LabelledText(layers=1, heads=1, width=8, context=16, steps=2, batch=4), folds=1)


@parametrize_with_checks(
    [FEW_STEPS], expected_failed_checks=lambda _: {"check_classifiers_train": "two steps of training do not reach .83"}
)
def test_scikit_learn(estimator: object, check: object) -> None:
    check(estimator)


def test_what_cannot_be_is_refused() -> None:
    few: dict[str, object] = {"context": 2, "batch": 0, "steps": -1, "width": 7}
    for name, value in (few | {"rate": 0.0, "label_rate": 0.0, "places": 0.0, "precision": "half"}).items():
        with pytest.raises(DataError):
            LabelledText(**{name: value})
    with pytest.raises(DataError, match="300 classes"):
        SMALL.classes([b"a"], np.ones((1, 300)))


def test_a_loss_that_is_no_number_is_said() -> None:
    wild = LabelledText(layers=1, heads=1, width=16, context=16, steps=40, rate=1e30, label_rate=1e30)
    documents = [b"aaaa", b"bbbb"] * 8
    with pytest.raises(TrainingError, match="lower the rate"):
        wild.given(b"\n".join(documents * 20))
    with pytest.raises(TrainingError, match="lower the rate"):
        wild.classes(documents, np.tile(np.eye(2), (8, 1)))
