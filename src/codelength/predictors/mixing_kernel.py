"""The kernel of context mixing: state in, state out, integers only, compiled by Numba.

For every bit, with c the contexts and h their bit histories (one byte each, in hashed slots of a nibble: 1 check byte
and 15 histories):

    x_i   = stretch(map_i[h_i])                         an adaptive probability per context and history
    x_m   = stretch(match_map[length, expected bit])    where the longest match expects a bit
    y_s   = sum_i w[s, i] x_i                           one gated mixer per selector s: order 0, order 1,
                                                     which contexts have a history, the match
    z     = sum_s v[s] y_s                              a second mixer over the selectors
    p     = mean of two interpolated adaptive maps of squash(z), in the contexts of orders 1 and 2
    P(1)  = t p + (1 - t) / 2                           the trust t: posterior of the model against pure noise,
                                                        a switching mixture with share 2**-16 a byte

and then every part learns the bit: mixers by the gradient of the codelength (w += rate * error * x; Mahoney 2005), maps
by steps of about 1/(n + 1.6). After 32 bytes in a row with t < 1/2 the data look like noise, and only histories learn.
Probabilities are in units of 2**-22. Cost: about 2.5 microseconds a byte; memory in proportion to the input up to
16 * 2**memory bytes for the slots.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.contexts import FEATURES
from codelength.predictors.hashing import M32, MULTIPLIERS, SALT, SPREAD
from codelength.predictors.histories import histories
from codelength.predictors.logistic import LIMIT, squash_table, stretch_table
from codelength.predictors.mixing_match import follow_match
from codelength.predictors.mixing_slots import look_up
from codelength.predictors.mixing_state import (
    ABOVE,
    AWAKE,
    BUCKETS,
    DEPTH,
    DOUBT,
    DOUBTED,
    EXPECTED,
    FINAL1,
    FINAL2,
    FINAL_ROW,
    FINALS,
    FRACTION,
    LANES,
    LAST_LINE,
    LEARNED,
    LENGTH,
    LENGTH_CLASS,
    LINE,
    MATCH,
    MATCH_CELL,
    MISSES,
    MIXED,
    MODEL,
    NODE,
    OLDER,
    PACE,
    PARTIAL,
    RECENT,
    SEEN,
    SELECTORS,
    TRUST,
    WORD,
    WORD1,
    WORD2,
    Journal,
    State,
    note,
)

RATE = 2
RATE_EXTRA = 6
RATE_FADES = 4096
OUTER_RATE = 2
MAP_LIMIT = 1023
PATIENCE = 32
"""Bytes of doubt in a row before learning stops: a new kind of data looks like noise until it is learned."""



_NEXT = histories().next
_SQUASH = squash_table()
_STRETCH = stretch_table(12)
_FINE_STRETCH = stretch_table(16)
_STEP = np.array([int(65536 * 10 // (10 * n + 16)) for n in range(MAP_LIMIT + 1)], dtype=np.int64)
_FINAL_START = np.array(
    [int(squash_table()[min(k * 256, 2 * LIMIT - 1)]) * 4 for k in range(BUCKETS)], dtype=np.uint32
)
_ONE = np.int64(1) << np.int64(22)
_LEAST = np.int64(16)
_TRUST_ONE = np.int64(1) << np.int64(30)



@inlined
def _clamped(x: int) -> Any:
    return min(max(x, 1 - LIMIT), LIMIT - 1)


@inlined
def _begin_byte(s: State) -> None:
    """Hash the contexts and see what the match expects."""
    r = s.registers
    for k in range(s.hashes.shape[0]):
        h = (np.int64(k) + 1) * SALT & M32
        for f in range(FEATURES):
            h = ((h ^ (r[RECENT + f if f < 5 else ABOVE] & s.masks[k, f])) * MULTIPLIERS[f]) & M32
            h ^= h >> 15
        s.hashes[k] = h
    length = r[LENGTH]
    r[EXPECTED] = 0
    if length > 0:
        r[EXPECTED] = np.int64(s.history[r[MATCH]]) | 256
    if length < 16:
        r[LENGTH_CLASS] = length
    elif length < 32:
        r[LENGTH_CLASS] = 16 + ((length - 16) >> 2)
    else:
        r[LENGTH_CLASS] = min(20 + ((length - 32) >> 5), 31)
    r[PARTIAL] = 1
    r[DEPTH] = 0
    r[DOUBTED] = 0 if r[TRUST] >= DOUBT else r[DOUBTED] + 1
    r[AWAKE] = np.int64(r[DOUBTED] < PATIENCE)
    r[PACE] = np.int64(RATE * 16) + np.int64(RATE_EXTRA * 16 * RATE_FADES) // (r[LEARNED] + RATE_FADES)


@inlined
def _mix(s: State) -> int:
    """The stretched vote of both layers; the first layer's votes stay in the state."""
    width = s.inputs.shape[0]
    outer = s.outer[s.registers[PARTIAL]]
    vote = np.int64(0)
    for q in range(SELECTORS):
        weights = s.weights[s.rows[q]]
        total = np.int64(0)
        for block in range(0, width, LANES):
            for k in range(block, block + LANES):
                total += np.int64(s.inputs[k]) * np.int64(weights[k])
        y = _clamped(total >> 16)
        s.votes[q] = y
        s.votes[SELECTORS + q] = _SQUASH[y + LIMIT]
        vote += y * outer[q]
    return _clamped(vote >> 16)


