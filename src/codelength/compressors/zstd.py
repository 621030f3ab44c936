"""Zstandard (Collet, 2016; RFC 8878): LZ77 in a large window, Huffman codes for literals, finite-state entropy (tANS,
Duda 2013) for matches.

The frame is written without magic number, content size, checksum and dictionary id: two bytes, then the blocks, the
last of which says so. Side information is a raw-content dictionary, of any length up to the
window; the window is pinned to cover dictionary and data together, or else the library forgets the dictionary as
soon as one window of data has passed. The dictionary's tables are built once, at about the cost of coding it, and serve
any number of targets. About 3 MB/s at level 19 (`benchmarks.compressors`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import zstandard

from codelength.compressors.parameters import check_range, damaged, exact, left_over, spec_of, too_large, truncated
from codelength.core import Bits

_SMALLEST_WINDOW = 10

_PIECE = 64
"""Bytes of the stream decoded at a time. Four can stand for a block of 128 kB, so a bomb gets 2 MB too far at most."""


@dataclass(frozen=True)
class Zstd:
    """Zstandard as a code over bytes that can be given side information.

    Parameters
    ----------
    level
        Effort, 1 to 22.
    window
        log2 of the largest window in bytes, 10 to 31. No more than side information and data need is taken; side
        information beyond it is out of reach.

    Examples
    --------
    >>> Zstd(level=3).spec
    'zstd:level=3'
    >>> x = bytes(range(256)) * 4
    >>> Zstd().given(x).bits(x).bits < Zstd().bits(x).bits
    True
    """

    level: int = 19
    window: int = 27
    _side: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        check_range("level", self.level, 1, 22)
        check_range("window", self.window, _SMALLEST_WINDOW, 31)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return spec_of("zstd", self)

    def given(self, data: bytes, /) -> Self:
        """C(. | data), of which the last 2**window bytes are kept."""
        return replace(self, _side=(self._side + bytes(data))[-(1 << self.window) :])

    def bits(self, data: bytes, /) -> Bits:
        """8 bits a byte of the stream: exact."""
        return exact(self.encode(data))

    def encode(self, data: bytes, /) -> bytes:
        """A Zstandard frame without magic number, content size, checksum and dictionary id."""
        parameters = zstandard.ZstdCompressionParameters(
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
            compression_level=self.level,
            window_log=self._window_for(len(data)),
            write_content_size=0,
            write_checksum=0,
            write_dict_id=0,
        )
        return zstandard.ZstdCompressor(dict_data=self._primed, compression_params=parameters).compress(data)

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back; about 2 MB more than `max_size` are expanded at most. Raises `StreamError`."""
        # The library takes the window that a stream claims at once; a sound one claims no more than its data need.
        window = _claimed_window(stream)
        if window > 1 << self._window_for(max_size):
            raise damaged("zstd", f"its window of {window:,} bytes is too large for {max_size:,} of data (max_size)")
        decompressor = zstandard.ZstdDecompressor(
            dict_data=self._dictionary,
            max_window_size=1 << self.window,
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        )
        coder = decompressor.decompressobj()
        data = bytearray()
        for at in range(0, len(stream), _PIECE):
            try:
                data += coder.decompress(stream[at : at + _PIECE])
            except zstandard.ZstdError as error:
                raise damaged("zstd", error) from error
            if len(data) > max_size:
                raise too_large(max_size)
            if coder.eof:
                rest = len(coder.unused_data) + max(0, len(stream) - at - _PIECE)
                if rest:
                    raise left_over("zstd", rest)
                return bytes(data)
        raise truncated("zstd")

    def _window_for(self, size: int) -> int:
        """log2 of the window for `size` bytes of data: no more than side information and data need."""
        needed = (max(1, len(self._side) + size) - 1).bit_length()
        return min(self.window, max(_SMALLEST_WINDOW, needed))

    @cached_property
    def _primed(self) -> zstandard.ZstdCompressionDict | None:
        """The dictionary with the encoder's tables, which would otherwise be built anew for every target."""
        dictionary = _raw(self._side)
        if dictionary is not None:
            dictionary.precompute_compress(level=self.level)
        return dictionary

    @cached_property
    def _dictionary(self) -> zstandard.ZstdCompressionDict | None:
        return _raw(self._side)

    def __getstate__(self) -> dict[str, Any]:
        """Parameters and side information; the library's tables are built anew where they are needed."""
        return {key: value for key, value in self.__dict__.items() if key not in ("_primed", "_dictionary")}


def _claimed_window(stream: bytes) -> int:
    try:
        return int(zstandard.get_frame_parameters(stream, format=zstandard.FORMAT_ZSTD1_MAGICLESS).window_size)
    except zstandard.ZstdError as error:
        raise damaged("zstd", error) from error


def _raw(side: bytes) -> zstandard.ZstdCompressionDict | None:
    if not side:
        return None
    return zstandard.ZstdCompressionDict(side, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
