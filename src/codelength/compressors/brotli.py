"""Brotli (Alakuijala & Szabadka, RFC 7932, 2016): LZ77 with a built-in dictionary of common words, context-chosen
Huffman codes.

The format has no container: the stream is what the decoder needs, and its last block says so. The C library can take a
dictionary, but its Python binding (1.2) cannot, so there is no side information here.
The built-in dictionary (120 kB of words, mostly English and HTML) is knowledge that nobody paid for: short texts look
cheaper than the data alone would make them. About 0.6 MB/s at level 11 (`benchmarks.compressors`).
"""

from __future__ import annotations

from dataclasses import dataclass

import brotli

from codelength.compressors.parameters import check_range, damaged, exact, spec_of, too_large, truncated
from codelength.core import Bits

_PIECE = 1 << 20


@dataclass(frozen=True)
class Brotli:
    """Brotli as a code over bytes.

    Parameters
    ----------
    level
        Effort ("quality"), 0 to 11.
    window
        log2 of the window in bytes, 10 to 24.
    mode
        "generic", "text" (UTF-8) or "font": what the encoder may assume.

    Examples
    --------
    >>> Brotli(mode="text").spec
    'brotli:mode=text'
    >>> Brotli().bits(b"the time of the people and the world").bits < 8 * 30
    True
    """

    level: int = 11
    window: int = 24
    mode: str = "generic"

    def __post_init__(self) -> None:
        check_range("level", self.level, 0, 11)
        check_range("window", self.window, 10, 24)
        if self.mode not in _MODES:
            raise ValueError(f"mode is {self.mode!r}; expected one of {', '.join(_MODES)}")

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return spec_of("brotli", self)

    def bits(self, data: bytes, /) -> Bits:
        """8 bits a byte of the stream: exact."""
        return exact(self.encode(data))

    def encode(self, data: bytes, /) -> bytes:
        """A Brotli stream."""
        stream: bytes = brotli.compress(data, mode=_MODES[self.mode], quality=self.level, lgwin=self.window)
        return stream

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back; not much more than `max_size` bytes are ever expanded. Raises `StreamError`."""
        coder = brotli.Decompressor()
        data = bytearray()
        piece = stream
        try:
            while not coder.is_finished():
                part = coder.process(piece, output_buffer_limit=_PIECE)
                data += part
                if len(data) > max_size:
                    raise too_large(max_size)
                if not part and coder.can_accept_more_data() and not coder.is_finished():
                    raise truncated("brotli")
                piece = b""
        except brotli.error as error:
            raise damaged("brotli", error) from error
        return bytes(data)


_MODES = {"generic": brotli.MODE_GENERIC, "text": brotli.MODE_TEXT, "font": brotli.MODE_FONT}
