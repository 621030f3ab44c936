"""Training a classifier whose weights are small integers: gradient descent that knows the rounding.

The forward pass is that of `classifier` with W rounded and clipped to -levels..levels and the hidden units rounded down
and clipped; the backward pass takes rounding for the identity (straight-through, Bengio, Leonard & Courville 2013).

    minimise   mean -ln softmax(t scores)[label] + price sum |W|          t: a temperature, learned and then forgotten

by Adam (Kingma & Ba 2015) with a cosine schedule. `price` is what pulls weights to 0, whose code is short: it trades
bits for errors. NumPy only, O(epochs n weights). What comes out is measured afterwards in integers, so training may be
as inexact as it likes; it is the same for a seed on one machine only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.certify.classifier import HIGHEST, Classifier, Shape, patches_of, pooled_sums

Floats = NDArray[np.float32]

_LEAST_STEPS = 30
"""Of few examples smaller batches are taken: so many an epoch at least, where there are as many examples."""


@dataclass(frozen=True, slots=True)
class Training:
    """Settings. `price`: of a weight's magnitude, in nats of mean loss; `epochs`, `batch`, `rate`: of the descent."""

    price: float = 2e-5
    epochs: int = 12
    batch: int = 250
    rate: float = 0.02


@dataclass(slots=True, eq=False)
class _Net:
    """Parameters in floats, and what turns them into integers."""

    shape: Shape
    hidden: Floats
    hidden_biases: Floats
    shift: int
    weights: Floats
    biases: Floats
    temperature: Floats
    moments: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)

    def rounded(self, weights: Floats) -> Floats:
        levels = self.shape.levels
        return np.rint(np.clip(weights, -levels, levels))


