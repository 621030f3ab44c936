"""Programs with a hidden state, and rows of cells: words, kernels against plain Python, bounds."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codelength.catalogue import make
from codelength.coding import binary
from codelength.core import Predictor, StreamError
from codelength.predictors.programs import Cells, Program, Programmed, Word, read
from codelength.predictors.programs import found as stream
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.hidden import WORD_WIDTHS, AnyProgram, parse
from codelength.predictors.programs.lattice import rules
from codelength.predictors.programs.reference import Situation, compiled
from codelength.predictors.programs.speaker import speaker
from codelength.predictors.programs.states import CellsState
from conformance import _check_causal, _check_walk, check_damage, check_round_trip, random_bytes
from predictors.test_programs_language import expressions

QUIET = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}

RULE_30 = Cells(read("^ l | u r", tk.CELL))
LEHMER = Word(read("+ * a 25 17", tk.WORD), read(">> a 8", tk.WORD), start=1, width=16)
RING = Program(read(">> 110 n", tk.ROWS), modulus=2, rows=9)


@st.composite
def words(draw: st.DrawFn) -> Word:
    """Any hidden word, with side information."""
    low, width = draw(st.integers(0, 255)), draw(st.sampled_from([64, *WORD_WIDTHS]))
    start = draw(st.one_of(st.integers(0, 9), st.integers(0, (1 << width) - 1)))
    step, says = (draw(expressions(tk.WORD, depth=3)) for _ in range(2))
    return Word(step, says, start, width, draw(st.integers(1, 256 - low)), low, side=True)


@st.composite
def cells(draw: st.DrawFn) -> Cells:
    """Any hidden row of cells."""
    low = draw(st.integers(0, 250))
    modulus = draw(st.sampled_from([1, 2, 2, 3, 256 - low]))
    start = draw(st.one_of(st.integers(0, 9), st.integers(0, (1 << 64) - 1)))
    rule = draw(expressions(tk.CELL, side=False, depth=3))
    return Cells(rule, start, draw(st.integers(-70, 9)), modulus, low, side=True)


def said_by_word(program: Word, n: int, side: bytes) -> list[int]:
    """The definition, by the reference of expressions."""
    step, says = (compiled(each, program.width) for each in (program.step, program.says))
    half = 1 << (program.width - 1)
    situation = Situation([], list(side))
    situation.a = (program.start + half) % (2 * half) - half
    out = []
    for situation.t in range(n):
        out.append(program.low + says(situation) % program.modulus)
        situation.a = step(situation)
    return out


def said_by_cells(program: Cells, n: int) -> list[int]:
    """The definition on a row so long that its ends are too far away to matter."""
    digits, rest = [], program.start
    while rest and program.modulus > 1:
        digits.append(rest % program.modulus)
        rest //= program.modulus
    far = n + 80
    row = [0] * (far - len(digits)) + digits[::-1] + [0] * far
    rule = compiled(program.rule, 64, (len(row), program.modulus, 0))
    out = []
    for _ in range(n):
        out.append(program.low + row[far - 1 + program.column])
        situation = Situation(row, [])
        after = []
        for place in range(len(row)):
            situation.t = len(row) + place
            after.append(rule(situation) % program.modulus)
        row = after
    return out


@settings(max_examples=100, **QUIET)
@given(words(), st.binary(max_size=9))
def test_the_compiled_word_is_the_definitions(program: Word, side: bytes) -> None:
    assert speaker(program, side).run(bytes(30)).tolist() == said_by_word(program, 30, side)


@settings(max_examples=60, **QUIET)
@given(cells())
def test_the_compiled_cells_are_the_definitions(program: Cells) -> None:
    assert speaker(program).run(bytes(12)).tolist() == said_by_cells(program, 12)


@settings(max_examples=40, **QUIET)
@given(cells(), st.lists(st.integers(1, 9), max_size=5))
def test_cells_go_on_from_where_they_were(program: Cells, parts: list[int]) -> None:
    whole, state = CellsState(program).more(sum(parts)), CellsState(program)
    assert np.array_equal(whole, np.concatenate([np.empty(0, np.uint8), *map(state.more, parts)]))


def test_every_rule_has_an_expression_that_says_it() -> None:
    """All 256, against the definition of a rule's number, in at most the bits of `>> R n`."""
    for number, rule in enumerate(rules()):
        table = compiled(rule, 64, (3, 2, 0))
        for near in range(8):
            row = [near >> 2, near >> 1 & 1, near & 1]
            situation = Situation(row, [])
            situation.t = 4
            assert table(situation) % 2 == number >> near & 1
        assert Cells(rule).bits <= Cells(read(f">> {number} n", tk.CELL)).bits


def test_pascals_triangle_is_read_off_an_endless_row() -> None:
    """The rule l + r from one cell: at row t the cell t - 2 k is the binomial coefficient t over k."""
    pascal = Cells(read("+ l r", tk.CELL), modulus=256)
    middle = speaker(pascal).run(bytes(11)).tolist()
    assert middle == [1, 0, 2, 0, 6, 0, 20, 0, 70, 0, 252]


def test_a_background_that_blinks_is_followed() -> None:
    """Rule 1 turns 000 into 1 and 111 into 0: far from the first cell the row is 0, 1, 0, 1, ..."""
    blinking = Cells(read(">> 1 n", tk.CELL), column=500)
    assert speaker(blinking).run(bytes(8)).tolist() == [0, 1] * 4


