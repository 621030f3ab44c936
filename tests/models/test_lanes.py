"""A transformer's streams: decoded and equal, as long as the codelength says, and never silently wrong."""

import numpy as np
import pytest
import torch

from codelength.coding.binary import length_prefix
from codelength.core import DataError, StreamError
from codelength.models.lanes import TransformerCode, fingerprint, weights_digest
from codelength.models.transformer import Config, Transformer

CONFIG = Config(symbols=5, context=9, layers=2, heads=2, width=8)
MODEL = Transformer(CONFIG, seed=3).requires_grad_(False)
with torch.no_grad():
    MODEL.head.weight *= 40  # far from uniform
DATA = np.random.default_rng(0).integers(0, 5, (7, 9))


@pytest.mark.parametrize("lanes", [1, 3, 7, 64])
@pytest.mark.parametrize("shape", [(7, 9), (1, 1), (4, 5)])
def test_round_trip_and_honest_length(lanes: int, shape: tuple[int, int]) -> None:
    code, x = TransformerCode(MODEL, lanes=lanes), DATA[: shape[0], : shape[1]]
    stream = code.encode(x)
    assert np.array_equal(code.decode(stream, max_size=x.size), x)
    assert 0 <= 8 * len(stream) - code.bits(x).bits <= 16
    assert code.bits(x).kind == "exact"


def test_the_codelength_is_the_models() -> None:
    x = torch.from_numpy(DATA)
    ideal = -torch.log_softmax(MODEL.logits(x), dim=-1).gather(2, x[:, :, None]).double().sum() / np.log(2)
    found = TransformerCode(MODEL).bits(DATA).bits - 16
    assert found == pytest.approx(float(ideal), rel=5e-4)
    assert found < 0.9 * DATA.size * np.log2(5) or found > 1.1 * DATA.size * np.log2(5)  # not the uniform code


def test_kraft_on_all_sequences_of_three_symbols() -> None:
    every = np.stack(np.meshgrid(*[np.arange(5)] * 3), axis=-1).reshape(-1, 1, 3)
    code = TransformerCode(MODEL, lanes=1)
    assert sum(2.0 ** -(code.bits(x).bits - 16) for x in every) == pytest.approx(1.0, abs=1e-9)


def test_what_comes_later_changes_no_frequency() -> None:
    code, other = TransformerCode(MODEL, lanes=8), DATA.copy()
    other[:, 4:] = (other[:, 4:] + 1) % 5
    for t, ((before, _), (after, _)) in enumerate(zip(code._known(DATA), code._known(other), strict=True)):
        assert t > 4 or np.array_equal(before, after)


def test_damage_is_an_error_or_other_symbols() -> None:
    code = TransformerCode(MODEL, lanes=4)
    stream = code.encode(DATA)
    for at in range(2, len(stream)):
        for damaged in (stream[:at], stream[:at] + bytes([stream[at] ^ 0x40]) + stream[at + 1 :]):
            try:
                found = code.decode(damaged, max_size=DATA.size)
            except StreamError:
                continue
            assert found.shape == DATA.shape and not np.array_equal(found, DATA)
    with pytest.raises(StreamError):
        code.decode(stream + b"abc", max_size=DATA.size)
    with pytest.raises(StreamError):
        code.decode(stream, max_size=DATA.size - 1)
    with pytest.raises(StreamError):
        code.decode(b"", max_size=9)


def test_a_claim_of_many_sequences_ends_where_the_stream_does() -> None:
    symbols: list[int] = []
    code = TransformerCode(MODEL, lanes=4, on_progress=lambda done, _: symbols.append(done))
    with pytest.raises(StreamError, match="too early"):
        code.decode(length_prefix(10**6) + length_prefix(9) + b"\xa5" * 20, max_size=10**8)
    assert len(symbols) < 10**3


def test_data_that_do_not_fit_are_refused() -> None:
    code = TransformerCode(MODEL)
    for wrong, says in (
        (DATA + 1, "0 to 4"),
        (np.zeros((2, 10), int), "context of 9"),
        (np.zeros((0, 9), int), "shape"),
        (DATA / 2, "whole numbers"),
    ):
        with pytest.raises(DataError, match=says):
            code.encode(wrong)
    with pytest.raises(DataError, match="0 lanes"):
        TransformerCode(MODEL, lanes=0)


def test_fingerprints_tell_weights_shapes_and_lanes_apart() -> None:
    other = Transformer(CONFIG, seed=4)
    assert weights_digest(MODEL) != weights_digest(other)
    codes = [TransformerCode(MODEL), TransformerCode(other), TransformerCode(MODEL, lanes=2)]
    assert len({fingerprint(code)["code"] for code in codes}) == 3
