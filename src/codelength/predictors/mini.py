"""`Mini`: a small portable mixing predictor whose whole decoder fits into a program of some 600 bytes.

Nine contexts predict each bit: the last 0, 1, 2, 3, 4 and 6 bytes, the word so far, that word with the word before it,
and the classes (top three bits) of the last six bytes. Each context has two adaptive probabilities: one of its own, and
one of the *history* of its own (its last bits), so that what tends to follow "0 1 1" is learned across contexts.
The 18 go through stretch, a sum of weights and squash (Mattern 2012; Mahoney 2005, "logistic mixing"):

    x_i = ln(p_i / (1 - p_i))      p = 1 / (1 + exp(-sum_i w_i x_i))      w_i += rate x_i (bit - p)

where w is the sum of four weight vectors, chosen by the number of contexts met before, by the bits of this byte so
far, and by each of the last two bytes. A probability moves by 1/(k + 1.2) at its k-th bit, down to 1/51.

Integers only (the portable tier): stretch and squash are a table of the logistic equation dp/dx = p (1 - p), summed in
steps of 1/128. The kernels (`mini_kernels`) equal the plain Python of `mini_decoder` bit for bit: no two contexts share
an entry. All entries are dropped after a byte that has made them more than 2**22.

Costs about 10 microseconds a byte and 24 to 48 bytes of memory per context met, about 12 contexts a byte of text.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from codelength.core import SideInformationError
from codelength.predictors.mini_decoder import digits, program_text
from codelength.predictors.mini_kernels import (
    INPUTS,
    LIMIT,
    PER_BYTE,
    SLOTS,
    TAKEN,
    State,
    decode,
    initial,
    run,
    step,
    undone,
)
from codelength.predictors.sequential import Bytes, Probs, Sequential

_WATCHED = 1 << 14
"""Bytes that cannot bring as many entries as emptying the table takes away."""

_NO_UNDO = np.empty((0, 2), dtype=np.int64)


class Mini(Sequential[State]):
    """The predictor inside the programs of `codelength program`.

    Examples
    --------
    >>> code = Mini()
    >>> code.decode(code.encode(b"abracadabra"), max_size=100)
    b'abracadabra'
    """

    def __init__(self) -> None:
        super().__init__(initial())

    @property
    def spec(self) -> str:
        """Name in the catalogue."""
        return "mini"

    def unpacker(self, data: bytes, /) -> tuple[str, bytes]:
        """What a Python program needs to print `data` without this package.

        Returns
        -------
        text
            Python statements (3.8 or newer, standard library only) that read the end of the bytearray `s`, from its
            last byte backwards, and write `data` to standard output.
        payload
            What `s` must end in. Some other bytes, at least eight, must stand before it.

        Raises
        ------
        SideInformationError
            This code was given something, which a program does not have.
        """
        state = self._copied()
        if not np.array_equal(state.weights, initial().weights):
            raise SideInformationError("a program has no side information: use a code that was given none")
        probs = np.empty((len(data), 8), dtype=np.uint32)
        clears = False
        symbols = np.frombuffer(data, dtype=np.uint8)
        for at in range(0, symbols.size, _WATCHED):
            before = int(state.scalars[TAKEN])
            state = self._learn(state, symbols[at : at + _WATCHED], probs[at : at + _WATCHED])
            clears |= int(state.scalars[TAKEN]) < before
        return program_text(len(data), clears=clears), digits(data, probs)

    def _with(self, state: State) -> Self:
        other = type(self)()
        other._state = state
        return other

    def _copy(self, state: State) -> State:
        return State(
            state.keys.copy(), state.values.copy(), state.histories.copy(), state.weights.copy(), state.scalars.copy()
        )

    def _learn(self, state: State, data: Bytes, probs: Probs) -> State:
        return State(*run(state, data, probs, _NO_UNDO))

    def _score(self, state: State, data: Bytes, probs: Probs) -> None:
        entries = 8 * INPUTS * data.size
        slots = PER_BYTE * data.size
        roomy = 4 * (int(state.scalars[SLOTS]) + slots) <= 3 * state.keys.size
        if not data.size or not roomy or int(state.scalars[TAKEN]) + entries > int(state.scalars[LIMIT]):
            self._learn(self._copy(state), data, probs)
            return
        undo = np.empty((slots, 2), dtype=np.int64)
        small = (state.histories.copy(), state.weights.copy(), state.scalars.copy())
        run(State(state.keys, state.values, *small), data, probs, undo)
        undone(state, undo)

    def _read(self, state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> State:
        return State(*decode(state, registers, stream, out))

    def _step(self, state: State, bit: int) -> tuple[State, int]:
        state, p = step(state, bit)
        return State(*state), int(p)
