"""What every sequential predictor over bytes shares: from its kernels to a `Predictor` and `Streaming` code.

A final class brings its state (a NamedTuple of integer arrays) and the five operations on it; everything that the
protocols ask for follows here: codelength, encoding, decoding, conditioning, probabilities, walks and blocks.
A stream is the length (LEB128) followed by the range coder's bytes.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.core import Bits, BlockCoder, StreamError, Walk

State = TypeVar("State")

Bytes = NDArray[np.uint8]
Probs = NDArray[np.uint32]

CHUNK = 1 << 16
"""Bytes whose probabilities are held at a time: 32 bytes of memory for each."""


class Sequential(ABC, Generic[State]):
    """A predictor as a value: a primed state that is never changed, and what can be asked of it."""

    block_size = 1 << 20

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()

    # What a final class brings. `state` may be changed in place, and the one returned is the one to go on with.

    @property
    @abstractmethod
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""

    @abstractmethod
    def _with(self, state: State) -> Self:
        """The same predictor in another state: that after its side information, at the beginning of a target."""

    @abstractmethod
    def _copy(self, state: State) -> State:
        """A state that shares nothing with this one."""

    @abstractmethod
    def _learn(self, state: State, data: Bytes, probs: Probs) -> State:
        """Write P(bit = 1) before each bit of `data` into `probs` (n, 8), learning each bit in turn."""

    @abstractmethod
    def _score(self, state: State, data: Bytes, probs: Probs) -> None:
        """As `_learn`, but the state is afterwards as it was. At most `CHUNK` bytes."""

    @abstractmethod
    def _read(self, state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> State:
        """Fill `out` with bytes decoded from `stream`, learning each bit in turn; stop early once it is exhausted."""

    @abstractmethod
    def _step(self, state: State, bit: int) -> tuple[State, int]:
        """Learn one bit (none when it is -1) and say P(next bit = 1) in units of 2**-32."""

    def _resumed(self, state: State) -> State:
        """From the beginning of a target back to the end of the side information, for more of that."""
        return state

    # What follows.

    def given(self, data: bytes, /) -> Self:
        """C(. | data): this predictor after it has run over `data`. O(|data|) once."""
        return self._with(self._past(self._resumed(self._copied()), data))

    def midway(self, data: bytes, /) -> Self:
        """The predictor in the midst of a target whose first bytes are `data`: what a walk that has read them says.
        That is not `given(data)`, behind which another target begins.
        """
        state = self._past(self._copied(), data)
        other = self._with(self._copy(state))
        other._state = state
        return other

    def _past(self, state: State, data: bytes) -> State:
        symbols = np.frombuffer(data, dtype=np.uint8)
        scratch = np.empty((min(CHUNK, symbols.size), 8), dtype=np.uint32)
        for at in range(0, symbols.size, CHUNK):
            part = symbols[at : at + CHUNK]
            state = self._learn(state, part, scratch[: part.size])
        return state

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact."""
        prefix = 8 * len(binary.length_prefix(len(data)))
        if len(data) <= CHUNK:
            return Bits(prefix + binary.cost(data, self.probabilities(data)))
        state = self._copied()
        symbols = np.frombuffer(data, dtype=np.uint8)
        probs = np.empty((CHUNK, 8), dtype=np.uint32)
        total = float(prefix)
        for at in range(0, symbols.size, CHUNK):
            part = symbols[at : at + CHUNK]
            state = self._learn(state, part, probs[: part.size])
            total += binary.cost(part.tobytes(), probs[: part.size])
        return Bits(total)

    def probabilities(self, data: bytes, /) -> Probs:
        """P(bit = 1) in units of 2**-32 before each bit of `data`: (n, 8) uint32."""
        symbols = np.frombuffer(data, dtype=np.uint8)
        probs = np.empty((symbols.size, 8), dtype=np.uint32)
        if symbols.size <= CHUNK:
            with self._lock:
                self._score(self._state, symbols, probs)
        else:
            self._learn(self._copied(), symbols, probs)
        return probs

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`."""
        prefix = binary.length_prefix(len(data))
        if len(data) <= CHUNK:
            return prefix + binary.encode(data, self.probabilities(data))
        return prefix + _encode(self, self._copied(), data)[0]

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        size, start = binary.read_length(stream, max_size=max_size)
        return _decode(self, self._copied(), stream[start:], size)[0]

    def walk(self) -> Walk:
        """A cursor that reads this predictor bit by bit, on a copy of its state."""
        return _SequentialWalk(self, self._copied())

    def blocks(self) -> BlockCoder:
        """A coder of successive blocks, each given all before it."""
        return _SequentialBlocks(self, self._copied())

    def _copied(self) -> State:
        with self._lock:
            return self._copy(self._state)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec!r})"


def _encode(code: Sequential[State], state: State, data: bytes) -> tuple[bytes, State]:
    """Encode in chunks, so that memory does not grow with the data; and the state behind them."""
    symbols = np.frombuffer(data, dtype=np.uint8)
    probs = np.empty((min(CHUNK, symbols.size), 8), dtype=np.uint32)
    encoder = binary.Encoder()
    for at in range(0, symbols.size, CHUNK):
        part = symbols[at : at + CHUNK]
        state = code._learn(state, part, probs[: part.size])
        encoder.push(part, probs[: part.size])
    return encoder.finish(), state


def _decode(code: Sequential[State], state: State, payload: bytes, size: int) -> tuple[bytes, State]:
    """Decode in chunks that grow only as the stream really yields data: a claimed size is never preallocated."""
    stream = np.frombuffer(payload, dtype=np.uint8)
    registers = binary.open_registers(stream)
    parts: list[bytes] = []
    left = size
    while left:
        out = np.empty(min(left, CHUNK), dtype=np.uint8)
        state = code._read(state, registers, stream, out)
        if binary.exhausted(registers, stream):
            raise StreamError("the stream ends too early: it is truncated or damaged")
        parts.append(out.tobytes())
        left -= out.size
    binary.check_end(registers, stream)
    return b"".join(parts), state


class _SequentialWalk(Generic[State]):
    def __init__(self, code: Sequential[State], state: State) -> None:
        self._code = code
        self._state, self._p = code._step(state, -1)

    @property
    def p(self) -> int:
        return self._p

    def push(self, bit: int) -> None:
        self._state, self._p = self._code._step(self._state, bit)


class _SequentialBlocks(Generic[State]):
    def __init__(self, code: Sequential[State], state: State) -> None:
        self._code = code
        self._state = state

    def encode(self, block: bytes, /) -> bytes:
        payload, self._state = _encode(self._code, self._state, block)
        return payload

    def decode(self, payload: bytes, size: int, /) -> bytes:
        data, self._state = _decode(self._code, self._state, payload, size)
        return data
