"""Documents and their labels as one sequence: a transformer over bytes that writes the label behind the document.

    line feed, the document's bytes, "?", the label        |C(d, c)| = |C(d)| + |C(c | d)|

Joint compression of X and Y (Sutskever 2023): the network predicts bytes, and behind "?" (the transformer's symbol for
what is hidden) the label, as the byte of the class's number. `given(x)` trains it on text alone: unlabelled documents
and whatever else. The class of a document is the one whose label is shortest. It is a `ClassLearner`: what a document
costs under a class is, up to what costs all classes the same, -log2 P(c | d); the labels that it learns from are drawn
so that classes come equally often, so the classifier's prior is not counted twice.

Floats: an estimate, no stream is made. Cost: 6 multiplications for each weight and byte read in training, `passes`
times the bytes of documents without a label and `steps` * `batch` documents with one; 2 for each asked.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from codelength.core import LN2, DataError
from codelength.models.schedule import Schedule
from codelength.models.steps import optimiser_of
from codelength.models.transformer import Config, Transformer

Floats = NDArray[np.float64]

_BETWEEN = b"\n"
_ASKED = 64
"""Documents that are asked at a time."""

_NONE = -100
"""A target that is not predicted."""

_MOST_CLASSES = 256


@dataclass(frozen=True, slots=True, eq=False)
class LabelledText:
    """Learns to write labels behind documents.

    `layers`, `heads`, `width`, `context`: of the network; longer documents are read to the context's end. `passes`: how
    often text without labels is read, in windows, `batch` of them a step; `steps`: of learning from labels; `rate`: the
    highest learning rate of either; `bytes_weight`: what the mean cost of a byte counts for beside a label's while
    labels are learnt; `seed`; `device`; `learnt`: a network to go on with, as `given` leaves one.

    Examples
    --------
    >>> learner = LabelledText(layers=1, heads=1, width=16, context=16, steps=30, rate=1e-2)
    >>> documents = [b"aaaa", b"aaa", b"bbbb", b"bbb"]
    >>> codes = learner.classes(learner.index(documents), np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    >>> codes.class_bits([b"aaaaa", b"bbbbb"]).sum(axis=2).argmin(axis=1)
    array([0, 1])
    """

    layers: int = 3
    heads: int = 5
    width: int = 160
    context: int = 256
    passes: float = 2.0
    steps: int = 100
    batch: int = 16
    rate: float = 2e-3
    bytes_weight: float = 0.5
    seed: int = 0
    device: str = "cpu"
    learnt: Transformer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be done, in one line."""
        if self.context < 3 or self.batch < 1 or self.steps < 0 or self.passes < 0:
            raise DataError(
                f"context={self.context}, batch={self.batch}, steps={self.steps}, passes={self.passes:g}: expected at "
                "least 3, 1, 0 and 0"
            )
        _ = self._config

    def given(self, data: bytes, /) -> Self:
        """The learner after its network has read `data`, text without labels."""
        model = self._begun()
        text = torch.frombuffer(bytearray(_BETWEEN + data), dtype=torch.uint8).long().to(self.device)
        length = min(self.context, len(data))
        steps = round(self.passes * len(data) / (self.batch * self.context))
        chance = np.random.default_rng([self.seed, len(data)])
        if not steps:
            return replace(self, learnt=model)
        schedule = self._schedule(steps)
        optimiser = optimiser_of(model, schedule, {}, 0)
        for step in range(steps):
            starts = torch.from_numpy(chance.integers(0, len(data) - length + 1, self.batch)).to(self.device)
            windows = text[starts[:, None] + torch.arange(length + 1, device=self.device)]  # (B, T + 1)
            logits = model(windows[:, :-1])  # (B, T, V)
            _descend(
                functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten()), optimiser, schedule, step
            )
        return replace(self, learnt=model)

    def index(self, documents: Sequence[bytes], /) -> list[bytes]:
        """The documents themselves."""
        return list(documents)

    def classes(
        self, indexed: list[bytes], weights: NDArray[np.floating], /, *, present: NDArray[np.bool_] | None = None
    ) -> LabelCodes:
        """The codes of k classes: text of documents without a label first, then documents with their labels.

        Raises
        ------
        DataError
            More classes than there are bytes.
        """
        n, k = weights.shape
        if k > _MOST_CLASSES:
            raise DataError(f"{k} classes; a label is one of {_MOST_CLASSES} symbols")
        here = np.ones(n, dtype=bool) if present is None else present
        labelled = here & (weights.max(axis=1, initial=0.0) > 0)
        pile = _BETWEEN.join(indexed[d] for d in np.flatnonzero(here & ~labelled))
        learner = self.given(pile) if pile else self
        rows = np.flatnonzero(labelled)
        model = learner._told([indexed[d] for d in rows], np.asarray(weights, dtype=np.float64)[rows])
        return LabelCodes(model.eval().requires_grad_(False), k)

    def _told(self, documents: list[bytes], weights: Floats) -> Transformer:
        """The network after the labels of some documents."""
        model = self._begun()
        if not documents or not self.steps:
            return model
        schedule = self._schedule(self.steps)
        optimiser = optimiser_of(model, schedule, {}, 0)
        chance = np.random.default_rng([self.seed, len(documents)])
        shares = (weights / np.maximum(weights.sum(axis=0), 1e-9)).sum(axis=1)
        goals = torch.from_numpy(weights / weights.sum(axis=1, keepdims=True)).float().to(self.device)
        for step in range(self.steps):
            rows = chance.choice(len(documents), self.batch, p=shares / shares.sum())
            tokens, ends = _sequences([documents[d] for d in rows], model)
            logits = model(tokens)  # (B, T, V)
            said = logits[torch.arange(self.batch), ends][:, : weights.shape[1]]  # (B, k)
            label = functional.cross_entropy(said, goals[rows])
            nexts = torch.cat([tokens[:, 1:], tokens[:, :1]], dim=1)
            beyond = torch.arange(tokens.shape[1], device=self.device) >= ends[:, None] - 1
            text = functional.cross_entropy(logits.flatten(0, 1), nexts.masked_fill(beyond, _NONE).flatten())
            _descend(label + self.bytes_weight * text.nan_to_num(), optimiser, schedule, step)
        return model

    def _begun(self) -> Transformer:
        """A network of one's own to go on with."""
        if self.learnt is not None:
            return copy.deepcopy(self.learnt).requires_grad_(True).train()
        return Transformer(self._config, seed=self.seed).to(self.device)

    def _schedule(self, steps: int) -> Schedule:
        return Schedule(steps=steps, batch=self.batch, rate=self.rate, warm_up=max(1, min(50, steps // 5)))

    @property
    def _config(self) -> Config:
        return Config(256, self.context, self.layers, self.heads, self.width, "rotary")


class LabelCodes:
    """The codes of k classes, by one network that writes labels. A value: asking changes nothing."""

    def __init__(self, model: Transformer, classes: int) -> None:
        self.model, self.classes = model, classes

    def class_bits(self, documents: Sequence[bytes], /) -> Floats:
        """-log2 of the probability of each label behind each document, (n, k, 1)."""
        found = [np.empty((0, self.classes))]
        for at in range(0, len(documents), _ASKED):
            part = list(documents[at : at + _ASKED])
            tokens, ends = _sequences(part, self.model)
            with torch.inference_mode():
                said = self.model(tokens)[torch.arange(len(part)), ends][:, : self.classes]  # (B, k)
            found.append(-torch.log_softmax(said.double(), dim=-1).cpu().numpy() / LN2)
        return np.asarray(np.concatenate(found)[:, :, None])

    def known_bits(self, indexed: list[bytes], /) -> Floats:
        """The same of documents that the learner has indexed."""
        return self.class_bits(indexed)


def _sequences(documents: Sequence[bytes], model: Transformer) -> tuple[Tensor, Tensor]:
    """Line feed, bytes, "?", filled up at the end: (B, T), and where each "?" stands, (B,)."""
    room = model.config.context - 2
    texts = [_BETWEEN + text[:room] for text in documents]
    ends = np.array([len(text) for text in texts])
    tokens = np.full((len(texts), int(ends.max()) + 1), model.hidden_symbol, dtype=np.int64)
    for row, text in zip(tokens, texts, strict=True):
        row[: len(text)] = np.frombuffer(text, dtype=np.uint8)
    device = model.head.weight.device
    return torch.from_numpy(tokens).to(device), torch.from_numpy(ends).to(device)


def _descend(loss: Tensor, optimiser: torch.optim.Optimizer, schedule: Schedule, step: int) -> None:
    """A step down the gradient."""
    for group in optimiser.param_groups:
        group["lr"] = schedule.rate_at(step)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_([weight for group in optimiser.param_groups for weight in group["params"]], 1.0)
    optimiser.step()
