"""The kernel of context mixing: state in, state out, integers only, compiled by Numba.

For every bit, with c the contexts and h their bit histories (one byte each, in hashed slots of a nibble: 1 check byte
and 15 histories):

    x_i   = stretch(map_i[h_i])                         an adaptive probability per context and history
    x_m   = stretch(match_map[length, expected bit])    where the longest match expects a bit
    y_s   = sum_i w[s, i] x_i                           one gated mixer per selector s
    z     = sum_s v[s] y_s                              a second mixer over the selectors
    p     = mean of two interpolated adaptive maps of squash(z), in the contexts of orders 1 and 2
            (a fine model has more inputs and four maps: `fine`)
    P(1)  = t p + (1 - t) / 2                           the trust t: posterior of the model against pure noise,
                                                        a switching mixture with share 2**-16 a byte

and then every part learns the bit: mixers by the gradient of the codelength (w += rate * error * x; Mahoney 2005), maps
by steps of about 1/(n + 1.6). After 32 bytes in a row with t < 1/2 the data look like noise, and only histories learn.
Probabilities are in units of 2**-22. Cost: some 120 nanoseconds a context and byte, a third of them cache misses.

All that runs over data is one function, `drive`, so that the kernel is compiled once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, joined, kernel
from codelength.predictors.histories import histories
from codelength.predictors.logistic import LIMIT, stretch_table
from codelength.predictors.mixing.counts import find_counts, learn_counts, seek_counts
from codelength.predictors.mixing.finals import final, final_rows, learn_finals
from codelength.predictors.mixing.fine import ask_fine, fine_finals, learn_fine
from codelength.predictors.mixing.foresight import foresee
from codelength.predictors.mixing.match import expect, follow_match
from codelength.predictors.mixing.mixers import SQUASH, choose_rows, learn_mixers, mix
from codelength.predictors.mixing.slots import hash_contexts, look_up, seek
from codelength.predictors.mixing.state import (
    AWAKE,
    BUCKET,
    DEPTH,
    DETAIL,
    DOUBT,
    DOUBTED,
    EXPECTED,
    FINAL1,
    FINAL2,
    FINE,
    FRACTION,
    HASHED,
    KNOWN,
    LEARNED,
    LENGTH,
    LENGTH_CLASS,
    MATCH_CELL,
    MATCH_ROW,
    MISSES,
    MIXED,
    MODEL,
    NODE,
    PACE,
    PARTIAL,
    RATE,
    SEEN,
    TRUST,
    State,
)

RATE_LATE, RATE_LATE_FADES = 16, 1 << 18
RATE_EXTRA, RATE_FADES = 96, 1 << 12
"""Learning begins fast and settles: half of the extra rate is gone after so many bytes."""

MAP_LIMIT = 1023
PATIENCE = 32
"""Bytes of doubt in a row before learning stops: a new kind of data looks like noise until it is learned."""

LEARN, READ, FORETELL, TAKE = 0, 1, 2, 3
"""What `drive` does: learn given bytes, decode bytes, only say the next probability, only learn one bit."""

NEXT = histories().next
"""Histories after a 0 and after a 1."""

STRETCH = stretch_table(12)
_FINE_STRETCH = stretch_table(16)
_STEP = np.array([int(65536 * 10 // (10 * n + 16)) for n in range(MAP_LIMIT + 1)], dtype=np.int64)
ONE = np.int64(1) << np.int64(22)
LEAST = np.int64(16)
_TRUST_ONE = np.int64(1) << np.int64(30)


@joined
def begin_byte(s: State) -> None:
    """See what the match expects, whether the data look like noise, and how fast to learn."""
    r = s.registers
    expect(s)
    r[PARTIAL] = 1
    r[DEPTH] = 0
    r[DOUBTED] = 0 if r[TRUST] >= DOUBT else r[DOUBTED] + 1
    r[AWAKE] = np.int64(r[DOUBTED] < PATIENCE)
    learned = r[LEARNED]
    r[PACE] = r[RATE] + np.int64(RATE_LATE * RATE_LATE_FADES) // (learned + RATE_LATE_FADES)
    r[PACE] += np.int64(RATE_EXTRA * RATE_FADES) // (learned + RATE_FADES)


@inlined
def ask_match(s: State) -> int:
    """The match's two inputs; 0 where it expects nothing, else 1 + the expected bit."""
    r = s.registers
    contexts = s.bases.shape[0]
    depth = r[DEPTH]
    expects = np.int64(0)
    r[MATCH_ROW] = np.int64(80) + depth
    r[MATCH_CELL] = -1
    s.inputs[contexts] = 0
    s.inputs[contexts + 1] = 0
    if r[EXPECTED] > 0 and r[EXPECTED] >> (8 - depth) == r[PARTIAL]:
        bit = (r[EXPECTED] >> (7 - depth)) & 1
        length = r[LENGTH]
        cell = (min(r[MISSES], np.int64(3)) * 32 + r[LENGTH_CLASS]) * 2 + bit
        r[MATCH_CELL] = cell
        p = np.int64(s.match_maps[cell] >> 10)
        s.inputs[contexts] = _FINE_STRETCH[p >> 6]
        s.inputs[contexts + 1] = (p - (ONE >> 1)) >> 11
        size = np.int64(length >= 8) + np.int64(length >= 16) + np.int64(length >= 32)
        r[MATCH_ROW] = (size * 2 + bit) * 8 + depth
        expects = 1 + bit
    return int(expects)