def train(
    shape: Shape,
    cells: NDArray[np.int32],
    labels: NDArray[np.int64],
    settings: Training,
    *,
    seed: int = 0,
    on_epoch: Callable[[int], None] | None = None,
) -> Classifier:
    """A classifier of this shape.

    Parameters
    ----------
    cells
        `shape.features` of the images: (n, rows, columns, channels).
    labels
        (n,) in 0..classes-1.
    on_epoch
        Called with the number of epochs done.
    """
    chance = np.random.default_rng(seed)
    net = _start(shape, cells, chance)
    n = labels.size
    batch = max(1, min(settings.batch, n // _LEAST_STEPS))
    steps = settings.epochs * (n // batch)
    warm = min(50, steps / 10)
    done = 0
    for epoch in range(settings.epochs):
        order = chance.permutation(n)
        for at in range(0, n - batch + 1, batch):
            now = order[at : at + batch]
            gradients = _gradients(net, cells[now].astype(np.float32), labels[now])
            done += 1
            part = done / steps
            price = settings.price * min(1.0, 3 * part)
            rate = settings.rate * min(1.0, done / warm) * max(0.5 * (1 + math.cos(math.pi * part)), 1e-3)
            for name in ("hidden", "weights"):
                gradients[name] += price * np.sign(getattr(net, name))
            _descend(net, gradients, rate, done)
        if on_epoch is not None:
            on_epoch(epoch + 1)
    return Classifier(
        shape,
        net.rounded(net.hidden).astype(np.int64),
        np.rint(net.hidden_biases).astype(np.int64) << max(0, net.shift - 1),
        net.shift,
        net.rounded(net.weights).astype(np.int64),
        _coarse(net.biases),
    )


def _start(shape: Shape, cells: NDArray[np.int32], chance: np.random.Generator) -> _Net:
    """Random weights, most of them off zero; the shift puts hidden units well inside their range."""
    spread = 1.1 * shape.levels
    some = cells[:500].astype(np.float32)
    hidden = np.zeros((0, 0), dtype=np.float32)
    shift = 0
    if shape.hidden:
        hidden = chance.uniform(-spread, spread, (shape.hidden_inputs, shape.hidden)).astype(np.float32)
        sums = patches_of(some, shape.patch) @ np.rint(np.clip(hidden, -shape.levels, shape.levels))
        shift = max(0, round(math.log2(max(1.0, 2.0 * float(sums.std()) / HIGHEST))))
    net = _Net(
        shape,
        hidden,
        np.zeros(shape.hidden, dtype=np.float32),
        shift,
        chance.uniform(-0.6 * spread, 0.6 * spread, (shape.inputs, shape.classes)).astype(np.float32),
        np.zeros(shape.classes, dtype=np.float32),
        np.zeros(1, dtype=np.float32),
    )
    scores = _forward(net, some)[-1]
    net.temperature[0] = -math.log(max(1e-6, float(scores.std())) / 2)
    return net


def _forward(net: _Net, cells: Floats) -> tuple[Floats | None, Floats | None, Floats, Floats]:
    """Patches, hidden sums, what the classes see, scores."""
    patches = sums = None
    below = cells
    if net.shape.hidden:
        patches = patches_of(cells, net.shape.patch)
        # Biases are told in half units of what is left after the shift.
        sums = (patches @ net.rounded(net.hidden)) / 2**net.shift + np.rint(net.hidden_biases) / (2 if net.shift else 1)
        below = pooled_sums(np.clip(np.floor(sums), 0, HIGHEST), net.shape.pool)
    flat = below.reshape(below.shape[0], -1)
    return patches, sums, flat, flat @ net.rounded(net.weights) + net.biases


def _gradients(net: _Net, cells: Floats, labels: NDArray[np.int64]) -> dict[str, Floats]:
    patches, sums, flat, scores = _forward(net, cells)
    scale = np.exp(net.temperature[0])
    logits = scores * scale
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(labels.size), labels] -= 1
    shares /= labels.size
    found = {
        "weights": scale * (flat.T @ shares),
        "biases": scale * shares.sum(axis=0),
        "temperature": np.array([(logits * shares).sum()], dtype=np.float32),
        "hidden": np.zeros_like(net.hidden),
        "hidden_biases": np.zeros_like(net.hidden_biases),
    }
    if patches is not None and sums is not None:
        back = _unpooled((scale * shares) @ net.rounded(net.weights).T, sums.shape, net.shape.pool)
        back *= (sums > -0.5) & (sums < HIGHEST + 1)
        wide = back.reshape(-1, net.shape.hidden)
        found["hidden"] = patches.reshape(-1, net.shape.hidden_inputs).T @ wide / 2**net.shift
        found["hidden_biases"] = wide.sum(axis=0) / (2 if net.shift else 1)
    return found


def _unpooled(back: Floats, shape: tuple[int, ...], size: int) -> Floats:
    """What the pooled sums pass back to each unit: (n, rows, columns, hidden)."""
    _, rows, columns, hidden = shape
    high, wide = rows // size, columns // size
    out = np.zeros(shape, dtype=np.float32)
    spread = back.reshape(-1, high, wide, hidden)
    out[:, : high * size, : wide * size] = spread.repeat(size, axis=1).repeat(size, axis=2)
    return out


def _descend(net: _Net, gradients: dict[str, Floats], rate: float, step: int) -> None:
    """One step of Adam on every parameter; weights stay where rounding can bring them back from."""
    for name, gradient in gradients.items():
        value: Floats = getattr(net, name)
        if not value.size:
            continue
        if name not in net.moments:
            net.moments[name] = (np.zeros_like(value), np.zeros_like(value))
        mean, square = net.moments[name]
        mean *= 0.9
        mean += 0.1 * gradient
        square *= 0.999
        square += 0.001 * gradient * gradient
        slope = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-9)
        # Scores are sums over many inputs: biases move in proportion to what they are added to.
        value -= (rate / np.exp(net.temperature[0]) if name == "biases" else rate) * slope
    for name in ("hidden", "weights"):
        limit = net.shape.levels + 0.4
        np.clip(getattr(net, name), -limit, limit, out=getattr(net, name))


def _coarse(biases: Floats) -> NDArray[np.int64]:
    """Biases to 5 bits of their range: what finer ones would save in errors they cost in bits."""
    unit = max(1, 1 << max(0, int(np.abs(biases).max()).bit_length() - 5))
    rounded: NDArray[np.int64] = np.rint(biases / unit).astype(np.int64) * unit
    return rounded
