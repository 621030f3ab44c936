"""What `sample` draws: exactly a predictor's distribution, and a code's as far as its lengths show it."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from codelength.catalogue import make
from codelength.codes.proposals import propose
from codelength.codes.sample import sample
from codelength.core import Bits, Code, Predictor

LETTERS = b"abcd"
MARKOV = {  # P(next | previous), far from what the proposals see
    97: (0.1, 0.6, 0.2, 0.1),
    98: (0.05, 0.05, 0.8, 0.1),
    99: (0.25, 0.25, 0.25, 0.25),
    100: (0.7, 0.1, 0.1, 0.1),
}
OTHER = 2.0**-11
ALL = 1 + 252 * OTHER
"""What 2**-length sums to over the next byte: the four letters make 1, and all other bytes are as long as 11 bits."""

SPREAD = Generator(PCG64(0)).choice(list(LETTERS), 400).astype(np.uint8).tobytes()


@dataclass(frozen=True)
class Known:
    """A code whose distribution is known: a Markov chain on four letters, any other byte at 11 bits; lengths rounded
    up to a multiple of `unit` bits.
    """

    unit: int = 0
    spec: str = "known"

    def bits(self, data: bytes, /) -> Bits:
        total = 0.0
        for before, byte in pairwise(b"a" + data):
            total += -math.log2(MARKOV.get(before, (0.25,) * 4)[byte - 97] if byte in LETTERS else OTHER)
        return Bits(self.unit * math.ceil(total / self.unit) if self.unit else total)

    def encode(self, _data: bytes, /) -> bytes:
        raise AssertionError("sampling needs lengths only")

    def decode(self, _stream: bytes, /, *, max_size: int) -> bytes:
        raise AssertionError(f"sampling needs lengths only, not {max_size} bytes")


@dataclass(frozen=True)
class KnownLearner(Known):
    """The same, noting what it was given."""

    side: bytes = b""

    def given(self, data: bytes, /) -> "KnownLearner":
        return replace(self, side=self.side + data)


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "book1").read_bytes()[20_000:50_000]


def _transitions(said: bytes, before: int) -> dict[int, float]:
    followers = Counter(b for a, b in pairwise(said) if a == before)
    return {byte: followers[byte] / followers.total() for byte in LETTERS}


@pytest.mark.parametrize("chunk", [1, 2])
@pytest.mark.parametrize("code", [Known(), KnownLearner()])
def test_a_code_that_is_no_predictor_is_sampled_from_its_lengths(code: Code[bytes], chunk: int) -> None:
    """Frequencies within 4 standard errors of the code's own probabilities, though all proposals are uniform."""
    said = sample(code, 3000, seed=5, given=SPREAD, chunk=chunk, candidates=64, tails=1, window=8)
    others = sum(byte not in LETTERS for byte in said) / len(said)
    assert others == pytest.approx(252 * OTHER / ALL, abs=0.025)
    for before, probs in MARKOV.items():
        seen = _transitions(said, before)
        for byte, p in zip(LETTERS, probs, strict=True):
            spread = math.sqrt(p / ALL * (1 - p / ALL) / said.count(before))
            assert abs(seen[byte] - p / ALL) < 4 * spread, (chr(before), chr(byte), seen)


def test_tails_see_through_lengths_in_whole_bytes() -> None:
    """Rounded up to bytes, single lengths are blunt; their mean over four tails is as good as unrounded ones."""
    assert _distance(Known(unit=8), tails=1) > 0.07
    assert _distance(Known(unit=8), tails=4) < 0.05
    assert _distance(Known(), tails=1) < 0.05


def _distance(code: Code[bytes], tails: int) -> float:
    """Mean total variation between the transitions that are said and the true ones."""
    said = sample(code, 1500, seed=3, given=SPREAD, chunk=1, candidates=64, tails=tails, window=8)
    gaps = [
        0.5 * sum(abs(_transitions(said, before)[byte] - p / ALL) for byte, p in zip(LETTERS, probs, strict=True))
        for before, probs in MARKOV.items()
    ]
    return sum(gaps) / len(gaps)


