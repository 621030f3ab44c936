"""Streams of binary decisions: round trips, prefix-freeness, honest lengths, damage."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codes.decisions import DecisionReader, DecisionWriter
from codelength.core import StreamError

values = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-(2**32) + 1, 2**32 - 1)), max_size=40)


def written(items: list[tuple[str, int]]) -> bytes:
    writer = DecisionWriter()
    for context, value in items:
        writer.integer(context, value)
    return writer.stream()


@settings(max_examples=60, deadline=None)
@given(values)
def test_what_is_written_is_read(items: list[tuple[str, int]]) -> None:
    reader = DecisionReader(written(items))
    assert [reader.integer(context) for context, _ in items] == [value for _, value in items]
    reader.end()


@settings(max_examples=60, deadline=None)
@given(values, values)
def test_no_stream_begins_another(one: list[tuple[str, int]], two: list[tuple[str, int]]) -> None:
    a, b = written(one), written(two)
    assert a == b or not (a.startswith(b) or b.startswith(a))


def test_skewed_integers_cost_their_entropy_and_a_little() -> None:
    rng = np.random.default_rng(0)
    signs = rng.choice([-1, 0, 1], p=[0.1, 0.8, 0.1], size=3000).tolist()
    writer = DecisionWriter()
    for value in signs:
        writer.integer("w", value, longest=1)
    nonzero = sum(value != 0 for value in signs)
    share = nonzero / 3000
    entropy = -3000 * (share * math.log2(share) + (1 - share) * math.log2(1 - share)) + nonzero
    assert entropy - 1 < 8 * len(writer.stream()) < entropy + 0.5 * math.log2(3000) * 2 + 2 + 32


def test_numbers_and_bits_of_equal_odds() -> None:
    writer = DecisionWriter()
    writer.plain(300, 9)
    writer.bit("c", 1)
    writer.plain(0, 0)
    reader = DecisionReader(writer.stream())
    assert (reader.plain(9), reader.bit("c"), reader.plain(0)) == (300, 1, 0)
    reader.end()


def test_a_stream_of_nothing() -> None:
    DecisionReader(DecisionWriter().stream()).end()


def test_what_does_not_fit_is_refused() -> None:
    writer = DecisionWriter()
    for wrong in (lambda: writer.plain(8, 3), lambda: writer.plain(-1, 3), lambda: writer.integer("a", 4, longest=2)):
        with pytest.raises(ValueError, match=r"fit|more than"):
            wrong()


def test_a_stream_that_is_cut_or_longer_is_refused() -> None:
    stream = written([("a", 70_000), ("b", -5), ("a", 0)] * 20)
    for damaged in (stream[:-1], stream + b"\0", b"", stream[:1]):
        with pytest.raises(StreamError):
            DecisionReader(damaged)
    short = bytes([stream[0] - 9]) + stream[1:-9]
    reader = DecisionReader(short)
    with pytest.raises(StreamError):
        for _ in range(3000):
            reader.integer("a")
