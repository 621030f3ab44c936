"""The binary range coder: equal to a big-integer reference byte for byte, loss-free, and of honest length."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding import binary
from codelength.core import StreamError

CERTAIN = 2**32 - 1


def reference(data: bytes, probs: np.ndarray) -> bytes:
    """The interval as unbounded integers, `size` bytes long, of which the last 8 are still open."""
    low, span, size = 0, 2**64 - 1, 8
    for byte, row in zip(data, probs.tolist(), strict=True):
        for j, p in enumerate(row):
            cut = span * p // 2**32
            if byte >> (7 - j) & 1:
                span = cut
            else:
                low, span = low + cut, span - cut
            while span < 2**56:
                low, span, size = low << 8, span << 8, size + 1
    for n in (size - 8, size - 7):
        unit = 256 ** (size - n)
        if -(-low // unit) * unit < low + span:
            return (-(-low // unit)).to_bytes(n, "big")
    raise AssertionError("a byte is always enough")


def decode(stream: bytes, probs: np.ndarray) -> bytes:
    window = np.frombuffer(stream, dtype=np.uint8)
    registers = binary.open_registers(window)
    bits = [binary.decode_bit(registers, window, p) for p in probs.reshape(-1)]
    binary.check_end(registers, window)
    return np.packbits(np.array(bits, dtype=np.uint8)).tobytes()


@st.composite
def data_and_probs(draw: st.DrawFn) -> tuple[bytes, np.ndarray]:
    """Bytes, and probabilities from even to certain, right and wrong."""
    data = draw(st.one_of(st.binary(max_size=40), st.sampled_from([b"\0" * 30, b"\xff" * 30, b"\x80" + b"\0" * 30])))
    exponent = st.integers(0, 32)
    p = st.one_of(
        exponent.map(lambda k: max(1, 2**k - 1)),
        exponent.map(lambda k: 2**32 - max(1, 2**k - 1)),
        st.integers(1, CERTAIN),
    )
    probs = draw(st.lists(p.map(lambda x: min(max(x, 1), CERTAIN)), min_size=8, max_size=8))
    if draw(st.booleans()):
        return data, np.tile(np.array(probs, dtype=np.uint32), (len(data), 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    return data, rng.choice(np.array([*probs, 1, CERTAIN], dtype=np.uint32), size=(len(data), 8))


@given(data_and_probs(), st.lists(st.integers(0, 40), max_size=4))
@settings(deadline=None, max_examples=100)
def test_a_stream_made_piece_by_piece_is_the_same(pair: tuple[bytes, np.ndarray], cuts: list[int]) -> None:
    """A carry may run back through bytes of earlier pieces."""
    data, probs = pair
    encoder = binary.Encoder()
    for begin, end in pairwise([0, *sorted(cuts), 40]):
        encoder.push(data[begin:end], probs[begin:end])
    assert encoder.finish() == binary.encode(data, probs)


@given(data_and_probs())
@settings(deadline=None, max_examples=300)
def test_equals_the_reference_and_comes_back(pair: tuple[bytes, np.ndarray]) -> None:
    data, probs = pair
    stream = binary.encode(data, probs)
    assert stream == reference(data, probs)
    assert decode(stream, probs) == data


@given(data_and_probs())
@settings(deadline=None, max_examples=200)
def test_length_is_within_32_bits_and_a_ten_thousandth_of_the_cost(pair: tuple[bytes, np.ndarray]) -> None:
    data, probs = pair
    ideal = binary.cost(data, probs)
    assert 8 * len(binary.encode(data, probs)) <= ideal * 1.0001 + binary.ROUNDING_BITS


def test_an_adversary_who_keeps_the_interval_across_a_byte_boundary() -> None:
    """Always the bit whose interval holds the next multiple of 2**56, and where the interval is small, cheap bits: a
    carryless coder's interval would shrink until it cannot tell probable from improbable.
    """
    low, span, bits, probs = 0, 2**64 - 1, [], []
    for t in range(8 * 3000):
        p = (1431655765, 1288490188, 2**32 - 1)[t % 3 if span >> 60 else t % 2]
        cut = span * p // 2**32
        bit = int(((low >> 56) + 1 << 56) - low < cut)
        low, span = (low, cut) if bit else (low + cut, span - cut)
        while span < 2**56:
            low, span = low << 8, span << 8
        bits.append(bit)
        probs.append(p)
    data = np.packbits(np.array(bits, dtype=np.uint8)).tobytes()
    table = np.array(probs, dtype=np.uint32).reshape(-1, 8)
    stream = binary.encode(data, table)
    assert stream == reference(data, table)
    assert decode(stream, table) == data
    assert 8 * len(stream) <= binary.cost(data, table) + 8 + 1e-6


@pytest.mark.parametrize("skew", [0, 3, 11, 23])
def test_length_on_long_data_that_the_probabilities_fit(skew: int) -> None:
    rng = np.random.default_rng(skew)
    p = (2**31 >> skew) + 12345
    bits = rng.random(8 * 20_000) < p / 2**32
    data = np.packbits(bits).tobytes()
    probs = np.full((len(data), 8), p, dtype=np.uint32)
    ideal = binary.cost(data, probs)
    stream = binary.encode(data, probs)
    assert abs(8 * len(stream) - ideal) <= ideal * 1e-4 + binary.ROUNDING_BITS
    assert decode(stream[:], probs) == data


@pytest.mark.parametrize("p", [1, CERTAIN])
@pytest.mark.parametrize("byte", [0x00, 0xFF, 0x01, 0x80])
def test_extreme_probabilities(p: int, byte: int) -> None:
    """What was all but certain is all but free; what was all but impossible costs 32 bits, and both decode."""
    data = bytes([byte]) * 50
    probs = np.full((50, 8), p, dtype=np.uint32)
    stream = binary.encode(data, probs)
    assert decode(stream, probs) == data
    unlikely = 50 * (byte.bit_count() if p == 1 else 8 - byte.bit_count())
    assert abs(8 * len(stream) - 32 * unlikely) <= 32 * unlikely * 1e-4 + binary.ROUNDING_BITS


def test_cost_is_the_sum_of_logarithms() -> None:
    probs = np.array([[2**31, 2**30, 2**30, 2**29, 2**31, 2**31, 2**31, 2**31]], dtype=np.uint32)
    assert binary.cost(b"\xf0", probs) == pytest.approx(1 + 2 + 2 + 3 + 4)
    assert binary.cost(b"", np.empty((0, 8), dtype=np.uint32)) == 0.0


@pytest.mark.parametrize("fill", [b"\x00", b"\xff", b"\xa5\x3c"])
def test_cuts_are_noticed(fill: bytes) -> None:
    data = fill * (40 // len(fill))
    probs = np.full((40, 8), 2**31, dtype=np.uint32)
    stream = binary.encode(data, probs)
    assert len(stream) == 40
    for keep in range(len(stream) - 1):
        with pytest.raises(StreamError, match="too early"):
            decode(stream[:keep], probs)


def test_bytes_left_over_are_noticed() -> None:
    probs = np.full((40, 8), 2**31, dtype=np.uint32)
    with pytest.raises(StreamError, match="left over"):
        decode(binary.encode(bytes(range(40)), probs) + bytes(2), probs)


def test_impossible_bits_and_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="probability is 0"):
        binary.encode(b"a", np.zeros((1, 8), dtype=np.uint32))
    with pytest.raises(ValueError, match="expected"):
        binary.encode(b"ab", np.ones((1, 8), dtype=np.uint32))
    with pytest.raises(ValueError, match="expected"):
        binary.encode(b"a", np.ones((1, 8), dtype=np.int64))


@given(st.integers(0, 2**63 - 1), st.binary(max_size=4))
def test_lengths_come_back(n: int, rest: bytes) -> None:
    prefix = binary.length_prefix(n)
    assert binary.read_length(prefix + rest, max_size=2**63) == (n, len(prefix))
    assert binary.read_length(rest + prefix, len(rest), max_size=n) == (n, len(rest) + len(prefix))
    assert len(prefix) == max(1, -(-n.bit_length() // 7))


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (b"", "within a length"),
        (b"\x80", "within a length"),
        (b"\x80\x00", "more bytes than it needs"),
        (b"\x65", "at most 100"),
        (b"\xff" * 10 + b"\x01", "longer than 10"),
    ],
)
def test_bad_lengths_are_refused(stream: bytes, says: str) -> None:
    with pytest.raises(StreamError, match=says):
        binary.read_length(stream, max_size=100)


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        binary.length_prefix(-1)
