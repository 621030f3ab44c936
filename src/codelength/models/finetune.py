"""A network that goes on to predict labels and symbols at once: iGPT's fine-tuning with the joint objective.

    f(x) = mean over t of norm(h_L[t]),        P(y | x) = softmax(W f(x) + b)
    loss = -ln P(y | x) + generative * (nats a symbol of x)

(Chen et al. 2020, section 3.2: "L_GEN + L_CLF works even better" than L_CLF alone.) The trunk begins from weights that
were trained without labels, or at random: then it is the supervised network of the same size. W and b begin as the
linear probe of the trunk as it stands (Kumar et al. 2022: a head from nothing spoils the features before it has learnt
to read them). A scikit-learn-like estimator: `measures.prequential` codes labels with it.

Cost: a step is one of the trunk's training steps; a prediction one pass.
"""

from __future__ import annotations

import copy
import math
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from codelength.core import DataError, TrainingError
from codelength.models.lanes import whole
from codelength.models.objectives import nats_of
from codelength.models.schedule import Schedule, batch_rows
from codelength.models.steps import optimiser_of, parts_of
from codelength.models.transformer import Transformer

_AT_ONCE = 250
"""Sequences in one pass without gradients."""

_C = 0.1
"""The probe's inverse penalty, as scikit-learn counts it, for standardised features."""


