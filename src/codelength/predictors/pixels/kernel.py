"""The kernel of `Pixels`: context mixing whose contexts see the raster, with the experts' distributions as inputs.

For each bit: histories of a few contexts of neighbours and predicted values, the match, and two inputs from each of ten
experts (`experts`) go to the gated mixers; after each byte the raster is looked at (`features`). All that runs over
data is one function, `drive`, with the modes of `mixing.kernel`. Cost: 7 to 11 microseconds a byte.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing.kernel import (
    FORETELL,
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
from codelength.predictors.mixing.state import AWAKE, DEPTH, EXTRA_INPUTS, KIND, PARTIAL, State
from codelength.predictors.pixels.experts import narrow, offer
from codelength.predictors.pixels.features import BLEND_BYTE, DELTA_BYTE, ZONED_BYTE, see_image
from codelength.predictors.pixels.state import PixelState

__all__ = ["FORETELL", "LEARN", "READ", "TAKE", "drive"]


@inlined
def _predict(s: State, x: PixelState) -> int:
    r = s.registers
    ask_contexts(s)
    expects = ask_match(s)
    partial = r[PARTIAL]
    offer(x, partial, r[DEPTH], s.inputs, np.int64(s.hashes.shape[0]) + EXTRA_INPUTS, r[KIND])
    choose_rows(s, expects)
    p = refined(s, r[BLEND_BYTE] << 8 | partial, r[ZONED_BYTE] << 8 | partial, r[DELTA_BYTE] << 8 | partial)
    return trusted(s, p)


@inlined
def _learn(s: State, x: PixelState, bit: int) -> None:
    r = s.registers
    keep_pace(s)
    learn_refined(s, bit)
    narrow(x, np.int64(bit))
    learn_contexts(s, bit)
    learn_trust(s, bit)
    if r[DEPTH] == 8:
        byte = r[PARTIAL] & 255
        take_byte(s, byte)
        see_image(x, byte, r[AWAKE], r, np.int64(KIND))
        follow_match(s)


@kernel
def drive(
    s: State,
    x: PixelState,
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
