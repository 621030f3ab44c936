"""The mixers: gated linear networks in the logistic domain, two layers of them.

    y_s = sum_i w[s, i] x_i       z = sum_s v[s] y_s       w += rate * (bit - squash(y_s)) * x_i

(Mahoney 2005; the gradient of the codelength.) A selector s chooses one row of weights by a register of the state.
Rows keep what differs from the first weight, which is the same for all: a row that is never chosen takes no memory.
Loops over inputs are plain ones, which a compiler turns into vector instructions; cut into blocks of eight they became
gathers, at three times the cost. An error is below rate * 2**10 and an input below 2**12: their product is taken in 32
bits, and `Model` bounds the rate. Cost: about half a nanosecond for each input, selector and bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.logistic import LIMIT, squash_table
from codelength.predictors.mixing.state import DEPTH, EXTRA_INPUTS, FIRST_WEIGHT, MIXED, PACE, PARTIAL, State, note_row

OUTER_RATE = 1
SQUASH = squash_table()


@inlined
def _clamped(x: int) -> Any:
    return min(max(x, 1 - LIMIT), LIMIT - 1)


@inlined
def choose_rows(s: State, expects: int) -> None:
    """One row of weights for each selector; `expects` is 0 where there is no match, else 1 + the expected bit."""
    r = s.registers
    for q in range(s.rows.shape[0]):
        value = min(max(r[s.selectors[q, 0]], np.int64(0)), s.selectors[q, 3] - 1)
        also = s.selectors[q, 2]
        if also == 1:
            value = value * 256 + r[PARTIAL]
        elif also == 2:
            value = value * 8 + r[DEPTH]
        elif also == 3:
            value = value * 3 + expects
        s.rows[q] = s.selectors[q, 1] + value


@inlined
def mix(s: State) -> int:
    """The stretched vote of both layers; the first layer's votes stay in the state."""
    width = s.inputs.shape[0]
    selectors = s.rows.shape[0]
    outer = s.outer[s.registers[PARTIAL]]
    vote = np.int64(0)
    first = np.int64(0)
    for k in range(s.bases.shape[0] + EXTRA_INPUTS):
        first += np.int64(s.inputs[k])
    first *= s.registers[FIRST_WEIGHT]
    for q in range(selectors):
        weights = s.weights[np.uint64(s.rows[q])]
        total = first
        for k in range(width):
            total += np.int64(s.inputs[k]) * np.int64(weights[k])
        y = _clamped(total >> 16)
        s.votes[q] = y
        s.votes[selectors + q] = SQUASH[y + LIMIT]
        vote += y * outer[q]
    return _clamped(vote >> 16)


@inlined
def learn_mixers(s: State, target: int) -> None:
    """Move the weights of both layers that voted towards the target, 0 or 2**22 - 1."""
    r = s.registers
    width = s.inputs.shape[0]
    selectors = s.rows.shape[0]
    rate = r[PACE]
    outer = s.outer[r[PARTIAL]]
    outer_error = ((target - r[MIXED]) * OUTER_RATE) >> 10
    if s.journal.shape[0] > 1:
        for q in range(selectors):
            note_row(s, s.rows[q])
    for q in range(selectors):
        error = np.int32(((target - s.votes[selectors + q]) * rate) >> 12)
        weights = s.weights[np.uint64(s.rows[q])]
        for k in range(width):
            weights[k] += np.int32(np.int32(s.inputs[k] * error) + np.int32(8192)) >> np.int32(14)
        outer[q] += (s.votes[q] * outer_error + 8192) >> 14
