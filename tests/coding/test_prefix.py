"""Prefix codes: the worked example, Kraft, Huffman's optimality against exhaustive search, round trips, refusals."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding import prefix
from codelength.core import StreamError

COUNTS = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 10**6)), min_size=1, max_size=40)


def entropy(counts: list[int]) -> float:
    c = np.array([count for count in counts if count], dtype=float)
    return float(np.sum(c * np.log2(c.sum() / c)))


def test_the_worked_example() -> None:
    """36 bits at 2 bits a letter; 29 with a=0, b=10, c=110, d=111, and no prefix code is shorter."""
    text = "abaaabaacbabaaabcd"
    symbols = ["abcd".index(letter) for letter in text]
    counts = [text.count(letter) for letter in "abcd"]
    lengths = prefix.huffman_lengths(counts)
    words = [f"{word:0{n}b}" for word, n in zip(prefix.canonical(lengths), lengths, strict=True)]
    assert words == ["0", "10", "110", "111"]
    assert prefix.pack(symbols, [2, 2, 2, 2])[1] == 36
    stream, bits = prefix.pack(symbols, lengths)
    assert bits == 29
    joined = "".join(words[symbol] for symbol in symbols)
    assert f"{int.from_bytes(stream, 'big'):032b}" == joined.ljust(32, "0")
    assert prefix.unpack(stream, lengths, len(text)).tolist() == symbols


@given(COUNTS)
@settings(deadline=None)
def test_huffman_is_complete_and_within_one_bit_of_the_entropy(counts: list[int]) -> None:
    lengths = prefix.huffman_lengths(counts)
    present = sum(map(bool, counts))
    assert [bool(n) for n in lengths] == [bool(c) for c in counts]
    if present > 1:
        assert prefix.kraft_sum(lengths) == 1
        total = sum(c * n for c, n in zip(counts, lengths, strict=True))
        assert entropy(counts) - 1e-6 <= total <= entropy(counts) + sum(counts)
    else:
        assert sum(lengths) == present


def test_no_lengths_that_satisfy_kraft_are_shorter() -> None:
    """Every count from 0 to 3 of four symbols, against every choice of lengths up to 4."""
    codes = [lengths for lengths in product(range(5), repeat=4) if prefix.kraft_sum(lengths) <= 1]
    for counts in product(range(4), repeat=4):
        best = min(
            sum(c * n for c, n in zip(counts, lengths, strict=True))
            for lengths in codes
            if all(n or not c for c, n in zip(counts, lengths, strict=True))
        )
        assert sum(c * n for c, n in zip(counts, prefix.huffman_lengths(counts), strict=True)) == best


def test_ties_are_resolved_in_one_way() -> None:
    assert prefix.huffman_lengths([1, 1, 1]) == [2, 2, 1]
    assert prefix.huffman_lengths([1] * 5) == [3, 3, 2, 2, 2]
    assert prefix.huffman_lengths([2, 1, 1]) == [1, 2, 2]
    assert prefix.huffman_lengths([0, 7, 0]) == [0, 1, 0]
    assert prefix.huffman_lengths([]) == []


@given(st.lists(st.integers(0, 12), max_size=60))
def test_canonical_codewords_are_prefix_free_exactly_where_kraft_allows(lengths: list[int]) -> None:
    if prefix.kraft_sum(lengths) > 1:
        with pytest.raises(ValueError, match="Kraft"):
            prefix.canonical(lengths)
        return
    words = [f"{word:0{n}b}" for word, n in zip(prefix.canonical(lengths).tolist(), lengths, strict=True) if n]
    for a, b in pairwise(sorted(words)):
        assert not b.startswith(a)


@given(COUNTS, st.integers(0, 2**32), st.text("01", max_size=20))
@settings(deadline=None, max_examples=200)
def test_round_trip(counts: list[int], seed: int, head: str) -> None:
    lengths = prefix.huffman_lengths(counts)
    present = [symbol for symbol, n in enumerate(lengths) if n]
    symbols = np.random.default_rng(seed).choice(present, size=seed % 50) if present else np.empty(0, dtype=np.int64)
    stream, bits = prefix.pack(symbols, lengths, head)
    words = prefix.canonical(lengths).tolist()
    joined = head + "".join(f"{words[s]:0{lengths[s]}b}" for s in symbols.tolist())
    assert bits == len(joined)
    assert "".join(f"{byte:08b}" for byte in stream) == joined.ljust(8 * len(stream), "0")
    assert len(stream) == -(-bits // 8)
    assert prefix.unpack(stream, lengths, len(symbols), len(head)).tolist() == symbols.tolist()


def test_the_longest_codewords_come_back() -> None:
    fibonacci = [1, 1]
    while len(fibonacci) < prefix.MAX_LENGTH + 1:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    lengths = prefix.huffman_lengths(fibonacci)
    assert max(lengths) == prefix.MAX_LENGTH
    symbols = [*range(len(fibonacci)), 0, 0, 5]
    assert prefix.unpack(prefix.pack(symbols, lengths)[0], lengths, len(symbols)).tolist() == symbols
    with pytest.raises(ValueError, match="expected 0 to 63"):
        prefix.canonical(prefix.huffman_lengths([*fibonacci, fibonacci[-1] + fibonacci[-2]]))


def test_kraft_sum_is_exact() -> None:
    assert prefix.kraft_sum([1, 2, 3, 3]) == 1
    assert prefix.kraft_sum([1, 1, 60]) == 1 + Fraction(1, 2**60)
    assert prefix.kraft_sum([0, 0]) == 0


def test_every_cut_and_every_addition_is_refused() -> None:
    lengths = [1, 2, 3, 3]
    symbols = [0, 1, 2, 3, 1, 1, 2, 0, 3, 3, 2, 1]
    stream, _ = prefix.pack(symbols, lengths)
    for keep in range(len(stream)):
        with pytest.raises(StreamError):
            prefix.unpack(stream[:keep], lengths, len(symbols))
    with pytest.raises(StreamError, match="left over"):
        prefix.unpack(stream + b"\0", lengths, len(symbols))
    with pytest.raises(StreamError, match="left over"):
        prefix.unpack(stream[:-1] + bytes([stream[-1] | 1]), lengths, len(symbols))


def test_bits_that_are_no_codeword_are_refused() -> None:
    with pytest.raises(StreamError, match="no codeword"):
        prefix.unpack(b"\xff" * 10, [2, 2, 2], 3)


def test_a_claim_beyond_the_stream_is_refused_before_it_is_held() -> None:
    for lengths in ([1, 1], [0, 0], []):
        with pytest.raises(StreamError, match="too early"):
            prefix.unpack(b"\0\0", lengths, 2**60)


def test_what_cannot_be_coded_is_refused() -> None:
    for symbols in ([2], [-1], [1]):
        with pytest.raises(ValueError, match="no codeword"):
            prefix.pack(symbols, [1, 0])
    with pytest.raises(ValueError, match="Kraft"):
        prefix.pack([0], [1, 1, 1])
    with pytest.raises(ValueError, match="expected 0 to 63"):
        prefix.canonical([64])
    with pytest.raises(ValueError, match="expected >= 0"):
        prefix.huffman_lengths([1, -1])
