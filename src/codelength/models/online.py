"""A transformer that learns while it codes, byte by byte: `OnlineTransformer`, a predictor like any other.

    |C(x)| = sum over t of -log2 P(x_t | weights trained on x_0 .. x_{b-1}; the last bytes),   b: where t's block begins

Encoder and decoder train the same network on the same bytes in step, so the weights cost nothing (Dawid 1984; NNCP,
Bellard 2019 and 2021). After each block of `block` bytes there is one step of AdamW on `batch` windows of `context`
bytes: the newest one, and others drawn from all bytes so far (replay). The next block is predicted from the last
`context - block` bytes before it and its own bytes so far, one compiled `step` a byte. Everything depends on the bytes
so far and the seed alone, so `given(a).given(b)` is `given(a + b)`.

It gives the probability of every bit, so that it can be mixed with any other predictor, in `Mixture`, `Switching` or
`Gated`. Floats: the local tier. `encode` decodes what it made before it hands it out.

Cost: a pass forward and back over batch * context positions for each block, and a step for each byte: at the default
size 1 ms and .2 ms a byte on one core; twice that to encode with the check.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self, final

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch.nn import functional

from codelength.coding import binary
from codelength.core import Bits, DataError, StreamError, Walk
from codelength.models.repeatable import repeatable
from codelength.models.single_step import room_of, step, weights_of
from codelength.models.transformer import Cache, Config, Transformer

_START = 256
_UNIT = 2.0**32
_CLIP = 1.0

Progress = Callable[[int], None]
"""Called with the bytes that it has behind it."""


@dataclass(frozen=True, slots=True)
class Online:
    """How an online transformer is made and how it learns.

    `layers`, `heads`, `width`: of the trunk; `context`: bytes in a window; `block`: bytes between two steps; `batch`:
    windows a step, the newest and replay; `rate`: the peak of the learning rate, which falls as
    1 / sqrt(1 + s / `fall`) with the step s; `warm_up`: steps to the peak; `decay`: of weight matrices; `seed`: of the
    weights and the replay.
    """

    layers: int = 2
    heads: int = 4
    width: int = 128
    context: int = 96
    block: int = 64
    batch: int = 2
    rate: float = 2e-3
    fall: float = 2000.0
    warm_up: int = 50
    decay: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be done, in one line."""
        for name in ("context", "block", "batch", "warm_up"):
            if getattr(self, name) < 1:
                raise DataError(f"{name} is {getattr(self, name)}; expected 1 or more")
        if self.block > self.context:
            raise DataError(f"blocks of {self.block} bytes do not fit into a context of {self.context}")
        if self.rate <= 0 or self.fall <= 0:
            raise DataError(f"rate is {self.rate:g}, fall {self.fall:g}; expected more than 0")
        if not 0 <= self.seed < 1 << 63:
            raise DataError(f"seed is {self.seed}; expected 0 or more, below 2**63")
        _ = self.config

    @property
    def config(self) -> Config:
        """The network's shape."""
        return Config(256, self.context, self.layers, self.heads, self.width, "rotary")

    def rate_at(self, s: int) -> float:
        """The learning rate of step s."""
        return float(self.rate * min((s + 1) / self.warm_up, (1 + s / self.fall) ** -0.5))


