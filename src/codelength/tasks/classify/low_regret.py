"""`LowRegretClassifier`: any classifiers as experts on the labels, mixed so that following all of them costs next to
nothing more than having known the best.

    |labels given X|  <=  min over experts i and powers b of  L_ib  +  log2(number of them)  (+ 2**-26 a label)

L_ib is the prequential codelength (Dawid 1984; Blier & Ollivier 2018): blocks of labels, each coded with expert i
fitted on all labels before it, in an order drawn by a seed. The first expert is the labels alone, without X; so
features made of noise, or of an X that has nothing to do with the labels, cost at most their share of the logarithm.
The certificate speaks of this codelength. Predictions are those of the experts fitted on all labels, mixed by the
weights that the labels left them.

Costs the fits of every expert at each block (log n / log growth of them) and one more.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils import Tags, get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from codelength.measures import block_ends
from codelength.tasks.classify.documents import is_texts, labels_of, refuse_other_texts
from codelength.tasks.classify.label_mixture import LabelMixture, mix_labels
from codelength.tasks.classify.low_regret_blocks import POWERS, closed, first_block, kt
from codelength.tasks.classify.low_regret_rows import Known, rows, size, spoken

Labels = NDArray[np.intp]
Floats = NDArray[np.float64]

_FORGOTTEN = 2.0**-40
"""An expert of smaller final weight is not asked for predictions: it could not change them."""


class Voice(NamedTuple):
    """One of those that are mixed: an expert, after one of its stages if it has any, at a power."""

    expert: str
    stage: str
    power: float

    def __str__(self) -> str:
        return " ".join(filter(None, (self.expert, self.stage, f"^{self.power:g}")))


ALONE = "labels alone"
"""The voice without X: Krichevsky-Trofimov over the labels before."""


class LowRegretClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A mixture of classifiers with a certificate.

    Parameters
    ----------
    experts
        (name, estimator) pairs. Any scikit-learn classifier with probabilities or margins, pipelines over texts or
        over some of the columns among them; one whose `fit` takes `unlabelled` is given them, with the rows whose
        labels are still to come. An estimator named in place of a pair is called by its class.
    powers
        Every expert is mixed at each of these powers of its probabilities: calibration, learnt with the weights.
    period
        None: Bayes, against the best expert. A number of labels, 2 or more: fixed share, against the best sequence of
        experts with switches that far apart.
    first
        Labels in the first block; None: two for each class, 8 at least, but no more than a quarter of all.
    growth
        How many times more labels are known at each fit than at the one before.
    random_state
        Draws the order in which labels are coded; the order does not look at them.

    Attributes
    ----------
    classes_
        The labels, sorted.
    mixture_
        Codelength, certificate, actual regret, experts' codelengths and weights over time: a `LabelMixture`.
    experts_
        Name -> the expert fitted on all labels, for those whose weight is not negligible.
    blocks_
        Where blocks of labels ended.
    order_
        The order in which labels were coded.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 2))
    >>> model = LowRegretClassifier([("bayes", GaussianNB())]).fit(X, X[:, 0] > 0)
    >>> model.mixture_.regret.bits <= model.mixture_.certificate.bits, model.mixture_.bits.bits < 100
    (True, True)
    """

    def __init__(
        self,
        experts: Sequence[Any],
        *,
        powers: Sequence[float] = POWERS,
        period: int | None = None,
        first: int | None = None,
        growth: float = 2.0,
        random_state: int = 0,
    ) -> None:
        self.experts = experts
        self.powers = powers
        self.period = period
        self.first = first
        self.growth = growth
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, *, unlabelled: Any = ()) -> Self:
        """Code the labels, then fit every expert on all of them.

        Parameters
        ----------
        X
            n texts, rows of numbers (dense or sparse) or whatever the experts take.
        y
            n labels of any type.
        unlabelled
            More rows of the same kind, for the experts that take them.

        Raises
        ------
        DataError
            More than 256 classes, an expert that says nothing that can be mixed, or blocks that do not grow.
        ValueError
            No experts, two of one name, lengths that differ, a period below 2.
        """
        named = _named(self.experts)
        if not len(self.powers) or not all(0 < power < math.inf for power in self.powers):
            raise ValueError(f"powers={self.powers!r}: expected one or more, all above 0")
        unlabelled = () if unlabelled is None else unlabelled
        X, labels = self._first_seen(X, y)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        first = first_block(len(numbers), self.classes_.size) if self.first is None else self.first
        self.blocks_ = block_ends(len(numbers), first, self.growth)
        self.order_ = np.random.default_rng(self.random_state).permutation(len(numbers))
        self.counts_ = np.bincount(numbers, minlength=self.classes_.size)
        more = self._seen_again(unlabelled) if size(unlabelled) else ()
        known = Known(X, labels, more, self.order_)
        fitted = {name: known.fit(expert, len(numbers)) for name, expert in named if self.classes_.size > 1}
        said = self._said(named, known, numbers[self.order_], self._voices(fitted, known))
        alone = _alone(numbers[self.order_], self.classes_.size)
        self.mixture_: LabelMixture = mix_labels(
            [alone, *said.values()],
            numbers[self.order_],
            [ALONE, *map(str, said)],
            period=self.period,
            groups=[ALONE, *(voice.expert for voice in said)],
        )
        self.weights_ = dict(zip(said, self.mixture_.weights[-1, 1:].tolist(), strict=True))
        self.experts_ = {name: expert for name, expert in fitted.items() if self._heard(name)}
        return self

    def predict_proba(self, X: Any) -> Floats:
        """P(class | row), (n, k): the experts, fitted on all labels, under their final weights."""
        check_is_fitted(self)
        return self.mixed(self.experts_, self.counts_, self._seen_again(X))

    def mixed(self, fitted: Mapping[str, Any], counts: NDArray[np.integer], X: Any) -> Floats:
        """What experts, fitted on `counts` labels of each class, say of rows under the final weights, (n, k)."""
        out = np.tile(self.mixture_.weights[-1, 0] * kt(counts), (size(X), 1))
        for name, expert in fitted.items():
            for stage, said in spoken(expert, X, self.classes_, name).items():
                for power in self.powers:
                    out += self.weights_[Voice(name, stage, power)] * closed(said, power, counts)
        return np.asarray(out / out.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each row; of equally likely ones the first."""
        said = self.predict_proba(X)
        return np.asarray(self.classes_[said.argmax(axis=1)])

    def _voices(self, fitted: dict[str, Any], known: Known) -> list[Voice]:
        """Each fitted expert after each of its stages at each power."""
        one = rows(known.X, self.order_[:1])
        return [
            Voice(name, stage, power)
            for name, expert in fitted.items()
            for stage in spoken(expert, one, self.classes_, name)
            for power in self.powers
        ]

    def _said(
        self, named: Sequence[tuple[str, Any]], known: Known, ordered: Labels, voices: list[Voice]
    ) -> dict[Voice, Floats]:
        """What each voice said of each label before it was known, (n, k) each; before two classes are known, KT."""
        k = self.classes_.size
        parts: dict[Voice, list[Floats]] = {voice: [] for voice in voices}
        silent = 0
        for start, end in itertools.pairwise([0, *self.blocks_]):
            counts = np.bincount(ordered[:start], minlength=k)
            if np.count_nonzero(counts) < 2:
                silent = end
                continue
            asked = rows(known.X, self.order_[start:end])
            for name, expert in named:
                for stage, said in spoken(known.fit(expert, start), asked, self.classes_, name).items():
                    for power in self.powers:
                        parts[Voice(name, stage, power)].append(closed(said, power, counts))
        before = _alone(ordered, k)[:silent]
        return {voice: np.concatenate([before, *blocks]) for voice, blocks in parts.items()}

    def _heard(self, name: str) -> bool:
        return sum((weight for voice, weight in self.weights_.items() if voice.expert == name), 0.0) > _FORGOTTEN

    def _first_seen(self, X: Any, y: ArrayLike) -> tuple[Any, NDArray[Any]]:
        if is_texts(X):
            known_rows, labels = list(X), labels_of(y)
            if len(known_rows) != len(labels):
                raise ValueError(f"{len(known_rows)} documents and {len(labels)} labels: expected as many")
        else:
            refuse_other_texts(X)
            known_rows, labels = validate_data(self, X, y if y is None else labels_of(y), accept_sparse="csr")
        check_classification_targets(labels)
        return known_rows, np.asarray(labels)

    def _seen_again(self, X: Any) -> Any:
        return list(X) if is_texts(X) else validate_data(self, X, accept_sparse="csr", reset=False)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.sparse = all(get_tags(expert).input_tags.sparse for _, expert in _named(self.experts))
        return tags


def _named(experts: Sequence[Any]) -> list[tuple[str, Any]]:
    """Experts with their names."""
    named = [one if isinstance(one, tuple) else (type(one).__name__, one) for one in experts]
    names = [name for name, _ in named]
    if not named or len(set(names)) < len(names):
        raise ValueError(f"experts are called {names}: expected at least one, and each name once")
    return named


def _alone(ordered: Labels, classes: int) -> Floats:
    """What the labels alone say of each, (n, k): Krichevsky-Trofimov."""
    seen = np.eye(classes)[ordered]
    return (np.cumsum(seen, axis=0) - seen + 0.5) / (np.arange(ordered.size) + 0.5 * classes)[:, None]
