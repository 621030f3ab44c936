"""The kernel of `Records`: context mixing whose contexts see the records above, with counters and expected bytes.

For each bit the mixers get: of every context its history's stretch(p) and p - 1/2, the match, the two expected bytes
(`mixing.expected`), the direct counters (`counters`). The final maps are chosen by the record so far, by order 2 and by
what the match expects. All that runs over data is one function, `drive`, with the modes of `mixing.kernel`.
Cost: `python -m benchmarks.typed`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.hashing import MULTIPLIERS
from codelength.predictors.mixing import expected
from codelength.predictors.mixing.expected import learn_expected, offer_expected
from codelength.predictors.mixing.fine import plain_inputs
from codelength.predictors.mixing.kernel import (
    LEARN,
    READ,
    TAKE,
    ask_contexts,
    ask_match,
    learn_contexts,
    learn_trust,
    trusted,
)
from codelength.predictors.mixing.match import follow_match
from codelength.predictors.mixing.mixers import choose_rows
from codelength.predictors.mixing.pace import keep_pace, take_byte
from codelength.predictors.mixing.refine import PLAIN_SHIFT, hashed, learn_refined, refined
from codelength.predictors.mixing.state import (
    DEPTH,
    EXPECTED,
    EXTRA_INPUTS,
    LENGTH_CLASS,
    PARTIAL,
    RECENT,
    State,
)
from codelength.predictors.records.counters import learn_counters, offer_counters
from codelength.predictors.records.features import see_records
from codelength.predictors.records.models import HISTORIES_COUNTED
from codelength.predictors.records.state import EXPECTATIONS, HISTORIES, POSITION, PREFIX, RecordsState


def inputs_of(contexts: int, direct: int) -> int:
    """How many inputs the kind adds: second ones of the contexts, expectations, counters."""
    return contexts + EXPECTATIONS * expected.INPUTS + direct


@inlined
def _predict(s: State, x: RecordsState) -> int:
    r = s.registers
    ask_contexts(s)
    expects = ask_match(s)
    contexts = s.hashes.shape[0]
    at = np.int64(contexts) + EXTRA_INPUTS
    known = np.int64(plain_inputs(s, at, PLAIN_SHIFT))
    r[HISTORIES] = r[POSITION] * HISTORIES_COUNTED + min(known, np.int64(HISTORIES_COUNTED - 1))
    at += contexts
    offer_expected(x, r[PARTIAL], r[DEPTH], s.inputs, at)
    offer_counters(s, x, at + EXPECTATIONS * expected.INPUTS)
    choose_rows(s, expects)
    partial = r[PARTIAL]
    match = r[EXPECTED] * 32 + r[LENGTH_CLASS] if r[EXPECTED] > 0 else np.int64(0)
    so_far = hashed(r[PREFIX], MULTIPLIERS[3], partial)
    order2 = hashed(r[RECENT] & 0xFFFF, MULTIPLIERS[0], partial)
    return trusted(s, refined(s, so_far, order2, hashed(match, MULTIPLIERS[1], partial)))


@inlined
def _learn(s: State, x: RecordsState, bit: int) -> None:
    r = s.registers
    keep_pace(s)
    learn_refined(s, bit)
    learn_expected(x, bit)
    learn_counters(s, x, bit)
    learn_contexts(s, bit)
    learn_trust(s, bit)
    if r[DEPTH] == 8:
        byte = r[PARTIAL] & 255
        take_byte(s, byte)
        follow_match(s)
        see_records(r, x, s.history, byte)


@kernel
def drive(
    s: State,
    x: Any,
    mode: int,
    data: NDArray[np.uint8],
    probs: NDArray[np.uint32],
    out: NDArray[np.uint8],
    coder: NDArray[np.uint64],
    bit: int,
) -> int:
    """Run over bytes: modes and parameters as in `mixing.kernel.drive`."""
    n = probs.shape[0] if mode == LEARN else out.shape[0] if mode == READ else 1
    for i in range(n):
        byte = np.int64(0)
        for j in range(8):
            if mode != TAKE:
                p = _predict(s, x)
                if mode == LEARN:
                    probs[i, j] = np.uint32(p)
                    bit = int(data[i] >> np.uint8(7 - j)) & 1
                elif mode == READ:
                    bit = int(decode_bit(coder, data, np.uint32(p)))
                else:
                    return int(p)
            _learn(s, x, bit)
            if mode == TAKE:
                return 0
            byte = byte * 2 + bit
        if mode == READ:
            out[i] = byte
            if exhausted(coder, data):
                return 0
    return 0
