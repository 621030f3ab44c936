"""The kernel of `Bilevel`: context mixing with the predictions of 18 templates of pixels as inputs.

The templates (`templates`) are looked up for every bit; a few contexts of whole bytes stand beside them. All that runs
over data is one function, `drive`, with the modes of `mixing.kernel`. Cost: 8 microseconds a byte.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, kernel
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
from codelength.predictors.mixing.state import DEPTH, EXTRA_INPUTS, KIND, PARTIAL, SEEN, State
from codelength.predictors.pixels.templates import JBIG, TALL, WIDE, BilevelState, learn_bilevel, offer_bilevel


@inlined
def _predict(s: State, x: BilevelState) -> int:
    r = s.registers
    ask_contexts(s)
    expects = ask_match(s)
    at = np.int64(s.hashes.shape[0]) + EXTRA_INPUTS
    offer_bilevel(x, s.history, r[SEEN], r[PARTIAL], r[DEPTH], s.inputs, at, r, np.int64(KIND))
    choose_rows(s, expects)
    return trusted(s, refined(s, r[JBIG], r[WIDE], r[TALL]))


@inlined
def _learn(s: State, x: BilevelState, bit: int) -> None:
    r = s.registers
    keep_pace(s)
    learn_refined(s, bit)
    learn_bilevel(x, np.int64(bit))
    learn_contexts(s, bit)
    learn_trust(s, bit)
    if r[DEPTH] == 8:
        take_byte(s, r[PARTIAL] & 255)
        follow_match(s)


@kernel
def drive(
    s: State,
    x: BilevelState,
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
