"""A small gated network over what experts say of the next bit, in integers (Mahoney 2005; Veness et al. 2017).

    x_i = stretch(p_i)      y_s = sum_i w[s, c_s, i] x_i      z = sum_s v[c, s] y_s      p = squash(z)
    w[s, c_s, i] += rate * (bit - squash(y_s)) * x_i          v likewise, towards the bit

Each gate s has a row of weights for each value of its context c_s: the bits of this byte so far; how sure the first
and the last expert are; the byte before; how long the first expert has been right, with the number of the bit. The
first expert is trusted most at the start, so put the best one there. Rates fall as rows are used. Weights are in units
of 2**-20, stretched values in those of `logit`. Integers only.
Cost: about 10 multiplications for each expert, gate and bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.codes.logit import LIMIT, UNIT, squash, stretch

GATES = 4
ROWS = 512
_WEIGHT = 1 << 20
_FAST, _SLOW, _SETTLING = 8000, 60, 32
"""Rates of a row's first use and what they fall to, in units of 2**-16; after how many uses they have halved."""
_OUTER_RATE = 10
_FIRST = 85
"""Percent of a row's weight that the first expert has at the start."""
_SURE = 12
"""Steps of an expert's certainty."""

_NODE, _LAST, _RUN = 0, 1, 2
"""Registers: the bits of this byte behind a leading 1; the byte before; for how long the first expert was right."""


class Gates(NamedTuple):
    """State of N experts' gates. `inputs`: (N,); `weights`: (GATES, ROWS, N); `uses`: (GATES, ROWS); `chosen`, `votes`:
    (GATES,); `outer`: (256, GATES); `registers`: (4,), the last one is z. All int64.
    """

    inputs: NDArray[np.int64]
    weights: NDArray[np.int64]
    uses: NDArray[np.int64]
    chosen: NDArray[np.int64]
    votes: NDArray[np.int64]
    outer: NDArray[np.int64]
    registers: NDArray[np.int64]


def fresh(experts: int) -> Gates:
    """Gates before the first bit: every row trusts the first expert most, every gate is as good as the others."""
    first = _WEIGHT if experts == 1 else _WEIGHT * _FIRST // 100
    weights = np.full((GATES, ROWS, experts), (_WEIGHT - first) // max(1, experts - 1), dtype=np.int64)
    weights[:, :, 0] = first
    registers = np.zeros(4, dtype=np.int64)
    registers[_NODE] = 1
    return Gates(
        np.zeros(experts, dtype=np.int64),
        weights,
        np.zeros((GATES, ROWS), dtype=np.int64),
        np.zeros(GATES, dtype=np.int64),
        np.zeros(GATES, dtype=np.int64),
        np.full((256, GATES), _WEIGHT // GATES, dtype=np.int64),
        registers,
    )


def copied(gates: Gates) -> Gates:
    """Gates that share nothing with these."""
    return Gates._make(array.copy() for array in gates)


@njit(cache=True)
def _certainty(x: int) -> int:
    """-LIMIT to LIMIT in `_SURE` steps, finer about 0."""
    size = min(abs(x) // (UNIT // 2), 2 * LIMIT // UNIT)
    step = 0
    while size > 0 and step < _SURE // 2 - 1:
        size >>= 1
        step += 1
    return _SURE // 2 + step if x >= 0 else _SURE // 2 - 1 - step


@njit(cache=True)
def vote(gates: Gates, row: NDArray[np.uint32]) -> np.uint32:
    """P(next bit = 1) when the experts say `row` (N,), all in units of 2**-32."""
    registers = gates.registers
    experts = gates.inputs.shape[0]
    for i in range(experts):
        gates.inputs[i] = stretch(row[i])
    node = registers[_NODE]
    depth = 0
    while node >> (depth + 1):
        depth += 1
    gates.chosen[0] = node
    gates.chosen[1] = _certainty(gates.inputs[0]) * _SURE + _certainty(gates.inputs[experts - 1])
    gates.chosen[2] = registers[_LAST]
    gates.chosen[3] = min(int(registers[_RUN]) // 4, 31) * 8 + depth
    z = 0
    for gate in range(GATES):
        y = 0
        for i in range(experts):
            y += int(gates.weights[gate, gates.chosen[gate], i] * gates.inputs[i])
        y = min(max(y // _WEIGHT, -LIMIT), LIMIT)
        gates.votes[gate] = y
        z += int(gates.outer[node, gate]) * y
    registers[3] = min(max(z // _WEIGHT, -LIMIT), LIMIT)
    return np.uint32(squash(registers[3]))


@njit(cache=True)
def learn(gates: Gates, bit: int) -> None:
    """Every gate that voted moves towards the bit; the contexts go on."""
    registers = gates.registers
    target = np.int64(bit) << 32
    node = registers[_NODE]
    outer_error = (target - squash(registers[3])) >> 16
    for gate in range(GATES):
        row = gates.chosen[gate]
        uses = gates.uses[gate, row]
        rate = _SLOW + (_FAST - _SLOW) * _SETTLING // (_SETTLING + uses)
        gates.uses[gate, row] = uses + 1
        error = ((target - squash(gates.votes[gate])) >> 16) * rate
        for i in range(gates.inputs.shape[0]):
            gates.weights[gate, row, i] += (error * gates.inputs[i]) >> 28
        gates.outer[node, gate] += (outer_error * _OUTER_RATE * gates.votes[gate]) >> 28
    right = (gates.inputs[0] >= 0) == (bit == 1)
    registers[_RUN] = min(int(registers[_RUN]) + 1, 255) if right else 0
    node = 2 * node + bit
    if node >= 256:
        registers[_LAST] = node - 256
        node = 1
    registers[_NODE] = node


@njit(cache=True)
def votes_on(gates: Gates, experts: NDArray[np.uint32], data: NDArray[np.uint8], out: NDArray[np.uint32]) -> None:
    """P(bit = 1) before each bit of `data` into `out` (n, 8); the experts said `experts` (N, n, 8). The gates learn."""
    row = np.empty(experts.shape[0], dtype=np.uint32)
    for t in range(data.shape[0]):
        for j in range(8):
            for i in range(row.shape[0]):
                row[i] = experts[i, t, j]
            out[t, j] = vote(gates, row)
            learn(gates, int((data[t] >> (7 - j)) & 1))
