"""Any code as a coder of successive blocks: what a frame is written and read with.

A code that streams brings its own coder, each block given all before it. For any other, blocks are independent and
64 MiB, so that a file below that is one block and the long windows of zstd and lzma keep working.
"""

from __future__ import annotations

from codelength.coding.frame import MAX_BLOCK
from codelength.core import BlockCoder, Code, StreamError, Streaming


class IndependentBlocks:
    """A code that does not stream, as a `BlockCoder`: each block is coded by itself."""

    def __init__(self, code: Code[bytes]) -> None:
        self._code = code

    def encode(self, block: bytes, /) -> bytes:
        """The block's stream, its length in it once more."""
        return self._code.encode(block)

    def decode(self, payload: bytes, size: int, /) -> bytes:
        """The block back. Raises `StreamError` for a damaged payload, or one of a block that is not of this size."""
        block = self._code.decode(payload, max_size=size)
        if len(block) != size:
            raise StreamError(f"a block says {size:,} bytes and decodes to {len(block):,}: it is damaged")
        return block


def block_coder(code: Code[bytes]) -> tuple[BlockCoder, int]:
    """A coder of successive blocks for any code, and the size of its blocks in bytes."""
    if isinstance(code, Streaming):
        return code.blocks(), min(code.block_size, MAX_BLOCK)
    return IndependentBlocks(code), MAX_BLOCK
