"""What all mixtures share: experts run side by side, their probabilities averaged bit by bit. A gated one has a voice
more than it has experts: the vote of its gates, which is made from theirs.

Encoding and scoring take each expert's probabilities for a chunk at a time (128 MiB at most for all of them) and mix
them compiled, at 2 to 3 MB/s for 2 or 3 experts: little beside the experts' own time. Data of more than one chunk makes
each expert run twice, once to say its probabilities and once to move on. Decoding steps the experts bit by bit from
Python, tens of times slower. Both directions call the same compiled `predict` and `update`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from codelength.codes import gates as voting
from codelength.codes import weights as fixed
from codelength.codes.gates import Gates
from codelength.coding import binary
from codelength.core import Bits, BlockCoder, Predictor, StreamError, Walk

_CHUNK_BYTES = 1 << 22
"""Bytes of data, times experts, whose probabilities are held at a time: 32 bytes of memory for each."""


class Lockstep(ABC):
    """A mixture of predictors as a value. A final class brings the name, the sharing and the bound."""

    block_size = 1 << 20

    def __init__(self, experts: Sequence[Predictor], weights: Sequence[int] | None, *, gated: bool = False) -> None:
        if not experts:
            raise ValueError("a mixture needs at least one expert")
        for expert in experts:
            if not isinstance(expert, Predictor):
                raise TypeError(f"{expert!r} gives no probabilities, so it cannot be mixed; `Best` takes any code")
        self.experts = tuple(experts)
        voices = len(self.experts) + gated
        self.weights = tuple(weights) if weights is not None else (1,) * voices
        if len(self.weights) != voices:
            raise ValueError(f"{len(self.weights)} weights for {voices} experts")
        self._gates = voting.fresh(len(self.experts)) if gated else None
        self._prior = fixed.scaled(self.weights)

    @property
    @abstractmethod
    def spec(self) -> str:
        """Name and parameters."""

    @property
    @abstractmethod
    def _sharing(self) -> int:
        """Mean number of bytes between switches, or `fixed.NO_SHARING`."""

    @abstractmethod
    def _with(self, experts: Sequence[Predictor]) -> Self:
        """The same mixture of other experts."""

    # What follows.

    def given(self, data: bytes, /) -> Self:
        """The mixture of the experts given `data`, at the prior weights: what the weights learned on `data` is
        forgotten, because which expert is best on the side information need not be best on the target.
        """
        return self._with([expert.given(data) for expert in self.experts])

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact."""
        cost = sum(binary.cost(part, probs) for part, probs in self._mixed(data))
        return Bits(8 * len(binary.length_prefix(len(data))) + cost)

    def probabilities(self, data: bytes, /) -> NDArray[np.uint32]:
        """P(bit = 1) in units of 2**-32 before each bit of `data`: (n, 8) uint32."""
        parts = [probs for _, probs in self._mixed(data)]
        return np.concatenate(parts) if parts else np.empty((0, 8), dtype=np.uint32)

    def weights_after(self, data: bytes, /) -> NDArray[np.float64]:
        """The weights that each byte of `data` is predicted with, and at the end those for the byte that would
        follow: (n + 1, N), rows sum to 1; with gates N + 1, their vote last. For tables and plots.
        """
        history = np.empty((len(data) + 1, len(self.weights)), dtype=np.uint64)
        weights = self._prior.copy()
        history[0] = weights
        at = 1
        for part, experts in _said(self.experts, data, _copied(self._gates)):
            symbols = np.frombuffer(part, dtype=np.uint8)
            fixed.trace(weights, self._sharing, experts, symbols, history[at : at + symbols.size])
            at += symbols.size
        posterior = history.astype(np.float64)
        return posterior / posterior.sum(axis=1, keepdims=True)

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`."""
        return binary.length_prefix(len(data)) + binary.encode(data, self.probabilities(data))

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        size, start = binary.read_length(stream, max_size=max_size)
        return _LockstepWalk(self).read(stream[start:], size)

    def walk(self) -> Walk:
        """A cursor that reads this mixture bit by bit, on walks of its experts."""
        return _LockstepWalk(self)

    def blocks(self) -> BlockCoder:
        """A coder of successive blocks, each given all before it: experts and weights go on."""
        return _LockstepBlocks(self)

    def _mixed(self, data: bytes) -> Iterator[tuple[bytes, NDArray[np.uint32]]]:
        weights = self._prior.copy()
        for part, experts in _said(self.experts, data, _copied(self._gates)):
            yield part, _mix(weights, self._sharing, part, experts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec!r})"


def _mix(weights: NDArray[np.uint64], sharing: int, part: bytes, experts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    out = np.empty((len(part), 8), dtype=np.uint32)
    fixed.run(weights, sharing, experts, np.frombuffer(part, dtype=np.uint8), out)
    return out


def _copied(gates: Gates | None) -> Gates | None:
    return None if gates is None else voting.copied(gates)


def _said(experts: Sequence[Predictor], data: bytes, gates: Gates | None) -> Iterator[tuple[bytes, NDArray[np.uint32]]]:
    """Chunks of `data` with what each voice says of them, (N, n, 8) uint32. The gates learn."""
    size = max(1, _CHUNK_BYTES // len(experts))
    for at in range(0, len(data), size):
        if at:
            experts = [_after(expert, data[at - size : at]) for expert in experts]
        part = data[at : at + size]
        yield part, _said_of(experts, part, gates)


def _said_of(experts: Sequence[Predictor], part: bytes, gates: Gates | None) -> NDArray[np.uint32]:
    n = len(experts)
    said = np.empty((n + (gates is not None), len(part), 8), dtype=np.uint32)
    for i, expert in enumerate(experts):
        said[i] = expert.probabilities(part)
    if gates is not None:
        voting.votes_on(gates, said[:n], np.frombuffer(part, dtype=np.uint8), said[n])
    return said


@runtime_checkable
class Continued(Protocol):
    """A predictor for which the midst of a target is another state than the end of side information."""

    def midway(self, data: bytes, /) -> Predictor: ...


def _after(expert: Predictor, data: bytes) -> Predictor:
    """The expert in the midst of its coding, `data` behind it. For a mixture that is not `given(data)`, which would
    start again at the prior weights; nor for a predictor that starts a target with fresh trust.
    """
    if isinstance(expert, Continued):
        return expert.midway(data)
    if not isinstance(expert, Lockstep):
        return expert.given(data)
    moved = expert._with([_after(inner, data) for inner in expert.experts])
    moved._prior, moved._gates = expert._prior.copy(), _copied(expert._gates)
    for part, experts in _said(expert.experts, data, moved._gates):
        _mix(moved._prior, expert._sharing, part, experts)
    return moved


class _LockstepWalk:
    def __init__(self, code: Lockstep) -> None:
        self._walks = [expert.walk() for expert in code.experts]
        self._weights = code._prior.copy()
        self._gates = _copied(code._gates)
        self._sharing = code._sharing
        self._row = np.empty(len(code.weights), dtype=np.uint32)
        self._bits = 0
        self._look()

    @property
    def p(self) -> int:
        return int(fixed.predict(self._weights, self._row))

    def push(self, bit: int) -> None:
        fixed.update(self._weights, self._row, bit)
        self._advance(bit)

    def read(self, payload: bytes, size: int) -> bytes:
        """Decode `size` bytes, which are never preallocated: the walk goes on after them."""
        stream = np.frombuffer(payload, dtype=np.uint8)
        registers = binary.open_registers(stream)
        out = bytearray()
        for _ in range(size):
            byte = 0
            for _ in range(8):
                bit = int(fixed.read_bit(self._weights, self._row, registers, stream))
                self._advance(bit)
                byte = byte << 1 | bit
            if binary.exhausted(registers, stream):
                raise StreamError("the stream ends too early: it is truncated or damaged")
            out.append(byte)
        binary.check_end(registers, stream)
        return bytes(out)

    def _advance(self, bit: int) -> None:
        if self._gates is not None:
            voting.learn(self._gates, bit)
        for walk in self._walks:
            walk.push(bit)
        self._bits += 1
        if self._bits % 8 == 0:
            fixed.share(self._weights, self._sharing)
        self._look()

    def _look(self) -> None:
        for i, walk in enumerate(self._walks):
            self._row[i] = walk.p
        if self._gates is not None:
            self._row[-1] = voting.vote(self._gates, self._row[:-1])


class _LockstepBlocks:
    """Encoding asks the experts for a block's probabilities and conditions them on it only when another block comes;
    decoding reads on from one walk.
    """

    def __init__(self, code: Lockstep) -> None:
        self._code = code
        self._experts: Sequence[Predictor] = code.experts
        self._weights = code._prior.copy()
        self._gates = _copied(code._gates)
        self._before = b""
        self._reader: _LockstepWalk | None = None

    def encode(self, block: bytes, /) -> bytes:
        if self._before:
            self._experts = [_after(expert, self._before) for expert in self._experts]
        self._before = block
        said = _said_of(self._experts, block, self._gates)
        return binary.encode(block, _mix(self._weights, self._code._sharing, block, said))

    def decode(self, payload: bytes, size: int, /) -> bytes:
        if self._reader is None:
            self._reader = _LockstepWalk(self._code)
        return self._reader.read(payload, size)
