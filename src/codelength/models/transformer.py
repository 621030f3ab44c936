"""A transformer that predicts a sequence of symbols: the next one (causal), or the hidden ones (not causal).

    P(x_0 .. x_{T-1}) = prod_t P(x_t | start, x_0 .. x_{t-1}),        bits = -log2 P

Pre-norm blocks (Vaswani et al. 2017; Radford et al. 2019) as in iGPT (Chen et al. 2020): root-mean-square norms without
a bias, learned positions or rotary ones (Su et al. 2021), a head of its own. One alphabet for everything: bytes, grey
levels, a palette's colours, labels behind a text. Symbol `symbols` is the start, `symbols + 1` what is hidden.

Shapes: B sequences, T positions, D width, H heads, V symbols. A step with a cache costs O(layers (D^2 + T D)) a
sequence; a whole pass T times that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.core import DataError

Positions = Literal["learned", "rotary"]
Activation = Literal["gelu", "quick_gelu"]

EPSILON = 1e-5
SPREAD = 0.02
"""Standard deviation of the weights at the start; those that write into the residual stream: / sqrt(2 layers)."""


@dataclass(frozen=True, slots=True)
class Config:
    """The shape of a transformer.

    `symbols`: the alphabet's size V; `context`: positions it can see at once; `layers`, `heads`, `width`: of the trunk;
    `positions`: "learned" (a vector each) or "rotary" (turns of queries and keys); `activation`: "gelu", or the
    "quick_gelu" x sigmoid(1.702 x) of iGPT's published weights.
    """

    symbols: int
    context: int
    layers: int
    heads: int
    width: int
    positions: Positions = "learned"
    activation: Activation = "gelu"

    def __post_init__(self) -> None:
        """Refuse what cannot be built, in one line."""
        for name in ("symbols", "context", "layers", "heads", "width"):
            if getattr(self, name) < 1:
                raise DataError(f"{name} is {getattr(self, name)}; expected 1 or more")
        for name, known in (("positions", Positions), ("activation", Activation)):
            if getattr(self, name) not in get_args(known):
                raise DataError(f"{name} is {getattr(self, name)!r}; expected {' or '.join(get_args(known))}")
        if self.width % self.heads or (self.positions == "rotary" and self.width // self.heads % 2):
            raise DataError(
                f"a width of {self.width} cannot be shared by {self.heads} heads ({self.positions} positions)"
            )

    @property
    def parameters(self) -> int:
        """How many numbers the weights are."""
        block = 12 * self.width**2 + 11 * self.width
        places = self.context * self.width if self.positions == "learned" else 0
        return (2 * self.symbols + 2) * self.width + places + self.layers * block + self.width


SIZES: dict[str, tuple[int, int, int]] = {
    "half": (4, 4, 96),  # .45 M parameters in the trunk
    "one": (6, 4, 128),  # 1.2 M
    "three": (8, 6, 192),  # 3.6 M
    "ten": (12, 8, 256),  # 9.5 M
    "igpt-s": (24, 8, 512),  # 76 M, as the next two from Chen et al. 2020, table 1
    "igpt-m": (36, 8, 1024),  # 455 M
    "igpt-l": (48, 16, 1536),  # 1.4 G
}
"""Sizes by name: layers, heads, width."""


def sized(name: str, *, symbols: int, context: int, positions: Positions = "learned") -> Config:
    """A `Config` of a named size.

    Raises
    ------
    DataError
        No such name.

    Examples
    --------
    >>> sized("igpt-s", symbols=512, context=1024).parameters // 10**6
    76
    """
    if name not in SIZES:
        raise DataError(f"there is no size {name!r}; sizes are {', '.join(SIZES)}")
    layers, heads, width = SIZES[name]
    return Config(symbols, context, layers, heads, width, positions)


class Cache:
    """Keys and values of the positions seen so far, for all layers: (B, H, T, D/H) each. Mutable; one per decoding."""

    def __init__(self, config: Config, batch: int, like: Tensor) -> None:
        shape = (config.layers, 2, batch, config.heads, config.context, config.width // config.heads)
        self.room = torch.zeros(shape, dtype=like.dtype, device=like.device)
        self.seen = 0

    def extended(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and values of a layer, these (B, H, S, D/H) appended."""
        end = self.seen + keys.shape[2]
        self.room[layer, 0, :, :, self.seen : end] = keys
        self.room[layer, 1, :, :, self.seen : end] = values
        return self.room[layer, 0, :, :, :end], self.room[layer, 1, :, :, :end]


class Attention(nn.Module):
    """Every position looks at itself and those before it, or at all."""

    def __init__(self, config: Config, layer: int) -> None:
        super().__init__()
        self.heads, self.layer = config.heads, layer
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor, turns: Tensor | None, cache: Cache | None, causal: bool) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        batch, length, width = x.shape
        heads = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)  # (B, T, 3, H, D/H)
        queries, keys, values = heads.permute(2, 0, 3, 1, 4)  # (B, H, T, D/H) each
        if turns is not None:
            queries, keys = turned(queries, turns), turned(keys, turns)
        if cache is not None:
            keys, values = cache.extended(self.layer, keys, values)
        mask = causal and length > 1
        seen = attended(queries, keys, values, mask)  # (B, H, T, D/H)
        mixed: Tensor = self.out(seen.transpose(1, 2).reshape(batch, length, width))
        return mixed


