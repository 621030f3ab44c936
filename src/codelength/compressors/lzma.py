"""LZMA2 (Pavlov, 1998-2009; as in xz and 7-Zip): LZ77 in a large window, every decision range-coded with adaptive bits.

Raw chunks: no container, no checksum; a zero byte ends them. The always-on "extreme" flag of xz is included. It takes
no side information: the format has none, and nothing here pretends.
About 3 MB/s (`benchmarks.compressors`); memory about 11 times the window that the data need (xz manual).
"""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from typing import Any

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

_SMALLEST_WINDOW = 4096


@dataclass(frozen=True)
class Lzma:
    """LZMA2 as a code over bytes.

    Parameters
    ----------
    level
        Effort, 0 to 9, as `xz -0e` to `xz -9e`.
    window
        log2 of the window in bytes, 12 to 30. No more than the data need is taken.
    lc, lp, pb
        Bits of the previous byte, of the position for literals and of the position for matches that choose a context;
        lc + lp <= 4. For text lc=4, pb=0 is a little better.

    Examples
    --------
    >>> Lzma(level=1).spec
    'lzma:level=1'
    >>> Lzma().decode(Lzma().encode(b"lzma" * 9), max_size=36) == b"lzma" * 9
    True
    """

    level: int = 9
    window: int = 26
    lc: int = 3
    lp: int = 0
    pb: int = 2

    def __post_init__(self) -> None:
        check_range("level", self.level, 0, 9)
        check_range("window", self.window, 12, 30)
        check_range("lc", self.lc, 0, 4)
        check_range("lp", self.lp, 0, 4)
        check_range("pb", self.pb, 0, 4)
        if self.lc + self.lp > 4:
            raise ValueError(f"lc + lp is {self.lc + self.lp}; LZMA2 allows at most 4")

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return spec_of("lzma", self)

    def bits(self, data: bytes, /) -> Bits:
        """8 bits a byte of the stream: exact."""
        return exact(self.encode(data))

    def encode(self, data: bytes, /) -> bytes:
        """Raw LZMA2 chunks with their end marker."""
        return lzma.compress(data, lzma.FORMAT_RAW, filters=self._filters(len(data)))

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back; at most `max_size` + 1 bytes are ever expanded. Raises `StreamError`."""
        # No match of a sound stream reaches back beyond the data, so the limit on the data also bounds the window.
        coder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=self._filters(max_size))
        try:
            data = coder.decompress(stream, limit(max_size))
            # The library may stop at the limit with the end marker still to be read.
            while not coder.eof and not coder.needs_input and len(data) <= max_size:
                more = coder.decompress(b"", limit(max_size) - len(data))
                if not more and not coder.eof:
                    break
                data += more
        except lzma.LZMAError as error:
            raise damaged("lzma", error) from error
        if len(data) > max_size:
            raise too_large(max_size)
        if not coder.eof:
            raise truncated("lzma")
        if coder.unused_data:
            raise left_over("lzma", len(coder.unused_data))
        return data

    def _filters(self, size: int) -> list[dict[str, Any]]:
        # A window larger than the data finds nothing more, and its tables would be cleared for every short text.
        window = min(1 << self.window, max(_SMALLEST_WINDOW, size))
        preset = self.level | lzma.PRESET_EXTREME
        context = {"lc": self.lc, "lp": self.lp, "pb": self.pb}
        return [{"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": window, **context}]
