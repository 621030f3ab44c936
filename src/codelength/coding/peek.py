"""The beginning of a stream, looked at before the whole is read: for whoever must choose by it and cannot seek back.

Memory: the beginning, until it has been read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

_PIECE = 1 << 20


def peeked(source: BinaryIO, size: int) -> tuple[bytes, BinaryIO]:
    """The first `size` bytes of a file, fewer only if it ends before, and a file that still holds all of it.

    Parameters
    ----------
    source
        A binary file; it need not be seekable. Read on from what is returned, no longer from this.
    size
        Bytes to look at.

    Examples
    --------
    >>> from io import BytesIO
    >>> head, whole = peeked(BytesIO(b"abracadabra"), 4)
    >>> head, whole.read(3), whole.read(3), whole.read()
    (b'abra', b'abr', b'a', b'cadabra')
    """
    head = bytearray()
    while len(head) < size and (part := source.read(min(size - len(head), _PIECE))):
        head += part
    return bytes(head), cast(BinaryIO, _Peeked(bytes(head), source))


def rejoined(parts: Iterator[bytes], rest: BinaryIO) -> BinaryIO:
    """A file of these parts, each asked for only when it is read, followed by what `rest` still holds.

    Examples
    --------
    >>> from io import BytesIO
    >>> whole = rejoined(iter([b"ab", b"", b"racad"]), BytesIO(b"abra"))
    >>> whole.read(1), whole.read(4), whole.read()
    (b'a', b'b', b'racadabra')
    """
    return cast(BinaryIO, _Rejoined(parts, rest))


class _Rejoined:
    def __init__(self, parts: Iterator[bytes], rest: BinaryIO) -> None:
        self._parts = parts
        self._part = b""
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            whole = self._part + b"".join(self._parts) + self._rest.read()
            self._part = b""
            return whole
        while not self._part:
            following = next(self._parts, None)
            if following is None:
                return self._rest.read(size)
            self._part = following
        part, self._part = self._part[:size], self._part[size:]
        return part


class _Peeked:
    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._rest.read(size)
        if size < 0:
            part, self._head = self._head + self._rest.read(), b""
        else:
            part, self._head = self._head[:size], self._head[size:]
        return part
