"""One more symbol through a rotary transformer for one sequence, in compiled loops: what an online code does a byte.

The same arithmetic as `Transformer.step` at B = 1 (to about 1e-5), in one compiled function instead of some sixty
calls of the library: 5 to 8 times faster where a width is some hundreds, which is where a code that learns as it goes
has its width. The loops are fixed when they are compiled, so on one machine the same numbers give the same bits; on
another they need not (the local tier).

Cost: one multiplication for each weight, and 2 D for each position seen and layer.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

from codelength.core import DataError
from codelength.models.transformer import EPSILON, Cache, Transformer, angles

Floats = NDArray[np.float32]


class Weights(NamedTuple):
    """A transformer's weights, those of its layers stacked: (layers, out, in), (layers, out) or (layers, D)."""

    symbols: Floats
    norm_1: Floats
    qkv: Floats
    qkv_bias: Floats
    out: Floats
    out_bias: Floats
    norm_2: Floats
    up: Floats
    up_bias: Floats
    down: Floats
    down_bias: Floats
    norm: Floats
    head: Floats
    cos: Floats
    sin: Floats


def weights_of(model: Transformer) -> Weights:
    """A copy of the weights as they stand, and the turns of all positions (context, D / H / 2).

    Raises
    ------
    DataError
        Learned positions, or another activation than "gelu".
    """
    config = model.config
    if config.positions != "rotary" or config.activation != "gelu":
        raise DataError(f"{config.positions} positions and {config.activation}: the compiled step is for rotary, gelu")
    state = model.state_dict()
    turns = angles(torch.arange(config.context), config.width // config.heads)

    def stacked(name: str) -> Floats:
        return _numpy(torch.stack([state[f"blocks.{layer}.{name}"] for layer in range(config.layers)]))

    return Weights(
        _numpy(state["symbols.weight"]),
        stacked("norm_1.weight"),
        stacked("attention.qkv.weight"),
        stacked("attention.qkv.bias"),
        stacked("attention.out.weight"),
        stacked("attention.out.bias"),
        stacked("norm_2.weight"),
        stacked("up.weight"),
        stacked("up.bias"),
        stacked("down.weight"),
        stacked("down.bias"),
        _numpy(state["norm.weight"]),
        _numpy(state["head.weight"]),
        _numpy(turns.cos()),
        _numpy(turns.sin()),
    )


def room_of(cache: Cache) -> Floats:
    """The keys and values of a cache of one sequence, (layers, 2, H, T, D/H), copied where it is not on the CPU."""
    return _numpy(cache.room[:, :, 0])


def _numpy(tensor: Tensor) -> Floats:
    array: Floats = np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
    return array


_fast = njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
"""Sums may be taken in another order, the one that the compiler chooses, once."""


@_fast
def step(w: Weights, room: Floats, seen: int, token: int, logits: Floats) -> None:
    """One more token: its keys and values into `room` at `seen`, the logits (V,) of the next symbol into `logits`."""
    layers, width = w.norm_1.shape
    heads, size = room.shape[2], room.shape[4]
    x = w.symbols[token].copy()
    normed, mixed = np.empty(width, np.float32), np.empty(width, np.float32)
    qkv, up = np.empty(3 * width, np.float32), np.empty(w.up.shape[1], np.float32)
    shares = np.empty(seen + 1, np.float32)
    for layer in range(layers):
        _norm(x, w.norm_1[layer], normed)
        _times(w.qkv[layer], w.qkv_bias[layer], normed, qkv)
        for head in range(heads):
            query = qkv[head * size : (head + 1) * size]
            key = room[layer, 0, head, seen]
            key[:] = qkv[width + head * size : width + (head + 1) * size]
            room[layer, 1, head, seen] = qkv[2 * width + head * size : 2 * width + (head + 1) * size]
            _turn(query, w.cos[seen], w.sin[seen])
            _turn(key, w.cos[seen], w.sin[seen])
            _attend(query, room[layer, 0, head], room[layer, 1, head], shares, mixed[head * size : (head + 1) * size])
        _times(w.out[layer], w.out_bias[layer], mixed, normed)
        for i in range(width):
            x[i] += normed[i]
        _norm(x, w.norm_2[layer], normed)
        _times(w.up[layer], w.up_bias[layer], normed, up)
        for i in range(up.shape[0]):
            up[i] *= np.float32(0.5) * (np.float32(1) + np.float32(math.erf(up[i] * np.float32(0.7071067811865476))))
        _times(w.down[layer], w.down_bias[layer], up, normed)
        for i in range(width):
            x[i] += normed[i]
    _norm(x, w.norm, normed)
    for v in range(logits.shape[0]):
        logits[v] = _dot(w.head[v], normed)


@_fast
def _dot(row: Floats, x: Floats) -> np.float32:
    total = np.float32(0)
    for i in range(x.shape[0]):
        total += row[i] * x[i]
    return total


@_fast
def _times(matrix: Floats, bias: Floats, x: Floats, out: Floats) -> None:
    for row in range(matrix.shape[0]):
        out[row] = bias[row] + _dot(matrix[row], x)


@_fast
def _norm(x: Floats, weight: Floats, out: Floats) -> None:
    scale = np.float32(1) / np.float32(math.sqrt(_dot(x, x) / np.float32(x.shape[0]) + np.float32(EPSILON)))
    for i in range(x.shape[0]):
        out[i] = x[i] * scale * weight[i]


@_fast
def _turn(x: Floats, cos: Floats, sin: Floats) -> None:
    half = cos.shape[0]
    for i in range(half):
        first, second = x[i], x[half + i]
        x[i] = first * cos[i] - second * sin[i]
        x[half + i] = second * cos[i] + first * sin[i]


@_fast
def _attend(query: Floats, keys: Floats, values: Floats, shares: Floats, out: Floats) -> None:
    """The values of all positions so far, by the softmax of their keys' products with the query."""
    scale = np.float32(1 / math.sqrt(query.shape[0]))
    highest = np.float32(-np.inf)
    for t in range(shares.shape[0]):
        shares[t] = _dot(keys[t], query) * scale
        highest = max(highest, shares[t])
    total = np.float32(0)
    for t in range(shares.shape[0]):
        shares[t] = np.float32(math.exp(shares[t] - highest))
        total += shares[t]
    out[:] = np.float32(0)
    for t in range(shares.shape[0]):
        share = shares[t] / total
        for i in range(out.shape[0]):
            out[i] += share * values[t, i]
