"""`Best` pays log2 N bits for the shortest code, and `Differenced` is an estimate by the difference of two lengths."""

import bz2
import math
import zlib

import pytest

from codelength.codes import Best, Differenced
from codelength.core import Bits, Code, Density, Learner, StreamError

TEXT = b"to be or not to be, that is the question. " * 40


class Library:
    """A library's compressor as a `Code` without side information."""

    def __init__(self, module):
        self.module, self.spec, self.calls = module, module.__name__, 0

    def bits(self, data):
        self.calls += 1
        return Bits(8 * len(self.encode(data)))

    def encode(self, data):
        return self.module.compress(data)

    def decode(self, stream, *, max_size):
        data = self.module.decompress(stream)
        if len(data) > max_size:
            raise StreamError("too large")
        return data


@pytest.mark.parametrize("data", [b"", b"a", TEXT, bytes(range(256)) * 9])
def test_best_is_the_shortest_and_log2_n(data):
    experts = [Library(zlib), Library(bz2), Library(zlib)]
    best = Best(experts)
    assert isinstance(best, Code)
    shortest = min(expert.bits(data).bits for expert in experts)
    assert best.bits(data) == Bits(shortest + math.log2(3))
    stream = best.encode(data)
    assert best.decode(stream, max_size=len(data)) == data
    assert abs(8 * len(stream) - best.bits(data).bits) <= 32


def test_best_refuses_an_unknown_winner_and_no_codes():
    best = Best([Library(zlib), Library(bz2)])
    with pytest.raises(StreamError, match="code number 2 of 2"):
        best.decode(b"\x02" + best.encode(TEXT)[1:], max_size=10**6)
    with pytest.raises(ValueError, match="at least one"):
        Best([])


def test_best_pretends_no_side_information():
    assert not isinstance(Best([Library(zlib)]), Learner)


def test_differenced_is_an_estimate_by_difference():
    code = Library(zlib)
    primed = Differenced(code).given(TEXT)
    assert isinstance(primed, Learner)
    assert isinstance(primed, Density)
    assert not isinstance(primed, Code)
    expected = len(zlib.compress(TEXT + b"question")) - len(zlib.compress(TEXT))
    assert primed.bits(b"question") == Bits(8 * expected, "estimate")


def test_differenced_without_side_information_is_the_code_itself():
    code = Library(zlib)
    assert Differenced(code).bits(TEXT) == code.bits(TEXT)
    assert Differenced(code).given(b"").bits(TEXT) == code.bits(TEXT)


def test_differenced_accumulates_and_leaves_its_origin_alone():
    first = Differenced(Library(bz2)).given(TEXT)
    second = first.given(b"more")
    assert second.bits(b"y") == Differenced(Library(bz2)).given(TEXT + b"more").bits(b"y")
    assert first.side == TEXT


def test_differenced_compresses_the_side_information_once():
    code = Library(zlib)
    primed = Differenced(code).given(TEXT)
    for _ in range(5):
        primed.bits(b"target")
    assert code.calls == 1 + 5