@final
class OnlineTransformer:
    """A predictor over bytes: a transformer that has learnt from all bytes before.

    Parameters
    ----------
    setting
        Shape and training.
    device
        Where it trains; a byte's step is always taken on the CPU.
    on_progress
        Called with the bytes behind it, now and then.

    Examples
    --------
    >>> tiny = OnlineTransformer(Online(layers=1, heads=1, width=8, context=16, block=8, batch=2))
    >>> y = b"abcabcabc" * 30
    >>> tiny.decode(tiny.encode(y), max_size=270) == y, tiny.given(y).bits(y).bits < tiny.bits(y).bits
    (True, True)
    """

    def __init__(self, setting: Online | None = None, *, device: str = "cpu", on_progress: Progress | None = None):
        self.setting = setting or Online()
        self.device = device
        self.on_progress = on_progress
        self._behind = b""
        self._stream: _Stream | None = None
        self._before: _Stream | None = None
        self._lock = threading.Lock()

    @property
    def spec(self) -> str:
        """Name and settings. It makes no frames, so the catalogue does not have it."""
        said = (f"{field.name}={getattr(self.setting, field.name):g}" for field in fields(self.setting))
        return "online:" + ",".join(said)

    def given(self, data: bytes, /) -> Self:
        """The predictor after it has learnt from `data` too."""
        other = type(self)(self.setting, device=self.device, on_progress=self.on_progress)
        other._behind = self._behind + data
        other._before = self._stream or self._before  # what has been learnt is not learnt again
        return other

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact, on this machine."""
        return Bits(8 * len(binary.length_prefix(len(data))) + binary.cost(data, self.probabilities(data)))

    def probabilities(self, data: bytes, /) -> NDArray[np.uint32]:
        """P(bit = 1) in units of 2**-32 before each bit of `data`: (n, 8) uint32."""
        stream = self._begun()
        probs = np.empty((len(data), 8), dtype=np.uint32)
        for t, byte in enumerate(data):
            _path(stream.tree(), byte, probs[t])
            stream.push(byte)
        return probs

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`; it has been decoded and compared."""
        stream = binary.length_prefix(len(data)) + binary.encode(data, self.probabilities(data))
        if self.decode(stream, max_size=len(data)) != data:
            raise StreamError("training did not come out the same twice: nothing was written; try with one thread")
        return stream

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        size, start = binary.read_length(stream, max_size=max_size)
        payload = np.frombuffer(stream, dtype=np.uint8, offset=start)
        registers = binary.open_registers(payload)
        learner, out = self._begun(), bytearray()
        for _ in range(size):
            byte = int(_read(learner.tree(), registers, payload))
            if binary.exhausted(registers, payload):
                raise StreamError("the stream ends too early: it is truncated or damaged")
            out.append(byte)
            learner.push(byte)
        binary.check_end(registers, payload)
        return bytes(out)

    def walk(self) -> Walk:
        """A cursor that reads this predictor bit by bit."""
        return _OnlineWalk(self._begun())

    def _begun(self) -> _Stream:
        """The learner behind the side information, which is learnt once."""
        with self._lock:
            if self._stream is None:
                stream = self._before.copy() if self._before else _Stream(self.setting, self.device, self.on_progress)
                stream.learn(self._behind[stream.behind :])
                self._stream, self._before = stream, None
            return self._stream.copy()

    def __repr__(self) -> str:
        return f"OnlineTransformer({self.spec!r})"


class _OnlineWalk:
    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._node = 1

    @property
    def p(self) -> int:
        return int(_share(self._stream.tree(), self._node))

    def push(self, bit: int) -> None:
        self._node = 2 * self._node + bit
        if self._node >= 256:
            self._stream.push(self._node - 256)
            self._node = 1


