"""Huffman as a two-part code: round trip, exact length, prefix-freeness, and refusal of damaged tables."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codes.huffman import Huffman
from codelength.core import Code, StreamError

CODE = Huffman()


def check(data: bytes) -> bytes:
    stream = CODE.encode(data)
    bits = CODE.bits(data)
    assert bits.kind == "exact"
    assert 0 <= 8 * len(stream) - bits.bits <= 7
    assert CODE.decode(stream, max_size=len(data)) == data
    return stream


@given(st.one_of(st.binary(max_size=300), st.text("abcd", max_size=200).map(str.encode)))
@settings(deadline=None, max_examples=200)
def test_round_trip_and_exact_length(data: bytes) -> None:
    check(data)


@pytest.mark.parametrize("byte", [0, 97, 255])
@pytest.mark.parametrize("n", [1, 2, 127, 128, 1_000_000])
def test_a_lone_byte_costs_only_its_table(byte: int, n: int) -> None:
    assert len(check(bytes([byte]) * n)) <= 7


def test_random_bytes_grow_by_little_more_than_the_table() -> None:
    data = np.random.default_rng(0).bytes(100_000)
    assert len(check(data)) <= 100_000 + 150


def test_skewed_bytes_have_long_codewords() -> None:
    check(b"".join(bytes([k]) * 2**k for k in range(16)))


def test_text_comes_within_a_bit_of_its_entropy(data_dir: Path) -> None:
    data = (data_dir / "calgary" / "paper1").read_bytes()
    stream = check(data)
    counts = np.bincount(np.frombuffer(data, dtype=np.uint8))
    counts = counts[counts > 0]
    entropy = float(counts @ np.log2(counts.sum() / counts))
    assert entropy < 8 * len(stream) < entropy + 0.1 * len(data) + 8 * 200


def test_kraft_over_every_string_of_up_to_two_bytes_of_a_small_alphabet() -> None:
    """Streams without their fill are self-delimiting, so 2**-bits sums to at most 1 over any set of strings."""
    strings = [b"", *(bytes([a]) for a in range(256)), *(bytes([a, b]) for a in range(256) for b in range(0, 256, 5))]
    assert sum(2.0 ** -CODE.bits(x).bits for x in strings) <= 1.0
    assert len({CODE.encode(x) for x in strings}) == len(strings)


def test_it_is_a_code() -> None:
    assert isinstance(CODE, Code)
    assert CODE.spec == "huffman"
    assert Huffman() == CODE


@pytest.mark.parametrize("data", [b"a", b"aaaa", b"ab", b"abaaabaacbabaaabcd", bytes(range(256)), b"to be or not"])
def test_every_cut_is_refused_and_no_flip_passes_for_the_data(data: bytes) -> None:
    stream = CODE.encode(data)
    for keep in range(len(stream)):
        with pytest.raises(StreamError):
            CODE.decode(stream[:keep], max_size=1000)
    with pytest.raises(StreamError, match="left over"):
        CODE.decode(stream + b"\0", max_size=1000)
    for bit in range(8 * len(stream)):
        damaged = bytearray(stream)
        damaged[bit // 8] ^= 0x80 >> bit % 8
        try:
            assert CODE.decode(bytes(damaged), max_size=1000) != data
        except StreamError:
            continue


def bits(*parts: str) -> bytes:
    joined = "".join(parts)
    return int(joined.ljust(-(-len(joined) // 8) * 8, "0"), 2).to_bytes(-(-len(joined) // 8), "big")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "too early"),
        (bits("00000001", "1"), "too early"),
        (bits("00000001", "000000001", "00000000"), "too early"),
        (bits("00000001", "000000001" + "00000000", "1", "1" * 8), "above 255"),
        (bits("00000001", "1", "1", "010", "1"), "0 bits"),
        (bits("00000001", "1", "1", "011", "1", "0" * 8), "Kraft"),
        (bits("00000010", "1", "1", "1", "010", "1", "1", "0" * 8), "Kraft"),
        (bits("00000000", "1", "0000001"), "left over"),
    ],
)
def test_corrupted_tables_are_refused(body: bytes, says: str) -> None:
    with pytest.raises(StreamError, match=says):
        CODE.decode(b"\x05" + body, max_size=100)


def test_max_size_guards() -> None:
    stream = CODE.encode(b"a" * 1000)
    with pytest.raises(StreamError, match="max_size"):
        CODE.decode(stream, max_size=999)
    claim = bytes([*[0xFF] * 8, 0x0F]) + CODE.encode(b"abc")[1:]
    with pytest.raises(StreamError, match="too early"):
        CODE.decode(claim, max_size=2**62)
    with pytest.raises(StreamError, match="left over"):
        CODE.decode(b"\0\0", max_size=10)


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_bytes_decode_or_are_refused(stream: bytes) -> None:
    try:
        assert len(CODE.decode(stream, max_size=5000)) <= 5000
    except StreamError:
        return
