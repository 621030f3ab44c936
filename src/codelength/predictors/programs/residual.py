"""What a program gets wrong, coded: whether it is right, learned as it goes, and the byte itself where it is not.

    P(byte) = h [byte = said] + (1 - h) q(byte)        h = (hits + 1/2) / (seen + 1),   q: KT over the missed bytes

h is Krichevsky and Trofimov's estimator (1981) in each of four contexts, whether the last two positions were hits; so n
symbols of which none is missed cost about 1/2 log2 n + 3 bits, and a stretch of misses little more than its bytes. The
byte is coded by 8 binary decisions: the two parts of the sum keep their masses (in 2**-31) until a bit parts them.

Cost: 8 divisions a byte. Integers only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.predictors.kt import _probability as kt_probability

_ONE31 = np.uint64(1 << 31)
_S31, _S32 = np.uint64(31), np.uint64(32)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_MOST = np.uint64(0xFFFFFFFF)

_NODE, _FLAGS, _SAID, _SEEN, _BYTE = range(5)


class Residual(NamedTuple):
    """`counts` (512,) int64: a KT tree over the missed bytes. `flags` (4, 2) int64: positions seen and hit in each
    context. `place` (5,) int64: node of the next decision (0: between bytes), context, the byte said,
    bytes seen, the last byte.
    `mass` (2,) uint64: of the byte said and of q.
    """

    counts: NDArray[np.int64]
    flags: NDArray[np.int64]
    place: NDArray[np.int64]
    mass: NDArray[np.uint64]


def fresh() -> Residual:
    """Nothing seen; the first context is that of two misses."""
    return Residual(
        np.zeros(512, dtype=np.int64),
        np.zeros((4, 2), dtype=np.int64),
        np.zeros(5, dtype=np.int64),
        np.zeros(2, dtype=np.uint64),
    )


def copied(state: Residual) -> Residual:
    """The same, sharing nothing."""
    return Residual(state.counts.copy(), state.flags.copy(), state.place.copy(), state.mass.copy())


def primed(state: Residual, data: NDArray[np.uint8]) -> Residual:
    """The same with the bytes of `data` counted as if they had been missed: what q is to expect."""
    counts = state.counts.copy()
    leaves = np.bincount(data, minlength=256).astype(np.int64)
    for depth in range(9):
        counts[1 << (8 - depth) : 2 << (8 - depth)] += leaves
        leaves = leaves.reshape(-1, 2).sum(axis=1) if leaves.size > 1 else leaves
    return state._replace(counts=counts)


def between(state: Residual) -> bool:
    """Whether no byte has begun."""
    return state.place[_NODE] == 0


def seen(state: Residual) -> int:
    """Whole bytes so far."""
    return int(state.place[_SEEN])


def last_byte(state: Residual) -> int:
    """The last whole byte."""
    return int(state.place[_BYTE])


def last_said(state: Residual) -> int:
    """What the program said of it."""
    return int(state.place[_SAID])


@njit(cache=True)
def begin(state: Residual, said: int) -> None:
    """A byte begins that the program says is `said`."""
    seen, hits = state.flags[state.place[_FLAGS], 0], state.flags[state.place[_FLAGS], 1]
    numerator, denominator = np.uint64(2 * hits + 1), np.uint64(2 * seen + 2)
    mass = min((numerator << _S31) // denominator, _ONE31 - _ONE)
    state.mass[0] = max(mass, _ONE)
    state.mass[1] = _ONE31 - state.mass[0]
    state.place[_SAID] = said
    state.place[_NODE] = 1


@njit(cache=True)
def _parts(state: Residual) -> tuple[np.uint64, np.uint64]:
    """Masses of q on a 1 and on a 0."""
    q = np.uint64(kt_probability(state.counts, state.place[_NODE]))
    one = (state.mass[1] * q) >> _S32
    return one, state.mass[1] - one


@njit(cache=True)
def _expected(state: Residual) -> int:
    """The next bit of the byte said."""
    depth, node = 0, state.place[_NODE]
    while node > 1:
        node >>= 1
        depth += 1
    return int((state.place[_SAID] >> (7 - depth)) & 1)


@njit(cache=True)
def probability(state: Residual) -> np.uint32:
    """P(next bit = 1) in units of 2**-32, within a byte that has begun."""
    if state.mass[0] == _ZERO:
        return np.uint32(kt_probability(state.counts, state.place[_NODE]))
    one, zero = _parts(state)
    if _expected(state):
        one += state.mass[0]
    else:
        zero += state.mass[0]
    return np.uint32(min(max((one << _S32) // (one + zero), _ONE), _MOST))


@njit(cache=True)
def push(state: Residual, bit: int) -> None:
    """Learn a bit; after the eighth the state lies between bytes."""
    if state.mass[0] != _ZERO:
        one, zero = _parts(state)
        state.mass[1] = one if bit else zero
        if _expected(state) != bit:
            state.mass[0] = _ZERO
    node = 2 * state.place[_NODE] + bit
    state.place[_NODE] = node
    if node < 256:
        return
    hit = 1 if node - 256 == state.place[_SAID] else 0
    context = state.place[_FLAGS]
    state.flags[context, 0] += 1
    state.flags[context, 1] += hit
    state.place[_FLAGS] = (2 * context + hit) & 3
    state.place[_SEEN] += 1
    state.place[_BYTE] = node - 256
    state.place[_NODE] = 0
    if not hit:
        while node > 0:
            state.counts[node] += 1
            node >>= 1


@njit(cache=True)
def learn(state: Residual, data: NDArray[np.uint8], said: NDArray[np.uint8], probs: NDArray[np.uint32]) -> None:
    """P(bit = 1) before each bit of `data` into `probs` (n, 8), learning each in turn."""
    for k in range(data.shape[0]):
        begin(state, said[k])
        for j in range(8):
            probs[k, j] = probability(state)
            push(state, int((np.int64(data[k]) >> (7 - j)) & 1))


@njit(cache=True)
def read_byte(state: Residual, said: int, registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> int:
    """The next byte off the stream."""
    begin(state, said)
    byte = 0
    for _ in range(8):
        bit = binary.decode_bit(registers, stream, probability(state))
        push(state, bit)
        byte = 2 * byte + bit
    return byte


def residual_bits(data: NDArray[np.uint8], said: NDArray[np.uint8]) -> float:
    """Codelength of `data` (n,) uint8 where a program says `said` (n,) uint8."""
    probs = np.empty((data.size, 8), dtype=np.uint32)
    learn(fresh(), data, said, probs)
    return binary.cost(data.tobytes(), probs)
