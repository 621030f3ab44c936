"""What a trained network is used for: files of coded sequences, samples, features."""

import zlib

import numpy as np
import pytest
import torch

from codelength.coding.binary import length_prefix
from codelength.core import DataError, StreamError
from codelength.models import archive
from codelength.models.features import features, quarters
from codelength.models.lanes import TransformerCode
from codelength.models.sampling import sample
from codelength.models.transformer import Config, Transformer

CONFIG = Config(symbols=5, context=9, layers=2, heads=2, width=8)
MODEL = Transformer(CONFIG, seed=3).requires_grad_(False)
with torch.no_grad():
    MODEL.head.weight *= 40
DATA = np.random.default_rng(0).integers(0, 5, (7, 9))


def test_a_file_comes_back_with_its_notes() -> None:
    code = TransformerCode(MODEL, lanes=4)
    file = archive.pack(code, DATA, {"height": 3})
    x, notes = archive.unpack(code, file, max_size=63)
    assert np.array_equal(x, DATA) and notes == archive.notes_of(file) == {"height": 3}


def test_no_flip_of_a_bit_and_no_truncation_passes() -> None:
    code = TransformerCode(MODEL, lanes=2)
    file = archive.pack(code, DATA[:2, :3], {})
    for at in range(len(file)):
        with pytest.raises(StreamError):
            archive.unpack(code, file[:at], max_size=63)
        for bit in (0, 3, 6):
            damaged = file[:at] + bytes([file[at] ^ (1 << bit)]) + file[at + 1 :]
            with pytest.raises(StreamError):
                archive.unpack(code, damaged, max_size=63)


def test_the_head_is_small_and_an_inflated_one_is_not_read() -> None:
    code = TransformerCode(MODEL, lanes=4)
    notes = {"kind": "images", "height": 28, "width": 28}
    stream = code.encode(DATA)
    assert len(archive.framed(code, stream, DATA, notes)) - len(stream) < 75
    with pytest.raises(DataError, match="at most 65,536"):
        archive.framed(code, stream, DATA, {"palette": [0] * 40_000})
    bomb = zlib.compress(b"[" * (1 << 20), 9, -15)
    for head in (bomb, zlib.compress(b"[1,2]", 9, -15), zlib.compress(b"{}", 9, -15), b"", b"\xff"):
        with pytest.raises(StreamError, match="head is damaged"):
            archive.notes_of(archive.MAGIC + length_prefix(len(head)) + head + bytes(20))
    with pytest.raises(StreamError, match="version 1 "):
        archive.notes_of(archive.MAGIC[:-1] + b"\x01" + bytes(20))


def test_other_weights_and_threads_are_refused_by_name() -> None:
    file = archive.pack(TransformerCode(MODEL), DATA, {})
    with pytest.raises(StreamError, match=r"another network: weights \w+ there"):
        archive.unpack(TransformerCode(Transformer(CONFIG, seed=4)), file, max_size=63)
    with pytest.raises(StreamError, match="lanes 64 there, 2 here"):
        archive.unpack(TransformerCode(MODEL, lanes=2), file, max_size=63)
    assert archive.lanes_of(file) == 64
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        with pytest.raises(StreamError, match=f"threads {threads} there, {threads + 1} here"):
            archive.unpack(TransformerCode(MODEL), file, max_size=63)
    finally:
        torch.set_num_threads(threads)


def test_samples_follow_the_model() -> None:
    x = sample(MODEL, 4000, 1, seed=5)
    expected = torch.softmax(MODEL.logits(torch.zeros(1, 1, dtype=torch.long)), dim=-1)[0, 0].numpy()
    found = np.bincount(x[:, 0], minlength=5) / 4000
    assert np.abs(found - expected).max() < 4 * 0.5 / np.sqrt(4000)
    assert np.array_equal(sample(MODEL, 3, 9, seed=1), sample(MODEL, 3, 9, seed=1))
    assert not np.array_equal(sample(MODEL, 3, 9, seed=1), sample(MODEL, 3, 9, seed=2))


def test_beginnings_stay_and_no_temperature_takes_the_likeliest() -> None:
    x = sample(MODEL, 7, 9, beginnings=DATA[:, :4], temperature=0.0)
    assert np.array_equal(x[:, :4], DATA[:, :4])
    logits = MODEL.logits(torch.from_numpy(x.astype(np.int64)))
    assert np.array_equal(logits[:, 4:].argmax(dim=-1).numpy(), x[:, 4:])


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"length": 10},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"beginnings": DATA + 1},
        {"beginnings": DATA - 9},
    ],
)
def test_samples_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(DataError):
        sample(MODEL, **({"n": 7, "length": 9} | wrong))  # type: ignore[arg-type]


def test_features_are_means_of_normed_states_whatever_the_batch() -> None:
    found = features(MODEL, DATA, batch=3)
    assert found.shape == (3, 7, 8)
    state = MODEL.hidden(MODEL.shifted(torch.from_numpy(DATA)))[1]
    normed = state / state.square().mean(dim=-1, keepdim=True).add(1e-5).sqrt()
    np.testing.assert_allclose(found[1], normed.mean(dim=1).numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(features(MODEL, DATA, batch=7), found, rtol=1e-4, atol=1e-5)
    assert not np.allclose(features(MODEL, DATA, causal=False)[1], found[1])


def test_features_of_regions_stand_side_by_side() -> None:
    assert quarters(3, 4).reshape(3, 4).tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3]]
    regions = quarters(3, 3)
    found = features(MODEL, DATA, regions=regions)
    assert found.shape == (3, 7, 32)
    shares = np.bincount(regions) / 9
    whole = np.einsum("lnrd,r->lnd", found.reshape(3, 7, 4, 8), shares)
    np.testing.assert_allclose(whole, features(MODEL, DATA), rtol=1e-4, atol=1e-5)
    first = MODEL.hidden(torch.from_numpy(DATA), causal=False)[0][:, [0, 1, 3, 4]]  # 3 x 3: two rows, two columns
    normed = first / first.square().mean(dim=-1, keepdim=True).add(1e-5).sqrt()
    upper_left = features(MODEL, DATA, causal=False, regions=regions)[0][:, :8]
    np.testing.assert_allclose(upper_left, normed.mean(dim=1).numpy(), rtol=1e-4, atol=1e-5)
