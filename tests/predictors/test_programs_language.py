"""The language of the program search: total, prefix-free, and the same in the kernel and in plain Python."""

import sys
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codelength.coding.prefix import kraft_sum
from codelength.core import StreamError
from codelength.predictors.programs import Program, read
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.hidden import parse
from codelength.predictors.programs.program import WIDTHS
from codelength.predictors.programs.reference import Situation, compiled
from codelength.predictors.programs.speaker import Formula, speaker

QUIET = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}


@st.composite
def expressions(draw: st.DrawFn, place: int = tk.FREE, side: bool = True, depth: int = 4) -> tuple[int, ...]:
    """Any expression that the code has a word for, of at most `depth` operators above one another."""
    allowed = [token for token, bits in enumerate(tk.lengths(place, side)) if bits]
    token = draw(st.sampled_from([token for token in allowed if depth or not tk.ARITY[token]]))
    if token == tk.CONST:
        return (tk.FIRST_CONSTANT + draw(st.one_of(st.integers(0, 9), st.integers(0, tk.MOST_CONSTANT))),)
    out: tuple[int, ...] = (token,)
    for child in range(tk.ARITY[token]):
        out += draw(expressions(tk.place_in(token, place, child), side, depth - 1))
    return out


@st.composite
def programs(draw: st.DrawFn, widths: tuple[int, ...] = (64, *WIDTHS)) -> Program:
    """Any program, with side information."""
    low = draw(st.integers(0, 255))
    modulus = draw(st.integers(1, 256 - low))
    width, warm = draw(st.sampled_from(widths)), draw(st.sampled_from([0, 0, 1, 5]))
    rows = draw(st.sampled_from([0, 0, 1, 2, 5]))
    return Program(draw(expressions(tk.ROWS if rows else tk.FREE)), width, modulus, low, warm, True, rows)


def in_plain_python(program: Program, data: bytes, side: bytes) -> list[int]:
    """What a program says at each position, by the reference alone."""
    node = compiled(program.expression, program.width, (program.rows, program.modulus, program.low))
    said: list[int] = []
    history: list[int] = []
    situation = Situation(history, list(side))
    for t, byte in enumerate(data):
        situation.t = t
        said.append(program.low + node(situation) % program.modulus)
        history.append(said[t] if program.warm and t >= program.warm else byte)
    return said


def test_steps_are_counted_before_anything_runs() -> None:
    assert Program(read("+ p Y 2")).steps(100) == 400
    looping = Program(read("F 1 + a + i t"))
    assert looping.steps(10) == 10 * 7 + 45 * 5
    assert Program(looping.expression, width=128).steps(10) > 64 * looping.steps(10)
    long = tk.MOST_ROUNDS + 10
    assert looping.steps(long + 1) - looping.steps(long) == 7 + 5 * tk.MOST_ROUNDS


def test_nothing_without_loops_is_refused_and_long_loops_are() -> None:
    assert Program((tk.NOT,) * 200 + (tk.T,)).bounded(1 << 40)
    looping = Program(read("F 1 + a + i t"))
    assert looping.bounded(10_000)
    assert not looping.bounded(1 << 20)


@settings(max_examples=200, **QUIET)
@given(programs(widths=(64, 8, 16, 32)), st.binary(max_size=24), st.binary(max_size=9))
def test_kernel_and_reference_agree(program: Program, data: bytes, side: bytes) -> None:
    assert speaker(program, side).run(data).tolist() == in_plain_python(program, data, side)


@settings(max_examples=60, **QUIET)
@given(programs(widths=(128, 2048)), st.binary(max_size=12), st.binary(max_size=9))
def test_wide_words_run_too(program: Program, data: bytes, side: bytes) -> None:
    assert speaker(program, side).run(data).tolist() == in_plain_python(program, data, side)


@settings(max_examples=150, **QUIET)
@given(programs(), st.binary(max_size=20))
def test_every_program_halts_within_its_bound(program: Program, data: bytes) -> None:
    """No more than len(program) * MOST_ROUNDS evaluations of a node for a symbol, counted by the reference."""
    steps = 0
    situation = Situation(list(data), [])

    class Counted(list[int]):
        def __getitem__(self, key):  # type: ignore[no-untyped-def]
            nonlocal steps
            steps += 1
            return super().__getitem__(key)

    situation.history = Counted(data)
    situation.t = len(data)
    rows = (program.rows, program.modulus, program.low)
    value = compiled(program.expression, program.width, rows)(situation)
    half = 1 << (program.width - 1)
    assert -half <= value < half
    # What reads the history stands in loops, one deep, of at most t rounds each.
    # `n` reads three cells at once.
    assert steps <= 3 * len(program.expression) * max(1, len(data))