@pytest.mark.parametrize("name", ["kt", "ctw"])
def test_a_predictor_is_sampled_exactly(name: str, text: bytes) -> None:
    """Each bit is 1 exactly where the seed's random number lies below the predictor's probability."""
    code = make(name)
    assert isinstance(code, Predictor)
    said = sample(code, 300, seed=11, given=text[:2000])
    uniform = Generator(PCG64(11)).integers(0, 1 << 32, 8 * 300, dtype=np.uint64)
    thresholds = code.given(text[:2000]).probabilities(said).reshape(-1)
    assert np.array_equal(uniform < thresholds, np.unpackbits(np.frombuffer(said, dtype=np.uint8)).astype(bool))


@pytest.mark.parametrize(("name", "window"), [("zlib", None), ("zstd", None), ("bz2", None), ("lzma", 2048)])
def test_compressors_given_english_say_something_like_it(name: str, window: int | None, text: bytes) -> None:
    """Under an independent model given the text, what is said costs less than 7 bits a byte, random bytes far more."""
    said = sample(make(name), 120, seed=1, given=text, window=window, candidates=96)
    model = make("ctw").given(text)
    random = Generator(PCG64(1)).bytes(len(said))
    assert model.bits(said).bits < 0.6 * model.bits(random).bits
    assert model.bits(said).bits < 7 * len(said)


def test_the_seed_decides(text: bytes) -> None:
    first = sample(make("zlib"), 40, seed=1, given=text, candidates=16)
    assert sample(make("zlib"), 40, seed=1, given=text, candidates=16) == first
    assert sample(make("zlib"), 40, seed=2, given=text, candidates=16) != first


@pytest.mark.parametrize("code", [make("kt"), make("zlib"), Known()])
@pytest.mark.parametrize("size", [0, 1, 13])
def test_so_many_bytes_are_drawn_and_reported(code: Code[bytes], size: int) -> None:
    progress: list[int] = []
    said = sample(code, size, seed=0, candidates=4, tails=2, chunk=4, on_progress=progress.append)
    assert len(said) == size
    assert progress == sorted(set(progress))
    assert progress[-1:] == ([size] if size else [])


def test_a_learner_is_given_everything_before_its_window() -> None:
    """The text that is scored and the side information are together what came before, however much is said."""
    seen: set[bytes] = set()

    @dataclass(frozen=True)
    class Watched(KnownLearner):
        def bits(self, data: bytes, /) -> Bits:
            seen.add(self.side + data)
            return super().bits(data)

    said = sample(Watched(), 60, seed=1, given=SPREAD, window=10, chunk=1, candidates=8, tails=1)
    for n in range(1, 61):
        assert SPREAD + said[:n] in seen


def test_arguments_out_of_range_are_refused() -> None:
    for wrong in ({"candidates": 0}, {"tails": 0}, {"chunk": 9}, {"chunk": 0}, {"window": -1}):
        with pytest.raises(ValueError, match="expected"):
            sample(Known(), 5, seed=0, **wrong)
    with pytest.raises(ValueError, match="expected"):
        sample(Known(), -1, seed=0)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_proposals_know_their_probabilities(size: int) -> None:
    """The q of the definition, counted naively; and chunks are drawn that often."""
    text = b"abracadabra, abracad"
    number = 20_000
    drawn = propose(text, size, number, Generator(PCG64(4)))
    assert drawn.draws.sum() == number
    q = np.exp2(drawn.log2_q)
    assert q.sum() <= 1 + 1e-9
    for chunk, times, log2_q in zip(drawn.chunks, drawn.draws, drawn.log2_q, strict=True):
        expected = _naive_q(text, chunk)
        assert 2.0**log2_q == pytest.approx(expected)
        assert abs(times / number - expected) < 5 * math.sqrt(expected / number) + 5 / number


def _naive_q(text: bytes, chunk: bytes) -> float:
    n, size = len(text), len(chunk)
    parts = [math.prod((text.count(byte) + 1) / (n + 256) for byte in chunk)]
    met = {}
    for order in range(33):
        end = text[n - order :]
        places = [at for at in range(order, n - size + 1) if text[at - order : at] == end]
        if not places:
            break
        met[order] = sum(text[at : at + size] == chunk for at in places) / len(places)
    usual = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
    parts += [share for order, share in met.items() if order in usual or order == max(met)]
    return sum(parts) / len(parts)
