"""Delta: whatever was edited comes back, an edit costs little more than it must, and what is no copy hardly more than
its bytes.
"""

import random
from math import log2
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_delta import probabilities

import codelength as cl
from codelength.coding.binary import length_prefix
from codelength.core import CodelengthError
from codelength.predictors.delta import Delta, index
from codelength.predictors.delta.index import _fill
from codelength.predictors.delta.masses import learn_literal
from codelength.predictors.delta.state import STEP, new_state

ALPHABET = b"the cat sat on a mat. "


def noise(size: int, *, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "paper1").read_bytes()


def edited(data: bytes, edits: int, *, seed: int = 0) -> bytes:
    """So many edits of any sort: a byte replaced, bytes inserted, left out, a block moved, a word renamed."""
    rng = random.Random(seed)
    for _ in range(edits):
        at, to, size = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1), rng.randrange(1, 40)
        match rng.randrange(5):
            case 0:
                data = data[:at] + rng.randbytes(1) + data[at + 1 :]
            case 1:
                data = data[:at] + rng.choice([rng.randbytes(size), ALPHABET[:size]]) + data[at:]
            case 2:
                data = data[:at] + data[at + size :]
            case 3:
                block = data[at : at + 8 * size]
                data = data[:at] + data[at + 8 * size :]
                data = data[:to] + block + data[to:]
            case _:
                data = data.replace(b"the", b"that", size)
    return data


def check(known: bytes, new: bytes) -> float:
    """It comes back, and the stream is as long as is said; bits without the length."""
    code = Delta().given(known)
    stream = code.encode(new)
    assert code.decode(stream, max_size=len(new)) == new
    bits = code.bits(new).bits
    assert abs(8 * len(stream) - bits) <= 32 + 1e-4 * bits
    return bits - 8 * len(length_prefix(len(new)))


PIECES = st.lists(st.sampled_from([b"a", b"b", b"ab" * 20, ALPHABET, ALPHABET[::-1], b"\0", b"\xff" * 9]), max_size=12)


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(PIECES.map(b"".join), PIECES.map(b"".join))
def test_anything_comes_back_given_anything(known: bytes, new: bytes) -> None:
    check(known, new)


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 30), st.integers(0, 1 << 30), st.integers(0, 5000))
def test_edits_of_all_sorts_come_back(text: bytes, edits: int, seed: int, size: int) -> None:
    check(text[:size], edited(text[:size], edits, seed=seed))


@pytest.mark.parametrize("seed", range(8))
def test_the_kernel_says_what_the_reference_says(text: bytes, seed: int) -> None:
    known = text[300 * seed : 300 * seed + 150 * seed]
    new = edited(known, 2 * seed, seed=seed)[:1500] + ALPHABET
    assert Delta().given(known).probabilities(new).tolist() == probabilities(known, new)


def test_the_reference_agrees_on_noise_and_on_the_target_alone() -> None:
    for known, new in ((noise(300), noise(200, seed=1)), (b"", ALPHABET * 9), (bytes(500), bytes(600))):
        assert Delta().given(known).probabilities(new).tolist() == probabilities(known, new)


def test_a_copy_costs_next_to_nothing(text: bytes) -> None:
    for known in (text, noise(100_000), bytes(10_000)):
        assert check(known, known) < 32


def test_replaced_bytes_cost_little_more_than_they_must(text: bytes) -> None:
    """Where each of k edits of n bytes is, and which of 255 other bytes stands there, no code says in fewer bits."""
    known = text * 4
    at = random.Random(1).sample(range(len(known)), 100)
    new = bytearray(known)
    for k, place in enumerate(at):
        new[place] ^= 1 + (k * 89) % 255
    least = 100 * (log2(len(known) / 100) + log2(np.e) + 8)
    assert check(known, bytes(new)) < 1.08 * least