def test_a_loop_stops_at_its_limit() -> None:
    counting = Program(read("F 0 + a 1"), width=16, modulus=256)
    long = bytes(tk.MOST_ROUNDS + 300)
    said = speaker(counting).run(long)
    assert said[300] == 300 % 256
    assert said[-1] == said[tk.MOST_ROUNDS] == tk.MOST_ROUNDS % 256
    for_ever = speaker(Program(read("W 1 1"), width=64)).run(bytes(50))
    assert for_ever.tolist() == list(range(50))


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("side", [False, True])
def test_the_words_of_every_place_are_a_full_prefix_code(place: int, side: bool) -> None:
    assert kraft_sum(tk.lengths(place, side)) == 1
    words = [word for word in tk.words(place, side) if word]
    assert not [(a, b) for a in words for b in words if a != b and b.startswith(a)]


def test_short_programs_obey_kraft() -> None:
    """Over all programs of at most 15 bits: sum of 2**-bits at most 1, each is read back, none begins another."""
    found: dict[str, Program] = {}
    total = Fraction(0)
    for bits in range(4, 16):
        for number in range(1 << bits):
            words = f"{number:0{bits}b}"
            try:
                program, end = parse(words, 0, side=False)
            except StreamError:
                continue
            if end == bits:
                assert program.words == words
                assert program.bits == bits
                found[words] = program
                total += Fraction(1, 1 << bits)
    assert len(found) > 50
    assert total <= 1
    assert not [words for words in found if any(words[:k] in found for k in range(1, len(words)))]


@settings(max_examples=200, **QUIET)
@given(programs(), st.text("01", max_size=9))
def test_a_programs_words_tell_their_end(program: Program, behind: str) -> None:
    assert parse(program.words + behind, 0, side=True) == (program, len(program.words))
    assert len(program.words) == program.bits


def test_words_that_are_no_program_are_refused() -> None:
    for words in ("", "0", "0" * 200, "1" * 2000):
        with pytest.raises(StreamError):
            parse(words, 0, side=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("* t t", "t * t"),
        ("- - t 1 - t 2", "t - 1 - (t - 2)"),
        ("* + t 1 p", "(t + 1) * y[t-1]"),
        ("Y + t 1", "y[t-(t + 1)]"),
        ("? & t 1 H >> t 1 0", "(y[t >> 1] if t & 1 else 0)"),
        ("F 0 + a = 0 % t i", "fold(a = 0; t times a = a + (0 == t % i))"),
        ("W + t 1 - a H i", "count(a = t + 1; while a > 0: a = a - y[i])"),
        ("L p ^ a << a 3", "(let a = y[t-1] in a ^ a << 3)"),
    ],
)
def test_programs_can_be_read(text: str, shown: str) -> None:
    assert str(Program(read(text))) == f"y[t] = {shown}"


def test_expressions_that_are_none_are_refused() -> None:
    for text in ("+ t", "t t", "a", "i", "F 0 W 1 a"):
        with pytest.raises(ValueError, match=r"expression|stand"):
            _ = Program(read(text)).words


def test_known_programs_say_what_they_should() -> None:
    fibonacci = [1, 1]
    for _ in range(60):
        fibonacci.append((fibonacci[-1] + fibonacci[-2]) % 256)
    assert speaker(Program(read("+ p Y 2"))).run(bytes(fibonacci)).tolist()[1:] == fibonacci[1:]
    primes = Program(read("= 2 F 0 + a = 0 % t i"))
    # t % 0 is t, so i counts the divisors from 1 to t - 1 only.
    said = speaker(Program(read("= 1 F 0 + a = 0 % t i"))).run(bytes(60))
    assert [t for t in range(60) if said[t]] == [t for t in range(2, 60) if all(t % d for d in range(2, t))]
    assert primes.bits == Program(read("= 1 F 0 + a = 0 % t i")).bits
    rule30 = Program(read(">> F 1 ^ << a 2 | a << a 1 t"), width=128, modulus=2)
    assert speaker(rule30).run(bytes(20)).tolist() == [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1]
    assert np.array_equal(
        speaker(Program(read("X ~ t"), side=True), b"abc").run(b"...."), np.frombuffer(b"cba\0", dtype=np.uint8)
    )


def test_a_wide_program_does_not_copy_its_side_information(monkeypatch: pytest.MonkeyPatch) -> None:
    read_from: list[object] = []

    class Watched(Situation):
        def __init__(self, history: Sequence[int], side: Sequence[int]) -> None:
            read_from.append(side)
            super().__init__(history, side)

    monkeypatch.setattr(sys.modules[Formula.__module__], "Situation", Watched)
    side = bytes(range(200))
    wide = speaker(Program(read("X t"), width=128, side=True), side)
    assert wide.run(bytes(9)).tolist() == list(range(9)) and wide.next(np.zeros(10, np.uint8), 9) == 9
    assert len(read_from) == 2 and all(one is side for one in read_from)
