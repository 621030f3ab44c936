"""Text without labels, read by a transformer document by document: next symbols, and a question in each of them.

    line feed, the first symbols, "?", the others, line feed

    loss = mean -ln P(next symbol) + mean over the different words w behind "?" of -ln P(w | "?", what is before it)

The first is the codelength of the text. The second asks, at a place drawn anew each time, for any of the words to come,
whatever their order: what a document is about, said where labels will be asked for. Without words (an alphabet of
bytes) nothing is asked. A tenth of what is read is blanked where there are questions, against learning documents by
heart. Documents of about one length go together. Cost: 6 multiplications a weight and symbol, those of the head for a
share of the places only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from codelength.core import TrainingError
from codelength.models.schedule import Precision, Schedule
from codelength.models.steps import optimiser_of
from codelength.models.transformer import Transformer
from codelength.models.words import BYTES

BETWEEN = ord("\n")
_BLANKED = 0.1
_ALIKE = 8
"""Lengths within so many symbols count as one."""

Symbols = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """`passes` through the text, `batch` documents a step, the highest `rate`; `places`: the share of the places whose
    next symbol is asked, drawn anew each step; `precision`: "bfloat16" computes under autocast; `seed`.
    """

    passes: float
    batch: int
    rate: float
    places: float = 1.0
    precision: Precision = "float32"
    seed: int = 0


def read(model: Transformer, documents: Sequence[Symbols], how: Reading) -> None:
    """Train the network on documents; those longer than its context are read in pieces."""
    room = model.config.context - 2
    pieces = [document[at : at + room] for document in documents for at in range(0, len(document), room)]
    steps = round(how.passes * len(pieces) / how.batch)
    if not steps:
        return
    schedule = schedule_of(steps, how.batch, how.rate)
    optimiser = optimiser_of(model, schedule, {}, 0)
    chance = np.random.default_rng([how.seed, len(pieces)])
    for step, rows in zip(range(steps), _batches(pieces, how.batch, chance), strict=False):
        with autocast(model, how.precision):
            loss = _nats(model, [pieces[row] for row in rows], how.places, chance)
        descend(loss, optimiser, schedule, step)


def _batches(pieces: Sequence[Symbols], batch: int, chance: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Numbers of pieces of about one length, all of them once, then all of them again."""
    alike = np.array([len(piece) // _ALIKE for piece in pieces])
    while True:
        order = chance.permutation(len(pieces))
        order = order[np.argsort(alike[order], kind="stable")]
        parts = [order[at : at + batch] for at in range(0, len(order), batch)]
        chance.shuffle(parts)
        yield from parts


def _nats(model: Transformer, pieces: Sequence[Symbols], places: float, chance: np.random.Generator) -> Tensor:
    """The loss of some pieces, a number."""
    device, asking = model.head.weight.device, model.config.symbols > BYTES
    ends = [int(chance.integers(1, max(2, len(piece)))) for piece in pieces] if asking else []
    texts = [_around(model, piece, ends[row] if asking else None) for row, piece in enumerate(pieces)]
    tokens = filled(model, texts)
    wanted = (tokens[:, 1:] < model.config.symbols) & (chance.random((len(texts), tokens.shape[1] - 1)) < places)
    shown = tokens[:, :-1].copy()
    if asking:
        blank = (chance.random(shown.shape) < _BLANKED) & (shown != model.hidden_symbol)
        shown[blank] = BETWEEN
    states = model.norm(model.hidden(torch.from_numpy(shown).to(device))[-1])  # (B, T, D)
    chosen = torch.from_numpy(wanted).to(device)
    nexts = torch.from_numpy(tokens[:, 1:]).to(device)
    loss = functional.cross_entropy(model.head(states[chosen]).float(), nexts[chosen], reduction="sum")
    loss = loss / max(1, int(wanted.sum()))
    behind = [np.unique(piece[end:][piece[end:] >= BYTES]) for piece, end in zip(pieces, ends, strict=False)]
    count = sum(len(words) for words in behind)
    if count:
        rows = torch.from_numpy(np.repeat(np.arange(len(behind)), [len(words) for words in behind])).to(device)
        at = torch.tensor(ends, device=device) + 1
        said = torch.log_softmax(model.head(states[torch.arange(len(ends), device=device), at]).float(), dim=-1)
        loss = loss - said[rows, torch.from_numpy(np.concatenate(behind)).to(device)].mean()
    return loss


def _around(model: Transformer, piece: Symbols, end: int | None) -> Symbols:
    """The piece between line feeds, with "?" behind its first `end` symbols."""
    parts = [piece] if end is None else [piece[:end], [model.hidden_symbol], piece[end:]]
    return np.concatenate([[BETWEEN], *parts, [BETWEEN]]).astype(np.int64)


def filled(model: Transformer, texts: Sequence[Symbols]) -> Symbols:
    """Texts under each other, filled up with "?" at their ends: (B, T)."""
    tokens = np.full((len(texts), max(len(text) for text in texts)), model.hidden_symbol, dtype=np.int64)
    for row, text in zip(tokens, texts, strict=True):
        row[: len(text)] = text
    return tokens


def schedule_of(steps: int, batch: int, rate: float) -> Schedule:
    """Warm-up over a fifth of the steps, 50 at most, and a cosine."""
    return Schedule(steps=steps, batch=batch, rate=rate, warm_up=max(1, min(50, steps // 5)))


def autocast(model: Transformer, precision: Precision) -> torch.autocast:
    """Where half precision is wanted, products in it."""
    kind = model.head.weight.device.type
    return torch.autocast(kind, torch.bfloat16, enabled=precision == "bfloat16")


def descend(loss: Tensor, optimiser: torch.optim.Optimizer, schedule: Schedule, step: int) -> None:
    """A step down the gradient. Raises `TrainingError` where there is none: the loss is no number."""
    for group in optimiser.param_groups:
        group["lr"] = schedule.rate_at(step)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    norm = torch.nn.utils.clip_grad_norm_(weights, schedule.clip)
    if not (math.isfinite(float(loss.detach())) and math.isfinite(float(norm))):
        raise TrainingError(f"step {step}: the loss is not a number any more; lower the rate ({schedule.rate:g})")
    optimiser.step()
