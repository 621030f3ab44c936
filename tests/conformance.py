"""What every code must do, whatever it is: the checks that all rooms' tests share.

`check_code` for every code, `check_learner` for those that take side information, `check_predictor` for those that give
probabilities. Each raises AssertionError with the input that shows the fault. Call them from a room's tests:

    from conformance import check_code
    check_code(make("zlib"), text)
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator

from codelength.coding import binary
from codelength.core import Bits, Code, ConditionalCode, Learner, Predictor, StreamError

ROUNDING_BITS = 32
ROUNDING_SHARE = 1e-4
MEGABYTE = 1_000_000


def random_bytes(size: int, *, seed: int = 0) -> bytes:
    """Bytes that no code can shorten."""
    return Generator(PCG64(seed)).integers(0, 256, size, dtype=np.uint8).tobytes()


def check_code(code: Code[bytes], text: bytes, *, large: int = MEGABYTE, examples: int = 20) -> None:
    """Round trip, honest length, bounded and well-mannered decoding.

    Parameters
    ----------
    code
        Any code over bytes, with or without side information.
    text
        Some real text, 4 kB at least.
    large
        Size of the largest input: text, constant and random stretches in turn. 0 leaves it out.
    examples
        Number of inputs that hypothesis draws.
    """
    assert isinstance(code, Code)
    for data in [b"", b"a", b"\0", b"\xff", b"ab", bytes(3000), random_bytes(1000), bytes(range(256)), text[:4096]]:
        check_round_trip(code, data)
    if large:
        check_round_trip(code, mixed(text, large), twice=False)

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(st.binary(max_size=300), st.text("ab \n", max_size=300).map(str.encode)))
    def drawn(data: bytes) -> None:
        check_round_trip(code, data)

    drawn()
    check_kraft(code)
    check_limits(code, text[:500])
    check_damage(code, text[:120])


def mixed(text: bytes, size: int) -> bytes:
    """`size` bytes: text, a constant, random bytes, and the text again from further on, in turn."""
    parts, at = [], 0
    stretch = max(1, size // 8)
    for k in range(9):
        prose = (text * (stretch // len(text) + 2))[at : at + stretch]
        parts.append([prose, bytes(stretch), random_bytes(stretch)][k % 3])
        at = (at + 1000) % len(text)
    return b"".join(parts)[:size]


def check_round_trip(code: Code[bytes], data: bytes, *, twice: bool = True) -> None:
    """`decode(encode(data))` is `data`, and `bits` says how long the stream is; `twice`: the same once more."""
    stream = code.encode(data)
    shown = f"{code.spec} on {len(data)} bytes {data[:40]!r}"
    assert code.decode(stream, max_size=len(data)) == data, shown
    bits = code.bits(data)
    assert isinstance(bits, Bits)
    assert bits.bits >= 0, shown
    if bits.kind == "exact":
        slack = ROUNDING_BITS + ROUNDING_SHARE * bits.bits
        assert abs(8 * len(stream) - bits.bits) <= slack, f"{shown}: {8 * len(stream)} bits are sent, {bits} claimed"
    if twice:
        assert code.bits(data) == bits, f"{shown}: scoring twice gives two numbers"
        assert code.encode(data) == stream, f"{shown}: encoding twice gives two streams"


def check_kraft(code: Code[bytes]) -> None:
    """The codelengths of the empty string and of all single bytes are those of some prefix code (Kraft 1949)."""
    total = sum(2.0 ** -code.bits(data).bits for data in [b"", *(bytes([byte]) for byte in range(256))])
    assert total <= 1 + 1e-6, f"{code.spec}: sum of 2**-bits is {total}"


def check_limits(code: Code[bytes], data: bytes) -> None:
    """`max_size` is a limit: one byte less than there is, and nothing at all, are refused."""
    stream = code.encode(data)
    for max_size in (len(data) - 1, 1, 0):
        with pytest.raises(StreamError, match=r"\S"):
            code.decode(stream, max_size=max_size)
    assert code.decode(stream, max_size=1 << 62) == data


def check_damage(code: Code[bytes], data: bytes, *, max_size: int = 2000) -> None:
    """Whatever comes in, a decoder returns at most `max_size` bytes or raises `StreamError`, and nothing else.

    Damage that goes unseen here is the frame's to find, by its digest.
    """
    stream = code.encode(data)
    damaged = [stream[:n] for n in range(len(stream))]
    damaged += [stream + b"\0", stream + b"\xff" * 9, stream + stream]
    damaged += [_flipped(stream, bit) for bit in range(0, 8 * len(stream), 5)]
    damaged += [random_bytes(n, seed=n) for n in range(64)]
    damaged += [stream[:3] + random_bytes(len(stream), seed=n) for n in range(32)]
    for bad in damaged:
        try:
            out = code.decode(bad, max_size=max_size)
        except StreamError as error:
            assert str(error), "an error without a message"
            assert "\n" not in str(error), "a message is one line"
        else:
            assert isinstance(out, bytes)
            assert len(out) <= max_size, f"{code.spec} decoded {len(out)} bytes of at most {max_size}"


def _flipped(stream: bytes, bit: int) -> bytes:
    out = bytearray(stream)
    out[bit // 8] ^= 1 << (bit % 8)
    return bytes(out)


def check_learner(code: ConditionalCode[bytes], text: bytes) -> None:
    """Side information helps where it should, changes no one else's code, and adds up.

    `text` is real text, 4 kB at least.
    """
    assert isinstance(code, Learner)
    a, b, target = text[:1500], text[1500:2500], text[2500:3000]
    before = code.bits(target)
    primed = code.given(a)
    primed_bits = primed.bits(target)
    assert code.bits(target) == before, f"{code.spec}: given() has changed the code it was called on"
    twice = primed.given(b)
    once = code.given(a + b)
    assert primed.bits(target) == primed_bits, f"{code.spec}: given() has changed the code it was called on"
    for data in (target, b"", b + target, random_bytes(300)):
        assert twice.bits(data) == once.bits(data), f"{code.spec}: given(a).given(b) is not given(a + b)"
        assert twice.encode(data) == once.encode(data), f"{code.spec}: given(a).given(b) is not given(a + b)"
        check_round_trip(once, data)
    assert code.given(b"").bits(target) == before, f"{code.spec}: given(b'') is not the code itself"
    assert twice.bits(b).bits < code.bits(b).bits, f"{code.spec}: a text that is given already is no cheaper"
    assert twice.spec == code.spec, f"{code.spec}: side information has changed the spec"
    check_damage(once, target[:60])


def check_predictor(code: Predictor, text: bytes) -> None:
    """Probabilities that are causal, that are what the codelength is made of, and that sum to one.

    `text` is real text, 4 kB at least.
    """
    assert isinstance(code, Predictor)
    data = text[:600]
    probs = code.probabilities(data)
    assert probs.shape == (len(data), 8)
    assert probs.dtype == np.uint32
    assert int(probs.min()) >= 1
    _check_cost(code, data)
    _check_causal(code, data)
    _check_walk(code, data[:200])
    _check_walk(code.given(text[600:1600]), data[:50])
    _check_sums(code)


def _check_cost(code: Predictor, data: bytes) -> None:
    """The codelength is the length's prefix and -log2 of every probability, no more and no less."""
    expected = 8 * len(binary.length_prefix(len(data))) + binary.cost(data, code.probabilities(data))
    assert code.bits(data).bits == pytest.approx(expected, rel=1e-9), code.spec
    assert code.bits(data).kind == "exact"


