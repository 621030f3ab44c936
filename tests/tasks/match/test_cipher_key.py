"""What keys cost, counted out."""

import itertools
import math

import numpy as np
import pytest

from codelength.tasks.match.cipher_key import key_bits, onto, order_zero_bits, with_spaces
from codelength.tasks.match.cipher_words import CUT, FREE, WITHIN


@pytest.mark.parametrize(("m", "k"), [(1, 1), (3, 2), (4, 4), (5, 3), (2, 3)])
def test_keys_are_as_many_as_can_be_counted(m: int, k: int) -> None:
    maps = [found for found in itertools.product(range(k), repeat=m) if len(set(found)) == k]
    assert onto(m, k) == len(maps)


def test_a_one_to_one_key_costs_the_factorial() -> None:
    assert key_bits(np.arange(26)) == pytest.approx(math.log2(math.factorial(26)))
    assert key_bits(np.array([3])) == 0


def order_zero(text: list[int], alpha: float) -> float:
    """An adaptive code, symbol by symbol."""
    m, counts, bits = len(set(text)), dict.fromkeys(text, 0), 0.0
    for n, symbol in enumerate(text):
        bits -= math.log2((counts[symbol] + alpha) / (n + m * alpha))
        counts[symbol] += 1
    return bits


def test_order_zero_is_the_shortest_of_three_codes() -> None:
    for text in ([0, 1, 2, 3] * 3, [0] * 11 + [1], [0, 0, 0, 1, 1, 2, 0, 0, 3, 0, 0, 1]):
        lengths = [12 * math.log2(len(set(text))), order_zero(text, 0.5), order_zero(text, 1.0)]
        assert order_zero_bits(np.array(text)) == pytest.approx(min(lengths))


def test_a_space_that_is_known_is_one_more_symbol() -> None:
    symbols, known = np.array([0, 1, 0, 1]), np.array([CUT, WITHIN, CUT, WITHIN])
    assert with_spaces(symbols, known).tolist() == [0, 1, 2, 0, 1]
    assert with_spaces(symbols, np.full(4, FREE)) is symbols
