"""A network that learns what it has sent: coded block by block, and trained on each block once it is known.

    |C(x)| = sum over blocks b of -log2 P(x_b | weights trained on x_0 .. x_{b-1})

The weights cost nothing: the receiver trains the very same network on the very same symbols, from the same seed (Dawid
1984; Blier & Ollivier 2018 for networks; NNCP, Bellard 2019, for text). Block b is followed by `effort` steps for each
of its batches, on everything seen so far. The local tier: one machine, one library, the same threads; `encode` decodes
what it made, training included, before it hands it out.

Cost: twice the training (once to encode, once to check), and the steps of `lanes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import length_prefix, read_length
from codelength.core import Bits, DataError, StreamError
from codelength.models.lanes import LANES, Symbols, TransformerCode
from codelength.models.repeatable import repeatable
from codelength.models.schedule import Schedule
from codelength.models.steps import optimiser_of, parts_of, take_step
from codelength.models.transformer import Config, Transformer

Progress = Callable[[int, int], None]
"""Called with sequences done and sequences in all."""


@dataclass(frozen=True, slots=True, eq=False)
class PrequentialNetwork:
    """Sequences (n, T) <-> bytes, by a network that begins from its seed.

    `schedule`: batch, rates and seed of the training; its `steps` are those of the cosine, after which the rate stays.
    `first`: sequences in the first block; `growth`: how much more there are after each block than before it; `effort`:
    steps for each batch of new sequences; `device`: where both sides train and step.
    """

    config: Config
    schedule: Schedule
    first: int = 64
    growth: float = 1.5
    effort: float = 4.0
    lanes: int = LANES
    device: str = "cpu"
    on_progress: Progress | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be done, in one line."""
        if self.first < 1 or not self.growth > 1 or not 0 <= self.effort < math.inf:
            raise DataError(
                f"first={self.first}, growth={self.growth:g}, effort={self.effort:g}: expected at least 1, above 1, "
                "and 0 or more"
            )

    @property
    def spec(self) -> str:
        """Name and settings."""
        return f"prequential:first={self.first},growth={self.growth:g},effort={self.effort:g},lanes={self.lanes}"

    def bits(self, data: NDArray[Any], /) -> Bits:
        """What `encode` takes, without the streams' ends."""
        total = Bits(8.0 * len(length_prefix(len(data))))
        for code, block in self._blocks(data):
            total += code.bits(block)
        return total

    def encode(self, data: NDArray[Any], /) -> bytes:
        """The stream; it has been decoded and compared."""
        parts = [length_prefix(len(data))]
        for code, block in self._blocks(data):
            stream = code.encode(block)
            parts += [length_prefix(len(stream)), stream]
        whole = b"".join(parts)
        if not np.array_equal(self.decode(whole, max_size=data.size), data):
            raise StreamError("training did not come out the same twice: nothing was written; try with one thread")
        return whole

    def decode(self, stream: bytes, /, *, max_size: int) -> Symbols:
        """The sequences back. Raises `StreamError` for a damaged stream or more than `max_size` symbols."""
        n, at = read_length(stream, max_size=max_size)
        learner = _Learner(self)
        x = np.empty((0, 0), dtype=np.uint16)
        for start, end in self._ends(n):
            size, at = read_length(stream, at, max_size=len(stream))
            block = learner.code().decode(stream[at : at + size], max_size=max_size - x.size)
            at += size
            if block.shape[0] != end - start or (start and block.shape[1] != x.shape[1]):
                raise StreamError("a block of another size than expected: the stream is damaged")
            x = np.concatenate([x, block]) if start else block
            learner.learn(x, end - start)
        if at != len(stream):
            raise StreamError("bytes are left over after the stream's end")
        return x

    def _ends(self, n: int) -> Iterator[tuple[int, int]]:
        """Where blocks begin and end."""
        start = 0
        while start < n:
            end = min(n, max(self.first, math.ceil(start * self.growth)))
            yield start, end
            start = end

    def _blocks(self, data: NDArray[Any]) -> Iterator[tuple[TransformerCode, NDArray[Any]]]:
        if data.ndim != 2 or not data.size:
            raise DataError(f"data of shape {data.shape}; expected (sequences, symbols), neither of them 0")
        learner = _Learner(self)
        for start, end in self._ends(len(data)):
            yield learner.code(), data[start:end]
            learner.learn(data[:end], end - start)
            if self.on_progress is not None:
                self.on_progress(end, len(data))


class _Learner:
    """The network as it stands, on either side."""

    def __init__(self, setting: PrequentialNetwork) -> None:
        self.setting = setting
        self.model = Transformer(setting.config, seed=setting.schedule.seed).to(setting.device)
        self.optimiser = optimiser_of(self.model, setting.schedule, {}, 0)
        self.step = 0

    def code(self) -> TransformerCode:
        return TransformerCode(self.model.eval(), self.setting.lanes)

    def learn(self, seen: NDArray[Any], new: int) -> None:
        schedule, device = self.setting.schedule, self.setting.device
        self.model.train()
        for _ in range(math.ceil(self.setting.effort * new / schedule.batch)):
            last = min(self.step, schedule.steps - 1)
            parts = parts_of(seen, replace(schedule, seed=schedule.seed + len(seen)), self.step, device)
            with repeatable(device):
                take_step(self.model, self.model, self.optimiser, parts, schedule, last)
            self.step += 1