@inlined
def _predict(s: State, journal: Journal) -> int:
    """P(next bit = 1) in units of 2**-32; the parts that `_learn` moves stay in the state."""
    r = s.registers
    if r[DEPTH] == 0:
        _begin_byte(s)
    if r[DEPTH] & 3 == 0:
        look_up(s, journal)
        r[NODE] = 1
    node = r[NODE]
    contexts = s.hashes.shape[0]
    known = np.int64(0)
    for k in range(contexts):
        seen = np.int64(s.slots[np.uint64(s.bases[k] + node)])
        cell = (k << 8) + seen
        s.cells[k] = cell
        s.inputs[k] = _STRETCH[np.uint64(s.maps[np.uint64(cell)] >> 20)]
        known |= np.int64(seen != 0) << k
    partial = r[PARTIAL]
    depth = r[DEPTH]
    last = r[RECENT] & 255
    row = np.int64(80) + depth
    r[MATCH_CELL] = -1
    s.inputs[contexts] = 0
    s.inputs[contexts + 1] = 0
    if r[EXPECTED] > 0 and r[EXPECTED] >> (8 - depth) == partial:
        bit = (r[EXPECTED] >> (7 - depth)) & 1
        length = r[LENGTH]
        cell = (min(r[MISSES], np.int64(3)) * 32 + r[LENGTH_CLASS]) * 2 + bit
        r[MATCH_CELL] = cell
        p = np.int64(s.match_maps[cell] >> 10)
        s.inputs[contexts] = _FINE_STRETCH[p >> 6]
        s.inputs[contexts + 1] = (p - (_ONE >> 1)) >> 11
        size = np.int64(length >= 8) + np.int64(length >= 16) + np.int64(length >= 32)
        row = (size * 2 + bit) * 8 + depth
    s.rows[0] = partial
    s.rows[1] = 256 + last
    s.rows[2] = 512 + (known >> 2 & 255)
    s.rows[3] = 768 + row
    z = _mix(s)
    r[MIXED] = _SQUASH[z + LIMIT]
    z += LIMIT
    bucket = z >> 8
    r[FRACTION] = z & 255
    order2 = ((r[RECENT] & 0xFFFF) * MULTIPLIERS[0] + partial * SALT) & M32
    order2 = ((order2 ^ (order2 >> 15)) * SPREAD & M32) >> 16
    r[FINAL1] = (last << 8 | partial) * BUCKETS + bucket
    r[FINAL2] = FINAL_ROW + order2 * BUCKETS + bucket
    p = (_final(s, r[FINAL1], bucket) + _final(s, r[FINAL2], bucket)) >> 11
    p = min(max(p, _LEAST), _ONE - _LEAST)
    r[MODEL] = p
    return int(r[TRUST] * p + (_TRUST_ONE - r[TRUST]) * (_ONE >> 1)) >> 20


@inlined
def _final(s: State, at: int, bucket: int) -> int:
    """An interpolated final map, in units of 2**-32."""
    fraction = s.registers[FRACTION]
    low = np.int64(s.finals[at] ^ _FINAL_START[bucket])
    high = np.int64(s.finals[at + 1] ^ _FINAL_START[bucket + 1])
    return low * (256 - fraction) + high * fraction


@inlined
def _adapt_final(s: State, at: int, bucket: int, share: int, target: int, journal: Journal) -> None:
    start = _FINAL_START[bucket]
    was = s.finals[at]
    if journal.shape[0] > 1:
        note(journal, FINALS + at, np.int64(was), np.int64(0))
    p = np.int64(was ^ start)
    p += ((target - p) * share) >> 14
    s.finals[at] = np.uint32(p) ^ start


@inlined
def _learn_finals(s: State, bit: int, journal: Journal) -> None:
    r = s.registers
    final_target = np.int64(bit) * ((np.int64(1) << 24) - 1)
    fraction = r[FRACTION]
    bucket = r[FINAL1] % BUCKETS
    _adapt_final(s, r[FINAL1], bucket, 256 - fraction, final_target, journal)
    _adapt_final(s, r[FINAL1] + 1, bucket + 1, fraction, final_target, journal)
    _adapt_final(s, r[FINAL2], bucket, 256 - fraction, final_target, journal)
    _adapt_final(s, r[FINAL2] + 1, bucket + 1, fraction, final_target, journal)


