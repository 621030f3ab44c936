"""Witnesses weighed by sure partners, and the last round with more words of y."""

import random

import numpy as np
import pytest

from codelength.tasks.match.words_counts import language
from codelength.tasks.match.words_grow import pair, widened
from codelength.tasks.match.words_likeness import likeness
from codelength.tasks.match.words_witnesses import reliability


def test_a_witness_that_says_the_same_of_partners_weighs_more() -> None:
    chance = np.random.default_rng(3)
    x = chance.normal(1, 1, (80, 4)).astype(np.float32)
    y = x + chance.normal(0, 1, (80, 4)).astype(np.float32) * np.array([0, 1, 3, 9], dtype=np.float32)
    words = chance.permutation(80)[:70]
    order = chance.permutation(80)
    weights = reliability(x, y[order], (words, np.argsort(order)[words]))
    for column in range(4):
        r = np.corrcoef(x[words, column], y[words, column])[0, 1]
        spread = (x[:, column].std() + y[:, column].std()) / 2
        assert weights[column] == pytest.approx(((max(r, 0) + 0.02) / (spread + 0.02) ** 2) ** 0.25, rel=1e-3)
    assert np.array_equal(np.argsort(-weights), np.arange(4))
    assert reliability(x, x, (words, words)) == pytest.approx(reliability(x * 9, x * 9, (words, words)) * 3, rel=0.1)


def test_likeness_listens_to_the_neighbours_that_know_sure_partners() -> None:
    """Words are told apart by 20 neighbours; of 50 others each has a few words it is near to, others in y than in x."""
    chance = np.random.default_rng(0)
    counts, other = (np.zeros((3, 90, 70), dtype=np.float32) for _ in range(2))
    counts[:, :, :20] = other[:, :, :20] = chance.poisson(chance.gamma(0.5, 6.0, (3, 90, 20)))
    for noise in (counts, other):
        noise[:, :, 20:] = chance.poisson(chance.gamma(0.1, 60.0, (3, 90, 50)))
    true, sure = np.eye(70, dtype=np.float32), (np.arange(60), np.arange(60))
    hits = [
        float((likeness(counts, other, true, None, known).argmax(axis=1) == np.arange(90))[60:].mean())
        for known in (None, sure)
    ]
    assert hits[1] > hits[0] + 0.1


def test_the_last_round_knows_words_that_earlier_ones_did_not_reach() -> None:
    """1,100 words of x choose among 2,200 of y; the partners of 800 are rarer, and spelt as they are."""
    names = ["".join(random.Random(k).choices("abcdefghiklmnoprst", k=7)) for k in range(3000)]
    x = language([" ".join(names[:300]), " ".join(names[:1100])])
    y = language([" ".join([*names[:300], *names[1100:3000]])] * 2 + names[300:1100])
    both = pair(x, y, 1100, spelling=True, last=True)
    assert (both.choices(both.n), both.m) == (2200, 3000)
    assert pair(x, y, 1100, spelling=True).m == pair(x, y, 1100, spelling=False, last=True).m == 2200
    rank = {word: place for place, word in enumerate(y.words)}
    known = np.zeros((300, 2200), dtype=np.float32)
    known[np.arange(300), [rank[word] for word in x.words[:300]]] = 1
    found = widened(both, known)
    assert found.shape == (1100, 3000)
    assert found.sum(axis=1) == pytest.approx(np.ones(1100), abs=1e-4)
    assert np.mean([x.words[word] == y.words[partner] for word, partner in enumerate(found.argmax(axis=1))]) > 0.9
