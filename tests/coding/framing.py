"""What the tests of the frame share: writing and reading in memory, and a block coder for tests."""

import io
from collections.abc import Callable
from hashlib import blake2b

from codelength import catalogue
from codelength.coding.blocks import block_coder
from codelength.coding.frame import read_frames, side_digest, write_frame
from codelength.core import BlockCoder, Learner

Open = Callable[[str], BlockCoder]


class Chained:
    """A block is XORed with a key that hangs on all blocks before it (and on side information). Any damage decodes to
    something, so whatever is refused, the frame refused it.
    """

    def __init__(self, side: bytes = b"") -> None:
        self._key = blake2b(side).digest()

    def _crossed(self, block: bytes) -> bytes:
        key = self._key * (len(block) // len(self._key) + 1)
        return bytes(a ^ b for a, b in zip(block, key, strict=False))

    def encode(self, block: bytes, /) -> bytes:
        payload = self._crossed(block)
        self._key = blake2b(self._key + block).digest()
        return payload

    def decode(self, payload: bytes, size: int, /) -> bytes:
        block = self._crossed(payload)[:size].ljust(size, b"?")
        self._key = blake2b(self._key + block).digest()
        return block


def opener(side: bytes | None = None) -> Open:
    """From a spec to a coder given `side`: whatever begins with "chain" is `Chained`, others are the catalogue's."""

    def open_coder(spec: str) -> BlockCoder:
        if spec.startswith("chain"):
            return Chained(side or b"")
        code = catalogue.make(spec)
        if side is not None and isinstance(code, Learner):
            code = code.given(side)
        return block_coder(code)[0]

    return open_coder


def write(data: bytes, spec: str = "chained", *, side: bytes | None = None, block_size: int = 1000) -> bytes:
    sink = io.BytesIO()
    digest = None if side is None else side_digest(side)
    coder = opener(side)(spec)
    info = write_frame(io.BytesIO(data), sink, spec=spec, coder=coder, block_size=block_size, side=digest)
    assert (info.raw, info.stream, info.blocks) == (len(data), len(sink.getvalue()), -(-len(data) // block_size))
    return sink.getvalue()


def read(stream: bytes, *, side: bytes | None = None, max_size: int = 1 << 20, open_coder: Open | None = None) -> bytes:
    sink = io.BytesIO()
    digest = None if side is None else side_digest(side)
    read_frames(io.BytesIO(stream), sink, open_coder=open_coder or opener(side), side=digest, max_size=max_size)
    return sink.getvalue()
