"""No damage decodes silently: every bit flip and every truncation of small frames, and whatever hypothesis can find."""

import io

import pytest
from framing import read, write
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding.frame import frames_info
from codelength.core import CodelengthError, StreamError

TEXT = b"a small frame; a small frame, again"
FRAMES = [
    (spec, data, side)
    for spec in ("chained", "huffman", "kt", "cm")
    for data in (b"", b"a", TEXT, bytes(50))
    for side in (None, b"side information")
    if spec != "huffman" or side is None
]


@pytest.mark.parametrize(("spec", "data", "side"), FRAMES)
def test_every_truncation_is_refused(spec: str, data: bytes, side: bytes | None) -> None:
    frame = write(data, spec, side=side, block_size=20)
    for keep in range(len(frame)):
        with pytest.raises(StreamError):
            read(frame[:keep], side=side)
        with pytest.raises(StreamError):
            list(frames_info(io.BytesIO(frame[:keep])))


@pytest.mark.parametrize(("spec", "data", "side"), FRAMES)
def test_no_bit_flip_decodes_to_anything_else(spec: str, data: bytes, side: bytes | None) -> None:
    """Header, spec, sizes, payload, end mark, digest: refused, or (in bits that a payload does not use) harmless."""
    frame = write(data, spec, side=side, block_size=20)
    for bit in range(8 * len(frame)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert read(bytes(damaged), side=side) == data
        except CodelengthError as error:
            assert str(error)
            continue
        assert spec != "chained"


@pytest.mark.parametrize("spec", ["chained", "huffman", "kt"])
def test_every_truncation_of_two_frames_is_refused_but_that_between_them(spec: str) -> None:
    """The whole of one frame is a whole frame: nothing in it says that another was to follow."""
    first, second = write(TEXT, spec), write(b"more", spec)
    for keep in range(len(first + second)):
        if keep == len(first):
            assert read(first) == TEXT
        else:
            with pytest.raises(StreamError):
                read((first + second)[:keep])


def refused_or(stream: bytes, *contents: bytes, side: bytes | None = None) -> None:
    for action in (lambda: read(stream, side=side, max_size=5000), lambda: list(frames_info(io.BytesIO(stream)))):
        try:
            result = action()
        except CodelengthError as error:
            assert "\n" not in str(error)
            continue
        assert isinstance(result, list) or result in contents


HEADS = [write(b"", spec)[:-9] for spec in ("chained", "huffman", "kt", "cm")]


@given(st.one_of(st.binary(max_size=80), st.tuples(st.sampled_from(HEADS), st.binary(max_size=80)).map(b"".join)))
@settings(deadline=None, max_examples=400)
def test_random_bytes_are_refused(stream: bytes) -> None:
    refused_or(stream)


SPEC = st.text("abcdefghijklmnopqrstuvwxyz:=,+~0123456789-.{} ", max_size=20)


@given(st.one_of(SPEC, st.tuples(st.sampled_from(["kt", "huffman"]), SPEC).map("".join)))
@settings(deadline=None, max_examples=300)
def test_any_spec_is_known_or_refused(spec: str) -> None:
    refused_or(b"\x93CL\x01\x00" + bytes([len(spec)]) + spec.encode() + b"\x00" + bytes(8))


EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255), st.sampled_from("xid")), min_size=1, max_size=4)


@given(st.sampled_from(["chained", "huffman", "kt"]), EDITS)
@settings(deadline=None, max_examples=400)
def test_edited_frames_are_refused_or_the_same(spec: str, edits: list[tuple[int, int, str]]) -> None:
    damaged = bytearray(write(TEXT, spec, side=b"s", block_size=20))
    for at, value, kind in edits:
        place = at % len(damaged)
        if kind == "i":
            damaged.insert(place, value)
        elif kind == "d":
            del damaged[place]
        else:
            damaged[place] ^= value
    refused_or(bytes(damaged), TEXT, side=b"s")
