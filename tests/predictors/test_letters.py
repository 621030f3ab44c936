"""Tables of letters and words: they are probabilities, follow the counts, and next to no input is no trouble."""

from collections import Counter

import numpy as np
import pytest

from codelength.predictors.letters import count_ngrams, count_words, learn_letters, words
from codelength.predictors.letters.ngrams import UNIT, order_for


@pytest.fixture(scope="module")
def sequence() -> np.ndarray:
    chance = np.random.default_rng(0)
    return np.repeat(chance.integers(4, size=300), 2)


@pytest.mark.parametrize(
    ("letters", "order"), [(2, 6), (26, 5), (27, 5), (33, 4), (64, 4), (90, 3), (256, 3), (5000, 1)]
)
def test_tables_are_never_larger_than_16_million(letters: int, order: int) -> None:
    assert order_for(letters) == order
    assert letters**order <= 1 << 24


def test_after_whatever_letters_the_probabilities_sum_to_one_at_most(sequence: np.ndarray) -> None:
    grams = count_ngrams(sequence, 5)  # the fifth letter never occurs
    for k, start in enumerate(grams.offsets, start=1):
        table = 2.0 ** -(grams.costs[start : start + 5**k].reshape(-1, 5) / UNIT)
        sums = table.sum(axis=1)
        assert np.all(sums <= 1.0)
        assert np.all(sums > 0.998)
        assert np.all(table > 0)


def test_what_was_seen_is_cheaper_than_what_was_not(sequence: np.ndarray) -> None:
    grams = count_ngrams(sequence, 5)
    pairs = Counter(zip(sequence[:-1].tolist(), sequence[1:].tolist(), strict=True))
    costs = grams.costs[grams.offsets[1] :][:25].reshape(5, 5)
    seen = [costs[pair] for pair in pairs]
    never = [costs[a, 4] for a in range(4)]
    assert max(seen) < min(never)


def test_a_longer_context_tells_more(sequence: np.ndarray) -> None:
    grams = count_ngrams(sequence, 4)
    bits = []
    for k in (1, 2, 3):
        numbers = np.zeros(sequence.size - k + 1, dtype=np.int64)
        for place in range(k):
            numbers = numbers * 4 + sequence[place : place + numbers.size]
        bits.append(grams.costs[grams.offsets[k - 1] + numbers].mean())
    assert bits[0] > bits[1] > bits[2]


@pytest.mark.parametrize("sequence", [[], [1], [0, 1]])
def test_next_to_nothing_can_be_learnt_from(sequence: list[int]) -> None:
    grams = count_ngrams(np.array(sequence, dtype=np.int64), 3)
    assert np.all(grams.costs <= 30 * UNIT + 1)


def test_words_and_what_follows_them_are_probabilities() -> None:
    chance = np.random.default_rng(3)
    vocabulary = [(0,), (0, 1), (2, 1, 0), (1, 1)]
    words = count_words([[vocabulary[k] for k in chance.integers(4, size=12)] for _ in range(8)], 3)
    assert words.chance.sum() + words.other == pytest.approx(1)
    for v in range(4):
        after = sum(words.after[words.pairs // 4 == v])
        after += words.backoff[v] * words.chance.sum()
        assert after + words.backoff[v] * words.other == pytest.approx(1)
    assert np.all((words.ends > 0) & (words.ends < 1))


def test_the_trie_holds_every_word_and_no_other() -> None:
    vocabulary = [(0, 1), (0, 1, 2), (2,)]
    words = count_words([vocabulary], 3)
    held = {}

    def walk(node: int, spelled: tuple[int, ...]) -> None:
        if words.word[node] >= 0:
            held[spelled] = words.begins[node]
        for letter, child in enumerate(words.child[node]):
            if child >= 0:
                walk(int(child), (*spelled, letter))

    walk(0, ())
    each = (1 - words.other) / 3
    assert held == pytest.approx({(0, 1): 2 * each, (0, 1, 2): each, (2,): each})
    assert words.begins[0] == pytest.approx(3 * each)


def test_one_endless_word_is_no_vocabulary() -> None:
    model = learn_letters([[tuple([0, 1, 2] * 100)]], 3)
    assert model.words.chance.size == 0
    assert model.words.other == 1.0


def test_a_trie_without_room_holds_the_most_frequent_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese has thousands of letters, and each node one cell for each: a megabyte of text took 19 GB."""
    documents = [[(0, 1), (0, 1, 2), (0, 1), (2, 2, 1), (0, 1), (1,), (1,)]] * 5
    whole = count_words(documents, 3)
    assert (whole.child.shape[0], whole.chance.size) == (8, 4)
    monkeypatch.setattr(words, "_MOST_CELLS", 4 * 3)
    few = count_words(documents, 3)
    assert few.child.shape == (4, 3)
    assert few.chance.size == 2
    assert few.chance.argmax() == 0  # 0 1, which is more frequent than 1
    assert few.chance.sum() + few.other == pytest.approx(1.0)
    assert few.other == pytest.approx((10 + 2 * 0.5) / 35)  # two words occur ten times together, two are discounted
