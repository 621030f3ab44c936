"""Bit histories: what has been seen in one context, as one byte.

A state stands for the bits that followed a context so far: the whole sequence while it is short, afterwards a pair of
counts (n0, n1) and the last bit. A new bit raises its own count and discounts the opposite one when that is above 2
(what happened lately matters more); pairs that are both large are not kept apart, so that all states fit into a byte.
The table is the closure of the empty history under these rules; no state is written down by hand.

The idea of a nonstationary bit history as a context of an adaptive probability is Mahoney's ("Adaptive weighing of
context models for lossless data compression", 2005); rules and bounds here are our own, chosen by measurement.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.logistic import PROBABILITY_BITS

STATES = 256
"""Room for states; the table is padded to it."""

WHOLE = 3
"""Histories of at most this many bits are kept whole."""

LARGEST = (60, 30, 14, 8, 6, 5)
"""The largest count kept beside an opposite count of 0, 1, 2, ..."""

DISCOUNTED = (0, 1, 2, 2, 3, 3, 3, 3, 4)
"""What an opposite count of 0, 1, 2, ... becomes; above the table 4, above 20 it becomes 5."""


class Histories(NamedTuple):
    """The table of states; state 0 is the empty history."""

    next: NDArray[np.uint8]
    """(256, 2): the state after a 0 and after a 1."""

    start: NDArray[np.uint32]
    """(256,): a first guess of P(1) in units of 2**-22, (n1 + 1/2) / (n + 1)."""

    total: NDArray[np.uint8]
    """(256,): how many bits the state still counts; what a hash table keeps longest."""

    certain: NDArray[np.uint8]
    """(256,): 1 where all bits that the state counts are alike, and there is one."""


State = tuple[int, ...]


def _bounded(n: int, other: int) -> tuple[int, int]:
    """The pair with the just raised count `n`, brought within the bounds by lowering the larger count."""
    while True:
        small, large = min(n, other), max(n, other)
        if small < len(LARGEST) and large <= LARGEST[small]:
            return n, other
        if n > other:
            n -= 1
        else:
            other -= 1


def _discount(count: int) -> int:
    if count < len(DISCOUNTED):
        return DISCOUNTED[count]
    return DISCOUNTED[-1] + (count > 20)


def _counts(state: State) -> tuple[int, int]:
    if state[0] == 0:
        ones = sum(state[1:])
        return len(state) - 1 - ones, ones
    return state[1], state[2]


def _next(state: State, bit: int) -> State:
    """(0, bit, bit, ...) is a whole history, (1, n0, n1, last) a pair of counts."""
    if state[0] == 0 and len(state) - 1 < WHOLE:
        return (*state, bit)
    zeros, ones = _counts(state)
    if bit:
        ones, zeros = _bounded(ones + 1, _discount(zeros))
    else:
        zeros, ones = _bounded(zeros + 1, _discount(ones))
    return (1, zeros, ones, bit if min(zeros, ones) else 0)


@cache
def histories() -> Histories:
    """The closure of the empty history, in the order of discovery (breadth first)."""
    states: list[State] = [(0,)]
    number = {states[0]: 0}
    for state in states:
        for bit in (0, 1):
            successor = _next(state, bit)
            if successor not in number:
                number[successor] = len(states)
                states.append(successor)
    if len(states) > STATES:
        raise ValueError(f"{len(states)} states do not fit into a byte")
    following = np.zeros((STATES, 2), dtype=np.uint8)
    start = np.full(STATES, 1 << (PROBABILITY_BITS - 1), dtype=np.uint32)
    total = np.zeros(STATES, dtype=np.uint8)
    certain = np.zeros(STATES, dtype=np.uint8)
    for i, state in enumerate(states):
        zeros, ones = _counts(state)
        following[i] = number[_next(state, 0)], number[_next(state, 1)]
        start[i] = ((2 * ones + 1) << PROBABILITY_BITS) // (2 * (zeros + ones) + 2)
        total[i] = zeros + ones
        certain[i] = (zeros == 0) != (ones == 0)
    return Histories(following, start, total, certain)
