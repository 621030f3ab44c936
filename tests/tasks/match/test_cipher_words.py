"""The sum over all cuts agrees with the sum written out, and is a sub-probability: its logarithm is a code's length."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from codelength.predictors.letters import LetterModel, learn_letters
from codelength.tasks.match.cipher_words import CUT, FREE, WITHIN, grams_units, room_for, words_bits

WORDS = [(0,), (0, 1), (1, 2), (0, 1, 2), (2, 2, 0), (1,)]


@pytest.fixture(scope="module")
def model() -> LetterModel:
    chance = np.random.default_rng(0)
    return learn_letters([[WORDS[k] for k in chance.integers(len(WORDS), size=9)] for _ in range(30)], 3)


@pytest.fixture(scope="module")
def alone() -> LetterModel:
    """The same words, each a document: none follows another."""
    chance = np.random.default_rng(0)
    return learn_letters([[WORDS[k]] for k in chance.integers(len(WORDS), size=270)], 3)


def gram(model: LetterModel, text: list[int], place: int) -> float:
    """P of the letter at a place after those before it."""
    grams = model.grams
    start = max(0, place - grams.order + 1)
    number = 0
    for letter in text[start : place + 1]:
        number = number * 3 + letter
    return float(2.0 ** -(int(grams.costs[grams.offsets[place - start] + number]) / 2048))


def written_out(model: LetterModel, text: list[int], edges: list[int]) -> float:
    """P of a text, by recursion over where the next cut lies."""
    words = model.words
    vocabulary = {word: number for number, word in enumerate(sorted(set(WORDS)))}
    n, size = len(text), len(vocabulary)
    pairs = {int(key): float(p) for key, p in zip(words.pairs, words.after, strict=True) if key >= 0}

    def fits(start: int, stop: int) -> bool:
        inner = all(edges[k] != CUT for k in range(start + 1, stop))
        return inner and (stop == n or edges[stop] != WITHIN)

    def cut(at: int, last: int | None) -> float:
        back = 1.0 if last is None else float(words.backoff[last])
        other = back * words.other
        p = other * spell(at)
        for stop in range(at + 1, n):
            number = vocabulary.get(tuple(text[at:stop]))
            if number is not None and fits(at, stop):
                after = 0.0 if last is None else pairs.get(last * size + number, 0.0)
                p += (after + back * float(words.chance[number])) * cut(stop, number)
        if fits(at, n):
            begun = [number for word, number in vocabulary.items() if word[: n - at] == tuple(text[at:])]
            p += back * sum(float(words.chance[number]) for number in begun)
        return p

    def spell(at: int) -> float:
        p = gram(model, text, at)
        if at + 1 == n:
            return p
        number = 0
        for letter in text[max(0, at - 2) : at + 1]:
            number = number * 3 + letter
        ends = float(words.ends[number])
        on = (1.0 - ends) * spell(at + 1) if edges[at + 1] != CUT else 0.0
        off = ends * cut(at + 1, None) if edges[at + 1] != WITHIN else 0.0
        return p * (on + off)

    return cut(0, None) if edges[0] == CUT else 0.5 * cut(0, None) + 0.5 * spell(0)


def bits(model: LetterModel, text: tuple[int, ...], edges: list[int]) -> float:
    return words_bits(np.array(text, dtype=np.int64), np.array(edges, dtype=np.int64), *model, room_for(len(text)))


def test_the_sum_over_cuts_is_the_one_written_out(model: LetterModel) -> None:
    chance = np.random.default_rng(1)
    for n in (1, 2, 3, 5, 8):
        for _ in range(20):
            text = chance.integers(3, size=n).tolist()
            edges = chance.integers(3, size=n).tolist()
            edges[0] = int(chance.choice([FREE, CUT]))
            p = written_out(model, text, edges)
            assert bits(model, tuple(text), edges) == pytest.approx(-math.log2(p), abs=1e-9)


def over_all_texts(model: LetterModel) -> float:
    return math.fsum(2 ** -bits(model, text, [FREE] * 6) for text in itertools.product(range(3), repeat=6))


def over_all_texts_and_cuts(model: LetterModel) -> float:
    return math.fsum(
        2 ** -bits(model, text, [CUT, *edges])
        for text in itertools.product(range(3), repeat=4)
        for edges in itertools.product((WITHIN, CUT), repeat=3)
    )


@pytest.mark.parametrize("over_all", [over_all_texts, over_all_texts_and_cuts])
def test_it_sums_to_one_at_most(
    over_all: Callable[[LetterModel], float], model: LetterModel, alone: LetterModel
) -> None:
    assert 0.98 < over_all(alone) <= 1.0
    # What words have in pairs alone is missing in a word that breaks off at the end.
    assert 0.01 < over_all(model) <= 1.0


def test_knowing_where_words_meet_costs_the_bits_of_saying_so(model: LetterModel) -> None:
    text = (0, 1, 2, 0, 1, 1, 2)
    known = [CUT, WITHIN, WITHIN, CUT, WITHIN, CUT, WITHIN]
    inside = [CUT, *[FREE] * 6]
    assert bits(model, text, inside) < bits(model, text, known)


def test_a_long_text_is_no_smaller_than_a_double_holds(model: LetterModel) -> None:
    text, room = np.random.default_rng(2).integers(3, size=2300), room_for(2300)
    lengths = [words_bits(text[:n], np.zeros(n, dtype=np.int64), *model, room) for n in (150, 300, 600, 1200, 2300)]
    assert lengths[-1] > 2000  # 2**-1075 is nothing to a double
    rates = np.diff(lengths) / np.diff([150, 300, 600, 1200, 2300])
    assert np.all(abs(rates - rates[-1]) < 0.2 * rates[-1])
    halves = in_fractions(model, text[:300].tolist())
    assert lengths[1] == pytest.approx(halves, abs=1e-6)


def in_fractions(model: LetterModel, text: list[int]) -> float:
    """The same by exact fractions, no mass ever too small."""
    words, n, size = model.words, len(text), model.words.chance.size
    vocabulary = sorted(set(WORDS))
    pairs = {int(key): Fraction(float(p)) for key, p in zip(words.pairs, words.after, strict=True) if key >= 0}
    ended: list[dict[int, Fraction]] = [{} for _ in range(n + 1)]
    spelled, final = Fraction(1, 2), Fraction(0)
    for j in range(n):
        base = Fraction(1, 2)
        if j:
            number = 0
            for letter in text[max(0, j - 3) : j]:
                number = number * 3 + letter
            base = spelled * Fraction(float(words.ends[number]))
            spelled -= base
            base += sum(mass * Fraction(float(words.backoff[w])) for w, mass in ended[j].items())
        for w, word in enumerate(vocabulary):
            own = base * Fraction(float(words.chance[w]))
            if j + len(word) < n and tuple(text[j : j + len(word)]) == word:
                after = sum(mass * pairs.get(v * size + w, Fraction(0)) for v, mass in ended[j].items())
                ended[j + len(word)][w] = own + after
            elif j + len(word) >= n and word[: n - j] == tuple(text[j:]):
                final += own
        spelled = (spelled + base * Fraction(words.other)) * Fraction(gram(model, text, j))
    final += spelled
    return math.log2(final.denominator) - math.log2(final.numerator)


def test_n_grams_alone_are_a_code_too(model: LetterModel) -> None:
    texts = [np.array(text, dtype=np.int64) for text in itertools.product(range(3), repeat=7)]
    total = math.fsum(2 ** -(grams_units(text, model.grams) / 2048) for text in texts)
    assert 0.99 < total <= 1.0
    text = texts[1234].tolist()
    p = math.prod(gram(model, text, place) for place in range(7))
    assert grams_units(texts[1234], model.grams) / 2048 == pytest.approx(-math.log2(p))
