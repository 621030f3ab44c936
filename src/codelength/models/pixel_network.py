"""A convolutional network that predicts the next pixel of an image from those before it, row by row.

    P(x) = prod over rows r and columns c of P(x_rc | the rows above, and what stands to the left in row r)

A PixelCNN (van den Oord, Kalchbrenner & Kavukcuoglu 2016) made for few floating-point operations. The first layer sees
3 rows above and 4 pixels to either side. Each block adds to what it read

    out(silu(near(x))),     near at (r, c): (r-d, c-d), (r-d, c), (r-d, c+d), (r, c-d) and (r, c) itself,

at distances d = 1, 2, 1, 2, 4, 1, 2, ..., so ten blocks see 23 rows above, nothing that comes later is seen, and there
is no blind spot that matters. The head is a plain softmax over all grey levels or colours of a palette: no shape of the
distribution is assumed.

Shapes: B images, R rows, K columns, T = R K, D width, V symbols. All pixels of an image are evaluated at once (7 D^2
multiplications a pixel and block), or one after the other from what is kept (`step`), at the same cost a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.core import DataError

DISTANCES = (1, 2, 1, 2, 4)
"""Distances of the blocks, over and over."""

_ABOVE, _ASIDE = 3, 4
"""What the first layer sees: rows above, pixels to either side."""

_VALUES = 16
"""Numbers that stand for a symbol at the input."""


@dataclass(frozen=True, slots=True)
class PixelConfig:
    """The shape of a network of pixels.

    `symbols`: grey levels or colours, V; `rows`, `columns`: of the images; `layers`: blocks; `width`: D.
    """

    symbols: int
    rows: int
    columns: int
    layers: int
    width: int

    def __post_init__(self) -> None:
        """Refuse what cannot be built, in one line."""
        for name in ("symbols", "rows", "columns", "layers", "width"):
            if getattr(self, name) < 1:
                raise DataError(f"{name} is {getattr(self, name)}; expected 1 or more")

    @property
    def context(self) -> int:
        """Pixels of an image."""
        return self.rows * self.columns

    @property
    def distances(self) -> tuple[int, ...]:
        """How far each block looks."""
        return tuple(DISTANCES[layer % len(DISTANCES)] for layer in range(self.layers))

    @property
    def parameters(self) -> int:
        """How many numbers the weights are."""
        first = (_VALUES + 1) * (_ABOVE + 1) * (2 * _ASIDE + 1) * self.width + self.width
        blocks = self.layers * (7 * self.width**2 + 2 * self.width)
        ends = self.symbols * _VALUES + (self.width + 1) * self.symbols
        return first + self.context * self.width + blocks + ends


PIXEL_SIZES: dict[str, tuple[int, int]] = {
    "half": (8, 64),  # .4 M parameters for 28 x 28
    "one": (10, 96),  # .81 M
    "three": (15, 160),  # 3.0 M
    "ten": (20, 256),  # 10 M
}
"""Sizes by name: layers, width."""


def sized_pixels(name: str, *, symbols: int, rows: int, columns: int) -> PixelConfig:
    """A `PixelConfig` of a named size.

    Raises
    ------
    DataError
        No such name.

    Examples
    --------
    >>> sized_pixels("one", symbols=256, rows=28, columns=28).parameters // 10**4
    81
    """
    if name not in PIXEL_SIZES:
        raise DataError(f"there is no size {name!r}; sizes are {', '.join(PIXEL_SIZES)}")
    layers, width = PIXEL_SIZES[name]
    return PixelConfig(symbols, rows, columns, layers, width)


class Near(nn.Module):
    """A block: reads five neighbours at a distance, and adds what it makes of them."""

    mask: Tensor

    def __init__(self, width: int, distance: int) -> None:
        super().__init__()
        self.distance = distance
        self.near = nn.Conv2d(width, width, (2, 3), dilation=distance)
        self.out = nn.Conv2d(width, width, 1)
        self.register_buffer("mask", torch.tensor([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])[None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D, R, K) -> (B, D, R, K)."""
        d = self.distance
        padded = functional.pad(x, (d, d, d, 0))  # (B, D, R + d, K + 2d)
        read = functional.conv2d(padded, self.near.weight * self.mask, self.near.bias, dilation=d)  # (B, D, R, K)
        added: Tensor = x + self.out(functional.silu(read))
        return added


