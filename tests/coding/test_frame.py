"""The frame: layout byte by byte, round trips, streaming, concatenation, side information, limits, `frames_info`."""

import io
import tracemalloc
from hashlib import blake2b

import numpy as np
import pytest
from framing import Chained, opener, read, write
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength import catalogue
from codelength.coding import binary
from codelength.coding.blocks import IndependentBlocks, block_coder
from codelength.coding.frame import (
    DIGEST_SIZE,
    MAX_BLOCK,
    FrameInfo,
    frames_info,
    max_payload,
    read_frames,
    side_digest,
    write_frame,
)
from codelength.core import SideInformationError, StreamError, UnknownCodeError

SPECS = ["chained", "huffman", "kt"]
SIDE = b"what was known before"


@pytest.mark.parametrize("side", [None, SIDE])
def test_layout_is_the_documented_one(side: bytes | None) -> None:
    coder = Chained(side or b"")
    head = b"\x93CL\x01" + bytes([side is not None]) + b"\x07chained"
    if side is not None:
        head += blake2b(side, digest_size=8).digest()
    data = b"x" * 300 + b"y" * 100
    blocks = b"\xac\x02\xac\x02" + coder.encode(data[:300]) + b"\x64\x64" + coder.encode(data[300:])
    expected = head + blocks + b"\x00" + blake2b(head + data, digest_size=8).digest()
    assert write(data, side=side, block_size=300) == expected


def test_an_empty_frame_is_small() -> None:
    assert len(write(b"", "kt")) == 3 + 1 + 1 + 1 + len("kt") + 1 + DIGEST_SIZE == 17
    assert read(write(b"", "kt")) == b""


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("side", [None, b"", SIDE])
@given(data=st.binary(max_size=200), block_size=st.integers(1, 90))
@settings(deadline=None, max_examples=25)
def test_round_trip(spec: str, side: bytes | None, data: bytes, block_size: int) -> None:
    frame = write(data, spec, side=side, block_size=block_size)
    assert read(frame, side=side) == data
    assert read(frame, side=side, max_size=len(data)) == data


