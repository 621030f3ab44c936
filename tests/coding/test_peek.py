"""A stream whose beginning was looked at still holds all of it, however it is read."""

import io
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.peek import peeked


class Trickle:
    """A pipe: gives one byte at a time, and counts what was taken."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.taken = 0

    def read(self, size: int = -1, /) -> bytes:
        part = self.content[self.taken :][: size if size < 0 else min(size, 1)]
        self.taken += len(part)
        return part


@given(st.binary(max_size=40), st.integers(0, 50), st.lists(st.integers(1, 20), max_size=50))
def test_nothing_is_lost_and_nothing_twice(content: bytes, size: int, reads: list[int]) -> None:
    for source in (io.BytesIO(content), cast(io.BytesIO, Trickle(content))):
        head, whole = peeked(source, size)
        assert head == content[:size]
        parts = [whole.read(n) for n in reads]
        assert all(len(part) <= n for part, n in zip(parts, reads, strict=True))
        rest = bytearray()
        while part := whole.read(7):
            rest += part
        assert b"".join(parts) + bytes(rest) == content


def test_no_more_is_read_than_asked_for() -> None:
    source = Trickle(bytes(100))
    peeked(cast(io.BytesIO, source), 30)
    assert source.taken == 30
