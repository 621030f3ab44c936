"""`Mini`: kernels, the readable decoder and the golfed program are one predictor, and it is an honest code."""

import bz2
import io
import lzma
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding import binary
from codelength.core import Predictor, SideInformationError, StreamError, Streaming
from codelength.predictors import mini_decoder, mini_kernels
from codelength.predictors.mini import Mini

SAMPLES = {
    "empty": b"",
    "one byte": b"a",
    "zeros": bytes(700),
    "all bytes": bytes(range(256)),
    "line ends, quotes": b"\r\n\0\"'\\'''" * 30,
    "random": random.Random(3).randbytes(300),
    "text": b"It was the best of times, it was the worst of times; it was the age of wisdom. " * 6,
}


def plain_probabilities(data: bytes, limit: int = mini_kernels.ENTRIES) -> np.ndarray:
    model = mini_decoder.model(limit)
    p = next(model)
    out = []
    for byte in data:
        for j in range(7, -1, -1):
            out.append(p)
            p = model.send(byte >> j & 1)
    return np.array(out, dtype=np.uint32).reshape(-1, 8)


def executed(text: str, payload: bytes) -> bytes:
    """What the statements write, run here, with an `open` of ours."""
    sink = io.BytesIO()
    exec(text, {"s": bytearray(b"behind the end" + payload), "open": lambda *_: sink})
    return sink.getvalue()


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_kernels_equal_plain_python(data: bytes) -> None:
    assert np.array_equal(Mini().probabilities(data), plain_probabilities(data))


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_readable_and_golfed_decoders_print_the_data(data: bytes) -> None:
    text, payload = Mini().unpacker(data)
    assert mini_decoder.unpack(payload, len(data)) == data
    assert executed(text, payload) == data


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=120))
def test_payload_decodes_whatever_stands_behind_it(data: bytes) -> None:
    text, payload = Mini().unpacker(data)
    assert 0 not in payload
    assert 13 not in payload
    assert executed(text, payload) == data
    assert mini_decoder.unpack(b"\xff" * 9 + payload, len(data)) == data
    assert mini_decoder.unpack(b"\0" * 9 + payload, len(data)) == data


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2**32 - 1))
def test_payload_is_short_for_any_probabilities(data: bytes, seed: int) -> None:
    probs = np.random.default_rng(seed).integers(2**20, 2**32 - 2**20, (len(data), 8), dtype=np.uint32)
    payload = mini_decoder.digits(data, probs)
    digit = np.log2(mini_decoder.BASE)
    assert len(payload) <= binary.cost(data, probs) * 1.0001 / digit + 2


def test_carries_run_through_full_digits() -> None:
    """With P(1) minimal, zeros push the interval's low end to the very top: every digit is the highest."""
    data = bytes(2000) + b"\x01" + bytes(3)
    for p in (1 << 20, 1 << 31, (1 << 32) - (1 << 20)):
        probs = np.full((len(data), 8), p, dtype=np.uint32)
        payload = mini_decoder.digits(data, probs)
        assert _plain_decode(payload, probs) == data


def _plain_decode(payload: bytes, probs: np.ndarray) -> bytes:
    """The number as one exact integer, against the interval in unbounded arithmetic."""
    tape, bits = bytearray(payload), []
    width, offset = 1, 0
    for p in probs.reshape(-1).tolist():
        while width < 1 << 40:
            digit = tape.pop() if tape else 200
            width, offset = width * 254, offset * 254 + digit - 1 - (digit > 13)
        part = width * p >> 32
        bits.append(int(offset < part))
        width, offset = (part, offset) if bits[-1] else (width - part, offset - part)
    return np.packbits(np.array(bits, dtype=np.uint8)).tobytes()