@given(st.lists(st.tuples(st.sampled_from(SPECS), st.binary(max_size=50)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=50)
def test_frames_may_follow_one_another(parts: list[tuple[str, bytes]]) -> None:
    frames = [write(data, spec, block_size=20) for spec, data in parts]
    whole = b"".join(frames)
    assert read(whole) == b"".join(data for _, data in parts)
    infos = list(frames_info(io.BytesIO(whole)))
    assert infos == read_frames(io.BytesIO(whole), io.BytesIO(), open_coder=opener(), max_size=1000)
    for info, (spec, data), frame in zip(infos, parts, frames, strict=True):
        assert info == FrameInfo(spec, len(data), len(frame), -(-len(data) // 20), None, frame[-8:])


class Dribble(io.RawIOBase):
    """A pipe that gives at most 3 bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        part = self._data.read(min(3, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


def test_pipes_that_give_little_at_a_time() -> None:
    data = bytes(range(256)) * 2
    sink = io.BytesIO()
    write_frame(Dribble(data), sink, spec="chained", coder=Chained(), block_size=100)
    assert sink.getvalue() == write(data, block_size=100)
    back = io.BytesIO()
    read_frames(Dribble(sink.getvalue()), back, open_coder=opener(), max_size=512)
    assert back.getvalue() == data
    assert next(frames_info(Dribble(sink.getvalue()))).raw == 512


class Zeros(io.RawIOBase):
    """`left` zero bytes, none of them in memory."""

    def __init__(self, left: int) -> None:
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        n = min(len(buffer), self._left)
        buffer[:n] = bytes(n)
        self._left -= n
        return n


class Counter(io.RawIOBase):
    """Keeps nothing but how much was written."""

    written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written += len(data)
        return len(data)


class Stored:
    def encode(self, block: bytes, /) -> bytes:
        return block

    def decode(self, payload: bytes, size: int, /) -> bytes:
        assert len(payload) == size
        return payload


def test_memory_is_that_of_a_block(tmp_path: object) -> None:
    """32 MiB through blocks of 64 KiB, both ways, in under 1 MiB."""
    path = tmp_path / "frame"  # type: ignore[operator]
    tracemalloc.start()
    with path.open("wb") as sink:
        write_frame(Zeros(1 << 25), sink, spec="stored", coder=Stored(), block_size=1 << 16)
    counter = Counter()
    with path.open("rb") as source:
        read_frames(source, counter, open_coder=lambda _: Stored(), max_size=1 << 25)
    with path.open("rb") as source:
        assert [info.blocks for info in frames_info(source)] == [512]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counter.written == 1 << 25
    assert peak < 1 << 20


@pytest.mark.parametrize(
    ("made_with", "given_now", "says"),
    [
        (SIDE, b"something else", [side_digest(SIDE).hex(), side_digest(b"something else").hex()]),
        (SIDE, None, ["none was given", side_digest(SIDE).hex()]),
        (None, SIDE, ["without side information", side_digest(SIDE).hex()]),
        (None, b"", ["without side information"]),
    ],
)
def test_side_information_must_be_the_same(made_with: bytes | None, given_now: bytes | None, says: list[str]) -> None:
    with pytest.raises(SideInformationError) as caught:
        read(write(b"content", side=made_with), side=given_now)
    for part in says:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (b"", "empty"),
        (b"\x1f\x8b\x08\x00", "not a codelength frame: it begins with 1f 8b 08"),
        (b"\x93C", "not a codelength frame"),
        (b"\x93CL", "truncated"),
        (b"\x93CL\x02\x00\x02kt", "version 2"),
        (b"\x93CL\x01\x02\x02kt", "unknown flags"),
        (b"\x93CL\x01\x80\x02kt", "unknown flags"),
        (b"\x93CL\x01\x00\x00", "not printable"),
        (b"\x93CL\x01\x00\x02k\n", "not printable"),
        (b"\x93CL\x01\x00\x02k\xe9", "not printable"),
        (b"\x93CL\x01\x00\x05kt", "truncated"),
        (b"\x93CL\x01\x00\x02kt\x80\x00", "more bytes than it needs"),
        (b"\x93CL\x01\x00\x02kt" + b"\xff" * 11, "longer than 10"),
        (b"\x93CL\x01\x00\x02kt" + b"\x01\x82\x0a" + bytes(1000), "payload"),
    ],
)
def test_malformed_frames_are_refused_by_name(stream: bytes, says: str) -> None:
    with pytest.raises(StreamError, match=says):
        read(stream)
    with pytest.raises(StreamError, match=says):
        list(frames_info(io.BytesIO(stream)))


def test_what_follows_a_frame_must_be_a_frame() -> None:
    frame = write(b"content")
    with pytest.raises(StreamError, match="what follows frame 1 is not a frame"):
        read(frame + b"junk")
    with pytest.raises(StreamError, match="what follows frame 2 is not a frame"):
        list(frames_info(io.BytesIO(frame + frame + b"\0")))


def test_an_unknown_code_keeps_its_own_error() -> None:
    stream = write(b"content").replace(b"chained", b"nothing")
    with pytest.raises(UnknownCodeError, match="nothing"):
        read(stream)
    assert next(frames_info(io.BytesIO(stream))).spec == "nothing"


@pytest.mark.parametrize("claim", [MAX_BLOCK, MAX_BLOCK + 1, 2**60])
@pytest.mark.parametrize("field", ["raw", "payload"])
def test_huge_claims_fail_without_holding_them(claim: int, field: str) -> None:
    digits = bytearray()
    left = claim
    while left >= 128:
        digits.append(left & 127 | 128)
        left >>= 7
    digits.append(left)
    sizes = bytes(digits) + b"\x05" if field == "raw" else b"\x05" + bytes(digits)
    for spec in SPECS[1:]:
        stream = b"\x93CL\x01\x00" + bytes([len(spec)]) + spec.encode() + sizes + b"hello"
        read(write(b"warm up", spec))
        tracemalloc.start()
        with pytest.raises(StreamError):
            read(stream, max_size=2**62)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1 << 22


def test_max_size_bounds_all_frames_together() -> None:
    two = write(b"a" * 60, block_size=25) + write(b"b" * 40, block_size=25)
    assert read(two, max_size=100) == b"a" * 60 + b"b" * 40
    for less in (99, 60, 59, 0):
        with pytest.raises(StreamError, match="max_size"):
            read(two, max_size=less)


def test_the_payload_limit_holds_for_the_dearest_bits() -> None:
    """Bits of probability 2**-32: no predictor's block can be longer."""
    for n in (1, 10, 1000):
        worst = binary.encode(bytes(n), np.full((n, 8), 2**32 - 1, dtype=np.uint32))
        assert 32 * n - 8 <= len(worst) <= max_payload(n)


class Wasteful(Stored):
    def encode(self, block: bytes, /) -> bytes:
        return bytes(max_payload(len(block)) + 1)


class Short(Stored):
    def decode(self, payload: bytes, size: int, /) -> bytes:
        return payload[: size - 1]


def test_what_no_reader_would_take_is_not_written() -> None:
    with pytest.raises(StreamError, match="too many"):
        write_frame(io.BytesIO(b"x"), io.BytesIO(), spec="waste", coder=Wasteful(), block_size=10)


def test_a_coder_that_gives_a_block_of_another_size_is_caught() -> None:
    with pytest.raises(StreamError, match="decodes to 6"):
        read(write(b"content"), open_coder=lambda _: Short())


@pytest.mark.parametrize("spec", ["", "x" * 256, "caf\u00e9", "two\nlines"])
def test_specs_that_do_not_fit_are_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="spec"):
        write_frame(io.BytesIO(), io.BytesIO(), spec=spec, coder=Stored(), block_size=10)


def test_other_bad_arguments_are_refused() -> None:
    for block_size in (0, MAX_BLOCK + 1):
        with pytest.raises(ValueError, match="block_size"):
            write_frame(io.BytesIO(), io.BytesIO(), spec="x", coder=Stored(), block_size=block_size)
    with pytest.raises(ValueError, match="digest"):
        write_frame(io.BytesIO(), io.BytesIO(), spec="x", coder=Stored(), block_size=1, side=b"short")


def test_codes_that_do_not_stream_get_independent_blocks() -> None:
    coder, size = block_coder(catalogue.make("huffman"))
    assert isinstance(coder, IndependentBlocks)
    assert size == MAX_BLOCK == 64 << 20
    assert coder.encode(b"abc") == coder.encode(b"abc") == catalogue.make("huffman").encode(b"abc")
    with pytest.raises(StreamError, match="decodes to 3"):
        coder.decode(coder.encode(b"abc"), 4)
    with pytest.raises(StreamError, match="max_size"):
        coder.decode(coder.encode(b"abc"), 2)
    kt = catalogue.make("kt")
    assert block_coder(kt)[1] == kt.block_size  # type: ignore[attr-defined]
