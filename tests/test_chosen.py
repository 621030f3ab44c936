"""Compressing with `cm` chooses parameters by the data; they stand in the frame, and what is said explicitly wins."""

import io
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codelength as cl
from codelength.api import frame_reader, frame_writer
from codelength.coding.frame import frames_info

PROSE = b"It is not the size of the data that counts, but the size of the code. " * 30
NUMBERS = bytes(range(256)) * 8


def spec_of(frame: bytes) -> str:
    (info,) = frames_info(io.BytesIO(frame))
    return info.spec


def test_the_choice_is_in_the_frame_and_decodes() -> None:
    for code, spec in (("cm", "prose:primer=8"), ("cm:preset=max", "prose:preset=max,primer=16")):
        frame = cl.compress(PROSE, code=code)
        assert spec_of(frame) == spec
        assert cl.decompress(frame) == PROSE
        assert frame == cl.compress(PROSE, code=spec)
    assert cl.compress(PROSE) == cl.compress(PROSE, code="cm")
    assert spec_of(cl.compress(PROSE, code="cm:preset=fast")) == "prose:preset=fast"
    assert spec_of(cl.compress(NUMBERS)) == "cm"


def test_it_pays_also_for_its_own_name(data_dir: Path) -> None:
    text = (data_dir / "calgary" / "paper2").read_bytes()[5000:]
    for size in (256, 1000, 12_000):
        assert len(cl.compress(text[:size])) < len(cl.compress(text[:size], code="cm:primer=0"))


def test_what_is_said_explicitly_wins() -> None:
    assert spec_of(cl.compress(PROSE, code="cm:primer=0")) == "cm"
    assert spec_of(cl.compress(PROSE, code="cm:primer=1")) == "cm:primer=1"
    assert spec_of(cl.compress(PROSE, code=cl.ContextMixing())) == "cm"
    assert spec_of(cl.compress(PROSE, code="cm:memory=16")) == "cm:memory=16,primer=8"
    assert spec_of(cl.compress(PROSE, code="cm+kt")) == "cm+kt"


def test_the_code_itself_is_not_fitted() -> None:
    assert cl.bits(PROSE, code="cm") == cl.bits(PROSE) == cl.ContextMixing().bits(PROSE)
    assert cl.bits(PROSE, code="cm:primer=8").bits < cl.bits(PROSE).bits


def test_side_information_is_read_in_place_of_the_primer() -> None:
    side = PROSE[::-1]
    frame = cl.compress(PROSE, given=side)
    assert spec_of(frame) == "prose"
    assert spec_of(cl.compress(NUMBERS, given=side)) == "cm"
    assert cl.decompress(frame, given=side) == PROSE
    assert spec_of(cl.compress(PROSE, given=b"")) == "prose:primer=8"


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=200) | st.text("the of and to", max_size=900).map(str.encode))
def test_small_things_come_back(data: bytes) -> None:
    frame = cl.compress(data)
    assert cl.decompress(frame) == data
    assert spec_of(frame) == "cm" or len(data) >= 256


class Pipe:
    """Gives pieces of 1,000 bytes, and notes how much has been read when something is first written."""

    def __init__(self, content: bytes) -> None:
        self.source = io.BytesIO(content)
        self.sink = io.BytesIO()
        self.read_before_writing = 0

    def read(self, size: int = -1, /) -> bytes:
        return self.source.read(min(size, 1000) if size >= 0 else -1)

    def write(self, data: bytes, /) -> int:
        self.read_before_writing = self.read_before_writing or self.source.tell()
        return self.sink.write(data)


def test_a_stream_is_peeked_into_and_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codelength.api.frames.HEAD", 4096)
    pipe = cast(io.BytesIO, Pipe(PROSE * 5))
    info = frame_writer("cm:preset=fast")(pipe, pipe)
    assert cast(Pipe, pipe).read_before_writing == 4096
    assert (info.spec, info.raw) == ("prose:preset=fast", len(PROSE) * 5)
    assert cl.decompress(cast(Pipe, pipe).sink.getvalue()) == PROSE * 5


def test_a_stream_and_a_file_get_the_same_frame() -> None:
    write, read = frame_writer(), frame_reader()
    for content, spec in ((PROSE, "prose:primer=8"), (NUMBERS, "cm"), (b"", "cm"), (PROSE * 2, "prose:primer=16")):
        pipe, back = cast(io.BytesIO, Pipe(content)), io.BytesIO()
        assert write(pipe, pipe).spec == spec
        frame = cast(Pipe, pipe).sink.getvalue()
        assert frame == cl.compress(content)
        read(io.BytesIO(frame), back)
        assert back.getvalue() == content