def test_dropping_all_entries_is_the_same_everywhere() -> None:
    data = SAMPLES["text"] + SAMPLES["random"]
    limit = 5000
    state, probs = mini_kernels.initial(limit), np.empty((len(data), 8), dtype=np.uint32)
    taken = [0]
    for k in range(len(data)):
        state = mini_kernels.State(
            *mini_kernels.run(
                state, np.frombuffer(data[k : k + 1], np.uint8), probs[k : k + 1], np.empty((0, 2), np.int64)
            )
        )
        taken.append(int(state.scalars[mini_kernels.TAKEN]))
    assert sum(later < earlier for earlier, later in pairwise(taken)) >= 2
    assert np.array_equal(probs, plain_probabilities(data, limit))
    text = mini_decoder.program_text(len(data), clears=True)
    assert "1<<22" in text
    assert executed(text.replace("1<<22", str(limit)), mini_decoder.digits(data, probs)) == data
    assert "1<<22" not in mini_decoder.program_text(len(data), clears=False)


def test_tables_are_a_logistic_function_and_its_inverse() -> None:
    x = (np.arange(4095) - 2047) / 128
    p = mini_kernels.SQUASH / 2.0**32
    assert np.all(np.diff(mini_kernels.SQUASH) > 0)
    assert np.max(np.abs(p - 1 / (1 + np.exp(-x)))) < 0.003
    assert np.all(np.diff(mini_kernels.STRETCH) >= 0)
    squash, stretch = mini_decoder._tables()
    assert list(squash.values()) == mini_kernels.SQUASH.tolist()
    assert stretch == mini_kernels.STRETCH.tolist()


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_round_trip_and_honest_length(data: bytes) -> None:
    code = Mini()
    stream = code.encode(data)
    assert code.decode(stream, max_size=len(data)) == data
    assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * code.bits(data).bits
    if stream[1:]:
        with pytest.raises(StreamError):
            code.decode(stream, max_size=len(data) - 1)


def test_text_is_cheaper_than_by_any_compressor_of_the_standard_library(data_dir: Path) -> None:
    data = (data_dir / "calgary" / "paper1").read_bytes()[:20_000]
    assert Mini().bits(data).bits < 0.9 * 8 * min(len(bz2.compress(data)), len(lzma.compress(data)))
    assert Mini().decode(Mini().encode(data), max_size=20_000) == data


def test_scoring_leaves_the_state_as_it_was() -> None:
    data = SAMPLES["text"]
    primed = Mini().given(data * 3)
    before = [part.copy() for part in primed._state]
    target = b"the season of light, " + SAMPLES["random"][:20]
    first = primed.probabilities(target)
    for part, kept in zip(primed._state, before, strict=True):
        assert np.array_equal(part, kept)
    assert np.array_equal(first, primed.probabilities(target))
    whole = Mini().probabilities(data * 3 + target)
    assert np.array_equal(whole[len(data) * 3 :], first)


def test_given_composes_and_never_changes_self() -> None:
    a, b, y = SAMPLES["text"], SAMPLES["line ends, quotes"], b"worst of times"
    code = Mini()
    alone = code.bits(y)
    assert code.given(a).given(b).bits(y) == code.given(a + b).bits(y)
    assert code.bits(y) == alone


def test_walk_and_blocks_agree_with_probabilities() -> None:
    data = SAMPLES["text"][:60]
    walk = Mini().walk()
    probs = Mini().probabilities(data).reshape(-1)
    for p, bit in zip(probs, np.unpackbits(np.frombuffer(data, np.uint8)), strict=True):
        assert walk.p == p
        walk.push(int(bit))
    writer, reader = Mini().blocks(), Mini().blocks()
    for block in (data[:7], data[7:50], data[50:]):
        assert reader.decode(writer.encode(block), len(block)) == block


def test_a_primed_code_makes_no_program() -> None:
    with pytest.raises(SideInformationError, match="side information"):
        Mini().given(b"x").unpacker(b"y")


def test_protocols() -> None:
    assert isinstance(Mini(), Predictor)
    assert isinstance(Mini(), Streaming)
    assert Mini().spec == "mini"