class PixelNetwork(nn.Module):
    """The network and its head; `logits`, `hidden` and `step` are its uses, as a `Transformer`'s.

    Examples
    --------
    >>> model = PixelNetwork(PixelConfig(symbols=256, rows=4, columns=6, layers=2, width=8))
    >>> model.logits(torch.zeros(2, 24, dtype=torch.long)).shape
    torch.Size([2, 24, 256])
    """

    mask: Tensor

    def __init__(self, config: PixelConfig, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.symbols = nn.Embedding(config.symbols, _VALUES)
            self.first = nn.Conv2d(_VALUES + 1, config.width, (_ABOVE + 1, 2 * _ASIDE + 1), padding=(_ABOVE, _ASIDE))
            self.places = nn.Parameter(torch.zeros(config.width, config.rows, config.columns))
            self.blocks = nn.ModuleList(Near(config.width, distance) for distance in config.distances)
            self.head = nn.Linear(config.width, config.symbols)
            self._start()
        mask = torch.ones(1, 1, _ABOVE + 1, 2 * _ASIDE + 1)
        mask[..., _ABOVE, _ASIDE:] = 0
        self.register_buffer("mask", mask, persistent=False)
        for weight in self.parameters():
            if weight.ndim == 4:
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)

    def _start(self) -> None:
        """Small weights where blocks write and in the head; symbols begin as waves over their range."""
        width = self.config.width
        for name, weight in self.named_parameters():
            if name.endswith("near.weight"):
                nn.init.normal_(weight, std=1 / math.sqrt(5 * width))
            elif name.endswith("out.weight"):
                nn.init.normal_(weight, std=0.3 / math.sqrt(width))
            elif name == "head.weight":
                nn.init.normal_(weight, std=0.01)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)
        share = torch.arange(self.config.symbols) / max(1, self.config.symbols - 1)
        waves = [torch.cos(math.pi * k * share) for k in range(2, _VALUES - 1)]
        ends = [(share == 0).float(), (share == 1).float()]
        self.symbols.weight.data = torch.stack([2 * share - 1, *ends, *waves], dim=1)

    @property
    def start(self) -> int:
        """What stands before the first pixel; it is not looked at."""
        return 0

    def forward(self, tokens: Tensor, causal: bool = True) -> Tensor:
        """The symbol before each pixel (B, T) -> logits (B, T, V) of the pixels. Images may end early: T <= R K."""
        return self._said(self._trunk(tokens, causal)[-1], tokens.shape[1])

    def logits(self, x: Tensor) -> Tensor:
        """Symbols (B, T) -> logits (B, T, V) of each given those before it."""
        return self.forward(self.shifted(x))

    def shifted(self, x: Tensor) -> Tensor:
        """The start, then all symbols but the last: what predicts x. (B, T)."""
        return torch.cat([x.new_full((x.shape[0], 1), self.start), x[:, :-1]], dim=1)

    def hidden(self, tokens: Tensor, causal: bool = True) -> Sequence[Tensor]:
        """What stands at each pixel (B, T, D) before the first block and behind each: layers + 1 of them."""
        return [self._flat(state)[:, : tokens.shape[1]] for state in self._trunk(tokens, causal)]

    def _trunk(self, tokens: Tensor, causal: bool) -> list[Tensor]:
        """(B, D, R, K) before the first block and behind each."""
        config = self.config
        if not causal or tokens.shape[1] > config.context:
            raise DataError(
                f"{tokens.shape[1]} pixels; this network predicts the next pixel of images of {config.rows} x "
                f"{config.columns}, and cannot learn hidden ones"
            )
        known = functional.pad(tokens[:, 1:], (0, config.context - tokens.shape[1] + 1))  # the last pixel: not needed
        values = self.symbols(known).view(-1, config.rows, config.columns, _VALUES)  # (B, R, K, 16)
        marked = torch.cat([values, torch.ones_like(values[..., :1])], dim=3).permute(0, 3, 1, 2)  # 1 inside the image
        read = functional.conv2d(marked, self.first.weight * self.mask, self.first.bias, padding=(_ABOVE, _ASIDE))
        inside = read[:, :, : config.rows].contiguous(memory_format=torch.channels_last)  # (B, D, R, K)
        states = [inside + self.places.to(inside.dtype)]
        for block in self.blocks:
            states.append(block(states[-1]))
        return states

    def _said(self, state: Tensor, length: int) -> Tensor:
        logits: Tensor = self.head(self._flat(functional.silu(state))[:, :length])
        return logits

    def _flat(self, state: Tensor) -> Tensor:
        return state.permute(0, 2, 3, 1).reshape(state.shape[0], self.config.context, -1)  # (B, T, D)

    def step(self, tokens: Tensor, cache: PixelCache) -> Tensor:
        """The symbol before it (B,) -> logits (B, V) of the next pixel; the cache remembers."""
        if cache.seen:
            cache.put(self.symbols(tokens))
        row, column = divmod(cache.seen, self.config.columns)
        x = cache.window(row, column) @ cache.first + cache.biases[:, row, column]  # (B, D)
        for kept in cache.kept:
            x = kept.step(x, row, column)
        cache.seen += 1
        logits: Tensor = self.head(functional.silu(x))
        return logits


