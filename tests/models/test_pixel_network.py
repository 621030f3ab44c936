"""The network of pixels: causal, the same step by step as at once, trained, coded and decoded."""

from pathlib import Path

import numpy as np
import pytest
import torch

from codelength.core import DataError
from codelength.models import checkpoint
from codelength.models.features import features
from codelength.models.lanes import TransformerCode
from codelength.models.networks import Steps
from codelength.models.pixel_network import PixelConfig, PixelNetwork, sized_pixels
from codelength.models.sampling import sample
from codelength.models.schedule import Schedule
from codelength.models.training import train

CONFIGS = [PixelConfig(5, 4, 3, 1, 4), PixelConfig(7, 9, 6, 5, 8), PixelConfig(2, 1, 11, 3, 4)]


def far_from_start(config: PixelConfig, seed: int = 0) -> PixelNetwork:
    model = PixelNetwork(config, seed).requires_grad_(False)
    draw = torch.Generator().manual_seed(seed)
    for weight in model.parameters():
        weight.add_(0.2 * torch.randn(weight.shape, generator=draw))
    return model


def some(config: PixelConfig, batch: int = 3) -> torch.Tensor:
    return torch.randint(config.symbols, (batch, config.context), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_what_comes_later_changes_nothing_and_what_is_known_counts(config: PixelConfig) -> None:
    model, x = far_from_start(config), some(config)
    before = model.logits(x)
    for t in range(config.context):
        other = x.clone()
        other[:, t] = (other[:, t] + 1) % config.symbols
        changed = model.logits(other) != before
        assert not changed[:, : t + 1].any()
        assert t + 1 == config.context or changed[:, t + 1 :].any()


def test_the_pixels_around_are_seen() -> None:
    config = PixelConfig(5, 12, 12, 2, 8)
    model, x = far_from_start(config), some(config)
    seen, before = set(), model.logits(x)
    for t in range(12 * 6 + 6):
        other = x.clone()
        other[:, t] = (other[:, t] + 1) % config.symbols
        if (model.logits(other)[:, 12 * 6 + 6] != before[:, 12 * 6 + 6]).any():
            seen.add((t // 12 - 6, t % 12 - 6))
    assert {(0, -1), (-1, -1), (-1, 0), (-1, 1), (-1, 2), (0, -2), (-2, 0)} <= seen
    assert (-6, 0) in seen  # 1 + 2 rows above by the blocks, 3 by the first layer


@pytest.mark.parametrize("config", CONFIGS, ids=str)
@torch.no_grad()
def test_steps_say_what_one_pass_says(config: PixelConfig) -> None:
    model, x = far_from_start(config), some(config)
    step, tokens = Steps(model, x.shape[0]), model.shifted(x)
    steps = torch.stack([step(tokens[:, t]) for t in range(config.context)], dim=1)
    torch.testing.assert_close(steps, model.logits(x), rtol=1e-4, atol=1e-5)


def test_images_that_end_early_are_scored_alike() -> None:
    config = CONFIGS[1]
    model, x = far_from_start(config), some(config)
    torch.testing.assert_close(model.logits(x[:, :20]), model.logits(x)[:, :20])


def test_parameters_are_counted_and_seeds_decide() -> None:
    for config in (*CONFIGS, sized_pixels("half", symbols=9, rows=5, columns=6)):
        model = PixelNetwork(config, seed=4)
        assert config.parameters == sum(weight.numel() for weight in model.parameters())
        same, other = PixelNetwork(config, seed=4), PixelNetwork(config, seed=5)
        assert all(torch.equal(a, b) for a, b in zip(model.parameters(), same.parameters(), strict=True))
        assert not torch.equal(model.head.weight, other.head.weight)


def test_it_trains_to_what_can_be_known_and_its_streams_come_back(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    steps = draw.integers(0, 2, (400, 5, 6)).astype(np.uint16)
    x = ((np.cumsum(steps, axis=1) + np.arange(6)) % 4).reshape(400, 30)  # the pixel above, or one more: one bit
    config = PixelConfig(4, 5, 6, 2, 16)
    model = train(config, x[:320], Schedule(steps=150, batch=16, rate=5e-3, warm_up=10), tmp_path)
    code = TransformerCode(model.requires_grad_(False), lanes=32)
    new = x[320:]
    assert 1.0 < code.bits(new).bits / new.size < 1.15
    stream = code.encode(new)
    assert np.array_equal(code.decode(stream, max_size=new.size), new)
    assert -8 < 8 * len(stream) - code.bits(new).bits <= 16

    found = checkpoint.read(tmp_path)
    assert found.model.config == config and found.step == 150
    assert all(torch.equal(a, b) for a, b in zip(found.model.parameters(), model.parameters(), strict=True))
    drawn = sample(model, 50, 30, seed=1).reshape(50, 5, 6)
    rise = (drawn[:, 1:].astype(int) - drawn[:, :-1]) % 4
    assert (rise <= 1).mean() > 0.95
    assert features(model, new).shape == (3, 80, 16)


def test_a_training_that_was_stopped_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    config, x = CONFIGS[0], some(CONFIGS[0], 40).numpy().astype(np.uint16)
    schedule = Schedule(steps=8, batch=4, save_every=3)
    whole = train(config, x, schedule, tmp_path / "whole")

    def stop(done: int, _total: int, _bits: float) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(config, x, schedule, tmp_path / "parts", on_progress=stop)
    again = train(config, x, schedule, tmp_path / "parts")
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))


def test_a_training_can_begin_with_the_weights_of_another(tmp_path: Path) -> None:
    config, x = CONFIGS[0], some(CONFIGS[0], 12).numpy().astype(np.uint16)
    start, still = far_from_start(config), Schedule(steps=1, batch=4, rate=0.0)
    model = train(config, x, still, tmp_path / "one", start=start)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), start.parameters(), strict=True))
    with pytest.raises(DataError, match="another training"):
        train(config, x, still, tmp_path / "one", start=far_from_start(config, seed=1))
    with pytest.raises(DataError, match="to begin with"):
        train(CONFIGS[1], x, still, tmp_path / "two", start=start)


def test_what_does_not_fit_is_refused() -> None:
    model = PixelNetwork(CONFIGS[0])
    with pytest.raises(DataError, match="4 x 3"):
        model(torch.zeros(1, 13, dtype=torch.long))
    with pytest.raises(DataError, match="hidden"):
        model(torch.zeros(1, 12, dtype=torch.long), causal=False)
    with pytest.raises(DataError, match="no size 'vast'"):
        sized_pixels("vast", symbols=2, rows=3, columns=3)
    with pytest.raises(DataError, match="width is 0"):
        PixelConfig(2, 3, 3, 1, 0)
