"""The program search: it finds what it should, sends it honestly, and does not compress chance."""

import random
from time import perf_counter

import numpy as np
import pytest

from codelength.catalogue import make
from codelength.codes import Mixture
from codelength.coding import binary
from codelength.core import Code, DataError, Learner, Predictor, StreamError, UnknownCodeError
from codelength.predictors.kt import KT
from codelength.predictors.programs import Program, Programmed, ProgramSearch, find, read
from codelength.predictors.programs import found as stream
from codelength.predictors.programs.explore import Task, explore
from codelength.predictors.programs.judge import Judge
from codelength.predictors.programs.residual import residual_bits
from codelength.predictors.programs.searched import HEAD
from conformance import (
    _check_causal,
    _check_cost,
    _check_sums,
    _check_walk,
    check_damage,
    check_kraft,
    check_limits,
    check_round_trip,
    random_bytes,
)

N = 300
NONE = float("inf")


def fibonacci(n: int) -> bytes:
    out = [1, 1]
    while len(out) < n:
        out.append((out[-1] + out[-2]) % 256)
    return bytes(out)


def xorshift(n: int) -> bytes:
    out, x = [], 1
    for _ in range(n):
        x ^= x << 7 & 255
        x ^= x >> 1
        out.append(x)
    return bytes(out)


