"""bzip2 (Seward, 1996): Burrows-Wheeler transform (1994) of blocks of level * 100 kB, move to front, Huffman codes.

The four bytes "BZh" and level are left out: the decoder knows them. It takes no side information, and joining two
texts can make their blocks worse. About 14 MB/s (`benchmarks.compressors`); memory 8 times the block (bzip2 manual).
"""

from __future__ import annotations

import bz2
from dataclasses import dataclass

from codelength.compressors.parameters import (
    check_range,
    damaged,
    exact,
    left_over,
    limit,
    spec_of,
    too_large,
    truncated,
)
from codelength.core import Bits


@dataclass(frozen=True)
class Bz2:
    """bzip2 as a code over bytes.

    Parameters
    ----------
    level
        Block size in units of 100,000 bytes, 1 to 9.

    Examples
    --------
    >>> Bz2().decode(Bz2().encode(b"banana"), max_size=6)
    b'banana'
    """

    level: int = 9

    def __post_init__(self) -> None:
        check_range("level", self.level, 1, 9)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return spec_of("bz2", self)

    def bits(self, data: bytes, /) -> Bits:
        """8 bits a byte of the stream: exact."""
        return exact(self.encode(data))

    def encode(self, data: bytes, /) -> bytes:
        """A bzip2 stream without its first four bytes."""
        return bz2.compress(data, self.level)[len(self._header) :]

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back; at most `max_size` + 1 bytes are ever expanded. Raises `StreamError`."""
        coder = bz2.BZ2Decompressor()
        try:
            data = coder.decompress(self._header + stream, limit(max_size))
            # The library may stop at the limit with the end of the stream still to be read.
            while not coder.eof and not coder.needs_input and len(data) <= max_size:
                data += coder.decompress(b"", limit(max_size) - len(data))
        except (OSError, ValueError) as error:
            raise damaged("bz2", error) from error
        if len(data) > max_size:
            raise too_large(max_size)
        if not coder.eof:
            raise truncated("bz2")
        if coder.unused_data:
            raise left_over("bz2", len(coder.unused_data))
        return data

    @property
    def _header(self) -> bytes:
        return b"BZh%d" % self.level
