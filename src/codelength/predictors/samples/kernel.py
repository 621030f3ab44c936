"""The kernel of `Samples`: context mixing with the expected values of a byte as inputs, from predictions of the sample.

For each bit: histories of a few contexts of predicted values, the match, and two inputs of each of six expectations
(`mixing.expected`) go to the gated mixers. The final maps are chosen by the last byte, by the class of error and by the
best prediction. All that runs over data is one function, `drive`, with the modes of `mixing.kernel`.
Cost: `python -m benchmarks.typed`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing.expected import learn_expected, offer_expected
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
from codelength.predictors.mixing.refine import learn_refined, refined
from codelength.predictors.mixing.state import AWAKE, DEPTH, EXTRA_INPUTS, LAST, PARTIAL, State
from codelength.predictors.samples.features import see_samples
from codelength.predictors.samples.state import BEST_BYTE, PLACE_SCALE, SamplesState


@inlined
def _predict(s: State, x: SamplesState) -> int:
    r = s.registers
    ask_contexts(s)
    expects = ask_match(s)
    partial = r[PARTIAL]
    offer_expected(x, partial, r[DEPTH], s.inputs, np.int64(s.hashes.shape[0]) + EXTRA_INPUTS)
    choose_rows(s, expects)
    p = refined(s, r[LAST] << 8 | partial, r[PLACE_SCALE] << 8 | partial, r[BEST_BYTE] << 8 | partial)
    return trusted(s, p)


@inlined
def _learn(s: State, x: SamplesState, bit: int) -> None:
    r = s.registers
    keep_pace(s)
    learn_refined(s, bit)
    learn_expected(x, bit)
    learn_contexts(s, bit)
    learn_trust(s, bit)
    if r[DEPTH] == 8:
        byte = r[PARTIAL] & 255
        take_byte(s, byte)
        follow_match(s)
        see_samples(r, x, byte, r[AWAKE])


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
