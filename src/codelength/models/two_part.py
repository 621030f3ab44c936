"""A network sent before the data: its weights rounded and coded, then the data under the rounded network.

    |C(x)| = L(shape) + L(steps) + L(integers) + sum -log2 P_rounded(x)

Every tensor is rounded to multiples of a step 2**-k of its own: w ~ q 2**-k. The integers q are coded by the range
coder under adaptive counts for each tensor (Krichevsky & Trofimov's estimator over the values between the least and the
largest, which are sent). The receiver builds the very same network from them, so nothing of the float weights is left,
and the stream needs no weights but its own (Rissanen 1978; Hinton & van Camp 1993: minimise this sum).
Cost: about `bits_per_weight` times the number of weights, paid once, plus the data.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from codelength.coding import symbols as coder
from codelength.coding.binary import length_prefix, read_length
from codelength.coding.quantise import find, quantise_row
from codelength.core import Bits, DataError, StreamError
from codelength.models.lanes import LANES, Symbols, TransformerCode
from codelength.models.transformer import Config, Transformer

_TOTAL_BITS = 20
_MOST_VALUES = 1 << 12
"""Values that a tensor's integers may take; a step that would need more is made larger."""

_SMALL, _WEIGHTS_PER_BYTE = 1 << 20, 512
"""A stream may claim so many weights, or so many for each of its bytes: what it claims is built before it is read."""

_SHIFT = 40
"""A step's exponent is sent as k + 40, one byte."""


@dataclass(frozen=True, slots=True, eq=False)
class TwoPart:
    """Sequences (n, T) <-> bytes, the network included.

    `bits_per_weight`: about what a weight costs: a tensor's step is its mean deviation over 2**(bits_per_weight - 2),
    rounded to a power of two.
    """

    model: Transformer
    bits_per_weight: int = 6
    lanes: int = LANES

    @property
    def spec(self) -> str:
        """Name and settings; the weights are in the stream."""
        return f"two-part:bits={self.bits_per_weight},lanes={self.lanes}"

    def bits(self, data: NDArray[Any], /) -> Bits:
        """Weights and data."""
        weights = self.weights()
        return Bits(8.0 * len(weights)) + TransformerCode(_rebuilt(weights)[0], self.lanes).bits(data)

    def encode(self, data: NDArray[Any], /) -> bytes:
        """The stream; it has been decoded and compared."""
        weights = self.weights()
        return weights + TransformerCode(_rebuilt(weights)[0], self.lanes).encode(data)

    def decode(self, stream: bytes, /, *, max_size: int) -> Symbols:
        """The sequences back; the network comes from the stream. Raises `StreamError`."""
        model, at = _rebuilt(stream)
        return TransformerCode(model, self.lanes).decode(stream[at:], max_size=max_size)

    def weights(self) -> bytes:
        """The first part: shape, steps and integers."""
        text = json.dumps(asdict(self.model.config), separators=(",", ":")).encode()
        parts = [length_prefix(len(text)), text]
        for _, tensor in _tensors(self.model):
            parts.append(_coded(tensor, self.bits_per_weight))
        return b"".join(parts)


def _tensors(model: Transformer) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for name, weight in sorted(model.state_dict().items()):
        yield name, weight.detach().cpu().float().numpy()


def _coded(tensor: NDArray[np.float32], bits: int) -> bytes:
    """Exponent, least integer, number of values, length of the payload, payload."""
    spread = max(float(np.abs(tensor - tensor.mean()).mean()), float(np.abs(tensor).max()) / _MOST_VALUES, 2.0**-30)
    k = min(max(bits - 2 - round(math.log2(spread)), -_SHIFT), 63 - _SHIFT)
    q = np.rint(tensor.astype(np.float64) * 2.0**k).astype(np.int64).ravel()
    while int(q.max()) - int(q.min()) >= _MOST_VALUES:
        k -= 1
        q = np.rint(tensor.astype(np.float64) * 2.0**k).astype(np.int64).ravel()
    least, values = int(q.min()), int(q.max() - q.min()) + 1
    starts, freqs = np.empty(q.size, np.uint32), np.empty(q.size, np.uint32)
    _count(q - least, values, starts, freqs)
    payload = coder.encode(starts, freqs, _TOTAL_BITS) if values > 1 else b""
    zigzag = length_prefix(2 * least if least >= 0 else -2 * least - 1)
    return bytes([k + _SHIFT]) + zigzag + length_prefix(values) + length_prefix(len(payload)) + payload


def _rebuilt(stream: bytes) -> tuple[Transformer, int]:
    """The network in a stream, and where its part ends."""
    size, at = read_length(stream, max_size=1 << 12)
    try:
        config = Config(**json.loads(stream[at : at + size]))
        if config.parameters > max(_SMALL, _WEIGHTS_PER_BYTE * len(stream)):
            raise StreamError(f"{len(stream):,} bytes cannot hold the {config.parameters:,} weights that they claim")
        model = Transformer(config)
    except (ValueError, TypeError, DataError) as error:
        raise StreamError(f"the network's shape is damaged: {error}") from error
    at += size
    state = {}
    for name, tensor in _tensors(model):
        if at >= len(stream):
            raise StreamError("the stream ends within the network's weights")
        k = stream[at] - _SHIFT
        zigzag, at = read_length(stream, at + 1, max_size=1 << 40)
        values, at = read_length(stream, at, max_size=_MOST_VALUES)
        size, at = read_length(stream, at, max_size=len(stream))
        least = zigzag // 2 if zigzag % 2 == 0 else -(zigzag + 1) // 2
        q = np.zeros(tensor.size, dtype=np.int64)
        if values > 1:
            payload = np.frombuffer(stream[at : at + size], dtype=np.uint8)
            registers = coder.open_registers(payload)
            _uncount(registers, payload, values, q)
            coder.check_end(registers, payload)
        at += size
        state[name] = torch.from_numpy(((q + least) * 2.0**-k).astype(np.float32).reshape(tensor.shape))
    model.load_state_dict(state)
    return model.eval().requires_grad_(False), at


@njit(cache=True)
def _count(q: NDArray[np.int64], values: int, starts: NDArray[np.uint32], freqs: NDArray[np.uint32]) -> None:
    counts = np.ones(values, dtype=np.uint64)  # twice the count, plus 1: Krichevsky-Trofimov
    row = np.empty(values, dtype=np.uint32)
    for i in range(q.shape[0]):
        if i % 64 == 0 or i < 64:
            quantise_row(counts, row, _TOTAL_BITS)
        start = np.uint32(0)
        for v in range(q[i]):
            start += row[v]
        starts[i], freqs[i] = start, row[q[i]]
        counts[q[i]] += np.uint64(2)


@njit(cache=True)
def _uncount(registers: NDArray[np.uint64], stream: NDArray[np.uint8], values: int, q: NDArray[np.int64]) -> None:
    counts = np.ones(values, dtype=np.uint64)
    row = np.empty(values, dtype=np.uint32)
    for i in range(q.shape[0]):
        if i % 64 == 0 or i < 64:
            quantise_row(counts, row, _TOTAL_BITS)
        symbol, start = find(row, coder.decode_target(registers, _TOTAL_BITS))
        coder.consume(registers, stream, start, np.int64(row[symbol]), _TOTAL_BITS)
        q[i] = symbol
        counts[symbol] += np.uint64(2)
