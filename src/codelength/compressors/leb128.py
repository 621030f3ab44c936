"""LEB128: a whole number as bytes of 7 bits, the lowest first, the high bit set on all but the last.

One byte below 128, two below 16,384: the cost of a length that a library's format does not carry itself.
"""

from __future__ import annotations

from codelength.core import StreamError

_LONGEST = 10


def leb128(value: int) -> bytes:
    """`value` >= 0 in as few bytes as it takes."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_leb128(stream: bytes) -> tuple[int, int]:
    """The number at the head of `stream`, and where the next byte is.

    Raises
    ------
    StreamError
        Truncated, longer than 10 bytes, or written in more bytes than needed.
    """
    value = 0
    for at, byte in enumerate(stream[:_LONGEST]):
        value |= (byte & 0x7F) << (7 * at)
        if byte < 0x80:
            if at and not byte:
                raise StreamError("a number is written in more bytes than it needs: the stream is damaged")
            return value, at + 1
    raise StreamError("the stream ends within its length, or the length is damaged")
