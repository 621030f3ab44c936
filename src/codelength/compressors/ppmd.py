"""PPMd, variant H (Shkarin 2001; as in 7-Zip): prediction by partial matching with inherited counts, range-coded.

    stream = LEB128(2 * size + stored)  payload         stored = 1: the payload is the data

The payload is 7-Zip's range-coder stream with 4 bytes less: not its first byte, which is always 0, and not its last 3.
They end the stream with the lower end of the final interval, but any number in the interval will do, and since the
interval is at least 2**24 wide, one is found whose last 3 bytes (and all after them) are 0x80. It takes no side
information. About 7 MB/s encoding, 2 MB/s decoding (`benchmarks.compressors`); memory 2**memory bytes, or less for
data so short that the model cannot fill them: then nothing depends on them. A byte of data is a byte of text, which
has an eighth of the memory, and at most a new context (1 unit of 12 bytes) and a new symbol in each of order + 1
contexts. A context with s symbols has been given, in all its growth through the allocator's sizes 1, 2, 3, 4, 6, 8, 10,
12, 15, 18, 21, 24, 28, ..., 128 units, less than 8.5 s units; 9.5 * 12 * 8/7 < 131 bytes for each of them are enough.

The library (pyppmd 1.3) is not safe by itself, so it is held on a short lead.

- Its encoder silently drops bytes when a symbol overruns its 32 kB output block. Symbols go in pieces that cannot fill
  a block; where a carry runs through a whole block (contrived data only) the data are stored.
- Its decoder thread waits for more input where a damaged stream runs out, and may write into freed memory when it is
  dropped waiting. It never gets to wait: the stream is followed by as much padding as one piece can ever eat, and every
  piece decoded is coded again at once and compared with the stream, so that nothing goes on beyond the stream's end.
  (The padding is 0x80 because no borrow runs through it: what is read soon shows in what is coded again.)
- Its decoder frees its memory twice where it cannot get it, which ends the process. So it is asked for only after it
  has been seen to be there.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import pyppmd

from codelength.compressors.leb128 import leb128, read_leb128
from codelength.compressors.parameters import check_range, damaged, exact, left_over, spec_of, too_large, truncated
from codelength.core import Bits, StreamError

_BLOCK = 32 * 1024
"""Size of the library's output block."""

_ENCODED_PIECE = 64
"""Symbols encoded per call: even at order 64 they write 8.4 kB at most, a quarter of a block."""

_DECODED_PIECE = 2048
"""Symbols decoded per call: fewer than a block, so that the library never grows its output."""

_IMPLIED = 3
"""Bytes that are left out at the end."""

_PER_CONTEXT = 192
"""Bytes of memory for a context that a byte of data touches: above 131, see the head of this file."""

_START = 1 << 16
"""Bytes of memory for a fresh model: order 0, with all 256 symbols, and the text's eighth of a little."""

_SPARE = 32 << 20
"""Bytes of address space beside the models: the decoder's thread and what it reads."""

_PAD = b"\x80"
_LONGEST_READAHEAD = 32