class _Stream:
    """The network as it stands behind some bytes, on either side."""

    def __init__(self, setting: Online, device: str, on_progress: Progress | None) -> None:
        self.setting, self.device, self.on_progress = setting, device, on_progress
        self.model = Transformer(setting.config, seed=setting.seed).to(device)
        matrices = [weight for name, weight in self.model.named_parameters() if _decays(name, weight)]
        others = [weight for name, weight in self.model.named_parameters() if not _decays(name, weight)]
        groups = [{"params": matrices, "weight_decay": setting.decay}, {"params": others, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=setting.rate, betas=(0.9, 0.95), fused=True)
        self.steps = 0
        self.tokens = np.full(1024, _START, dtype=np.int64)
        self.behind = 0
        self._tree = np.empty(512)
        self._logits = np.empty(256, dtype=np.float32)
        self._forget()

    def copy(self) -> _Stream:
        other = copy.copy(self)
        other.model, other.optimiser = copy.deepcopy((self.model, self.optimiser))
        other.tokens, other._tree, other._logits = self.tokens.copy(), self._tree.copy(), self._logits.copy()
        other._forget()
        return other

    def learn(self, data: bytes) -> None:
        """Take in bytes that nobody asks the probabilities of."""
        end = self.behind + len(data)
        if self.tokens.size <= end:
            self.tokens = np.concatenate([self.tokens, np.empty(end + self.tokens.size, dtype=np.int64)])
        self.tokens[self.behind + 1 : end + 1] = np.frombuffer(data, dtype=np.uint8)
        self.behind = end
        self._forget()
        self._catch_up()

    def push(self, byte: int) -> None:
        """The next byte."""
        if self.behind + 1 == self.tokens.size:
            self.tokens = np.concatenate([self.tokens, np.empty_like(self.tokens)])
        self.behind += 1
        self.tokens[self.behind] = byte
        self._asked = False
        if self.behind % self.setting.block == 0:
            self._forget()

    def tree(self) -> NDArray[np.float64]:
        """Shares of all beginnings of the next byte: node 1 is all, 2 k and 2 k + 1 are k with a bit more, 256 + v the
        byte v; (512,), valid until the next byte.
        """
        if not self._asked:
            if self._room is None:
                self._catch_up()
                self._begin()
            while self._read < self.behind:
                self._read += 1
                step(self._weights, self._room, self._seen, int(self.tokens[self._read]), self._logits)
                self._seen += 1
            _grow(self._logits, self._tree)
            self._asked = True
        return self._tree

    def _forget(self) -> None:
        """The cache is of no use any more."""
        self._asked = False
        self._room: Any = None
        self._weights: Any = None

    def _begin(self) -> None:
        """The cache of what stands before this block, all at once; bytes of the block itself are stepped through."""
        at = self.behind - self.behind % self.setting.block
        first = max(0, at - (self.setting.context - self.setting.block))
        cache = Cache(self.model.config, 1, self.model.head.weight)
        with torch.inference_mode(), repeatable(self.device):
            logits = self.model.begin(self._tensor(self.tokens[None, first : at + 1]), cache)
        self._logits[:] = logits[0].cpu().numpy()
        self._weights, self._room = weights_of(self.model), room_of(cache)
        self._read, self._seen = at, at + 1 - first

    def _catch_up(self) -> None:
        """A step for each block that has been finished since the last."""
        while (self.steps + 1) * self.setting.block <= self.behind:
            self._step((self.steps + 1) * self.setting.block)
            self.steps += 1
            if self.on_progress is not None:
                self.on_progress(self.steps * self.setting.block)

    def _step(self, end: int) -> None:
        """One step on windows of the first `end` bytes."""
        setting = self.setting
        length = min(setting.context, end)
        replay = np.random.default_rng([setting.seed, end]).integers(0, end - length + 1, setting.batch - 1)
        starts = np.append(replay, end - length)
        windows = self._tensor(self.tokens[starts[:, None] + np.arange(length + 1)])  # (B, T + 1)
        for group in self.optimiser.param_groups:
            group["lr"] = setting.rate_at(self.steps)
        self.optimiser.zero_grad(set_to_none=True)
        with repeatable(self.device):
            logits = self.model(windows[:, :-1])  # (B, T, V)
            loss = functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
            self.optimiser.step()

    def _tensor(self, tokens: NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(tokens)).to(self.device)


def _decays(name: str, weight: torch.Tensor) -> bool:
    return weight.ndim == 2 and not name.startswith("symbols")


@njit(cache=True)
def _grow(logits: NDArray[np.float32], tree: NDArray[np.float64]) -> None:
    """Softmax into the leaves, sums into the nodes above."""
    highest = np.float64(logits.max())
    for v in range(256):
        tree[256 + v] = np.exp(np.float64(logits[v]) - highest)
    for node in range(255, 0, -1):
        tree[node] = tree[2 * node] + tree[2 * node + 1]


@njit(cache=True)
def _share(tree: NDArray[np.float64], node: int) -> np.uint32:
    """P(next bit = 1) behind a node, in units of 2**-32; even where rounding leaves nothing of it."""
    total = tree[node]
    p = tree[2 * node + 1] / total * _UNIT if total > 0 else _UNIT / 2
    return np.uint32(min(max(p, 1.0), _UNIT - 1))


@njit(cache=True)
def _path(tree: NDArray[np.float64], byte: int, probs: NDArray[np.uint32]) -> None:
    node = 1
    for j in range(8):
        probs[j] = _share(tree, node)
        node = 2 * node + ((byte >> (7 - j)) & 1)


@njit(cache=True)
def _read(tree: NDArray[np.float64], registers: NDArray[np.uint64], payload: NDArray[np.uint8]) -> int:
    node = 1
    for _ in range(8):
        node = 2 * node + binary.decode_bit(registers, payload, _share(tree, node))
    return node - 256
