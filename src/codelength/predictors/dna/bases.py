"""One base of DNA as two binary decisions, mixed from the counters of all orders and both matches.

Node 0 is the first bit (a, c against g, t), nodes 1 and 2 the second bit after 0 and 1. Inputs: stretch(p) of each
order; of the high orders also what such a probability with such a count has meant so far; the two matches; a constant.
Three weight rows (match lengths; last four bases; how many high orders know the context), a second layer, a final map
by eight bases. After the base, its reverse complement is learned in every order: context the complements of the last k
bases backwards, next the complement of the base before them.

Cost: some 2 us a base with five tables of 32 MB (cache misses).
Sources: inverted repeats in context models: Pratas, Pinho & Ferreira, DCC 2016; logistic mixing: Mahoney, 2005.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.dna.counters import ONE, adapt, adapt_short, high_slot, low_slot
from codelength.predictors.dna.matches import CELL, COUNT, EXPECTED, FORWARD, LENGTH, REVERSE, expect, follow
from codelength.predictors.dna.state import BUCKETS, LENGTH_ROWS, NODES, ROWS
from codelength.predictors.logistic import LIMIT, squash_table, stretch_table

_SQUASH, _STRETCH = squash_table(), stretch_table(12)


@inlined
def _clamp(x: Any) -> Any:
    return min(max(x, np.int64(1 - LIMIT)), np.int64(LIMIT - 1))


@inlined
def _bit_of(base: Any, node: Any) -> Any:
    return base >> 1 if node == 0 else base & 1


@inlined
def _agrees(registers: Any, m: Any, node: Any) -> Any:
    """Whether match m expects a base that leads through this node."""
    base = registers[EXPECTED + m]
    return base >= 0 and (node == 0 or base >> 1 == node - 1)


@inlined
def _length_class(registers: Any, m: Any, node: Any) -> Any:
    if not _agrees(registers, m, node):
        return np.int64(0)
    length = registers[LENGTH + m]
    return np.int64(1) + np.int64(length >= 16) + np.int64(length >= 24) + np.int64(length >= 32)


@kernel
def find(state: Any) -> None:
    """Look up every order for the next base."""
    forward = state.registers[FORWARD]
    low = state.low_order.shape[0]
    for q in range(low):
        state.slots[q] = low_slot(state, q, forward)
    for q in range(state.high_order.shape[0]):
        state.slots[low + q] = high_slot(state, q, forward & ((np.int64(1) << (2 * state.high_order[q])) - 1))
    expect(state)


@kernel
def _gather(state: Any, node: Any) -> Any:
    """Fill the inputs of a node; give how many high orders know the context."""
    registers = state.registers
    inputs = state.inputs[node]
    low = state.low_order.shape[0]
    known = np.int64(0)
    j = low
    for q in range(low):
        inputs[q] = _STRETCH[state.low[state.slots[q] + node] >> 20]
    for q in range(state.high_order.shape[0]):
        at = state.slots[low + q]
        state.cells[node, q] = -1
        inputs[j] = 0
        inputs[j + 1] = 0
        if at >= 0:
            value = np.int64(state.high[at + 1 + node])
            known += np.int64((np.int64(state.high[at + 1]) & 15) > 1)
            if value & 15 > 0:
                inputs[j] = _STRETCH[value >> 4]
                cell = (q * 16 + (value & 15)) * 64 + (value >> 10)
                state.cells[node, q] = cell
                inputs[j + 1] = _STRETCH[state.refined[cell] >> 20]
        j += 2
    for m in range(2):
        base = registers[EXPECTED + m]
        inputs[j] = 0
        if _agrees(registers, m, node):
            x = _STRETCH[state.matched[registers[CELL + m]] >> 20]
            inputs[j] = x if _bit_of(base, node) > 0 else -x
        j += 1
    inputs[j] = 256
    return known


@kernel
def predict_base(state: Any, node: Any) -> Any:
    """Probability of 1 at a node, in units of 2**-22; everything that `update_base` needs is kept."""
    registers = state.registers
    known = _gather(state, node)
    forward = registers[FORWARD]
    rows = state.rows[node]
    votes = state.votes[node]
    rows[0] = (_length_class(registers, 0, node) * 5 + _length_class(registers, 1, node)) * NODES + node
    rows[1] = LENGTH_ROWS + (forward & 255) * NODES + node
    rows[2] = ROWS + known * NODES + node
    inputs = state.inputs[node]
    vote = np.int64(0)
    for t in range(3):
        weights = state.weights[rows[t]]
        total = np.int64(0)
        for k in range(inputs.shape[0]):
            total += np.int64(inputs[k]) * np.int64(weights[k])
        y = _clamp(total >> 16)
        votes[t] = y
        votes[3 + t] = _SQUASH[y + LIMIT]
        vote += y * state.outer[node, t]
    z = _clamp(vote >> 16) + LIMIT
    mixed = np.int64(_SQUASH[z])
    fraction = z & 255
    contexts = state.final.shape[0] // (NODES * BUCKETS)
    at = ((forward & (contexts - 1)) * NODES + node) * BUCKETS + (z >> 8)
    final = (np.int64(state.final[at]) * (256 - fraction) + np.int64(state.final[at + 1]) * fraction) >> 18
    state.mixed[node, 0] = mixed
    state.mixed[node, 1] = at + (1 if fraction >= 128 else 0)
    return (3 * mixed + final) >> 2


@kernel
def update_base(state: Any, node: Any, bit: Any) -> None:
    """Learn the bit that came at a node."""
    registers = state.registers
    target = bit * (ONE - 1)
    votes = state.votes[node]
    inputs = state.inputs[node]
    outer = ((target - state.mixed[node, 0]) * state.config[1]) >> 10
    for t in range(3):
        error = ((target - votes[3 + t]) * state.config[0]) >> 12
        weights = state.weights[state.rows[node, t]]
        for k in range(inputs.shape[0]):
            weights[k] += np.int32((np.int64(inputs[k]) * error + 8192) >> 14)
        state.outer[node, t] += (votes[t] * outer + 8192) >> 14
    adapt(state.final, state.mixed[node, 1], target, np.int64(255))
    low = state.low_order.shape[0]
    for q in range(low):
        adapt(state.low, state.slots[q] + node, target, state.config[2])
    for q in range(state.high_order.shape[0]):
        if state.cells[node, q] >= 0:
            adapt(state.refined, state.cells[node, q], target, np.int64(1023))
        if state.slots[low + q] >= 0:
            adapt_short(state.high, state.slots[low + q] + 1 + node, bit)
    for m in range(2):
        base = registers[EXPECTED + m]
        if _agrees(registers, m, node):
            right = (ONE - 1) if _bit_of(base, node) == bit else np.int64(0)
            adapt(state.matched, registers[CELL + m], right, np.int64(1023))


@kernel
def _learn_inverted(state: Any, base: Any) -> None:
    """Learn the reverse complement of the last k + 1 bases in every order (registers still without `base`)."""
    registers = state.registers
    reverse = (registers[REVERSE] >> 2) | ((3 - base) << 60)
    low = state.low_order.shape[0]
    for q in range(state.slots.shape[0]):
        order = state.low_order[q] if q < low else state.high_order[q - low]
        if registers[COUNT] < order:
            continue
        context = reverse >> (62 - 2 * order)
        after = 3 - ((registers[FORWARD] >> (2 * (order - 1))) & 3)
        first = after >> 1
        if q < low:
            at = low_slot(state, q, context)
            adapt(state.low, at, first * (ONE - 1), state.config[2])
            adapt(state.low, at + 1 + first, (after & 1) * (ONE - 1), state.config[2])
        else:
            at = high_slot(state, q - low, context)
            if at >= 0:
                adapt_short(state.high, at + 1, first)
                adapt_short(state.high, at + 2 + first, after & 1)


@kernel
def end_base(state: Any, base: Any) -> None:
    """Take in a whole base, both its bits having been learned."""
    registers = state.registers
    _learn_inverted(state, base)
    state.bases[registers[COUNT] & (state.bases.shape[0] - 1)] = base
    registers[COUNT] += 1
    registers[FORWARD] = (registers[FORWARD] << 2 | base) & ((np.int64(1) << 62) - 1)
    registers[REVERSE] = (registers[REVERSE] >> 2) | ((3 - base) << 60)
    follow(state, base)