def test_a_row_is_a_ring() -> None:
    """Row by row against Wolfram's definition, the first row being the data's."""
    chance = np.random.default_rng(1)
    rows = [chance.integers(2, size=9)]
    for _ in range(20):
        near = 4 * np.roll(rows[-1], 1) + 2 * rows[-1] + np.roll(rows[-1], -1)
        rows.append(110 >> near & 1)
    for low in (0, 48):
        data = np.concatenate(rows).astype(np.uint8) + np.uint8(low)
        said = speaker(Program(RING.expression, modulus=2, low=low, rows=9)).run(data.tobytes())
        assert np.array_equal(said[9:], data[9:])


@settings(max_examples=200, **QUIET)
@given(st.one_of(words(), cells()), st.text("01", max_size=9))
def test_their_words_tell_their_end(program: AnyProgram, behind: str) -> None:
    assert parse(program.words + behind, 0, side=True) == (program, len(program.words))
    assert len(program.words) == program.bits


def test_no_word_of_theirs_begins_an_old_programs() -> None:
    """000 would be 64-bit words, modulus 256 and low > 0, which no byte can hold."""
    assert all(program.words.startswith("000") for program in (RULE_30, LEHMER, RING))
    assert not Program(read("p")).words.startswith("000")
    assert not Program(read("p"), modulus=2, low=9).words.startswith("000")


@pytest.mark.parametrize(
    "header",
    [
        {"start": 0, "rule": "n"},
        {"start": (1 << 64) - 1, "rule": "n"},
        {"column": -(1 << 16), "rule": "l"},
        {"column": 1 << 16, "rule": "l"},
    ],
)
def test_limits_are_reached_and_not_passed(header: dict[str, int | str]) -> None:
    rule = read(str(header.pop("rule")), tk.CELL)
    program = Cells(rule, **header)  # type: ignore[arg-type]
    assert parse(program.words, 0, side=False)[0] == program
    beyond = {"start": 1 << 64} if header.get("start") else {"column": 2 * int(header.get("column", 1 << 16)) + 9}
    with pytest.raises(StreamError):
        parse(Cells(rule, **beyond).words, 0, side=False)


def test_rows_that_are_too_long_are_refused() -> None:
    with pytest.raises(StreamError, match="too long"):
        parse(Program(read("u", tk.ROWS), rows=1 << 24).words, 0, side=False)


def test_what_may_not_stand_in_them_has_no_word() -> None:
    for text, place in (("p", tk.WORD), ("u", tk.WORD), ("F a a", tk.WORD), ("t", tk.CELL), ("X 0", tk.CELL)):
        with pytest.raises(ValueError, match="may not stand"):
            _ = (Word(read(text, place), read("a", place)) if place == tk.WORD else Cells(read(text, place))).words
    with pytest.raises(ValueError, match="may not stand"):
        _ = Program(read("u", tk.ROWS)).words


@pytest.mark.parametrize("program", [RULE_30, LEHMER, RING], ids=["cells", "word", "rows"])
def test_they_are_predictors_of_the_catalogue(program: AnyProgram) -> None:
    code = make(program.spec)
    assert isinstance(code, Programmed) and isinstance(code, Predictor)
    assert code.program == program
    data = speaker(program).run(bytes(150)).tobytes() + random_bytes(40)
    check_round_trip(code, data)
    _check_walk(code, data[:40])
    _check_causal(code, data[:60])
    check_damage(code, data[:20])
    segments = (stream.Segment(program, 100), stream.Segment(RING, 90))
    assert stream.decode(stream.encode(segments, data, b""), b"", conditional=False, max_size=200) == data


def test_cells_that_would_run_for_too_long_are_refused() -> None:
    segment = stream.Segment(RULE_30, 40_000)
    assert not RULE_30.bounded(segment.size) and LEHMER.bounded(1 << 40)
    words = stream.words_of((segment,))
    packed = int(words + "0" * (-len(words) % 8), 2).to_bytes((len(words) + 7) // 8, "big")
    with pytest.raises(StreamError, match="run for too long"):
        stream.decode(binary.length_prefix(segment.size) + packed + bytes(99), b"", conditional=False, max_size=1 << 20)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (RULE_30, "cell 0 of a row that is 1 and then everywhere (up_left ^ (up | up_right)) mod 2    (rule 30)"),
        (Cells(read("+ l r", tk.CELL), 7, -2, 3, 1), "cell -2 of a row that is 21 and then everywhere"),
        (Program(read("+ p r", tk.ROWS), modulus=2, rows=9), "(y[t-1] + up_right) mod 2    (rows of 9 cells, a ring)"),
        (LEHMER, "s >> 8, where s = 1 and then s = s * 25 + 17    (16-bit words)"),
        (Word(read("L ^ a << a 3 + a t", tk.WORD), read("a", tk.WORD)), "s = (let a = s ^ s << 3 in a + t)"),
        (RING, "(110 >> up3) mod 2    (rows of 9 cells, a ring, rule 110)"),
    ],
)  # fmt: skip
def test_they_can_be_read(program: AnyProgram, text: str) -> None:
    assert text in str(program)
