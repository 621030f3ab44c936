"""A small convolutional classifier of images that can go on learning: a scikit-learn-like estimator in PyTorch.

The network (S x S pixels in; widths a, b, c) keeps most of its work at low resolution, where a CPU spends its time on
multiplications instead of on memory:

    5 x 5 stride 2, a | 3 x 3 stride 2, b | 3 x 3, c | 3 x 3, c, added to what it read | linear to the classes

each convolution followed by batch normalisation and ReLU. It learns by Adam with a step size that falls like 1 /
sqrt(1 + t / `settling`), on images warped anew each time. What predicts is not the newest weights but their
polynomial-decay average (Shamir and Zhang 2013, section 4: average_t = (1 - (g+1)/(t+g)) average + (g+1)/(t+g)
weights), whose window grows with t: so learning can stop and go on at any time, with no schedule to restart, which is
what prequential coding asks for (Bornschein and Hutter 2022 find that replay of all data so far beats training anew).
A prediction is the mean probability over `views` warped copies of an image, the first of them not warped.

Rows labelled -1 are unlabelled. `guesses` are probabilities for those rows (self-training, Lee 2013, with soft labels):
rows guessed with more than `trust` fill a part of each batch that shrinks as the unlabelled part of the data does.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from threading import Lock
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from codelength.core import DataError
from codelength.models.augmentation import Warp, warped

_AVERAGING = 12.0
"""g: the average looks back over about the last thirteenth of all steps."""

_PREDICTED = 500
"""Images in one forward pass of a prediction."""

_BEGINNING = Lock()
"""First weights come from PyTorch's one global generator, which threads that begin at once would share."""


