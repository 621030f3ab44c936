"""Steps are scored as a key laid out anew is, taken back without a trace, and the best key met is the one returned."""

import math

import numpy as np
import pytest

from codelength.predictors.letters import LetterModel, learn_letters
from codelength.tasks.match.cipher_anneal import (
    Puzzle,
    allowance,
    anneal,
    board,
    draw,
    keep,
    propose,
    puzzle,
    set_up,
    swap,
)
from codelength.tasks.match.cipher_refine import key_bits_by_words, refine
from codelength.tasks.match.cipher_words import room_for, words_bits

LETTERS, SYMBOLS, SIZE = 6, 5, 40


@pytest.fixture(scope="module")
def model() -> LetterModel:
    chance = np.random.default_rng(0)
    words = [tuple(chance.integers(LETTERS, size=k).tolist()) for k in (1, 2, 3, 3, 4, 5)]
    return learn_letters([[words[k] for k in chance.integers(6, size=10)] for _ in range(20)], LETTERS)


@pytest.fixture(params=[True, False], ids=["one to one", "homophonic"])
def made(request: pytest.FixtureRequest) -> Puzzle:
    chance = np.random.default_rng(1)
    symbols = np.concatenate([np.arange(SYMBOLS), chance.integers(SYMBOLS, size=SIZE - SYMBOLS)]).astype(np.int64)
    return puzzle(symbols, np.zeros(SIZE, dtype=np.int64), single=request.param)


def laid_out(key: np.ndarray, made: Puzzle, model: LetterModel, order: int) -> float:
    """Bits of n-grams and choices, written out."""
    grams, text, bits = model.grams, key[made.symbols], 0.0
    for place in range(SIZE):
        start = max(0, place - order + 1)
        number = 0
        for letter in text[start : place + 1]:
            number = number * LETTERS + int(letter)
        bits += int(grams.costs[grams.offsets[place - start] + number]) / 2048
    seen = np.zeros(SYMBOLS)
    for symbol, letter in zip(made.symbols, text, strict=True):
        rivals = np.flatnonzero(key == letter)
        bits -= math.log2((seen[symbol] + 1) / (seen[rivals].sum() + rivals.size))
        seen[symbol] += 1
    return bits


def first_key(made: Puzzle) -> np.ndarray:
    return np.array([4, 2, 0, 5, 1]) if made.single else np.array([4, 2, 4, 4, 1])


@pytest.mark.parametrize("order", [1, 3])
def test_a_key_costs_its_n_grams_and_its_choices(made: Puzzle, model: LetterModel, order: int) -> None:
    key = first_key(made)
    bits = set_up(key, made, model.grams, order, board(SIZE, LETTERS, 1))
    assert bits == pytest.approx(laid_out(key, made, model, order))


def test_steps_are_scored_right_and_taken_back_without_a_trace(made: Puzzle, model: LetterModel) -> None:
    key, place = first_key(made), board(SIZE, LETTERS, 3)
    bits = set_up(key, made, model.grams, 3, place)
    kept = 0
    for step in range(300):
        before, text = key.copy(), place.text.copy()
        symbol, other, old, count, rise = propose(step, key, made, model.grams, 3, place)
        if symbol < 0:
            assert np.array_equal(key, before)
            continue
        assert bits + rise == pytest.approx(laid_out(key, made, model, 3))
        if step % 3:
            swap(symbol, other, old, key, made, place)
            assert np.array_equal(key, before)
            assert np.array_equal(place.text, text)
        else:
            keep(count, place)
            bits += rise
            kept += 1
        assert len(set(key.tolist())) == SYMBOLS or not made.single
    assert kept > 50


def test_the_key_returned_costs_what_is_said(made: Puzzle, model: LetterModel) -> None:
    key = first_key(made)
    start = laid_out(key, made, model, 4)
    bits = anneal(key, made, model.grams, 4, board(SIZE, LETTERS, 5), 2000, 6.0, 1.0)
    assert bits == pytest.approx(laid_out(key, made, model, 4))
    assert bits < start


def test_no_single_step_improves_on_the_refined_key(made: Puzzle, model: LetterModel) -> None:
    key, place, room = first_key(made), board(SIZE, LETTERS, 7), room_for(SIZE)
    bits = refine(key, made, *model, place, room, 500, 3.0, 0.7)
    assert bits == pytest.approx(key_bits_by_words(key, made, *model, place, room))
    by_words = words_bits(key[made.symbols], made.edges, *model, room)
    assert bits == pytest.approx(by_words + laid_out(key, made, model, 1) - grams_alone(key, made, model))
    if not made.single:
        return
    for a in range(SYMBOLS):
        for b in range(a):
            swapped = key.copy()
            swapped[[a, b]] = swapped[[b, a]]
            cost = key_bits_by_words(swapped, made, *model, place, room)
            grams = set_up(swapped, made, model.grams, model.grams.order, place)
            near = grams <= set_up(key, made, model.grams, model.grams.order, place) + 12
            assert cost >= bits - 1e-5 or not near


def grams_alone(key: np.ndarray, made: Puzzle, model: LetterModel) -> float:
    costs = model.grams.costs[:LETTERS][key[made.symbols]]
    return float(costs.sum()) / 2048


def test_the_same_seed_gives_the_same_key(made: Puzzle, model: LetterModel) -> None:
    keys = []
    for seed in (9, 9, 10):
        key = first_key(made)
        anneal(key, made, model.grams, 2, board(SIZE, LETTERS, seed), 40, 6.0, 5.0)
        keys.append(key)
    assert np.array_equal(keys[0], keys[1])


def test_draws_are_even_and_allowances_exponential() -> None:
    random = board(1, 2, 4).random
    counts = np.bincount([draw(random, 5) for _ in range(5000)], minlength=5)
    assert counts.size == 5
    assert np.all(abs(counts - 1000) < 150)
    allowed = np.array([allowance(2.0, random) for _ in range(5000)])
    assert np.mean(allowed >= 2.0) == pytest.approx(0.5, abs=0.03)
    assert np.mean(allowed >= 6.0) == pytest.approx(0.125, abs=0.02)
