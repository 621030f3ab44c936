"""The kernel of `X86`: context mixing whose contexts see instructions, and a byte that a guess expects as an input.

What is coded is not the byte but the byte + SHIFT (`decoder`), which the decoder knows too: so learning gives both the
probabilities of the coded bits and the coded bytes, and reading gives back the bytes themselves. Guesses (the next
entry of the relocations, what followed the like instructions) are an input with a map by class and bit, twice, as the
match is; in the larger model each context has a second input, p - 1/2. All that runs over data is one
function, `drive`. Cost: `python -m benchmarks.machine_code`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import decode_bit, exhausted
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.hashing import MULTIPLIERS
from codelength.predictors.logistic import stretch_table
from codelength.predictors.mixing.fine import plain_inputs
from codelength.predictors.mixing.kernel import (
    LEARN,
    ONE,
    READ,
    adapt_map,
    ask_contexts,
    ask_match,
    learn_contexts,
    learn_trust,
    trusted,
)
from codelength.predictors.mixing.match import follow_match
from codelength.predictors.mixing.mixers import choose_rows
from codelength.predictors.mixing.refine import PLAIN_SHIFT, hashed, learn_refined, refined
from codelength.predictors.mixing.state import (
    DEPTH,
    EXPECTED,
    EXTRA_INPUTS,
    LAST,
    LENGTH_CLASS,
    PARTIAL,
    RECENT,
    SEEN,
    State,
)
from codelength.predictors.mixing.text import see_text
from codelength.predictors.x86.decoder import see
from codelength.predictors.x86.state import (
    GCLASS,
    GUESS,
    GUESS_CELL,
    GUESS_ROW,
    HISTORIES,
    SHIFT,
    STATE,
    TWICE,
    X86State,
)

GUESS_INPUTS = 2
SEEN_AT_MOST = 32
"""Contexts with a history are counted up to one less."""

_FINE_STRETCH = stretch_table(16)


@inlined
def _ask_guess(s: State, x: X86State) -> None:
    r = s.registers
    depth = r[DEPTH]
    at = s.hashes.shape[0] + EXTRA_INPUTS
    s.inputs[at] = 0
    s.inputs[at + 1] = 0
    r[GUESS_CELL] = -1
    expects = np.int64(0)
    if r[GUESS] > 0 and r[GUESS] >> (8 - depth) == r[PARTIAL]:
        bit = (r[GUESS] >> (7 - depth)) & 1
        cell = ((r[GCLASS] & 31) * 8 + depth) * 2 + bit
        r[GUESS_CELL] = cell
        p = np.int64(x.guess_maps[cell] >> 10)
        s.inputs[at] = _FINE_STRETCH[p >> 6]
        s.inputs[at + 1] = (p - (ONE >> 1)) >> 11
        expects = 1 + bit
    r[GUESS_ROW] = r[GCLASS] * 3 + expects


@inlined
def _count_histories(s: State, x: X86State) -> None:
    """How many contexts have a history; and their second inputs, where the model has them."""
    r = s.registers
    at = np.int64(s.hashes.shape[0]) + EXTRA_INPUTS + GUESS_INPUTS
    known = np.int64(plain_inputs(s, at if x.work[TWICE] > 0 else np.int64(-1), PLAIN_SHIFT))
    r[HISTORIES] = r[STATE] * SEEN_AT_MOST + min(known, np.int64(SEEN_AT_MOST - 1))


@inlined
def _predict(s: State, x: X86State) -> int:
    r = s.registers
    ask_contexts(s)
    expects = ask_match(s)
    _ask_guess(s, x)
    _count_histories(s, x)
    choose_rows(s, expects)
    partial = r[PARTIAL]
    match = r[EXPECTED] * 32 + r[LENGTH_CLASS] if r[EXPECTED] > 0 else np.int64(0)
    order2 = hashed(r[RECENT] & 0xFFFF, MULTIPLIERS[0], partial)
    return trusted(s, refined(s, r[LAST] << 8 | partial, order2, hashed(match, MULTIPLIERS[1], partial)))


@inlined
def _learn(s: State, x: X86State, bit: int) -> None:
    r = s.registers
    learn_refined(s, bit)
    if r[GUESS_CELL] >= 0:
        adapt_map(x.guess_maps, r[GUESS_CELL], np.int64(bit) * (ONE - 1))
    learn_contexts(s, bit)
    learn_trust(s, bit)
    if r[DEPTH] == 8:
        byte = r[PARTIAL] & 255
        s.history[r[SEEN]] = byte
        r[SEEN] += 1
        r[DEPTH] = 0
        see_text(s, byte)
        follow_match(s)
        see(r, x.work, s.history, byte, r[SEEN])


@kernel
def drive(
    s: State,
    x: X86State,
    mode: int,
    data: NDArray[np.uint8],
    probs: NDArray[np.uint32],
    out: NDArray[np.uint8],
    coder: NDArray[np.uint64],
) -> None:
    """Run over bytes.

    Parameters
    ----------
    mode
        LEARN: learn `data`, writing P(bit = 1) in units of 2**-32 of each bit of the coded bytes into `probs` (n, 8),
        and those bytes into `out`. READ: fill `out` with bytes decoded from the stream `data`, learning them; stop when
        it is exhausted.
    coder
        The registers of the range decoder (READ).
    """
    bit = np.int64(0)
    for i in range(out.shape[0]):
        shift = s.registers[SHIFT]
        coded = (np.int64(data[i]) + shift) & 255 if mode == LEARN else np.int64(0)
        byte = np.int64(0)
        for j in range(8):
            p = _predict(s, x)
            if mode == LEARN:
                probs[i, j] = np.uint32(p)
                bit = coded >> (7 - j) & 1
            else:
                bit = np.int64(decode_bit(coder, data, np.uint32(p)))
            _learn(s, x, bit)
            byte = byte * 2 + bit
        out[i] = byte if mode == LEARN else (byte - shift) & 255
        if mode == READ and exhausted(coder, data):
            return