class ConvolutionalNetwork(nn.Module):
    """The network of the module's docstring: (B, C, S, S) to logits (B, classes)."""

    def __init__(self, channels: int, size: int, widths: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        a, b, c = widths
        self.reading = nn.Sequential(_layer(channels, a, 5, 2), _layer(a, b, 3, 2), _layer(b, c, 3, 1))
        self.added = _layer(c, c, 3, 1)
        side = -(-size // 4)
        self.head = nn.Linear(c * side * side, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        read = self.reading(images)  # (B, c, S/4, S/4)
        return self.head((read + self.added(read)).flatten(1))  # type: ignore[no-any-return]


def _layer(into: int, out: int, side: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(into, out, side, stride=stride, padding=side // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class ConvolutionalClassifier:
    """Classify images by a small convolutional network that can go on learning.

    Parameters
    ----------
    image_shape
        (H, H) or (H, H, C): what a row of X is reshaped to.
    size
        Side of the middle of an image that the network sees; a multiple of 4 wastes nothing.
    widths
        Channels of the convolutions.
    steps
        Steps of one `fit`; or a function of the number of labels seen that says how many steps there should have been
        in all, for learning that goes on.
    batch
        Images in a step.
    learning_rate, settling
        The step size at first, and the number of steps after which it has fallen to 1 / sqrt(2) of that.
    warp
        How images are warped; None leaves them as they are.
    views
        Copies of an image that a prediction averages over.
    trust
        Guesses below this probability are not learned from.
    warm_start
        `fit` goes on from the weights of the last one.
    bfloat16
        Convolutions in bfloat16: several times faster on processors that have instructions for it.
    seed
        The same seed, library, processor and number of threads give the same network.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.tile([0, 1], 20)
    >>> X = np.random.default_rng(0).random((40, 64)) * 0.1
    >>> X[y == 1, :32] += 0.9
    >>> learner = ConvolutionalClassifier((8, 8), size=8, widths=(4, 4, 4), steps=40, warp=None, views=1).fit(X, y)
    >>> learner.predict(X).tolist() == y.tolist()
    True
    """

    def __init__(
        self,
        image_shape: tuple[int, ...],
        *,
        size: int = 24,
        widths: tuple[int, int, int] = (32, 64, 128),
        steps: int | Callable[[int], int] = 1000,
        batch: int = 128,
        learning_rate: float = 2e-3,
        settling: float = 2000.0,
        warp: Warp | None = Warp(),  # noqa: B008  a frozen value
        views: int = 4,
        trust: float = 0.9,
        warm_start: bool = False,
        bfloat16: bool = False,
        seed: int = 0,
    ) -> None:
        self.image_shape = image_shape
        self.size = size
        self.widths = widths
        self.steps = steps
        self.batch = batch
        self.learning_rate = learning_rate
        self.settling = settling
        self.warp = warp
        self.views = views
        self.trust = trust
        self.warm_start = warm_start
        self.bfloat16 = bfloat16
        self.seed = seed

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        guesses: NDArray[np.floating] | None = None,
        classes: int | None = None,
    ) -> Self:
        """Learn from labelled rows, and from guesses for rows whose label is -1.

        Parameters
        ----------
        X
            (n, pixels): uint8, or floats of about unit size.
        y
            (n,) labels; -1 where not known.
        guesses
            (n, classes) probabilities in the order of `classes_`; rows that are labelled are not looked at.
        classes
            m where labels are 0 to m - 1, some of which may have no example yet; else those that are met.

        Raises
        ------
        DataError
            No labelled row, rows that are not such images, or guesses of another shape.
        """
        images, labels = self._images(np.asarray(X)), np.asarray(y)
        known = np.flatnonzero(labels != -1)
        if known.size == 0:
            raise DataError("no row has a label: nothing to learn from")
        named = np.unique(labels[known]) if classes is None else np.arange(classes)
        going_on = self.warm_start and hasattr(self, "network_") and np.isin(named, self.classes_).all()
        if not going_on:
            self._begin(images, named)
        if guesses is not None and guesses.shape != (len(labels), len(self.classes_)):
            raise DataError(
                f"guesses of shape {guesses.shape} for {len(labels)} rows and {len(self.classes_)} classes: name the "
                "number of classes where some have no label yet"
            )
        targets = functional.one_hot(
            torch.from_numpy(np.searchsorted(self.classes_, labels[known])), len(self.classes_)
        )
        drawn = [(known, targets.float(), self.batch)]
        if guesses is not None:
            open_rows = np.flatnonzero((labels == -1) & (guesses.max(axis=1) >= self.trust))
            part = round(self.batch / 2 * (1 - known.size / len(labels)))
            if open_rows.size and part:
                soft = torch.from_numpy(np.asarray(guesses[open_rows], dtype=np.float32))
                drawn = [(known, targets.float(), self.batch - part), (open_rows, soft, part)]
        wanted = self.steps(known.size) - self.steps_ if callable(self.steps) else self.steps
        self.network_.train()
        for _ in range(wanted):
            self._step(images, drawn)
        return self

    def predict_proba(self, X: ArrayLike, views: int | None = None) -> NDArray[np.float64]:
        """Probabilities, (n, classes), in the order of `classes_`; `views` here overrides that of the estimator."""
        count = self.views if views is None else views
        images = self._images(np.asarray(X))
        chance = torch.Generator().manual_seed(self.seed)
        self.average_.eval()
        parts = []
        with torch.inference_mode():
            for begin in range(0, len(images), _PREDICTED):
                batch = images[begin : begin + _PREDICTED].float().mul_(self._scale)
                copies = [warped(batch, self.warp if view else None, self.size, chance) for view in range(count)]
                parts.append(torch.stack([self._logits(self.average_, seen).softmax(1) for seen in copies]).mean(0))
        return torch.cat(parts).double().numpy() if parts else np.empty((0, len(self.classes_)))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likeliest classes, (n,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def _images(self, rows: NDArray[Any]) -> Tensor:
        height, width, *channels = self.image_shape
        if rows.ndim < 2 or rows[0].size != int(np.prod(self.image_shape)) or height != width:
            raise DataError(f"X of shape {rows.shape} are no square images of shape {self.image_shape}")
        images = torch.from_numpy(np.require(rows, requirements=["C", "W"]))
        return images.view(len(rows), height, width, *(channels or [1])).permute(0, 3, 1, 2)

    def _begin(self, images: Tensor, classes: NDArray[Any]) -> None:
        self.classes_ = classes
        self.steps_ = 0
        self._chance = torch.Generator().manual_seed(self.seed)
        self._rows = np.random.default_rng(self.seed)
        self._scale = 1 / 255 if images.dtype == torch.uint8 else 1.0
        with _BEGINNING, torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network_ = ConvolutionalNetwork(images.shape[1], self.size, self.widths, len(classes))
        self.network_.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average_ = copy.deepcopy(self.network_)
        self._optimizer = torch.optim.Adam(self.network_.parameters(), self.learning_rate)

    def _logits(self, network: nn.Module, images: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            return network(images.contiguous(memory_format=torch.channels_last)).float()  # type: ignore[no-any-return]

    def _step(self, images: Tensor, drawn: list[tuple[NDArray[np.int64], Tensor, int]]) -> None:
        """One step on a batch that has the stated number of rows of each source."""
        rows, targets = [], []
        for places, wanted, count in drawn:
            chosen = self._rows.integers(len(places), size=count)
            rows.append(places[chosen])
            targets.append(wanted[torch.from_numpy(chosen)])
        batch = images[torch.from_numpy(np.concatenate(rows))].float().mul_(self._scale)
        logits = self._logits(self.network_, warped(batch, self.warp, self.size, self._chance))
        loss = functional.cross_entropy(logits, torch.cat(targets))
        for group in self._optimizer.param_groups:
            group["lr"] = self.learning_rate / (1 + self.steps_ / self.settling) ** 0.5
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self.steps_ += 1
        self._average(min(1.0, (_AVERAGING + 1) / (self.steps_ + _AVERAGING)))

    @torch.no_grad()
    def _average(self, share: float) -> None:
        newest = self.network_.state_dict()
        for name, value in self.average_.state_dict().items():
            if value.is_floating_point():
                value.lerp_(newest[name], share)
