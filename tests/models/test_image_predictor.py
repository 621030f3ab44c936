"""The network of pixels as a predictor of bytes: what the network says, step by step and at once, alone and mixed."""

import numpy as np
import pytest
import torch

from codelength.codes.gated import Gated
from codelength.core import DataError, StreamError
from codelength.models.image_predictor import ImagePredictor
from codelength.models.pixel_network import PixelConfig, PixelNetwork
from codelength.predictors.pixels import Pixels

CONFIG = PixelConfig(256, rows=4, columns=3, layers=2, width=8)
MODEL = PixelNetwork(CONFIG, seed=2).requires_grad_(False)
with torch.no_grad():
    MODEL.head.weight *= 100  # far from uniform
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 12), dtype=np.uint8)


def test_bits_are_the_networks() -> None:
    x = torch.from_numpy(IMAGES.astype(np.int64))
    ideal = -torch.log_softmax(MODEL.logits(x), dim=-1).gather(2, x[:, :, None]).double().sum() / np.log(2)
    assert ImagePredictor(MODEL).bits(IMAGES.tobytes()).bits - 8 == pytest.approx(float(ideal), rel=1e-4)


def test_what_comes_later_changes_nothing_and_images_are_alone() -> None:
    predictor, probs = ImagePredictor(MODEL), ImagePredictor(MODEL).probabilities(IMAGES.tobytes())
    assert np.array_equal(predictor.given(IMAGES[0].tobytes()).probabilities(IMAGES[1:].tobytes()), probs[12:])
    assert np.array_equal(predictor.given(IMAGES.tobytes()[:17]).probabilities(IMAGES.tobytes()[17:]), probs[17:])
    assert np.array_equal(predictor.probabilities(IMAGES[1].tobytes()), probs[12:24])
    walk = predictor.walk()
    for t, byte in enumerate(IMAGES.tobytes()[:20]):
        for j in range(8):
            assert walk.p == probs[t, j]
            walk.push((byte >> (7 - j)) & 1)


def test_streams_come_back_and_damage_is_seen() -> None:
    predictor, data = ImagePredictor(MODEL), IMAGES.tobytes()[:31]
    stream = predictor.encode(data)
    assert predictor.decode(stream, max_size=31) == data
    assert 8 * len(stream) - predictor.bits(data).bits <= 33
    with pytest.raises(StreamError):
        predictor.decode(stream[:-3], max_size=31)
    with pytest.raises(StreamError):
        predictor.decode(stream, max_size=30)


def test_a_mixture_with_context_mixing_is_a_code() -> None:
    data = IMAGES.tobytes()
    mixture = Gated([Pixels(width=3, rows=4), ImagePredictor(MODEL)])
    assert mixture.decode(mixture.encode(data), max_size=len(data)) == data
    best = min(expert.bits(data).bits for expert in mixture.experts)
    assert mixture.bits(data).bits <= best + mixture.regret_bound(len(data)).bits + 0.01


def test_another_alphabet_is_refused() -> None:
    with pytest.raises(DataError, match="9 symbols"):
        ImagePredictor(PixelNetwork(PixelConfig(9, 2, 2, 1, 4)))
