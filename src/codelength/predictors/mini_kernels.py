"""The kernels of `Mini`: its state, one prediction, one update, and runs over bytes. `mini` says what they compute.

Contexts are exact keys in an open-addressed table that grows, at most half full. A probability p (units of 2**-16), its
divisor n (in fifths) and the last four bits h of a context are packed as p << 13 | n << 4 | h.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.sequential import Bytes, Probs

ENTRIES = 1 << 22
"""Entries (a context, or a history of one) held at most; checked after each byte."""

CONTEXTS = 9
INPUTS = 2 * CONTEXTS
SETS = 4

_FRESH = (32768 << 13) | (6 << 4) | 1  # probability 1/2, divisor 6 (in fifths), an empty history
_FIRST = 6
_WEIGHT = 1 << 27
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Fibonacci hashing (Knuth, vol. 3, 6.4)
_SMALLEST = 1 << 12
PER_BYTE = 8 * CONTEXTS
_MASK48 = (1 << 48) - 1
_CLASSES = 0xE0E0E0E0E0E0

# Where the scalars of the state lie in `State.scalars`.
_HISTORY, _WORD, _WORDS, _PARTIAL, SLOTS, TAKEN, LIMIT = range(7)


def logistic_tables() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """SQUASH (4095,) int64 in units of 2**-32 at x = -2047/128 .. 2047/128; STRETCH (65535,) int64, its inverse, in
    1/128 nats at a probability in units of 2**-16. Euler's sums of the logistic equation, in integers.
    """
    p = 1 << 41
    squash: list[int] = []
    stretch: list[int] = []
    for x in range(-2047, 2048):
        squash.append(p >> 32)
        stretch += [x] * ((p >> 48) - len(stretch))
        p += p * (2**64 - p) >> 71
    return np.array(squash, dtype=np.int64), np.array(stretch, dtype=np.int64)


SQUASH, STRETCH = logistic_tables()


class State(NamedTuple):
    """Everything that `Mini` knows.

    A probability p (units of 2**-16), its divisor n (in fifths) and the last four bits h are packed as p << 13 | n << 4
    | h in an int32; 0 is a fresh one.
    """

    keys: NDArray[np.int64]  # (2**k,) context + 1, 0 where empty
    values: NDArray[np.int32]  # (2**k,) packed
    histories: NDArray[np.int32]  # (9, 16) packed
    weights: NDArray[np.int64]  # (4, 256, 18) in units of 2**-32
    scalars: NDArray[np.int64]  # last 6 bytes, word, two words, this byte after a 1, slots, entries, their limit


def initial(limit: int = ENTRIES) -> State:
    """A state that has seen nothing, its entries to be dropped when they are more than `limit`."""
    scalars = np.zeros(7, dtype=np.int64)
    scalars[_PARTIAL] = 1
    scalars[LIMIT] = limit
    return State(
        np.zeros(_SMALLEST, dtype=np.int64),
        np.zeros(_SMALLEST, dtype=np.int32),
        np.zeros((CONTEXTS, 16), dtype=np.int32),
        np.full((SETS, 256, INPUTS), _WEIGHT, dtype=np.int64),
        scalars,
    )


@njit(cache=True)
def _find(keys: NDArray[np.int64], key: int) -> int:
    """The slot of a key, or the empty slot where it belongs."""
    mask = keys.shape[0] - 1
    slot = np.int64((np.uint64(key) * _SPREAD) >> np.uint64(24)) & mask
    while keys[slot] != key and keys[slot] != 0:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True)
def grown(state: State) -> State:
    """The same state with a table of twice the size."""
    keys = np.zeros(2 * state.keys.shape[0], dtype=np.int64)
    values = np.zeros(keys.shape[0], dtype=np.int32)
    for i in range(state.keys.shape[0]):
        if state.keys[i] != 0:
            slot = _find(keys, state.keys[i])
            keys[slot] = state.keys[i]
            values[slot] = state.values[i]
    return State(keys, values, state.histories, state.weights, state.scalars)


@njit(cache=True)
def _context(i: int, scalars: NDArray[np.int64]) -> int:
    history = scalars[_HISTORY]
    if i < 5:
        return history & ((1 << (8 * i)) - 1)
    if i == 5:
        return history
    if i == 6:
        return scalars[_WORD]
    if i == 7:
        return scalars[_WORDS]
    return history & _CLASSES


@njit(cache=True)
def _predict(
    state: State, slots: NDArray[np.int64], packed: NDArray[np.int64], x: NDArray[np.int64], sets: NDArray[np.int64]
) -> int:
    """P(next bit = 1) in units of 2**-32. Takes the slots of the contexts, new ones included, and leaves in `slots`
    (9,), `packed` (18,), `x` (18,) and `sets` (4,) what `_update` needs.
    """
    scalars = state.scalars
    partial = scalars[_PARTIAL]
    met = 0
    for i in range(CONTEXTS):
        key = ((_context(i, scalars) << 8 | partial) << 4 | i) + 1
        slot = _find(state.keys, key)
        if state.keys[slot] == 0:
            state.keys[slot] = key
            scalars[SLOTS] += 1
        slots[i] = slot
        own = int(state.values[slot])
        if own == 0:
            own = _FRESH
        follow = int(state.histories[i, own & 15])
        if follow == 0:
            follow = _FRESH
        packed[2 * i] = own
        packed[2 * i + 1] = follow
    for j in range(INPUTS):
        x[j] = STRETCH[packed[j] >> 13]
        met += (packed[j] >> 4 & 511) > _FIRST
    sets[0] = met
    sets[1] = partial
    sets[2] = scalars[_HISTORY] & 255
    sets[3] = scalars[_HISTORY] >> 8 & 255
    dot = 0
    for k in range(SETS):
        weights = state.weights[k, sets[k]]
        for j in range(INPUTS):
            dot += weights[j] * x[j]
    return SQUASH[max(-2047, min(2047, dot >> 32)) + 2047]


@njit(cache=True)
def _moved(packed: int, bit: int) -> int:
    p, n, history = packed >> 13, packed >> 4 & 511, packed & 15
    p += (bit * 65535 - p) * 5 // n
    if n < 250:
        n += 5
    return p << 13 | n << 4 | (history * 2 + bit & 15)


@njit(cache=True)
def _update(
    state: State,
    bit: int,
    p: int,
    slots: NDArray[np.int64],
    packed: NDArray[np.int64],
    x: NDArray[np.int64],
    sets: NDArray[np.int64],
) -> None:
    """Learn the bit that `_predict` has just given the probability `p`."""
    error = (bit << 16) - (p >> 16)
    for k in range(SETS):
        weights = state.weights[k, sets[k]]
        for j in range(INPUTS):
            weights[j] += x[j] * error
    scalars = state.scalars
    for j in range(INPUTS):
        scalars[TAKEN] += (packed[j] >> 4 & 511) == _FIRST
    for i in range(CONTEXTS):
        state.values[slots[i]] = _moved(packed[2 * i], bit)
        state.histories[i, packed[2 * i] & 15] = _moved(packed[2 * i + 1], bit)
    scalars[_PARTIAL] = scalars[_PARTIAL] * 2 + bit
    if scalars[_PARTIAL] > 255:
        _end_byte(state)


@njit(cache=True)
def _end_byte(state: State) -> None:
    scalars = state.scalars
    byte = scalars[_PARTIAL] & 255
    scalars[_PARTIAL] = 1
    scalars[_HISTORY] = (scalars[_HISTORY] << 8 | byte) & _MASK48
    if byte > 64:
        scalars[_WORD] = scalars[_WORD] * 99 + byte % 32 & _MASK48
        scalars[_WORDS] = scalars[_WORDS] * 99 + byte % 32 & _MASK48
    else:
        if scalars[_WORD] != 0:
            scalars[_WORDS] = scalars[_WORD]
        scalars[_WORD] = 0
    if scalars[TAKEN] > scalars[LIMIT]:
        state.keys[:] = 0
        state.values[:] = 0
        state.histories[:] = 0
        scalars[SLOTS] = 0
        scalars[TAKEN] = 0


@njit(cache=True)
def full(state: State) -> bool:
    """Whether the next byte could fill more than half of the table."""
    return 2 * (state.scalars[SLOTS] + PER_BYTE) > state.keys.shape[0]


@njit(cache=True)
def run(state: State, data: Bytes, probs: Probs, undo: NDArray[np.int64]) -> State:
    """Probabilities of all bits of `data`, each learned in turn. Where `undo` (8 * 9 * n, 2) is not empty, the table
    is not grown, and `undo` takes each slot written and what it held.
    """
    slots = np.empty(CONTEXTS, dtype=np.int64)
    packed = np.empty(INPUTS, dtype=np.int64)
    x = np.empty(INPUTS, dtype=np.int64)
    sets = np.empty(SETS, dtype=np.int64)
    kept = 0
    for t in range(data.shape[0]):
        if undo.shape[0] == 0 and full(state):
            state = grown(state)
        for j in range(8):
            bit = int(np.int64(data[t]) >> (7 - j) & 1)
            p = _predict(state, slots, packed, x, sets)
            probs[t, j] = p
            if undo.shape[0] != 0:
                for i in range(CONTEXTS):
                    undo[kept, 0] = slots[i]
                    undo[kept, 1] = state.values[slots[i]]
                    kept += 1
            _update(state, bit, p, slots, packed, x, sets)
    return state


@njit(cache=True)
def undone(state: State, undo: NDArray[np.int64]) -> None:
    """Take back the writes to the table. The last comes first: a key goes after all put behind it."""
    for k in range(undo.shape[0] - 1, -1, -1):
        slot = undo[k, 0]
        state.values[slot] = undo[k, 1]
        if undo[k, 1] == 0:
            state.keys[slot] = 0


@njit(cache=True)
def decode(state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> State:
    """Fill `out` with decoded bytes, learning them; stop when the stream is exhausted."""
    slots = np.empty(CONTEXTS, dtype=np.int64)
    packed = np.empty(INPUTS, dtype=np.int64)
    x = np.empty(INPUTS, dtype=np.int64)
    sets = np.empty(SETS, dtype=np.int64)
    for t in range(out.shape[0]):
        if full(state):
            state = grown(state)
        byte = 0
        for _ in range(8):
            p = _predict(state, slots, packed, x, sets)
            bit = int(decode_bit(registers, stream, np.uint32(p)))
            _update(state, bit, p, slots, packed, x, sets)
            byte = byte << 1 | bit
        out[t] = byte
        if exhausted(registers, stream):
            break
    return state


@njit(cache=True)
def step(state: State, bit: int) -> tuple[State, int]:
    """Learn one bit (none when it is -1) and say P(next bit = 1) in units of 2**-32."""
    slots = np.empty(CONTEXTS, dtype=np.int64)
    packed = np.empty(INPUTS, dtype=np.int64)
    x = np.empty(INPUTS, dtype=np.int64)
    sets = np.empty(SETS, dtype=np.int64)
    if full(state):
        state = grown(state)
    if bit >= 0:
        p = _predict(state, slots, packed, x, sets)
        _update(state, bit, p, slots, packed, x, sets)
    return state, _predict(state, slots, packed, x, sets)