class PixelCache:
    """What is known of B images up to a pixel, in all layers. Mutable; one per decoding.

    `first`, `biases`: the first layer as a matrix; `canvas`: the numbers of the pixels, with a margin.
    """

    def __init__(self, model: PixelNetwork, batch: int) -> None:
        config, weight = model.config, model.head.weight
        self.columns, self.seen = config.columns, 0
        taps = (model.first.weight * model.mask).permute(2, 3, 1, 0)  # (rows, columns, 17, D)
        self.first = taps.reshape(-1, config.width)
        self.biases = model.places if model.first.bias is None else model.places + model.first.bias[:, None, None]
        size = (batch, config.rows + _ABOVE, config.columns + 2 * _ASIDE, _VALUES + 1)
        self.canvas = torch.zeros(size, dtype=weight.dtype, device=weight.device)
        self.canvas[:, _ABOVE:, _ASIDE : _ASIDE + config.columns, -1] = 1
        self.kept = [_Kept(block, config, batch, weight) for block in model.blocks if isinstance(block, Near)]

    def put(self, values: Tensor) -> None:
        """The numbers (B, 16) of the newest pixel."""
        row, column = divmod(self.seen - 1, self.columns)
        self.canvas[:, row + _ABOVE, column + _ASIDE, :-1] = values

    def window(self, row: int, column: int) -> Tensor:
        """What the first layer sees, (B, all)."""
        seen = self.canvas[:, row : row + _ABOVE + 1, column : column + 2 * _ASIDE + 1]
        return seen.reshape(len(seen), -1)


class _Kept:
    """Of one block: what it read in the last d + 1 rows, row r in slot r mod (d + 1)."""

    def __init__(self, block: Near, config: PixelConfig, batch: int, like: Tensor) -> None:
        self.block, d = block, block.distance
        self.rows = like.new_zeros((d + 1, config.columns + 2 * d, batch, config.width))
        taps = block.near.weight.permute(2, 3, 0, 1)  # (2, 3, D, D)
        self.taps = torch.cat([*taps[0], *taps[1, :2]], dim=1)  # (D, 5 D)

    def step(self, x: Tensor, row: int, column: int) -> Tensor:
        """One pixel of the block, (B, D) -> (B, D)."""
        block = self.block
        d = block.distance
        above, own = self.rows[(row - d) % (d + 1)], self.rows[row % (d + 1)]
        own[column + d] = x
        five = [above[column], above[column + d], above[column + 2 * d], own[column], x]
        read = functional.linear(torch.cat(five, dim=1), self.taps, block.near.bias)
        out = functional.linear(functional.silu(read), block.out.weight[:, :, 0, 0], block.out.bias)
        return x + out
