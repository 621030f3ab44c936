"""The one abstraction: what can score is a `Density`, what can also be sent and got back is a `Code`, what can be
conditioned on side information is a `Learner`, and a code that lays open its probability for every bit before the
bit is known is a `Predictor`.

Objects are values: no method here changes what another caller holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from codelength.core.bits import Bits

Data = TypeVar("Data")
DataIn_contra = TypeVar("DataIn_contra", contravariant=True)


@runtime_checkable
class Density(Protocol[DataIn_contra]):
    """Can score: `bits(data)` is what the data costs under this model."""

    def bits(self, data: DataIn_contra, /) -> Bits: ...


@runtime_checkable
class Code(Protocol[Data]):
    """Can score, and can be sent and got back without loss.

    `spec` names the code and its parameters as the catalogue knows them ("zstd", "ctw:depth=16"); it is what a frame
    carries. `bits` includes the cost of the length, so that streams are self-delimiting; `encode` gives a bare
    stream (no digest: that is the frame's), within 32 bits + 0.01 % of `bits` where the kind is exact.
    """

    @property
    def spec(self) -> str: ...

    def bits(self, data: Data, /) -> Bits: ...

    def encode(self, data: Data, /) -> bytes: ...

    def decode(self, stream: bytes, /, *, max_size: int) -> Data:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` symbols."""
        ...


@runtime_checkable
class Learner(Protocol[DataIn_contra]):
    """Can be conditioned: `given(x)` is C(. | x), a new value; costs O(|x|) once, then serves any number of targets."""

    def given(self, data: DataIn_contra, /) -> Self: ...


@runtime_checkable
class ConditionalCode(Code[Data], Learner[Data], Protocol[Data]):
    """A code that takes side information natively."""


class Walk(Protocol):
    """A cursor through a predictor, one bit at a time: what sampling and decoding in step need. It is mutable and
    belongs to whoever made it; the predictor that it came from does not change.
    """

    @property
    def p(self) -> int:
        """P(next bit = 1) in units of 2**-32, from 1 to 2**32 - 1."""
        ...

    def push(self, bit: int) -> None:
        """Learn the next bit."""
        ...


@runtime_checkable
class Predictor(ConditionalCode[bytes], Protocol):
    """A code over bytes that gives a probability for every bit before it sees it (bytes are split into 8 binary
    decisions, the highest bit first). This is what mixtures mix and what sampling draws from.
    """

    def probabilities(self, data: bytes, /) -> NDArray[np.uint32]:
        """P(bit = 1) in units of 2**-32 before each bit of `data`, (n, 8) uint32, every value >= 1."""
        ...

    def walk(self) -> Walk: ...


class BlockCoder(Protocol):
    """Codes a long sequence block by block, each block given all before it: what streaming needs.
    Mutable; used for encoding only or for decoding only.
    """

    def encode(self, block: bytes, /) -> bytes:
        """The payload of the next block; its length is not in it."""
        ...

    def decode(self, payload: bytes, size: int, /) -> bytes:
        """The next block, of `size` bytes. Raises `StreamError` when the payload cannot be one."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """A code that can be written and read in blocks with bounded memory."""

    @property
    def block_size(self) -> int:
        """Bytes in a block (the last may be shorter)."""
        ...

    def blocks(self) -> BlockCoder: ...


@runtime_checkable
class ClassCodes(Protocol):
    """Codes of k classes that share what they know of data without labels, C(. | X, documents of class c)."""

    def class_bits(self, documents: Sequence[bytes], /) -> NDArray[np.float64]:
        """What each document costs under each class, (n, k, s) bits: in s parts whose sum is the codelength (up to what
        costs all classes the same). Leaves no trace, and costs what the documents' bytes cost.
        """
        ...

    def known_bits(self, indexed: Any, /) -> NDArray[np.float64]:
        """The same for documents that the learner of these codes has indexed."""
        ...


@runtime_checkable
class ClassLearner(Protocol):
    """What learns the codes of k classes, from documents that it has read once."""

    def index(self, documents: Sequence[bytes], /) -> Any:
        """The documents as this learner keeps them, to learn from any number of times."""
        ...

    def classes(
        self, indexed: Any, weights: NDArray[np.float64], /, *, present: NDArray[np.bool_] | None = None
    ) -> ClassCodes:
        """The codes of k classes. A document belongs to each class by its weight, (n, k) of 0 to 1; one whose weights
        are all 0 has no label and is known to all classes alike. Those not `present`, (n,), are as if they had never
        been.
        """
        ...
