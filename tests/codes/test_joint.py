"""`Joint`: a pair never costs more than its parts and a bit, says so of streams too, and comes back."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codelength.catalogue import CATALOGUE, make
from codelength.codes import Joint, Mixture
from codelength.coding import binary
from codelength.core import Code, Learner, StreamError, either
from conformance import ROUNDING_BITS, ROUNDING_SHARE, random_bytes

QUICK = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PAIRS = st.tuples(*[st.one_of(st.binary(max_size=200), st.text("ab \n", max_size=200).map(str.encode))] * 2)
LIGHT = ["kt", "mini", "huffman", "zlib", "bz2"]


def check_pair(joint: Joint, x: bytes, y: bytes) -> None:
    """The bound, of ideal lengths and of real streams; the stream's honest length; the pair back."""
    code = joint.code
    stream, bits = joint.encode((x, y)), joint.bits((x, y))
    assert joint.decode(stream, max_size=len(x) + len(y)) == (x, y)
    alone = code.bits(x).bits + code.bits(y).bits
    assert bits.kind == "exact"
    assert bits.bits <= alone + 1 + 1e-6
    assert 8 * len(stream) <= 8 * (len(code.encode(x)) + len(code.encode(y))) + 64
    assert abs(8 * len(stream) - bits.bits) <= ROUNDING_BITS + ROUNDING_SHARE * bits.bits
    if isinstance(code, Learner):
        assert bits.bits == pytest.approx(code.bits(x).bits + 1 + min(code.bits(y).bits, code.given(x).bits(y).bits))
    else:
        assert bits.bits == 1 + min(alone, code.bits(x + y).bits)


@pytest.mark.parametrize("name", LIGHT)
def test_of_any_pair(name: str) -> None:
    joint = Joint(make(name))
    assert isinstance(joint, Code)

    @QUICK
    @given(PAIRS)
    def drawn(pair: tuple[bytes, bytes]) -> None:
        check_pair(joint, *pair)

    drawn()


@pytest.mark.parametrize("name", CATALOGUE)
def test_of_hostile_real_pairs(name: str, data_dir: Path) -> None:
    """A first that teaches the second wrongly: reversed, permuted, noise, another kind of file."""
    text, other = ((data_dir / "calgary" / file).read_bytes()[:4000] for file in ("paper1", "geo"))
    permuted = bytes(np.random.default_rng(0).permutation(256).astype(np.uint8)[np.frombuffer(text, dtype=np.uint8)])
    joint = Joint(make(name))
    for x, y in [
        (text, text[::-1]),
        (permuted, text),
        (text, text),
        (random_bytes(3000), text[:500]),
        (other, text[:500]),
        (bytes(4000), random_bytes(100)),
        (b"", text[:100]),
        (text, b""),
    ]:
        check_pair(joint, x, y)


def test_side_information_is_used_where_it_helps_and_only_there(data_dir: Path) -> None:
    text = (data_dir / "calgary" / "paper1").read_bytes()[:3000]
    code = make("mini")
    joint = Joint(code)
    assert joint.bits((text, text)).bits < 1.2 * code.bits(text).bits
    assert joint.encode((text, text))[0] % 2 == 1
    assert joint.encode((bytes(3000), text))[0] % 2 == 0
    assert joint.bits((bytes(3000), text)) == code.bits(bytes(3000)) + either(code.bits(text), code.bits(text))


def test_of_a_mixture_and_of_one_without_side_information() -> None:
    x, y = b"abracadabra " * 40, b"dabracabra " * 20
    check_pair(Joint(Mixture([make("kt"), make("mini")])), x, y)
    assert not isinstance(make("bz2"), Learner)
    together = Joint(make("bz2")).encode((x, x))
    assert binary.read_length(together, max_size=10**9)[0] == 2 * len(x) + 1
    assert not isinstance(Joint(make("bz2")), Learner)


@pytest.mark.parametrize("name", ["kt", "zlib", "bz2"])
def test_damage_and_limits(name: str) -> None:
    joint = Joint(make(name))
    pair = (b"abracadabra " * 20, b"dabracabra " * 20)
    stream = joint.encode(pair)
    for max_size in (0, 1, 240, sum(map(len, pair)) - 1):
        with pytest.raises(StreamError, match=r"\S"):
            joint.decode(stream, max_size=max_size)
    damaged = [stream[:n] for n in range(len(stream))] + [random_bytes(n, seed=n) for n in range(40)]
    damaged += [bytes([first]) + stream[1:] for first in range(256)]
    for bad in damaged:
        try:
            x, y = joint.decode(bad, max_size=1000)
        except StreamError as error:
            assert str(error)
        else:
            assert len(x) + len(y) <= 1000


def test_a_cut_beyond_the_end_is_refused() -> None:
    joint = Joint(make("bz2"))
    with pytest.raises(StreamError, match="cuts 3 bytes at 4"):
        joint.decode(bytes([2 * 4 + 1]) + make("bz2").encode(b"abc"), max_size=9)
    with pytest.raises(StreamError, match="first of its pair"):
        joint.decode(bytes([2 * 40]) + make("bz2").encode(b"abc"), max_size=9)
