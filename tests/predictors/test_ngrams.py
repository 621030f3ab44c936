"""Class codes of words: a proper probability, equal to the plain-Python reference, as a value, in classes and in X."""

import itertools
import random

import numpy as np
import pytest

from codelength.core import ClassCodes, ClassLearner
from codelength.predictors.ngrams import ClassNgrams, Parameters
from codelength.predictors.ngrams.corpus import empty_lexicon, learn, look_up
from predictors.reference_ngrams import Reference, pieces

TRAIN = [
    b"The cat sat on the mat. The cat slept.",
    b"a Cat RAN, and ran to the cat;",
    b"stocks fell; StOcKs rose 3.5 %",
    b"the stocks of the bank fell and fell",
    b"",
    b"caf\xc3\xa9 of the bank",
]
WEIGHTS = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0.25, 0.75]])
ASKED = [
    b"the cat fell on the bank",
    b"",
    b"  ...",
    b"unseen catlike words rose",
    b"\x00\xff\xfe",
    TRAIN[0],
    b"x" * 60 + b"." * 70 + b"y" * 24,
]


@pytest.mark.parametrize("damping", [0.0, 0.5])
@pytest.mark.parametrize("pairs", [True, False])
def test_it_agrees_with_the_reference(damping: float, pairs: bool) -> None:
    parameters = Parameters(smoothing=0.7, spelt=0.3, damping=damping, pairs=pairs)
    learner = ClassNgrams(parameters)
    codes = learner.classes(learner.index(TRAIN), WEIGHTS)
    reference = Reference(TRAIN, WEIGHTS.tolist(), parameters)
    np.testing.assert_allclose(codes.column_bits(ASKED), [reference.bits(text) for text in ASKED], rtol=2e-5, atol=1e-5)


def test_words_and_gaps_have_probabilities_that_sum_to_one_at_most() -> None:
    learner = ClassNgrams()
    codes = learner.classes(learner.index(TRAIN), WEIGHTS)
    words = [bytes(letters) for n in (1, 2) for letters in itertools.product(range(256), repeat=n)]
    one_word = {text for text in words if pieces(text)[0][1] == pieces(text)[-1][1] == b"" and len(pieces(text)) == 3}
    in_lower = sorted(text for text in one_word if text.lower() == text)
    known = sorted({piece for text in TRAIN for word, piece in pieces(text) if word and len(piece) > 2})
    alone = np.exp2(-codes.column_bits([*in_lower, *known])[:, :, 1:5].sum(axis=2)).sum(axis=0)
    assert np.all(alone > 0.3)  # what was seen has most of it
    assert np.all(alone <= 1 + 1e-6)
    gaps = [text for text in words if len(pieces(text)) == 1]
    between = np.exp2(-codes.column_bits([b"", *gaps])[:, :, 0]).sum(axis=0)
    assert np.all(between > 0.3)
    assert np.all(between <= 1 + 1e-6)


def test_a_word_after_another_has_probabilities_that_sum_to_one_at_most() -> None:
    learner = ClassNgrams()
    codes = learner.classes(learner.index(TRAIN), WEIGHTS)
    known = sorted({piece for text in TRAIN for word, piece in pieces(text) if word})
    for before in (b"the", b"fell", b"unseen"):
        asked = codes.column_bits([before + b" " + word for word in known])
        first = codes.column_bits([before])[:, :, 1:].sum(axis=2)
        after = np.exp2(first - asked[:, :, 1:].sum(axis=2)).sum(axis=0)
        assert np.all(after <= 1 + 1e-6)


def test_scoring_leaves_no_trace_and_does_not_depend_on_what_is_scored_with_it() -> None:
    learner = ClassNgrams()
    codes = learner.classes(learner.index(TRAIN), WEIGHTS)
    together = codes.class_bits(ASKED)
    alone = np.concatenate([codes.class_bits([text]) for text in reversed(ASKED)])[::-1]
    np.testing.assert_array_equal(together, alone)
    assert codes.class_bits([]).shape == (0, 2, 6)


def test_what_was_indexed_costs_the_same_by_its_numbers() -> None:
    learner = ClassNgrams()
    indexed = learner.index(TRAIN)
    codes = learner.classes(indexed, WEIGHTS)
    np.testing.assert_allclose(codes.known_bits(indexed), codes.class_bits(TRAIN), rtol=1e-12)


def test_documents_that_are_not_present_are_as_if_they_had_never_been() -> None:
    learner = ClassNgrams()
    present = np.array([True, True, True, False, True, False])
    with_absent = learner.classes(learner.index(TRAIN), WEIGHTS, present=present)
    never = [text for text, here in zip(TRAIN, present, strict=True) if here]
    without = learner.classes(learner.index(never), WEIGHTS[present])
    np.testing.assert_allclose(with_absent.class_bits(ASKED), without.class_bits(ASKED), rtol=1e-6)


def test_documents_without_a_class_make_their_words_cheaper_for_all_classes_alike() -> None:
    learner = ClassNgrams()
    alone = learner.classes(learner.index(TRAIN[:4]), WEIGHTS[:4]).class_bits([b"zebra quagga"])
    more = [*TRAIN[:4], b"zebra quagga", b"quagga zebra"]
    known = learner.classes(learner.index(more), np.vstack([WEIGHTS[:4], np.zeros((2, 2))])).class_bits(
        [b"zebra quagga"]
    )
    assert np.all(known.sum(axis=2) < alone.sum(axis=2))


def test_it_is_a_class_learner_whose_classes_tell_texts_apart() -> None:
    learner = ClassNgrams()
    codes = learner.classes(learner.index(TRAIN), WEIGHTS)
    assert isinstance(learner, ClassLearner)
    assert isinstance(codes, ClassCodes)
    assert codes.class_bits([b"my cat slept", b"stocks rose"]).sum(axis=2).argmin(axis=1).tolist() == [0, 1]


def test_a_lexicon_grows_past_its_table_and_gives_every_word_its_own_number() -> None:
    numbers = random.Random(0)
    words = [b"w%d" % numbers.randrange(10**9) for _ in range(5000)]
    lexicon, corpus = learn(empty_lexicon(), [b" ".join(words), b" ".join(reversed(words))])
    assert lexicon.size == len(set(words)) + 2  # the empty gap and the space
    again = corpus.types[corpus.bounds[1] + 1 :: 2]
    assert again.tolist() == corpus.types[1 : corpus.bounds[1] : 2][::-1].tolist()
    new, seen = look_up(lexicon, [b"w0 " + words[7]])
    assert seen.types[1] == lexicon.size
    assert new.text.tobytes() == b"w0"
    assert seen.types[3] == corpus.types[15]


def test_more_documents_extend_a_lexicon_and_leave_the_old_one() -> None:
    first, corpus = learn(empty_lexicon(), TRAIN[:2])
    size = first.size
    both, more = learn(first, TRAIN[2:])
    assert first.size == size < both.size
    whole, _ = learn(empty_lexicon(), TRAIN)
    assert whole.text.tobytes() == both.text.tobytes()
    np.testing.assert_array_equal(whole.ends, both.ends)
    assert more.types.max() == both.size - 1
    assert corpus.types.max() == size - 1


def test_shapes_say_how_letters_were_written() -> None:
    _, corpus = learn(empty_lexicon(), [b"one Two THREE foUr 5 I", b""])
    assert corpus.shapes.tolist() == [[2, 2, 1, 1], [0, 0, 0, 0]]
    assert corpus.letters.tolist() == [4, 0]