@inlined
def ask_contexts(s: State) -> None:
    """Every context's input for the next bit: their slots are looked up where a nibble begins."""
    r = s.registers
    if r[DEPTH] == 0:
        hash_contexts(s)
        begin_byte(s)
    if r[DEPTH] & 3 == 0:
        seek(s, r[PARTIAL])
        look_up(s)
        r[NODE] = 1
    ask_histories(s)


@inlined
def ask_histories(s: State) -> None:
    """Every context's input for the next bit, from the history that it has."""
    r = s.registers
    node = r[NODE]
    known = np.int64(0)
    for k in range(s.bases.shape[0]):
        seen = np.int64(s.slots[np.uint64(s.bases[k] + node)])
        cell = (k << 8) + seen
        s.cells[k] = cell
        s.inputs[k] = STRETCH[np.uint64(s.maps[np.uint64(cell)] >> 20)]
        known |= (-seen >> 63) & s.known_bits[k]  # no branch, which would be taken at random
    r[KNOWN] = known


@inlined
def _predict(s: State) -> int:
    """P(next bit = 1) in units of 2**-32; the parts that `_learn` moves stay in the state."""
    r = s.registers
    if r[DEPTH] == 0:
        if r[HASHED] != r[SEEN] + 1:
            hash_contexts(s)
        begin_byte(s)
    if r[DEPTH] & 3 == 0:
        look_up(s)
        find_counts(s)
        r[NODE] = 1
    ask_histories(s)
    if r[FINE] > 0:
        ask_fine(s)
    choose_rows(s, ask_match(s))
    z = mix(s)
    r[MIXED] = SQUASH[z + LIMIT]
    z += LIMIT
    bucket = z >> 8
    r[FRACTION] = z & 255
    r[BUCKET] = bucket
    row1, row2 = final_rows(s, r[PARTIAL])
    r[FINAL1] = row1 + bucket
    r[FINAL2] = row2 + bucket
    p = final(s, r[FINAL1], bucket)
    if r[FINE] > 0:
        p = (p + final(s, r[FINAL2], bucket) + fine_finals(s)) >> 12
    else:
        p = (p + final(s, r[FINAL2], bucket)) >> 11 if r[DETAIL] > 0 else p >> 10
    return trusted(s, p)


@inlined
def trusted(s: State, p: int) -> int:
    """The model's P(1), in units of 2**-22, mixed with pure noise by the trust: in units of 2**-32."""
    r = s.registers
    r[MODEL] = min(max(np.int64(p), LEAST), ONE - LEAST)
    return int(r[TRUST] * r[MODEL] + (_TRUST_ONE - r[TRUST]) * (ONE >> 1)) >> 20


