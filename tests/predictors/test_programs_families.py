"""Families of programs told from the data: rings, columns of automata, generators of pseudo-random numbers."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from codelength.predictors.programs import Cells, Program, Word, find, read
from codelength.predictors.programs import found as stream
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.generators import congruential, xorshift
from codelength.predictors.programs.lattice import columns, row_lengths
from codelength.predictors.programs.speaker import speaker
from conformance import random_bytes

NONE = float("inf")


def symbols(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(data, dtype=np.uint8)


def ring(rule: Callable[[int, int, int], int], size: int, rows: int, states: int, seed: int) -> bytes:
    """Rows after a random one."""
    chance = random.Random(seed)
    row = [chance.randrange(states) for _ in range(size)]
    out = list(row)
    for _ in range(rows - 1):
        row = [rule(row[k - 1], row[k], row[(k + 1) % size]) % states for k in range(size)]
        out += row
    return bytes(out)


def congruential_bytes(a: int, c: int, state: int, shift: int, n: int = 200) -> bytes:
    out = []
    for _ in range(n):
        out.append(state >> shift & 255)
        state = (a * state + c) % (1 << (shift + 8))
    return bytes(out)


def xorshift_bytes(state: int, steps: tuple[int, int, int], width: int, say: Callable[[int], int]) -> bytes:
    out, mask = [], (1 << width) - 1
    for _ in range(200):
        out.append(say(state))
        for step in steps:
            state ^= (state << step & mask) if step > 0 else state >> -step
    return bytes(out)


@pytest.mark.parametrize(("number", "size"), [(22, 13), (30, 24), (54, 24), (110, 13), (150, 32)])
def test_a_ring_and_its_rule_are_found(number: int, size: int) -> None:
    data = ring(lambda l, u, r: number >> (4 * l + 2 * u + r) & 1, size, 20, 2, number)  # noqa: E741
    assert size in row_lengths(symbols(data))
    found = find(data, seconds=NONE, efforts=1)
    program = found.segments[0].program
    assert isinstance(program, Program) and program.rows == size
    assert np.array_equal(speaker(program).run(data)[size:], symbols(data)[size:])


def test_rows_of_bytes_are_found() -> None:
    data = ring(lambda l, _, r: l + r, 15, 20, 256, 3)  # noqa: E741
    assert 15 in row_lengths(symbols(data))
    found = find(data, seconds=NONE, efforts=1)
    assert found.cost.bits.bits < 8 * 15 + 90


def test_a_ring_with_noise_is_found() -> None:
    chance = random.Random(5)
    data = ring(lambda l, u, r: l ^ (u | r), 16, 40, 2, 1)  # noqa: E741
    noisy = bytes(bit ^ (chance.random() < 0.01) for bit in data)
    program = find(noisy, seconds=NONE, efforts=1).segments[0].program
    assert isinstance(program, Program) and program.rows == 16


@pytest.mark.parametrize("low", [0, 48])
@pytest.mark.parametrize("rule", [">> 30 n", ">> 45 n", ">> 73 n", ">> 105 n"])
@pytest.mark.parametrize("column", [0, -6])
def test_a_column_of_an_automaton_is_found(rule: str, column: int, low: int) -> None:
    made = Cells(read(rule, tk.CELL), column=column, low=low)
    data = speaker(made).run(bytes(200)).tobytes()
    best = columns(symbols(data), False, range(1, 2))[0]
    assert best.bits <= made.bits + 8  # another rule may make the same column
    assert speaker(best).run(data).tobytes() == data


def test_the_centre_of_rule_30_is_found_in_a_search() -> None:
    data = speaker(Cells(read("^ l | u r", tk.CELL))).run(bytes(300)).tobytes()
    found = find(data, seconds=NONE, efforts=1)
    assert isinstance(found.segments[0].program, Cells)
    assert found.cost.misses == 0 and found.cost.bits.bits < 70
    assert stream.decode(stream.encode(found.segments, data, b""), b"", conditional=False, max_size=300) == data


@pytest.mark.parametrize(
    ("a", "c", "state", "shift", "at"),
    [(25, 17, 1, 8, 0), (25, 17, 1, 8, 16), (48_271, 0, 12_345, 8, 16), (13, 7, 100, 4, 0), (18, 5, 9, 8, 0)],
)
def test_a_congruential_generator_is_told_from_its_high_byte(a: int, c: int, state: int, shift: int, at: int) -> None:
    data = congruential_bytes(a, c, state, shift)
    assert speaker(congruential(symbols(data), False, at)[0]).run(data).tobytes() == data


def test_a_noisy_generator_is_told_from_a_stretch_without_noise() -> None:
    data = bytearray(congruential_bytes(4093, 77, 5, 8))
    data[3] ^= 1
    assert not congruential(symbols(bytes(data)), False, 0)
    program = congruential(symbols(bytes(data)), False, 16)[0]
    assert np.count_nonzero(speaker(program).run(data) != symbols(bytes(data))) == 1


@pytest.mark.parametrize("steps", [(7, -9, 8), (-7, 9, -13), (3, -5, 1)])
@pytest.mark.parametrize("say", [lambda s: s & 255, lambda s: s >> 8, lambda s: s & 1], ids=["low", "high", "one bit"])
def test_an_xorshift_is_told_from_what_it_shows(steps: tuple[int, int, int], say: Callable[[int], int]) -> None:
    data = xorshift_bytes(0xACE1, steps, 16, say)
    assert speaker(xorshift(symbols(data), False, 16)[0]).run(data).tobytes() == data


def test_an_xorshift_of_32_bits_too() -> None:
    data = xorshift_bytes(2_463_534_242, (13, -17, 5), 32, lambda s: s & 255)
    program = xorshift(symbols(data), False, 32)[0]
    assert isinstance(program, Word) and program.width == 32
    assert speaker(program).run(data).tobytes() == data


def test_chance_is_no_member_of_any_family() -> None:
    for seed in range(4):
        noise = symbols(random_bytes(300, seed=seed))
        bits = noise & 1
        assert not row_lengths(noise) and not row_lengths(bits)
        assert not columns(bits, False, range(1, 4))
        assert not congruential(noise, False)
        assert not xorshift(noise, False, 16) and not xorshift(bits, False, 16)


@pytest.mark.parametrize("data", [b"", b"a", b"ab", bytes(100), b"\0\1" * 30], ids=range(5))
def test_little_or_nothing_is_no_trouble(data: bytes) -> None:
    for side in (None, b"", b"b"):
        found = find(data, side, seconds=NONE, efforts=1)
        coded = stream.encode(found.segments, data, side or b"")
        assert stream.decode(coded, side or b"", conditional=side is not None, max_size=200) == data