@dataclass(frozen=True)
class Ppmd:
    """PPMd variant H as a code over bytes.

    Parameters
    ----------
    order
        Longest context in bytes, 2 to 64.
    memory
        log2 of the model's memory in bytes, 11 to 31; when it is full, the model starts anew.

    Examples
    --------
    >>> Ppmd(order=16).decode(Ppmd(order=16).encode(b"tobeornottobe"), max_size=13)
    b'tobeornottobe'
    """

    order: int = 6
    memory: int = 24

    def __post_init__(self) -> None:
        check_range("order", self.order, 2, 64)
        check_range("memory", self.memory, 11, 31)

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return spec_of("ppmd", self)

    def bits(self, data: bytes, /) -> Bits:
        """8 bits a byte of the stream: exact."""
        return exact(self.encode(data))

    def encode(self, data: bytes, /) -> bytes:
        """The length, then the payload; stored where PPMd would not make it smaller."""
        encoder = _Encoder(self.order, self._memory_for(len(data)))
        payload = _shortened(encoder.push(data) + encoder.finish())
        if encoder.overrun or len(payload) >= len(data):
            return leb128(2 * len(data) + 1) + data
        return leb128(2 * len(data)) + payload

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back; at most `max_size` bytes are ever expanded. Raises `StreamError`."""
        head, start = read_leb128(stream)
        size, payload = head >> 1, stream[start:]
        if size > max_size:
            raise too_large(max_size)
        if not head & 1:
            return self._expanded(payload, size)
        if len(payload) < size:
            raise truncated("ppmd")
        if len(payload) > size:
            raise left_over("ppmd", len(payload) - size)
        return payload

    def _expanded(self, payload: bytes, size: int) -> bytes:
        """Decode in step with encoding; see the head of this file."""
        if payload[:4] == b"\xff\xff\xff\xff":
            raise damaged("ppmd", "it starts above the coder's range")
        # A symbol has at most order + 2 coding steps, each of which reads at most 2 bytes.
        padding = _PAD * (2 * (self.order + 2) * _DECODED_PIECE + _LONGEST_READAHEAD)
        whole = b"\0" + payload
        waiting = whole + padding
        memory = self._memory_for(size)
        if not _is_there(2 * memory + _SPARE):
            raise StreamError(f"a ppmd stream needs {2 * memory:,} bytes of memory, which are not there")
        decoder, encoder = pyppmd.Ppmd7Decoder(self.order, memory), _Encoder(self.order, memory)
        data, coded = bytearray(), bytearray()
        while len(data) < size:
            want = min(_DECODED_PIECE, size - len(data))
            try:
                piece = decoder.decode(waiting, want)
            except ValueError as error:
                raise damaged("ppmd", error) from error
            waiting = b""
            again = encoder.push(piece)
            if len(piece) < want or again != whole[len(coded) : len(coded) + len(again)]:
                raise damaged("ppmd", "what it decodes to is coded otherwise")
            data += piece
            coded += again
        if _shortened(bytes(coded) + encoder.finish()) != payload:
            raise damaged("ppmd", "what it decodes to is coded otherwise")
        return bytes(data)


    def _memory_for(self, size: int) -> int:
        """Bytes of memory for a model of `size` bytes of data: 2**memory, or fewer where they cannot be filled."""
        return min(1 << self.memory, _START + _PER_CONTEXT * (self.order + 1) * size)


class _Encoder:
    """The library's encoder, fed in pieces that cannot overrun its output block."""

    def __init__(self, order: int, memory: int) -> None:
        self._coder = pyppmd.Ppmd7Encoder(order, memory)
        self.overrun = False

    def push(self, data: bytes) -> bytes:
        """What the coder writes for `data`, as far as it is final."""
        view = memoryview(data)
        parts = [self._checked(self._coder.encode(view[at : at + _ENCODED_PIECE])) for at in _starts(len(data))]
        return b"".join(parts)

    def finish(self) -> bytes:
        """The rest of the stream."""
        return self._checked(self._coder.flush())

    def _checked(self, written: bytes) -> bytes:
        self.overrun |= len(written) >= _BLOCK
        return written


def _is_there(size: int) -> bool:
    """Whether so many bytes of memory can be had; none of them is touched."""
    try:
        mmap.mmap(-1, size).close()
    except OSError:
        return False
    return True


def _starts(size: int) -> range:
    return range(0, size, _ENCODED_PIECE)


def _shortened(stream: bytes) -> bytes:
    """A range coder's stream without its first byte and its last `_IMPLIED` bytes, which shall read 0x80."""
    kept = bytearray(stream[1:-_IMPLIED])
    if stream[-_IMPLIED:] > _PAD * _IMPLIED:
        # 0x80 0x80 0x80 would lie below the interval: the next number with that end lies in it.
        at = len(kept) - 1
        while kept[at] == 0xFF:
            kept[at] = 0
            at -= 1
        kept[at] += 1
    return bytes(kept)
