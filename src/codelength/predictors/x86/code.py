"""Machine code of x86 as a code: instructions are read, calls become absolute, and what is coded is mixed.

The byte that is coded is the byte + a shift that both sides know (`decoder`): a bijection, whatever the bytes are, so
that nothing here can fail on data that are not code. It gives no probabilities of bits of the bytes themselves: it can
be sent and conditioned, but not be mixed with others. Memory and time grow as those of `cm`.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.core import Bits, BlockCoder, StreamError
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.fresh import aligned, aligned_zeros, fresh
from codelength.predictors.mixing.growth import grown
from codelength.predictors.mixing.kernel import LEARN, READ
from codelength.predictors.mixing.refine import FINALS
from codelength.predictors.mixing.state import State
from codelength.predictors.sequential import CHUNK
from codelength.predictors.x86 import models
from codelength.predictors.x86 import state as kind
from codelength.predictors.x86.kernel import GUESS_INPUTS, drive
from codelength.predictors.x86.state import X86State, prepared

GUESS_WEIGHT = 9000
"""First weight of what a guess expects, 2**-16; and of the second input of a context, where there is one: 0."""

MOST_AT = 1 << 48


class CodeState(NamedTuple):
    """What context mixing keeps, and what the kind keeps."""

    mixing: State
    kind: X86State


class X86:
    r"""Machine code of x86 processors.

    Parameters
    ----------
    preset
        "fast", "default" or "max".
    bits
        32 or 64: the mode in which instructions are read.
    begin, end
        Between these places of the target, calls become absolute; end=0 is everywhere.
    relocations, relocations_size
        Where the base relocations of a PE image lie, to be guessed from the code before them; size 0 is nowhere.

    Raises
    ------
    ValueError
        An unknown preset, or a parameter out of range.

    Examples
    --------
    >>> calls = b"".join(b"\\xe8" + (99999 - 5 * k).to_bytes(4, "little") for k in range(99))
    >>> float(X86().bits(calls)) < 999
    True
    """

    block_size = 1 << 20

    def __init__(
        self,
        preset: str = "default",
        bits: int = 32,
        begin: int = 0,
        end: int = 0,
        relocations: int = 0,
        relocations_size: int = 0,
    ) -> None:
        if preset not in models.PRESETS:
            raise ValueError(f"preset={preset}: expected {', '.join(models.PRESETS)}")
        if bits not in (32, 64):
            raise ValueError(f"bits={bits}: expected 32 or 64")
        places = {"begin": begin, "end": end, "relocations": relocations, "relocations_size": relocations_size}
        for name, value in places.items():
            if not 0 <= value <= MOST_AT:
                raise ValueError(f"{name}={value}: expected 0 to {MOST_AT}")
        said = {"preset": preset if preset != "default" else "", "bits": bits if bits != 32 else "", **places}
        parameters = ",".join(f"{name}={value}" for name, value in said.items() if value)
        self._spec = f"x86:{parameters}" if parameters else "x86"
        self.model = models.PRESETS[preset]
        self._parameters = (int(bits == 64), begin, end or MOST_AT, relocations, relocations_size)
        twice = models.TWICE[preset]
        n = len(self.model.contexts)
        mixing = fresh(self.model, GUESS_INPUTS + twice * n)
        first = n + layout.EXTRA_INPUTS
        mixing.weights[:, first : first + GUESS_INPUTS] = GUESS_WEIGHT
        mixing.weights[:, first + GUESS_INPUTS :] = 0
        mixing = mixing._replace(finals=np.zeros(FINALS, dtype=np.uint32))
        arrays = prepared(self._parameters)
        arrays.work[kind.TWICE] = twice
        self._begin(CodeState(mixing, arrays))

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return self._spec

    def given(self, data: bytes, /) -> Self:
        """C(. | data): this code after it has run over `data`. O(|data|) once."""
        state = self._copied()
        registers, work = self._held
        state.mixing.registers[...] = registers
        state.kind.work[: kind.PRIVATE] = work
        for part in _chunks(data):
            state, _, _ = self._learned(state, part)
        other = object.__new__(type(self))
        other._spec, other.model, other._parameters = self._spec, self.model, self._parameters
        other._begin(state)
        return other

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact."""
        total = 8.0 * len(binary.length_prefix(len(data)))
        state = self._copied()
        for part in _chunks(data):
            state, coded, probs = self._learned(state, part)
            total += binary.cost(coded, probs)
        return Bits(total)

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`."""
        return binary.length_prefix(len(data)) + self._encode(self._copied(), data)[0]

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        size, start = binary.read_length(stream, max_size=max_size)
        return self._read(self._copied(), stream[start:], size)[0]

    def blocks(self) -> BlockCoder:
        """A coder of successive blocks, each given all before it."""
        return _Blocks(self, self._copied())

    def _begin(self, state: CodeState) -> None:
        """A target begins: an instruction does too, places count from here, and noise before it says nothing."""
        registers, work = state.mixing.registers, state.kind.work
        self._held = (registers.copy(), work[: kind.PRIVATE].copy())
        registers[layout.TRUST] = layout.FRESH
        registers[layout.DOUBTED] = 0
        registers[kind.STATE] = registers[kind.SHIFT] = 0
        work[kind.ORIGIN] = registers[layout.SEEN]
        self._state = state
        self._lock = threading.Lock()

    def _copied(self) -> CodeState:
        with self._lock:
            mixing, arrays = self._state
            small = mixing._replace(finals=_NO_FINALS, slots=_NO_BYTES)
            copy = State._make(aligned(array) for array in small)
            if mixing.registers[layout.SEEN]:
                finals, slots, work = aligned(mixing.finals), aligned(mixing.slots), arrays.work.copy()
            else:  # all zero still: pages that nobody touches cost nothing
                finals = aligned_zeros(mixing.finals.nbytes).view(np.uint32)
                slots = aligned_zeros(mixing.slots.size)
                work = np.zeros_like(arrays.work)
                work[: kind.PRIVATE] = arrays.work[: kind.PRIVATE]
            return CodeState(copy._replace(finals=finals, slots=slots), X86State(work, arrays.guess_maps.copy()))

    def _grown(self, state: CodeState, wanted: int) -> tuple[CodeState, int]:
        mixing, room = grown(state.mixing, wanted, self.model.memory, self.model.slots_per_byte)
        return CodeState(mixing, state.kind), room

    def _learned(self, state: CodeState, data: NDArray[np.uint8]) -> tuple[CodeState, bytes, NDArray[np.uint32]]:
        """The state to go on with, the coded bytes, and P(bit = 1) of their bits: (n, 8)."""
        coded, probs = np.empty(data.size, dtype=np.uint8), np.empty((data.size, 8), dtype=np.uint32)
        at = 0
        while at < data.size:
            state, room = self._grown(state, data.size - at)
            here = slice(at, at + room)
            drive(state.mixing, state.kind, LEARN, data[here], probs[here], coded[here], _NO_CODER)
            at += room
        return state, coded.tobytes(), probs

    def _encode(self, state: CodeState, data: bytes) -> tuple[bytes, CodeState]:
        """Encode in chunks, so that memory does not grow with the data; and the state behind them."""
        encoder = binary.Encoder()
        for part in _chunks(data):
            state, coded, probs = self._learned(state, part)
            encoder.push(coded, probs)
        return encoder.finish(), state

    def _read(self, state: CodeState, payload: bytes, size: int) -> tuple[bytes, CodeState]:
        """Decode in pieces that grow only as the stream really yields data: a claimed size is never preallocated."""
        stream = np.frombuffer(payload, dtype=np.uint8)
        coder = binary.open_registers(stream)
        parts: list[bytes] = []
        left = size
        while left:
            state, room = self._grown(state, min(left, CHUNK))
            out = np.empty(room, dtype=np.uint8)
            drive(state.mixing, state.kind, READ, stream, _NO_PROBS, out, coder)
            if binary.exhausted(coder, stream):
                raise StreamError("the stream ends too early: it is truncated or damaged")
            parts.append(out.tobytes())
            left -= room
        binary.check_end(coder, stream)
        return b"".join(parts), state

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec!r})"


class _Blocks:
    def __init__(self, code: X86, state: CodeState) -> None:
        self._code = code
        self._state = state

    def encode(self, block: bytes, /) -> bytes:
        payload, self._state = self._code._encode(self._state, block)
        return payload

    def decode(self, payload: bytes, size: int, /) -> bytes:
        data, self._state = self._code._read(self._state, payload, size)
        return data


def _chunks(data: bytes) -> list[NDArray[np.uint8]]:
    symbols = np.frombuffer(data, dtype=np.uint8)
    return [symbols[at : at + CHUNK] for at in range(0, symbols.size, CHUNK)]


_NO_BYTES = np.empty(0, dtype=np.uint8)
_NO_FINALS = np.empty(0, dtype=np.uint32)
_NO_PROBS = np.empty((0, 8), dtype=np.uint32)
_NO_CODER = np.zeros(3, dtype=np.uint64)