@pytest.mark.parametrize("size", [1, 7, 60, 3000])
def test_one_insertion_deletion_or_move_costs_a_few_bytes_beside_its_own(text: bytes, size: int) -> None:
    at = len(text) // 3
    inserted = text[:at] + noise(size) + text[at:]
    left_out = text[:at] + text[at + size :]
    moved = text[:at] + text[at + size : 3 * at] + text[at : at + size] + text[3 * at :]
    assert check(text, inserted) < 8.1 * size + 130
    assert check(text, left_out) < 130
    assert check(text, moved) < min(300, 8 * size + 200)


def test_what_is_inserted_twice_costs_once(text: bytes) -> None:
    block = noise(1000)
    new = text[:9000] + block + text[9000:20_000] + block + text[20_000:]
    assert check(text, new) < 8.1 * len(block) + 400


@pytest.mark.parametrize("known", [b"", b"text", b"noise", b"zeros"])
def test_what_is_no_copy_costs_hardly_more_than_its_bytes(known: bytes, text: bytes) -> None:
    side = {b"": b"", b"text": text, b"noise": noise(60_000), b"zeros": bytes(60_000)}[known]
    for new in (noise(20_000, seed=7), noise(300, seed=8)):
        assert check(side, new) < 8.04 * len(new) + 600


def test_a_target_that_misleads_costs_hardly_more_than_its_bytes() -> None:
    """Copies that break off as soon as they are trusted."""
    known = noise(50_000)
    for run in (1, 2, 3, 8, 16, 40):
        parts = [known[k * 50 : k * 50 + run] + noise(40, seed=k) for k in range(300)]
        new = b"".join(parts)
        assert check(known, new) < 8.04 * len(new) + 600


def test_places_are_found_where_only_some_are_indexed(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_BITS", 12)
    code = Delta().given(text)
    assert code._state.registers[STEP] == 16
    new = text[30_000:] + text[:30_000]
    stream = code.encode(new)
    assert code.decode(stream, max_size=len(new)) == new
    assert len(stream) < 100


def test_no_damage_to_a_frame_gives_other_content(text: bytes) -> None:
    new = edited(text[:2000], 3)
    frame = cl.compress(new, given=text[:2000], code="delta")
    damaged = [frame[:size] for size in range(len(frame))]
    damaged += [
        bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(frame))
        for bit in range(8 * len(frame))
    ]
    for bad in damaged:
        try:
            content = cl.decompress(bad, given=text[:2000], max_size=4000)
        except CodelengthError as error:
            assert str(error)
        else:
            assert content == new, "other content has passed"
    assert cl.decompress(frame, given=text[:2000]) == new


def test_side_information_is_shared_and_never_changed(text: bytes) -> None:
    code = Delta().given(text)
    before = [array.copy() for array in code._state]
    code.encode(edited(text, 5))
    assert all(np.array_equal(a, b) for a, b in zip(before, code._state, strict=True))
    assert code._copied().known is code._state.known


def test_pairs_are_counted_beyond_two_gibibytes() -> None:
    """Of one repeated pair: counts of 32 bits wrapped, and a negative count is no mass."""
    known = np.frombuffer(b"ab" * 20, np.uint8)
    state = new_state(known)
    most = np.int64(2**31 - 1)
    assert state.pairs[ord("a"), ord("b")] == 20
    state.pairs[:] = most
    _fill(known, 1, state.far, state.near, state.back, state.pairs)
    assert state.pairs[ord("a"), ord("b")] == most + 20
    code = Delta()._with(state)
    target = b"some other bytes, none of them a copy"
    stream = code.encode(target)
    assert code.decode(stream, max_size=100) == target
    assert 8 * len(stream) == pytest.approx(code.bits(target).bits, abs=32)
    assert code.bits(target).bits < 9.5 * len(target)
    after = code._copy(state)
    learn_literal(after, ord("b"))
    assert after.pairs[0, ord("b")] == most + 1