SQUARES = bytes(t * t % 256 for t in range(N))
THUE_MORSE = bytes(t.bit_count() % 2 for t in range(N))
MADE = {
    "constant": (bytes([7]) * N, 30),
    "squares": (SQUARES, 30),
    "triangular": (bytes(t * (t + 1) // 2 % 256 for t in range(N)), 30),
    "powers": (bytes(3**t % 256 for t in range(N)), 60),
    "Fibonacci": (fibonacci(N), 50),
    "Thue-Morse": (THUE_MORSE, 50),
    "Rudin-Shapiro": (bytes((t & t >> 1).bit_count() % 2 for t in range(N)), 70),
    "ruler": (bytes((t + 1 & -(t + 1)).bit_length() - 1 for t in range(N)), 80),
    "period": (b"\x03\x91\x5b\x07\xe2\x10\x77" * 43, 140),
    "two programs": (fibonacci(N // 2) + SQUARES[: N // 2], 100),
}


@pytest.mark.parametrize("name", MADE)
def test_it_finds_what_made_the_data(name: str) -> None:
    data, most = MADE[name]
    found = find(data, seconds=NONE, efforts=2)
    assert found.cost.program + found.cost.residual <= most
    assert stream.decode(stream.encode(found.segments, data, b""), b"", conditional=False, max_size=N + 9) == data


def test_noise_is_the_residuals_not_the_programs() -> None:
    chance = random.Random(1)
    noisy = bytes(chance.randrange(256) if chance.random() < 0.04 else byte for byte in SQUARES)
    wrong = sum(a != b for a, b in zip(noisy, SQUARES, strict=True))
    found = find(noisy, seconds=NONE, efforts=1)
    assert str(found.segments[0].program) == "y[t] = t * t"
    assert found.cost.misses == wrong > 5
    assert found.cost.bits.bits < wrong * 16 + 60


X = random_bytes(150, seed=5)


@pytest.mark.parametrize(
    ("y", "text", "most"),
    [
        (X[::-1], "x[~t]", 30),
        (bytes((byte + 77) % 256 for byte in X), "77 + x[t]", 45),
        (X[::2], "x[t + t]", 35),
        (X[40:], "x[t + 40]", 45),
        (bytes(byte for k, of_x in enumerate(X) for byte in (of_x, k)), None, 100),
    ],
    ids=["reversed", "shifted by a constant", "every second", "from 40 on", "interleaved with a counter"],
)
def test_a_program_that_may_read_x_is_found_and_priced(y: bytes, text: str | None, most: float) -> None:
    found = find(y, X, seconds=NONE, efforts=3)
    assert text is None or str(found.segments[0].program) == f"y[t] = {text}"
    assert found.cost.program + found.cost.residual <= most
    assert stream.decode(stream.encode(found.segments, y, X), X, conditional=True, max_size=1000) == y


def test_chance_is_not_compressed_beyond_what_chance_allows() -> None:
    """Of n random strings, at most about n 2**-k are k bits shorter than they are: no string of five by 12 bits."""
    for seed in range(5):
        data = random_bytes(40, seed=seed)
        assert find(data, seconds=NONE, efforts=1).cost.bits.bits > 8 * len(data) - 12


def test_the_search_is_a_code() -> None:
    code = ProgramSearch(effort=1)
    assert isinstance(code, Code)
    assert isinstance(code, Learner)
    for data in (b"", b"a", b"ab", SQUARES[:80], THUE_MORSE[:80], random_bytes(60)):
        check_round_trip(code, data)
    check_round_trip(code.given(X), X[:30] + X[::-1])
    assert code.given(b"ab").given(b"c").bits(X[:20]) == code.given(b"abc").bits(X[:20])
    check_limits(code, SQUARES[:50])
    check_damage(code, SQUARES[:20])


def test_its_codelengths_are_those_of_a_prefix_code() -> None:
    check_kraft(ProgramSearch(1))


def test_the_same_search_twice_finds_the_same() -> None:
    noise = random_bytes(100)
    first, second = (find(noise, seconds=NONE, efforts=1, threads=threads) for threads in (1, 2))
    assert (first.segments, first.cost, first.level) == (second.segments, second.cost, second.level)


def test_a_search_resumes() -> None:
    data = MADE["Rudin-Shapiro"][0]
    whole = find(data, seconds=NONE, efforts=2)
    part = find(data, seconds=NONE, efforts=1)
    rest = find(data, seconds=NONE, efforts=2, resume=part)
    assert rest.cost.bits.bits <= min(part.cost.bits.bits, whole.cost.bits.bits)
    assert find(data, seconds=0.0, resume=whole).cost == whole.cost


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    find(random_bytes(40), seconds=NONE, efforts=2, on_progress=lambda *step: told.append(step))
    assert told == [("searching", 1, 2), ("searching", 2, 2)]


def test_what_is_explored_agrees_with_the_window_and_comes_in_order() -> None:
    """Both orders; every expression reported really says the window, however it was put together."""
    side = np.frombuffer(X, dtype=np.uint8)
    data = np.frombuffer(MADE["Rudin-Shapiro"][0], dtype=np.uint8)
    for levin in (False, True):
        explored = explore(Task(8, 48, 64, 2, 0, 1, levin), data, side, [], False)
        assert explored.expressions
        for expression in explored.expressions:
            said = Programmed(Program(expression, modulus=2))._speaker.run(data.tobytes())
            assert np.array_equal(said[8:56], data[8:56])
        sizes = [Program(expression).bits for expression in explored.expressions]
        assert sizes[0] == min(sizes)


def test_a_composition_of_bijections_is_found_from_both_ends() -> None:
    found = find(xorshift(100), seconds=NONE, efforts=2)
    assert found.cost.misses <= 12


@pytest.mark.parametrize("text", ["+ p Y 2", "* t t", "X t", "F 1 ^ a << a 2"])
@pytest.mark.parametrize("header", [{}, {"warm": 3}, {"width": 128}, {"modulus": 5, "low": 2}])
def test_a_program_is_a_predictor(text: str, header: dict[str, int]) -> None:
    code = Programmed(Program(read(text), side=True, **header), X)
    data = fibonacci(100) + random_bytes(60)
    assert isinstance(code, Predictor)
    check_round_trip(code, data)
    _check_walk(code, data[:60])
    _check_causal(code, data[:80])
    _check_cost(code, data)
    _check_sums(code)
    check_damage(code, data[:30])
    assert code.given(b"ab").given(b"c").bits(data) == code.given(b"abc").bits(data)


@pytest.mark.parametrize("text", ["+ p Y 2", "F 1 ^ a << a 2"])
@pytest.mark.parametrize("side", [False, True])
def test_the_catalogue_makes_a_program_from_its_words(text: str, side: bool) -> None:
    program = Program(read(text), width=16, modulus=99, low=3, warm=2, side=side)
    code = make(program.spec)
    assert isinstance(code, Programmed)
    assert code.program == program
    assert code.spec == program.spec
    assert make(f"{program.spec}+kt").spec == f"{program.spec}+kt"


@pytest.mark.parametrize("wrong", ["words=", "words=0", "words=002", "words=001100110", "words=0" * 99, "reads=2"])
def test_words_that_are_no_program_are_refused(wrong: str) -> None:
    with pytest.raises(UnknownCodeError):
        make(f"program:{wrong}")


def test_what_is_given_is_what_missed_bytes_are_like() -> None:
    code, y = Programmed(Program(read("* t t"))), b"abracadabra, " * 9
    assert code.given(y).bits(y).bits < code.bits(y).bits - 100


def endless(size: int, width: int = 64) -> stream.Segment:
    """A program that a decoder would be busy with for hours."""
    return stream.Segment(Program(read("F t " + "+ a " * 120 + "a"), width), size)


def test_what_runs_for_too_long_is_neither_sent_nor_decoded() -> None:
    """The words of such a program are a stream like any other; only what it would take to run them is not."""
    for segment in (endless(50_000), endless(5_000, 128), stream.Segment(Program(read("p"), 128), 200_000)):
        assert not segment.program.bounded(segment.size)
        words = stream.words_of((segment,))
        packed = int(words + "0" * (-len(words) % 8), 2).to_bytes((len(words) + 7) // 8, "big")
        bad = binary.length_prefix(segment.size) + packed + bytes(99)
        with pytest.raises(StreamError, match="run for too long"):
            stream.decode(bad, b"", conditional=False, max_size=1 << 20)
        code = Programmed(segment.program)
        with pytest.raises(StreamError, match="run for too long"):
            code.decode(binary.length_prefix(segment.size) + bytes(99), max_size=1 << 20)
        with pytest.raises(DataError, match="run for too long"):
            code.encode(bytes(segment.size))


def test_many_short_segments_may_not_run_for_long_together() -> None:
    segments = (endless(4_000),) * 3
    assert all(segment.program.bounded(segment.size) for segment in segments)
    assert not stream.bounded(segments)


def test_what_is_found_in_the_head_speaks_of_the_rest() -> None:
    data = bytes(range(256)) * 300
    code = ProgramSearch()
    assert len(data) > HEAD
    assert len(code.encode(data)) < 40
    check_round_trip(code, data, twice=False)


def test_it_stands_in_mixtures() -> None:
    program = Programmed(Program(read("+ p Y 2")))
    mixture = Mixture([program, KT()])
    data = fibonacci(200)
    check_round_trip(mixture, data)
    assert mixture.bits(data).bits <= program.bits(data).bits + 1 + 0.01
    assert mixture.bits(X).bits <= KT().bits(X).bits + 1 + 0.01


def test_what_is_always_right_costs_half_a_logarithm() -> None:
    for n in (10, 100, 1000, 10_000):
        data = np.zeros(n, dtype=np.uint8)
        assert residual_bits(data, data) < 0.5 * np.log2(n) + 4.5


def test_what_is_left_to_judge_when_the_time_is_over_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte takes seconds for each program: a search of 5 s took 36."""
    data = SQUARES
    squares = Program(read("* t t"))
    in_time = Judge(data, None, perf_counter() + 1000)
    over = Judge(data, None, 0.0)
    for judge in (in_time, over):  # 300 bytes are judged in no time
        judge.consider(squares)
        assert judge.best.program == squares
    monkeypatch.setattr("codelength.predictors.programs.judge.GRACE", 0.0)
    in_time, over = Judge(data, None, perf_counter() + 1000), Judge(data, None, 0.0)
    for judge in (in_time, over):
        judge.consider(squares)
    assert in_time.best.program == squares
    assert over.best.program != squares
    assert find(data, seconds=0.0, efforts=1).cost.bits.bits < 8 * len(data) + 30
