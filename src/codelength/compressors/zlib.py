"""DEFLATE (Deutsch, RFC 1951, 1996; as in gzip and PNG): LZ77 in a window of 32 kB, then Huffman codes.

Raw blocks: no header, no checksum; the last block says so itself. Side information is a preset dictionary
(RFC 1950, 2.2): only its last 2**window bytes count, because nothing further back can be pointed at.
About 19 MB/s (`benchmarks.compressors`); memory 2**(window + 2) + 2**(memory + 9) bytes (zconf.h).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import Self

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
class Zlib:
    """DEFLATE as a code over bytes that can be given up to 2**window bytes of side information.

    Parameters
    ----------
    level
        Effort, 0 (stored) to 9.
    window
        log2 of the window in bytes, 9 to 15.
    memory
        The encoder's own tables ("memLevel"), 1 to 9; 9 makes larger blocks than zlib's own default of 8.

    Examples
    --------
    >>> code = Zlib()
    >>> code.decode(code.encode(b"abracadabra"), max_size=11)
    b'abracadabra'
    >>> fox = b"the quick brown fox"
    >>> code.given(fox).bits(fox).bits < code.bits(fox).bits
    True
    """

    level: int = 9
    window: int = 15
    memory: int = 9
    _side: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        check_range("level", self.level, 0, 9)
        check_range("window", self.window, 9, 15)
        check_range("memory", self.memory, 1, 9)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return spec_of("zlib", self)

    def given(self, data: bytes, /) -> Self:
        """C(. | data), of which the last 2**window bytes are used."""
        return replace(self, _side=(self._side + bytes(data))[-(1 << self.window) :])

    def bits(self, data: bytes, /) -> Bits:
        """8 bits a byte of the stream: exact."""
        return exact(self.encode(data))

    def encode(self, data: bytes, /) -> bytes:
        """Raw DEFLATE blocks."""
        # An empty dictionary is refused by the library, so it is handed over only where there is one.
        side = {"zdict": self._side} if self._side else {}
        coder = zlib.compressobj(self.level, zlib.DEFLATED, -self.window, self.memory, zlib.Z_DEFAULT_STRATEGY, **side)
        return coder.compress(data) + coder.flush()

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back; at most `max_size` + 1 bytes are ever expanded. Raises `StreamError`."""
        coder = zlib.decompressobj(-self.window, self._side) if self._side else zlib.decompressobj(-self.window)
        try:
            data = coder.decompress(stream, limit(max_size))
        except zlib.error as error:
            raise damaged("zlib", error) from error
        if len(data) > max_size:
            raise too_large(max_size)
        if not coder.eof:
            raise truncated("zlib")
        if coder.unused_data:
            raise left_over("zlib", len(coder.unused_data))
        return data
