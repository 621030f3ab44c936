"""The integer tables: logistic functions against floats, bit histories against their rules."""

import math

import numpy as np

from codelength.predictors.histories import LARGEST, histories
from codelength.predictors.logistic import LIMIT, squash_table, stretch_table


def test_squash_is_the_logistic_function_to_the_last_unit() -> None:
    exact = [2**22 / (1 + math.exp(-x / 256)) for x in range(-LIMIT, LIMIT)]
    assert np.max(np.abs(squash_table() - np.array(exact))) <= 1


def test_squash_rises_and_is_symmetric() -> None:
    table = squash_table().astype(np.int64)
    assert np.all(np.diff(table) >= 0)
    assert np.max(np.abs(table[1:] + table[:0:-1] - 2**22)) <= 1


def test_stretch_inverts_squash() -> None:
    for bits in (12, 16):
        middles = (np.arange(2**bits) + 0.5) / 2**bits
        exact = np.clip(256 * np.log(middles / (1 - middles)), -LIMIT, LIMIT - 1)
        assert np.max(np.abs(stretch_table(bits) - exact)) <= 1.5


def test_histories_are_closed_and_all_within_bounds() -> None:
    table = histories()
    used = set(range(int(table.next.max()) + 1))
    assert {int(s) for s in np.unique(table.next[: len(used)])} | {0} == used
    assert int(table.total.max()) <= LARGEST[0]


def test_a_bit_moves_the_guess_its_way() -> None:
    """After a 1 the first guess of P(1) is not lower than after a 0, from every state."""
    table = histories()
    after = table.start[table.next.astype(np.int64)]
    used = int(table.next.max()) + 1
    assert np.all(after[:used, 1] >= after[:used, 0])


def test_a_long_run_ends_in_certainty() -> None:
    table = histories()
    state = 0
    for _ in range(100):
        state = int(table.next[state, 1])
    assert table.start[state] > 0.99 * 2**22
    assert table.next[state, 1] == state
