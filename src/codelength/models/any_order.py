"""A network of hidden symbols as a code: symbol by symbol in an order that both sides know, all others hidden.

    |C_o(x)| = sum over i of -log2 P(x_o(i) | x_o(1) .. x_o(i-1)),      o: an order of the positions

That is what a network trained by diffusion (or masked) says of a whole sequence, where AR networks have one order only
(Uria, Murray & Larochelle 2014). Its mean over orders is the evidence bound of absorbing-state diffusion in its
maximum-likelihood form (Hoogeboom et al. 2022), which `objectives` estimates from one step of each order in training.
The mean over any orders is an upper bound, `evidence_bound`: the mixture of these codes, -log2 of the mean of their
probabilities, is a code too and at most as long as their mean (Jensen), and nobody has to be told an order.
Cost: a whole pass for each position, T times what an AR network takes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from codelength.core import Bits, DataError
from codelength.models.lanes import LANES, Progress, TransformerCode
from codelength.models.transformer import Config, Transformer


class AnyOrder:
    """A network of hidden symbols, asked step by step: `TransformerCode` codes data[:, order] with it.

    Parameters
    ----------
    model
        Trained for hidden symbols: "diffusion", or "masked".
    order
        (T,) all positions from 0 to T - 1.

    Raises
    ------
    DataError
        No such order.

    Examples
    --------
    >>> model = Transformer(Config(symbols=3, context=4, layers=1, heads=1, width=8))
    >>> order, x = np.array([2, 0, 3, 1]), np.array([[0, 1, 2, 2], [1, 1, 0, 2]])
    >>> code = TransformerCode(AnyOrder(model, order))
    >>> np.array_equal(code.decode(code.encode(x[:, order]), max_size=8), x[:, order])
    True
    """

    def __init__(self, model: Transformer, order: NDArray[np.integer]) -> None:
        if sorted(order.tolist()) != list(range(len(order))) or not len(order):
            raise DataError(f"an order of {len(order)} positions must name each of them once, from 0")
        if len(order) > model.config.context:
            raise DataError(f"an order of {len(order)} positions for a context of {model.config.context}")
        self.model, self.order = model, order

    @property
    def config(self) -> Config:
        """The network's shape; it codes as many symbols as have a place in the order."""
        return replace(self.model.config, context=len(self.order))

    @property
    def head(self) -> nn.Linear:
        """The network's head, which knows device and dtype."""
        return self.model.head

    @property
    def start(self) -> int:
        """What stands before the first symbol; it is not looked at."""
        return self.model.start

    def state_dict(self) -> dict[str, Tensor]:
        """The weights, and the order: all that a stream depends on."""
        return {**self.model.state_dict(), "order": torch.from_numpy(self.order.astype(np.int64))}

    def begun(self, batch: int) -> _Known:
        """Sequences of which nothing is known."""
        hidden = torch.full((batch, len(self.order)), self.model.hidden_symbol, device=self.head.weight.device)
        return _Known(hidden)

    def step(self, tokens: Tensor, cache: _Known) -> Tensor:
        """The symbol before it in the order (B,) -> logits (B, V) of the next."""
        if cache.seen:
            cache.tokens[:, int(self.order[cache.seen - 1])] = tokens
        logits: Tensor = self.model(cache.tokens, False)[:, int(self.order[cache.seen])]
        cache.seen += 1
        return logits


class _Known:
    """What is known of B sequences, (B, T), the rest hidden. Mutable."""

    def __init__(self, tokens: Tensor) -> None:
        self.tokens, self.seen = tokens, 0


def evidence_bound(
    model: Transformer,
    data: NDArray[Any],
    *,
    orders: int = 1,
    seed: int = 0,
    lanes: int = LANES,
    on_progress: Progress | None = None,
) -> Bits:
    """Bits that sequences take at most, under a network of hidden symbols.

    Parameters
    ----------
    model
        Trained for "diffusion".
    data
        (n, T) symbols.
    orders
        How many orders are drawn and averaged.
    seed
        Of the orders.
    lanes, on_progress
        As for `TransformerCode`.

    Returns
    -------
    Bits
        The mean codelength over the orders: "upper", since the code that mixes them is at least as short.
    """
    if orders < 1 or data.ndim != 2:
        raise DataError(f"{orders} orders of data of shape {data.shape}; expected at least 1, and (sequences, symbols)")
    chance = np.random.default_rng(seed)
    lengths = []
    for _ in range(orders):
        order = chance.permutation(data.shape[1])
        lengths.append(TransformerCode(AnyOrder(model, order), lanes, on_progress).bits(data[:, order]).bits)
    return Bits(float(np.mean(lengths)), "upper")