@inlined
def _adapt_map(maps: NDArray[np.uint32], cell: int, target: int) -> None:
    value = np.int64(maps[np.uint64(cell)])
    count = value & 1023
    p = value >> 10
    p += ((target - p) * _STEP[np.uint64(count)]) >> 16
    count += np.int64(count < MAP_LIMIT)
    maps[np.uint64(cell)] = np.uint32(p << 10 | count)


@inlined
def _learn_mixers(s: State, target: int) -> None:
    r = s.registers
    width = s.inputs.shape[0]
    rate = r[PACE]
    outer = s.outer[r[PARTIAL]]
    outer_error = ((target - r[MIXED]) * OUTER_RATE) >> 10
    for q in range(SELECTORS):
        error = ((target - s.votes[SELECTORS + q]) * rate) >> 12
        weights = s.weights[s.rows[q]]
        for block in range(0, width, LANES):
            for k in range(block, block + LANES):
                weights[k] += np.int32((np.int64(s.inputs[k]) * error + 8192) >> 14)
        outer[q] += (s.votes[q] * outer_error + 8192) >> 14


@inlined
def _learn(s: State, bit: int, journal: Journal) -> None:
    """Learn the bit that `_predict` foretold."""
    r = s.registers
    target = np.int64(bit) * (_ONE - 1)
    awake = r[AWAKE] > 0
    if awake:
        _learn_mixers(s, target)
        _learn_finals(s, bit, journal)
    node = r[NODE]
    for k in range(s.hashes.shape[0]):
        if awake:
            _adapt_map(s.maps, s.cells[k], target)
        at = np.uint64(s.bases[k] + node)
        s.slots[at] = _NEXT[s.slots[at], bit]
    if r[MATCH_CELL] >= 0:
        _adapt_map(s.match_maps, r[MATCH_CELL], target)
    likely = r[TRUST] * (r[MODEL] if bit else _ONE - r[MODEL])
    trust = (likely << 10) // ((likely + (_TRUST_ONE - r[TRUST]) * (_ONE >> 1)) >> 20)
    r[TRUST] = min(max(trust, _LEAST), _TRUST_ONE - _LEAST)
    r[NODE] = node * 2 + bit
    r[PARTIAL] = r[PARTIAL] * 2 + bit
    r[DEPTH] += 1
    if r[DEPTH] == 8:
        _end_byte(s, r[PARTIAL] & 255, journal)


@kernel
def _end_byte(s: State, byte: int, journal: Journal) -> None:
    """Take the byte into the past: recent bytes, words, lines, the match."""
    r = s.registers
    s.history[r[SEEN]] = byte
    r[SEEN] += 1
    r[LEARNED] += r[AWAKE]
    r[DEPTH] = 0
    r[TRUST] += ((_TRUST_ONE - r[TRUST]) >> 16) - (r[TRUST] >> 16)
    r[OLDER] = ((r[OLDER] << 8) | (r[RECENT] >> 24)) & M32
    r[RECENT] = ((r[RECENT] << 8) | byte) & M32
    if 65 <= byte <= 90:
        byte += 32
    if 97 <= byte <= 122 or byte >= 128:
        r[WORD] = ((r[WORD] + byte) * MULTIPLIERS[0]) & M32
    elif r[WORD] != 0:
        r[WORD2] = r[WORD1]
        r[WORD1] = r[WORD]
        r[WORD] = 0
    if byte == 10:
        r[LAST_LINE] = r[LINE]
        r[LINE] = r[SEEN]
    above = r[LAST_LINE] + r[SEEN] - r[LINE]
    r[ABOVE] = np.int64(s.history[above]) if above < r[LINE] else np.int64(10)
    follow_match(s, journal)


@kernel
def learn(s: State, data: NDArray[np.uint8], probs: NDArray[np.uint32], journal: Journal) -> None:
    """Run over `data`, writing P(bit = 1) in units of 2**-32 before each bit into `probs` (n, 8)."""
    for i in range(data.shape[0]):
        byte = np.int64(data[i])
        for j in range(8):
            probs[i, j] = np.uint32(_predict(s, journal))
            _learn(s, (byte >> (7 - j)) & 1, journal)


@kernel
def read(
    s: State, registers: NDArray[np.uint64], stream: NDArray[np.uint8], out: NDArray[np.uint8], journal: Journal
) -> None:
    """Fill `out` with decoded bytes, learning them; stop when the stream is exhausted."""
    for i in range(out.shape[0]):
        byte = np.int64(0)
        for _ in range(8):
            p = np.uint32(_predict(s, journal))
            bit = decode_bit(registers, stream, p)
            _learn(s, bit, journal)
            byte = byte * 2 + bit
        out[i] = byte
        if exhausted(registers, stream):
            return


@kernel
def learn_bit(s: State, bit: int, journal: Journal) -> None:
    """Learn one bit, which `foretell` foretold."""
    _learn(s, bit, journal)


@kernel
def foretell(s: State, journal: Journal) -> int:
    """P(next bit = 1) in units of 2**-32."""
    return _predict(s, journal)
