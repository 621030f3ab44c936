"""What the library's PPMd gets wrong and `Ppmd` must not, and that no damage leaves its decoder waiting."""

from pathlib import Path

import pyppmd
import pytest
from numpy.random import PCG64, Generator

from codelength.compressors.leb128 import leb128, read_leb128
from codelength.compressors.ppmd import Ppmd
from codelength.core import StreamError


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "paper1").read_bytes()


def test_no_byte_is_lost_where_the_library_loses_some(text: bytes) -> None:
    """At this seed a symbol's bytes straddle the library's first output block of 32 kB: it drops the last of them."""
    data = Generator(PCG64(38)).integers(0, 256, 34_000, dtype="u1").tobytes() + text
    stream = Ppmd().encode(data)
    assert read_leb128(stream)[0] == 2 * len(data)  # coded, not stored
    assert Ppmd().decode(stream, max_size=len(data)) == data


def test_a_carry_through_a_whole_block_is_stored() -> None:
    """Data made to keep the coder's carry open for more than 32 kB, by decoding a number that ends in zeros."""
    decoder = pyppmd.Ppmd7Decoder(6, 1 << 24)
    parts = [decoder.decode(b"\0\x29" + bytes(300_000), 1024)]
    parts += [decoder.decode(b"", 1024) for _ in range(146)]
    data = b"".join(parts)
    assert len(data) == 147 * 1024
    stream = Ppmd().encode(data)
    assert stream == leb128(2 * len(data) + 1) + data
    assert Ppmd().decode(stream, max_size=len(data)) == data


def test_incompressible_data_cost_their_length() -> None:
    for size in (1, 100, 70_000):
        data = Generator(PCG64(size)).bytes(size)
        assert Ppmd().bits(data).bits <= 8 * (size + 3)


@pytest.mark.parametrize("order", [2, 6, 64])
def test_damaged_streams_are_refused_and_leave_no_thread_waiting(order: int, text: bytes) -> None:
    """Damaged payloads that claim far more than they hold: each ends in `StreamError`, and in finite time."""
    code = Ppmd(order=order, memory=16)
    payload = code.encode(text[:5000])[2:]
    claims = leb128(2 * 1_000_000)
    numbers = Generator(PCG64(order))
    tried = [b"", b"\xff" * 40, b"\xff\xff\xff\xfe" * 9, bytes(100), b"\x80" * 100, b"\x7f" + b"\xff" * 5000]
    tried += [payload, payload[:100], payload[1:], payload + bytes(1000)]
    tried += [numbers.bytes(n) for n in range(0, 200, 3)]
    for bad in tried:
        with pytest.raises(StreamError):
            code.decode(claims + bad, max_size=1 << 30)


def test_only_what_the_encoder_writes_is_accepted(text: bytes) -> None:
    """Any flipped bit of a payload is noticed or changes the data: none is ignored."""
    data = text[:400]
    stream = Ppmd().encode(data)
    for bit in range(8 * len(stream)):
        bad = bytearray(stream)
        bad[bit // 8] ^= 1 << (bit % 8)
        try:
            assert Ppmd().decode(bytes(bad), max_size=2000) != data
        except StreamError as error:
            assert str(error)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 16_383, 16_384, 1 << 60])
def test_a_number_as_leb128_comes_back(value: int) -> None:
    assert read_leb128(leb128(value) + b"rest") == (value, len(leb128(value)))


@pytest.mark.parametrize("bad", [b"", b"\x80", b"\x80\x00", b"\xff" * 11])
def test_a_malformed_number_is_refused(bad: bytes) -> None:
    with pytest.raises(StreamError):
        read_leb128(bad)


@pytest.mark.parametrize("order", [2, 6, 16, 64])
def test_a_model_that_short_data_cannot_fill_may_have_less_memory(order: int, text: bytes) -> None:
    """What `Ppmd` saves changes no byte: the payload is that of the library with all of its memory."""
    numbers = Generator(PCG64(order))
    many_contexts = bytes(x & 255 for k in range(1, 90) for i in range(90) for x in (i, i * k))
    tried = [b"a", bytes(5000), numbers.bytes(3000), text[:9000], many_contexts, bytes(range(256)) * 30]
    for data in tried:
        encoder = pyppmd.Ppmd7Encoder(order, 1 << 30)
        full = b"".join(encoder.encode(data[at : at + 64]) for at in range(0, len(data), 64)) + encoder.flush()
        stream = Ppmd(order=order, memory=30).encode(data)
        if not read_leb128(stream)[0] & 1:
            payload = stream[read_leb128(stream)[1] :]
            assert payload[:-1] == full[1 : len(payload)]  # the end is shortened
        assert Ppmd(order=order, memory=30).decode(stream, max_size=len(data)) == data