def attended(queries: Tensor, keys: Tensor, values: Tensor, causal: bool) -> Tensor:
    """Scaled dot-product attention, (B, H, T, D/H) each.

    On the CPU half precision is taken up to float32 and back: PyTorch 2.13's backward pass of attention in bfloat16 is
    scalar there, and took more than half of a step.
    """
    if queries.dtype != torch.bfloat16 or queries.device.type != "cpu":
        return functional.scaled_dot_product_attention(queries, keys, values, is_causal=causal)
    with torch.autocast("cpu", enabled=False):
        wide = attended(queries.float(), keys.float(), values.float(), causal)
        return wide.to(queries.dtype)


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, config: Config, layer: int) -> None:
        super().__init__()
        self.norm_1 = nn.RMSNorm(config.width, eps=EPSILON)
        self.attention = Attention(config, layer)
        self.norm_2 = nn.RMSNorm(config.width, eps=EPSILON)
        self.up = nn.Linear(config.width, 4 * config.width)
        self.down = nn.Linear(4 * config.width, config.width)
        self.quick = config.activation == "quick_gelu"

    def forward(self, x: Tensor, turns: Tensor | None, cache: Cache | None, causal: bool) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        x = x + self.attention(self.norm_1(x), turns, cache, causal)
        up = self.up(self.norm_2(x))  # (B, T, 4 D)
        active = up * torch.sigmoid(1.702 * up) if self.quick else functional.gelu(up)
        written: Tensor = x + self.down(active)
        return written


class Transformer(nn.Module):
    """The trunk and its head; `logits`, `hidden` and `step` are its uses.

    Examples
    --------
    >>> model = Transformer(sized("half", symbols=256, context=32))
    >>> model.logits(torch.zeros(2, 5, dtype=torch.long)).shape
    torch.Size([2, 5, 256])
    """

    def __init__(self, config: Config, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.symbols = nn.Embedding(config.symbols + 2, config.width)
            self.places = nn.Embedding(config.context, config.width) if config.positions == "learned" else None
            self.blocks = nn.ModuleList(Block(config, layer) for layer in range(config.layers))
            self.norm = nn.RMSNorm(config.width, eps=EPSILON)
            self.head = nn.Linear(config.width, config.symbols, bias=False)
            self._start()

    def _start(self) -> None:
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight")):
                nn.init.normal_(weight, std=SPREAD / math.sqrt(2 * self.config.layers))
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=SPREAD)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    @property
    def start(self) -> int:
        """The symbol before the first."""
        return self.config.symbols

    @property
    def hidden_symbol(self) -> int:
        """The symbol that stands where one is hidden."""
        return self.config.symbols + 1

    def forward(self, tokens: Tensor, causal: bool = True) -> Tensor:
        """Tokens (B, T) as they stand, start and hidden ones included -> logits (B, T, V) at each of them."""
        logits: Tensor = self.head(self.norm(self._trunk(tokens, causal=causal)[-1]))
        return logits

    def logits(self, x: Tensor) -> Tensor:
        """Symbols (B, T) -> logits (B, T, V) of each given those before it."""
        return self.forward(self.shifted(x))

    def shifted(self, x: Tensor) -> Tensor:
        """The start, then all symbols but the last: what predicts x. (B, T)."""
        return torch.cat([x.new_full((x.shape[0], 1), self.start), x[:, :-1]], dim=1)

    def hidden(self, tokens: Tensor, causal: bool = True) -> Sequence[Tensor]:
        """The residual stream (B, T, D) before the first block and behind each: layers + 1 of them."""
        return self._trunk(tokens, causal=causal, every=True)

    def step(self, tokens: Tensor, cache: Cache) -> Tensor:
        """One more token (B,) -> logits (B, V) of the next symbol; the cache remembers it."""
        last = self._trunk(tokens[:, None], cache=cache)[-1]  # (B, 1, D)
        cache.seen += 1
        logits: Tensor = self.head(self.norm(last))[:, 0]
        return logits

    def begin(self, tokens: Tensor, cache: Cache) -> Tensor:
        """The first tokens (B, S) at once into an empty cache -> logits (B, V) of the next symbol."""
        last = self._trunk(tokens, cache=cache)[-1][:, -1]  # (B, D)
        cache.seen = tokens.shape[1]
        logits: Tensor = self.head(self.norm(last))
        return logits

    def _trunk(
        self, tokens: Tensor, *, causal: bool = True, cache: Cache | None = None, every: bool = False
    ) -> list[Tensor]:
        first = 0 if cache is None else cache.seen
        if first + tokens.shape[1] > self.config.context:
            raise DataError(
                f"{first + tokens.shape[1]} symbols are more than the context of {self.config.context}: cut the "
                "sequence into windows, or train with a longer context"
            )
        at = torch.arange(first, first + tokens.shape[1], device=tokens.device)
        x = self.symbols(tokens)  # (B, T, D)
        if self.places is not None:
            x = x + self.places(at)
            turns = None
        else:
            turns = angles(at, self.config.width // self.config.heads)
        states = [x]
        for block in self.blocks:
            x = block(x, turns, cache, causal)
            if every:
                states.append(x)
        return states if every else [x]


def angles(at: Tensor, size: int) -> Tensor:
    """Turns of rotary positions `at` (T,): (T, size/2) angles, from 1 radian a position down to 1/10,000."""
    rates = 10_000.0 ** (-torch.arange(0, size, 2, device=at.device, dtype=torch.float32) / size)
    return at[:, None].to(torch.float32) * rates


def turned(x: Tensor, turns: Tensor) -> Tensor:
    """Halves of x (B, H, T, size) as planes, turned by (T, size/2) angles."""
    cos, sin = turns.cos().to(x.dtype), turns.sin().to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)
