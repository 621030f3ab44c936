"""A trained network of pixels as a predictor of bytes: images one after the other, a byte a pixel, bit by bit.

A byte's bits are read off the network's distribution over grey levels: with f the frequencies of sum 2**24,

    P(next bit = 1 | the bits b so far) = f(all that begin with b1) / f(all that begin with b)

So the network can stand beside context mixing in a mixture (`codes.gated`), which is a lossless code again. Both sides
take the same steps, one image at a time, on one machine: the local tier. Cost: 28 x 28 steps an image; it learns
nothing from what it codes, and `given` only counts pixels.
"""

from __future__ import annotations

from typing import Self, final

import numpy as np
import torch
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.coding.quantise import quantise_floats
from codelength.core import Bits, DataError, StreamError, Walk
from codelength.models.lanes import TOTAL_BITS, weights_digest
from codelength.models.networks import Steps
from codelength.models.pixel_network import PixelNetwork

_UNIT = 1 << 32


@final
class ImagePredictor:
    """A predictor over bytes, the pixels of images of the network's size.

    Parameters
    ----------
    model
        Trained on grey levels: its alphabet is that of bytes.

    Raises
    ------
    DataError
        An alphabet of another size.

    Examples
    --------
    >>> from codelength.models.pixel_network import PixelConfig
    >>> predictor = ImagePredictor(PixelNetwork(PixelConfig(256, rows=3, columns=4, layers=1, width=4)))
    >>> y = bytes(range(30))  # two images and a half
    >>> predictor.decode(predictor.encode(y), max_size=30) == y
    True
    """

    def __init__(self, model: PixelNetwork) -> None:
        if model.config.symbols != 256:
            raise DataError(f"a network of {model.config.symbols} symbols predicts no bytes: train it on grey levels")
        self.model = model
        self._begun = b""

    @property
    def spec(self) -> str:
        """Name and the digest of the weights. It makes no frames, so the catalogue does not have it."""
        return f"network:weights={weights_digest(self.model)}"

    def given(self, data: bytes, /) -> Self:
        """The predictor behind `data`: in the midst of an image, if data end there."""
        other = type(self)(self.model)
        behind = self._begun + data
        other._begun = behind[len(behind) - len(behind) % self.model.config.context :]
        return other

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact, on this machine."""
        return Bits(8 * len(binary.length_prefix(len(data))) + binary.cost(data, self.probabilities(data)))

    def probabilities(self, data: bytes, /) -> NDArray[np.uint32]:
        """P(bit = 1) in units of 2**-32 before each bit of `data`: (n, 8) uint32."""
        reader = _Reader(self.model, self._begun)
        probs = np.empty((len(data), 8), dtype=np.uint32)
        for t, byte in enumerate(data):
            tree = reader.tree()
            for j in range(8):
                probs[t, j] = _share(tree, (256 + byte) >> (8 - j))
            reader.push(byte)
        return probs

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`; it has been decoded and compared."""
        stream = binary.length_prefix(len(data)) + binary.encode(data, self.probabilities(data))
        if self.decode(stream, max_size=len(data)) != data:
            raise StreamError("the network did not say the same twice: nothing was written; try with one thread")
        return stream

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        size, start = binary.read_length(stream, max_size=max_size)
        payload = np.frombuffer(stream, dtype=np.uint8, offset=start)
        registers = binary.open_registers(payload)
        reader, out = _Reader(self.model, self._begun), bytearray()
        for _ in range(size):
            tree, node = reader.tree(), 1
            while node < 256:
                node = 2 * node + int(binary.decode_bit(registers, payload, _share(tree, node)))
            if binary.exhausted(registers, payload):
                raise StreamError("the stream ends too early: it is truncated or damaged")
            out.append(node - 256)
            reader.push(node - 256)
        binary.check_end(registers, payload)
        return bytes(out)

    def walk(self) -> Walk:
        """A cursor that reads this predictor bit by bit."""
        return _Cursor(_Reader(self.model, self._begun))

    def __repr__(self) -> str:
        return f"ImagePredictor({self.spec!r})"


class _Cursor:
    def __init__(self, reader: _Reader) -> None:
        self._reader, self._node = reader, 1

    @property
    def p(self) -> int:
        return int(_share(self._reader.tree(), self._node))

    def push(self, bit: int) -> None:
        self._node = 2 * self._node + bit
        if self._node >= 256:
            self._reader.push(self._node - 256)
            self._node = 1


class _Reader:
    """The network in the midst of an image; it begins another one behind the last pixel."""

    def __init__(self, model: PixelNetwork, begun: bytes) -> None:
        self._model, self._device = model, model.head.weight.device
        self._left, self._token = 0, model.start
        self._tree: NDArray[np.uint64] | None = None
        for byte in begun:
            self.push(byte)

    def tree(self) -> NDArray[np.uint64]:
        """Frequencies of all beginnings of the next byte, (512,): 1 is all, 2 k and 2 k + 1 are k with a bit more."""
        if self._tree is None:
            if self._left == 0:
                self._step, self._left, self._token = Steps(self._model, 1), self._model.config.context, 0
            with torch.inference_mode():
                logits = self._step(torch.tensor([self._token], device=self._device))
                shares = torch.softmax(logits.double(), dim=-1).cpu().numpy()
            self._tree = np.empty(512, dtype=np.uint64)
            self._tree[256:] = quantise_floats(shares, TOTAL_BITS)[0]
            for first in (128, 64, 32, 16, 8, 4, 2, 1):
                below = self._tree[2 * first : 4 * first]
                self._tree[first : 2 * first] = below[0::2] + below[1::2]
        return self._tree

    def push(self, byte: int) -> None:
        """The next pixel."""
        self.tree()
        self._token, self._left, self._tree = byte, self._left - 1, None


def _share(tree: NDArray[np.uint64], node: int) -> np.uint32:
    """P(next bit = 1) behind a node, in units of 2**-32; frequencies are at least 1, so never 0 and never 1."""
    return np.uint32((int(tree[2 * node + 1]) * _UNIT) // int(tree[node]))