def _check_causal(code: Predictor, data: bytes) -> None:
    """A changed bit changes no probability at or before it."""
    probs = code.probabilities(data).reshape(-1)
    for bit in range(3, 8 * len(data), 8 * len(data) // 12 + 1):
        other = bytearray(data)
        other[bit // 8] ^= 0x80 >> (bit % 8)
        changed = code.probabilities(bytes(other)).reshape(-1)
        assert np.array_equal(probs[: bit + 1], changed[: bit + 1]), f"{code.spec}: bit {bit} is known in advance"


def _check_walk(code: Predictor, data: bytes) -> None:
    """Walking gives the same probabilities as looking at the whole."""
    probs = code.probabilities(data).reshape(-1)
    walk = code.walk()
    for at, bit in enumerate(np.unpackbits(np.frombuffer(data, dtype=np.uint8))):
        assert walk.p == int(probs[at]), f"{code.spec}: the walk differs at bit {at}"
        walk.push(int(bit))
    assert np.array_equal(code.probabilities(data).reshape(-1), probs), f"{code.spec}: walking has changed the code"


def _check_sums(code: Predictor) -> None:
    """The next byte's probabilities sum to one, at the beginning and after some bytes."""
    for before in (b"", b"a", b"\xff", b"th"):
        spent = binary.cost(before, code.probabilities(before))
        total = 0.0
        for byte in range(256):
            data = before + bytes([byte])
            total += 2.0 ** (spent - binary.cost(data, code.probabilities(data)))
        assert total == pytest.approx(1, abs=1e-6), f"{code.spec} after {before!r}: sum of probabilities is {total}"
