"""`PileClassifier`: several piles of unlabelled documents, each used as far as it helps the labels, and no further.

Piles that are joined are one pile: beside French captions, random letters and another task's documents those that lift
ten labels a class of AG News from .556 to .882 lift them to .584 (`python -m benchmarks.piles`), and what helped is
lost with what did not. So a classifier is fitted without piles, with each alone, with the best ones together, one after
another as long as the labels get shorter, and with all; all of these answer, by the weights that the labels'
codelengths leave them (`piles`).

Costs 2 J + 1 fits of the classifier for J piles at most. With `parts` a pile that is itself of many kinds is cut by
subject first, and every part is a pile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted

from codelength.core import DataError
from codelength.tasks.classify.documents import is_texts
from codelength.tasks.classify.label_mixture import LabelMixture
from codelength.tasks.classify.low_regret_rows import joined, size
from codelength.tasks.classify.pile_parts import parts
from codelength.tasks.classify.piles import Names, PileMixture, weigh
from codelength.tasks.classify.semi_supervised import SemiSupervisedCodeClassifier

Floats = NDArray[np.float64]

ONE_PILE = "unlabelled"
"""The name of a pile that came without one."""

_FORGOTTEN = 2.0**-20
"""A way of smaller weight is not asked for answers."""


class PileClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier for labelled documents and piles without labels, that says what each pile was worth.

    Parameters
    ----------
    estimator
        Takes `unlabelled` in its `fit` and leaves a `mixture_` of the labels' codelength, as
        `SemiSupervisedCodeClassifier` (the default) and `LowRegretClassifier` do; its `random_state` is a number, so
        that all fits code the labels in one order.
    parts
        Into how many parts each pile of texts is cut by subject (see `pile_parts`); 1: piles are taken as they are.
        Class proportions of documents that are asked are then judged by parts, which need not have those of the pile.

    Attributes
    ----------
    classes_
        The labels, sorted.
    piles_
        What each pile saves, with intervals and weights, and the bits of all ways together: a `PileMixture`.
    best_
        The fitted classifier of the heaviest way.
    mixture_
        Its codelength of the labels, experts and weights.
    fitted_
        Way, a tuple of names -> the classifier that was fitted with these piles, where its weight is not negligible.

    Examples
    --------
    >>> texts = ["the cat sat", "a cat ran", "my cat slept", "stocks fell", "stocks rose", "stocks slept"]
    >>> piles = {"pets": ["my dog sat", "a dog slept", "my dog ran"], "noise": ["zx qv", "qv qv zx"]}
    >>> model = PileClassifier().fit(texts, [0, 0, 0, 1, 1, 1], unlabelled=piles)
    >>> model.predict(["a dog ran", "stocks"]).tolist(), sorted(worth.name for worth in model.piles_.worths)
    ([0, 1], ['noise', 'pets'])
    """

    def __init__(self, estimator: Any = None, *, parts: int = 1) -> None:
        self.estimator = estimator
        self.parts = parts

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        *,
        unlabelled: Mapping[str, Any] | Any = (),
        on_progress: Callable[[str, int, int], None] | None = None,
    ) -> Self:
        """Fit the ways, and weigh them.

        Parameters
        ----------
        X
            n documents, as the estimator takes them.
        y
            n labels.
        unlabelled
            Name -> documents of the same kind without labels; or one pile, or None.
        on_progress
            Called before each way with the names in it, how many ways are done, and how many there are at most.

        Raises
        ------
        DataError, ValueError
            As the estimator; a `random_state` of None, or parts of what are no texts.
        """
        piles = dict(unlabelled) if isinstance(unlabelled, Mapping) else _named(unlabelled)
        if self._estimator().get_params().get("random_state", 0) is None:
            raise ValueError("random_state=None codes the labels in another order at each fit: expected a number")
        if self.parts != 1:
            piles = _cut(piles, self.parts)
        most = len(piles) + max(len(piles), 1) + (len(piles) > 2)
        fitted: dict[Names, Any] = {}

        def tried(way: Names) -> float:
            if way not in fitted:
                if on_progress is not None:
                    on_progress(" + ".join(way) or "without", len(fitted), most)
                fitted[way] = clone(self._estimator()).fit(X, y, unlabelled=_together(piles, way))
            return float(fitted[way].mixture_.bits.bits)

        tried(())
        _try_ways(tuple(piles), tried)
        self.piles_: PileMixture = weigh(
            {way: model.mixture_.bits for way, model in fitted.items()},
            {way: model.mixture_.costs for way, model in fitted.items()},
            {name: size(pile) for name, pile in piles.items()},
        )
        self.fitted_ = {way.piles: fitted[way.piles] for way in self.piles_.ways if way.weight > _FORGOTTEN}
        self.best_ = fitted[self.piles_.ways[0].piles]
        self.classes_ = self.best_.classes_
        self.mixture_: LabelMixture = self.best_.mixture_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.best_, name):
                setattr(self, name, getattr(self.best_, name))
        return self

    def predict_proba(self, X: Any) -> Floats:
        """P(class | document), (n, k): the ways under their weights."""
        check_is_fitted(self)
        weights = {way.piles: way.weight for way in self.piles_.ways}
        out = np.asarray(sum(weights[way] * model.predict_proba(X) for way, model in self.fitted_.items()))
        return np.asarray(out / out.sum(axis=1, keepdims=True))

    def predict_log_proba(self, X: Any) -> Floats:
        """Logarithms: ln P(class | document), (n, k)."""
        return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each document; of equally likely ones the first."""
        said = self.predict_proba(X)
        return np.asarray(self.classes_[said.argmax(axis=1)])

    def _estimator(self) -> Any:
        return SemiSupervisedCodeClassifier() if self.estimator is None else self.estimator

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inner = get_tags(self._estimator()).input_tags
        tags.input_tags.string = inner.string
        tags.input_tags.sparse = inner.sparse
        return tags


def _try_ways(names: Names, tried: Callable[[Names], float]) -> None:
    """Each pile alone; from the best one on, the next best as long as the labels get shorter; and all of them."""
    ranked = sorted(names, key=lambda name: tried((name,)))
    best = tuple(ranked[:1])
    for name in ranked[1:]:
        more = tuple(one for one in names if one in (*best, name))  # one order for one set
        if tried(more) < tried(best):
            best = more
    if names:
        tried(names)


def _named(pile: Any) -> dict[str, Any]:
    return {ONE_PILE: pile} if pile is not None and size(pile) else {}


def _cut(piles: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Each pile by subject; a part is named by its pile and some of its words."""
    if most < 1:
        raise ValueError(f"parts={most}: expected 1 or more")
    if not all(is_texts(pile) for pile in piles.values() if size(pile)):
        raise DataError(f"parts={most}: only texts are cut by subject, and these are numbers; leave it out")
    found: dict[str, Any] = {}
    for name, pile in piles.items():
        texts = list(pile)
        for at, part in enumerate(parts(texts, most), start=1):
            about = f"{name} {at}: {' '.join(part.words)}" if part.words else name
            found[about] = [texts[i] for i in part.chosen]
    return found


def _together(piles: Mapping[str, Any], way: Names) -> Any:
    """The documents of some piles."""
    chosen = [piles[name] for name in way]
    return joined([pile if hasattr(pile, "shape") else list(pile) for pile in chosen if size(pile)])
