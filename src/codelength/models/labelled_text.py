"""Documents and their labels as one sequence: a transformer over text that writes the label behind the document.

    line feed, the document's symbols, "?", the label        |C(d, c)| = |C(d)| + |C(c | d)|

Joint compression of X and Y (Sutskever 2023): the network predicts symbols, bytes or frequent words (`models.words`),
and behind "?" (the transformer's symbol for what is hidden) the label, as the symbol of the class's number. The class
of a document is the one whose label is shortest. It is a `ClassLearner`: what a document costs under a class is, up to
what costs all classes the same, -log2 P(c | d); the labels that it learns from are drawn so that classes come equally
often, so the classifier's prior is not counted twice.

`given(x)` trains it on text without labels, a document a line, as `models.unlabelled_text` says: next symbols, and,
where there are words, also what is behind a "?" that stands somewhere in each document.

Floats: an estimate, no stream is made. Cost: 6 multiplications for each weight and symbol read in training, `passes`
times the text without labels and `steps` * `batch` documents with one; 2 for each asked.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from codelength.core import LN2, DataError
from codelength.models.schedule import Precision
from codelength.models.steps import optimiser_of
from codelength.models.transformer import Config, Transformer
from codelength.models.unlabelled_text import (
    BETWEEN,
    Reading,
    Symbols,
    autocast,
    descend,
    filled,
    read,
    schedule_of,
)
from codelength.models.words import Words

Floats = NDArray[np.float64]

_ASKED = 64
"""Documents that are asked at a time."""

_NONE = -100
"""A target that is not predicted."""

_MOST_CLASSES = 256


@dataclass(frozen=True, slots=True, eq=False)
class LabelledText:
    """Learns to write labels behind documents.

    `layers`, `heads`, `width`, `context`: of the network; longer documents are asked about by their beginning. `words`:
    symbols beside the bytes; `passes`: how often text without labels is read, `batch` documents a step, at `places`
    (a share) of whose places the next symbol is asked; `steps`: of learning from labels; `rate`, `label_rate`: the
    highest learning rates; `text_weight`: what the mean cost of a symbol counts for beside a label's while labels are
    learnt; `precision`; `seed`; `device`; `learnt`: a network to go on with, as `given` leaves one.

    Examples
    --------
    >>> learner = LabelledText(layers=1, heads=1, width=16, context=16, steps=30, label_rate=1e-2)
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
    label_rate: float = 2e-3
    text_weight: float = 0.5
    places: float = 1.0
    words: Words = field(default_factory=Words, repr=False)
    precision: Precision = "float32"
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
        if not (self.rate > 0 and self.label_rate > 0 and self.text_weight >= 0 and 0 < self.places <= 1):
            raise DataError(
                f"rate={self.rate:g}, label_rate={self.label_rate:g}, text_weight={self.text_weight:g}, "
                f"places={self.places:g}: expected rates above 0, a weight of at least 0, a share above 0 and up to 1"
            )
        if self.precision not in get_args(Precision):
            raise DataError(f"precision={self.precision!r}: expected {' or '.join(get_args(Precision))}")
        _ = self._config

    def given(self, data: bytes, /) -> Self:
        """The learner after its network has read `data`, text without labels."""
        model = self._begun()
        documents = [self.words.symbols(line) for line in data.split(bytes([BETWEEN])) if line]
        read(model, documents, Reading(self.passes, self.batch, self.rate, self.places, self.precision, self.seed))
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
        pile = bytes([BETWEEN]).join(indexed[d] for d in np.flatnonzero(here & ~labelled))
        learner = self.given(pile) if pile else self
        rows = np.flatnonzero(labelled)
        model = learner._told([indexed[d] for d in rows], np.asarray(weights, dtype=np.float64)[rows])
        return LabelCodes(model.eval().requires_grad_(False), self.words, k)

    def _told(self, documents: list[bytes], weights: Floats) -> Transformer:
        """The network after the labels of some documents."""
        model = self._begun()
        if not documents or not self.steps:
            return model
        schedule = schedule_of(self.steps, self.batch, self.label_rate)
        optimiser = optimiser_of(model, schedule, {}, 0)
        chance = np.random.default_rng([self.seed, len(documents)])
        texts = [_asked(document, self.words, model) for document in documents]
        shares = (weights / np.maximum(weights.sum(axis=0), 1e-9)).sum(axis=1)
        goals = torch.from_numpy(weights / weights.sum(axis=1, keepdims=True)).float().to(self.device)
        for step in range(self.steps):
            rows = chance.choice(len(documents), self.batch, p=shares / shares.sum())
            tokens = filled(model, [texts[row] for row in rows])
            ends = torch.tensor([len(texts[row]) - 1 for row in rows], device=self.device)
            wanted = (tokens[:, 1:] < model.config.symbols) & (chance.random(tokens[:, 1:].shape) < self.places)
            with autocast(model, self.precision):
                states = model.norm(model.hidden(torch.from_numpy(tokens).to(self.device))[-1])  # (B, T, D)
                said = model.head(states[torch.arange(self.batch, device=self.device), ends])[:, : weights.shape[1]]
                loss = functional.cross_entropy(said.float(), goals[torch.from_numpy(rows).to(self.device)])
                if self.text_weight and wanted.any():
                    chosen = torch.from_numpy(wanted).to(self.device)
                    nexts = torch.from_numpy(tokens[:, 1:]).to(self.device)[chosen]
                    text = functional.cross_entropy(model.head(states[:, :-1][chosen]).float(), nexts)
                    loss = loss + self.text_weight * text
            descend(loss, optimiser, schedule, step)
        return model

    def _begun(self) -> Transformer:
        """A network of one's own to go on with."""
        if self.learnt is not None:
            return copy.deepcopy(self.learnt).requires_grad_(True).train()
        return Transformer(self._config, seed=self.seed).to(self.device)

    @property
    def _config(self) -> Config:
        return Config(self.words.size, self.context, self.layers, self.heads, self.width, "rotary")


class LabelCodes:
    """The codes of k classes, by one network that writes labels. A value: asking changes nothing."""

    def __init__(self, model: Transformer, words: Words, classes: int) -> None:
        self.model, self.words, self.classes = model, words, classes

    def class_bits(self, documents: Sequence[bytes], /) -> Floats:
        """-log2 of the probability of each label behind each document, (n, k, 1)."""
        found = np.empty((len(documents), self.classes, 1))
        texts = [_asked(document, self.words, self.model) for document in documents]
        order = np.argsort([len(text) for text in texts], kind="stable")
        device = self.model.head.weight.device
        for at in range(0, len(documents), _ASKED):
            rows = order[at : at + _ASKED]
            tokens = torch.from_numpy(filled(self.model, [texts[row] for row in rows])).to(device)
            ends = torch.tensor([len(texts[row]) - 1 for row in rows], device=device)
            with torch.inference_mode():
                states = self.model.norm(self.model.hidden(tokens)[-1])  # (B, T, D)
                said = self.model.head(states[torch.arange(len(rows), device=device), ends])[:, : self.classes]
            found[rows, :, 0] = -torch.log_softmax(said.double(), dim=-1).cpu().numpy() / LN2
        return found

    def known_bits(self, indexed: list[bytes], /) -> Floats:
        """The same of documents that the learner has indexed."""
        return self.class_bits(indexed)


def _asked(document: bytes, words: Words, model: Transformer) -> Symbols:
    """Line feed, the document's symbols as far as there is room, "?"."""
    text = words.symbols(document)[: model.config.context - 2]
    return np.concatenate([[BETWEEN], text, [model.hidden_symbol]]).astype(np.int64)