class JointNetwork(nn.Module):
    """A trunk and a linear map from its last layer's mean to classes."""

    def __init__(self, trunk: Transformer, classes: int) -> None:
        super().__init__()
        self.trunk = trunk
        self.classes = nn.Linear(trunk.config.width, classes)

    def forward(self, tokens: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
        """Tokens (B, T) as they stand -> logits of symbols (B, T, V) and of classes (B, m)."""
        last = self.trunk.norm(self.trunk.hidden(tokens, causal)[-1])  # (B, T, D)
        return self.trunk.head(last), self.classes(last.mean(dim=1))

    def read_off(self, tokens: Tensor, labels: Tensor, causal: bool) -> None:
        """Set W and b to the logistic regression of labels (n,) on the means of tokens (n, T), weights decayed."""
        with torch.no_grad():
            parts = torch.split(tokens, _AT_ONCE)
            means = [self.trunk.norm(self.trunk.hidden(part, causal)[-1]).mean(dim=1) for part in parts]
            f = torch.cat(means).float()  # (n, D)
            middle, spread = f.mean(dim=0), f.std(dim=0, unbiased=False) + 1e-6
        x = (f - middle) / spread
        w = torch.zeros(self.classes.weight.shape, device=x.device, requires_grad=True)
        b = torch.zeros(len(w), device=x.device, requires_grad=True)
        search = torch.optim.LBFGS([w, b], max_iter=100, line_search_fn="strong_wolfe")

        def cost() -> Tensor:
            search.zero_grad()
            loss = functional.cross_entropy(x @ w.T + b, labels) + w.square().sum() / (2 * _C * len(x))
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        search.step(cost)  # type: ignore[no-untyped-call]
        with torch.no_grad():
            self.classes.weight.copy_(w / spread)
            self.classes.bias.copy_(b - (w / spread) @ middle)


class JointClassifier:
    """Classify sequences by a transformer that also goes on predicting them.

    Parameters
    ----------
    start
        The trunk to begin from: trained or at random. It is copied, not changed.
    schedule
        Steps, batch, rate and seed of one `fit`; its objective is the generative one.
    generative
        Weight of the nats a symbol; 0 is plain supervised training.

    Examples
    --------
    >>> from codelength.models.transformer import Config
    >>> y = np.tile([0, 1], 20)
    >>> X = np.random.default_rng(0).integers(0, 2, (40, 6)) + 2 * y[:, None]
    >>> start = Transformer(Config(4, 6, 1, 1, 8))
    >>> learner = JointClassifier(start, Schedule(steps=60, batch=8, rate=3e-2, warm_up=5)).fit(X, y)
    >>> learner.predict(X).tolist() == y.tolist()
    True
    """

    def __init__(self, start: Transformer, schedule: Schedule, *, generative: float = 1.0) -> None:
        self.start = start
        self.schedule = schedule
        self.generative = generative

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from sequences (n, T) and labels (n,).

        Raises
        ------
        DataError
            No sequences, or another number of labels.
        TrainingError
            A loss that is not a number any more.
        """
        symbols, labels = np.asarray(X), np.asarray(y)
        if symbols.ndim != 2 or not symbols.size or labels.shape != symbols.shape[:1]:
            raise DataError(f"sequences of shape {symbols.shape} and labels of shape {labels.shape}: one for each")
        known = self.start.config.symbols
        if not whole(symbols) or int(symbols.min()) < 0 or int(symbols.max()) >= known:
            raise DataError(f"symbols run from {symbols.min()} to {symbols.max()}; the alphabet is 0 to {known - 1}")
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        trunk = copy.deepcopy(self.start).requires_grad_(True)
        device = trunk.head.weight.device
        self.network_ = JointNetwork(trunk, len(self.classes_)).to(device).train()
        x = torch.from_numpy(symbols.astype(np.int64)).to(device)
        tokens = trunk.shifted(x) if self._causal else x
        self.network_.read_off(tokens, torch.from_numpy(numbers).to(device), self._causal)
        optimiser = optimiser_of(trunk, self.schedule, {}, 0)
        optimiser.add_param_group({"params": list(self.network_.classes.parameters()), "weight_decay": 0.0})
        for step in range(self.schedule.steps):
            self._step(optimiser, symbols, numbers, step)
        self.network_.eval().requires_grad_(False)
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities, (n, classes), in the order of `classes_`."""
        symbols, device = np.asarray(X), self.network_.classes.weight.device
        parts = [np.empty((0, len(self.classes_)))]
        with torch.inference_mode():
            for at in range(0, len(symbols), _AT_ONCE):
                x = torch.from_numpy(symbols[at : at + _AT_ONCE].astype(np.int64)).to(device)
                _, logits = self.network_(self.network_.trunk.shifted(x) if self._causal else x, self._causal)
                parts.append(logits.double().softmax(dim=1).cpu().numpy())
        return np.concatenate(parts)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likeliest classes, (n,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    @property
    def _causal(self) -> bool:
        return self.schedule.objective == "next"

    def _step(
        self, optimiser: torch.optim.Optimizer, symbols: NDArray[Any], numbers: NDArray[np.int64], step: int
    ) -> None:
        """One step of AdamW on a batch."""
        schedule, trunk = self.schedule, self.network_.trunk
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at(step)
        optimiser.zero_grad(set_to_none=True)
        device = trunk.head.weight.device
        batch = torch.from_numpy(numbers[batch_rows(len(numbers), schedule, step)]).to(device)
        parts = parts_of(symbols, schedule, step, device)
        for (x, hidden), labels in zip(parts, batch.chunk(schedule.accumulate), strict=True):
            with torch.autocast(device.type, torch.bfloat16, enabled=schedule.precision == "bfloat16"):
                tokens = trunk.shifted(x) if hidden is None else x.masked_fill(hidden, trunk.hidden_symbol)
                logits, chosen = self.network_(tokens, self._causal)
                loss = functional.cross_entropy(chosen.float(), labels)
                if self.generative:
                    loss = loss + self.generative * nats_of(logits, x, hidden).mean()
            (loss / schedule.accumulate).backward()  # type: ignore[no-untyped-call]
            if not math.isfinite(loss.item()):
                rate = f"{schedule.rate:g}"
                raise TrainingError(f"step {step}: the loss is not a number any more; lower the rate ({rate})")
        nn.utils.clip_grad_norm_(self.network_.parameters(), schedule.clip)
        optimiser.step()