@inlined
def adapt_map(maps: NDArray[np.uint32], cell: int, target: int) -> None:
    """Move a probability (22 bits) by 1/(n + 1.6) of the way to the target, 0 or 2**22 - 1, and its count (10 bits)."""
    value = np.int64(maps[np.uint64(cell)])
    count = value & 1023
    p = value >> 10
    p += ((target - p) * _STEP[np.uint64(count)]) >> 16
    count += np.int64(count < MAP_LIMIT)
    maps[np.uint64(cell)] = np.uint32(p << 10 | count)


@inlined
def learn_contexts(s: State, bit: int) -> None:
    """Histories, the maps behind them and the match's learn a bit, and the bit joins those known of the byte."""
    r = s.registers
    target = np.int64(bit) * (ONE - 1)
    awake = r[AWAKE] > 0
    node = r[NODE]
    for k in range(s.bases.shape[0]):
        if awake:
            adapt_map(s.maps, s.cells[k], target)
        at = np.uint64(s.bases[k] + node)
        s.slots[at] = NEXT[s.slots[at], bit]
    if r[MATCH_CELL] >= 0:
        adapt_map(s.match_maps, r[MATCH_CELL], target)
    r[NODE] = node * 2 + bit
    r[PARTIAL] = r[PARTIAL] * 2 + bit
    r[DEPTH] += 1


@inlined
def learn_trust(s: State, bit: int) -> None:
    """The posterior of the model against noise; after a whole byte some of it is shared out again."""
    r = s.registers
    likely = r[TRUST] * (r[MODEL] if bit else ONE - r[MODEL])
    trust = np.int64(np.uint64(likely << 10) // np.uint64((likely + (_TRUST_ONE - r[TRUST]) * (ONE >> 1)) >> 20))
    r[TRUST] = min(max(trust, LEAST), _TRUST_ONE - LEAST)
    if r[DEPTH] == 8:
        r[LEARNED] += r[AWAKE]
        r[TRUST] += ((_TRUST_ONE - r[TRUST]) >> 16) - (r[TRUST] >> 16)


@inlined
def _learn(s: State, bit: int, sought: bool) -> None:
    """Learn the bit that `_predict` foretold; `sought`: the slots of the second nibble have been asked for."""
    r = s.registers
    target = np.int64(bit) * (ONE - 1)
    foresee(s, bit, sought)
    if r[AWAKE] > 0:
        learn_mixers(s, target)
        learn_finals(s, bit)
        if r[FINE] > 0:
            learn_fine(s, np.int64(bit) * ((np.int64(1) << 24) - 1))
            learn_counts(s, target)
    learn_contexts(s, bit)
    learn_trust(s, bit)
    if r[DEPTH] == 8:
        r[DEPTH] = 0
        follow_match(s)


@kernel
def drive(
    s: State,
    mode: int,
    data: NDArray[np.uint8],
    probs: NDArray[np.uint32],
    out: NDArray[np.uint8],
    coder: NDArray[np.uint64],
    bit: int,
) -> int:
    """Run over bytes.

    Parameters
    ----------
    mode
        LEARN: learn `data`, writing P(bit = 1) in units of 2**-32 before each bit into `probs` (n, 8). READ: fill
        `out` with bytes decoded from the stream `data`, learning them; stop when it is exhausted. FORETELL: return
        P(next bit = 1). TAKE: learn `bit`, which was foretold.
    coder
        The registers of the range decoder (READ).
    """
    n = probs.shape[0] if mode == LEARN else out.shape[0] if mode == READ else 1
    for i in range(n):
        byte = np.int64(0)
        for j in range(8):
            if mode != TAKE:
                p = _predict(s)
                if mode == LEARN:
                    probs[i, j] = np.uint32(p)
                    if j == 0:
                        seek(s, 16 | np.int64(data[i]) >> 4)
                        seek_counts(s, 16 | np.int64(data[i]) >> 4)
                    bit = int(data[i] >> np.uint8(7 - j)) & 1
                elif mode == READ:
                    bit = int(decode_bit(coder, data, np.uint32(p)))
                else:
                    return int(p)
            _learn(s, bit, mode == LEARN)
            if mode == TAKE:
                return 0
            byte = byte * 2 + bit
        if mode == READ:
            out[i] = byte
            if exhausted(coder, data):
                return 0
    return 0
