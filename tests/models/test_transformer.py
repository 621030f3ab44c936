"""The transformer: causal, the same step by step as at once, the same positions' meaning wherever rotary ones stand."""

import pytest
import torch
from torch.nn import functional

from codelength.core import DataError
from codelength.models.transformer import SIZES, Cache, Config, Transformer, angles, sized, turned

CONFIGS = [
    Config(7, 12, 2, 2, 16),
    Config(7, 12, 2, 2, 16, "rotary"),
    Config(7, 12, 2, 2, 16, "learned", "quick_gelu"),
]


def some(config: Config, batch: int = 3) -> torch.Tensor:
    return torch.randint(config.symbols, (batch, config.context), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_what_comes_later_changes_nothing(config: Config) -> None:
    model, x = Transformer(config), some(config)
    before = model.logits(x)
    for t in (0, 5, config.context - 1):
        other = x.clone()
        other[:, t:] = (other[:, t:] + 1) % config.symbols
        assert torch.equal(model.logits(other)[:, : t + 1], before[:, : t + 1])


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_without_causality_everything_counts(config: Config) -> None:
    model, x = Transformer(config), some(config)
    other = x.clone()
    other[:, -1] = (other[:, -1] + 1) % config.symbols
    assert not torch.allclose(model(x, causal=False)[:, 0], model(other, causal=False)[:, 0])


@pytest.mark.parametrize("config", CONFIGS, ids=str)
@torch.no_grad()
def test_steps_with_a_cache_say_what_one_pass_says(config: Config) -> None:
    model, x = Transformer(config), some(config)
    cache = Cache(config, x.shape[0], model.head.weight)
    tokens = model.shifted(x)
    steps = torch.stack([model.step(tokens[:, t], cache) for t in range(config.context)], dim=1)
    torch.testing.assert_close(steps, model.logits(x), rtol=1e-4, atol=1e-5)
    with pytest.raises(DataError, match="context of 12"):
        model.step(tokens[:, 0], cache)


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_parameters_are_counted_and_seeds_decide(config: Config) -> None:
    model = Transformer(config, seed=4)
    assert config.parameters == sum(weight.numel() for weight in model.parameters())
    same, other = Transformer(config, seed=4), Transformer(config, seed=5)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), same.parameters(), strict=True))
    assert not torch.equal(model.head.weight, other.head.weight)


def test_the_seed_of_others_is_left_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    Transformer(CONFIGS[0])
    assert torch.equal(torch.rand(2), expected)


def test_turns_tell_distances_only() -> None:
    query, key = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)

    def product(at: int, other: int) -> torch.Tensor:
        turns = angles(torch.tensor([at, other]), 8)
        return (turned(query, turns[:1]) * turned(key, turns[1:])).sum()

    torch.testing.assert_close(product(3, 1), product(10, 8))
    assert not torch.isclose(product(3, 1), product(3, 2))


def test_hidden_states_are_those_behind_every_block() -> None:
    config = CONFIGS[0]
    model, x = Transformer(config), some(config)
    states = model.hidden(x)
    assert len(states) == config.layers + 1
    torch.testing.assert_close(model.head(model.norm(states[-1])), model(x))


def test_igpts_sizes_are_igpts() -> None:
    published = {"igpt-s": 76e6, "igpt-m": 455e6, "igpt-l": 1362e6}
    for name, parameters in published.items():
        assert sized(name, symbols=512, context=1024).parameters == pytest.approx(parameters, rel=0.02)
    assert set(published) < set(SIZES)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"width": 15}, "15 cannot be shared by 2"),
        ({"symbols": 0}, "symbols is 0"),
        ({"positions": "none"}, "learned or rotary"),
        ({"activation": "relu"}, "gelu or quick_gelu"),
        ({"heads": 8, "width": 8, "positions": "rotary"}, "rotary"),
    ],
)
def test_shapes_that_cannot_be_are_refused(wrong: dict[str, object], says: str) -> None:
    shape = {"symbols": 7, "context": 12, "layers": 1, "heads": 2, "width": 16} | wrong
    with pytest.raises(DataError, match=says):
        Config(**shape)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no size 'huge'"):
        sized("huge", symbols=2, context=2)


def test_half_precision_learns_the_same_direction() -> None:
    """Attention under autocast is computed in float32 on the CPU, and gradients go through it."""
    config = CONFIGS[0]
    found = []
    for half in (False, True):
        model, x = Transformer(config), some(config)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            functional.cross_entropy(model.logits(x).float().flatten(0, 1), x.flatten()).backward()
        found.append(torch.cat([weight.grad.flatten() for weight in model.parameters() if weight.grad is not None]))
    assert functional.cosine_similarity(found[0], found[1], dim=0) > 0.99
