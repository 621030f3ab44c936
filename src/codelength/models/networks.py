"""The networks that are codes of sequences, and what is done with any of them: make one, begin an empty cache.

    transformer    any sequence of symbols                          `Config`, `Transformer`
    pixels         images of one size, pixel by pixel               `PixelConfig`, `PixelNetwork`

Both predict the next symbol, from all symbols at once (`logits`) or step by step (`step`). What only takes steps is
`Stepped`.
"""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn

from codelength.models.pixel_network import PixelCache, PixelConfig, PixelNetwork
from codelength.models.transformer import Cache, Config, Transformer

Network = Transformer | PixelNetwork
NetworkConfig = Config | PixelConfig

CONFIGS: dict[str, type[Config] | type[PixelConfig]] = {"transformer": Config, "pixels": PixelConfig}
"""Configurations by the name of their network, which stands in checkpoints."""


def name_of(config: NetworkConfig) -> str:
    """The name of a configuration's network."""
    return "pixels" if isinstance(config, PixelConfig) else "transformer"


def made(config: NetworkConfig, seed: int = 0) -> Network:
    """An untrained network."""
    return PixelNetwork(config, seed) if isinstance(config, PixelConfig) else Transformer(config, seed)


class Stepped(Protocol):
    """Another network that gives the next symbol's logits, from a cache of its own."""

    @property
    def config(self) -> NetworkConfig: ...
    @property
    def head(self) -> nn.Linear: ...
    @property
    def start(self) -> int: ...
    def state_dict(self) -> dict[str, Tensor]: ...
    def begun(self, batch: int) -> Any: ...
    def step(self, tokens: Tensor, cache: Any) -> Tensor: ...


class Steps:
    """A network asked step by step for `batch` sequences: the symbols before -> logits of the next ones."""

    def __init__(self, model: Network | Stepped, batch: int) -> None:
        self.model = model
        if isinstance(model, PixelNetwork):
            self.cache: Any = PixelCache(model, batch)
        elif isinstance(model, Transformer):
            self.cache = Cache(model.config, batch, model.head.weight)
        else:
            self.cache = model.begun(batch)

    def __call__(self, tokens: Tensor) -> Tensor:
        """(B,) -> (B, V)."""
        return self.model.step(tokens, self.cache)
