"""`SemiSupervisedCodeClassifier`: unlabelled documents used as far as they help, and no further.

The labels of unlabelled documents are latent (see `semi_supervised_latent`): the alternation lowers the joint
codelength of everything, which need not be what the labels want. On Reuters R8 each step makes predictions worse. So
the class codes after every step and discriminative experts are mixed with those that have never seen an unlabelled
document, by what they save on the labels, prequentially: see `low_regret`, whose certificate is this classifier's.
Where there are unlabelled documents, class codes also see which documents lie nearest (`semi_supervised_neighbours`).

    P(y | d)  ~  P_mixture(y | d) * share of y among documents that are asked / its share in labelled ones   (`balance`)

Documents are often labelled so many of each class, whatever their shares. Whether the unlabelled ones have others is
decided by what is cheaper to say of them, in bits (see `semi_supervised_balance`). No label speaks of that ratio: the
certificate of the labels does not cover it; the unlabelled documents' own code does, and has to gain 20 bits by it.

Costs a pass over the words, the similarities of all pairs of documents, and at each block of labels the experts' fits:
two sparse products a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from codelength.tasks.classify.documents import Reader
from codelength.tasks.classify.label_mixture import LabelMixture
from codelength.tasks.classify.low_regret import LowRegretClassifier
from codelength.tasks.classify.low_regret_columns import OnColumns
from codelength.tasks.classify.low_regret_rows import Known, size
from codelength.tasks.classify.semi_supervised_balance import Balance, class_balance
from codelength.tasks.classify.semi_supervised_directions import directions, points
from codelength.tasks.classify.semi_supervised_latent import LatentLabels
from codelength.tasks.classify.semi_supervised_neighbours import Neighbours
from codelength.tasks.classify.semi_supervised_words import WeightedWords

Floats = NDArray[np.float64]

WITHOUT, WITH = "without", "with"
"""Of unlabelled documents: the ends of the experts' names."""

LABELLED, UNLABELLED, AUTO = "labelled", "unlabelled", "auto"

EVIDENCE = (0.7, 1.0, 2.0)
"""Tokens that a document counts for: temperatures of the posteriors."""


class SemiSupervisedCodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Class codes over words with latent labels, held to their certificate.

    Parameters
    ----------
    evidence
        Tokens that a document counts for; an alternation for each.
    smoothing
        What every class is taken to have seen of each word beforehand: a share of the mean mass of a word in a class.
    experts
        (name, estimator) pairs over weighted words, beside the class codes, each on the words of the labelled
        documents and on those of all; None: logistic regression, C = 10, and a linear support vector machine.
    directions
        How many directions of either view those experts also see documents in (see `semi_supervised_directions`);
        0: none. They save bits of labels, but can win the mixture before the class codes have labels enough.
    neighbours
        How many documents the class codes that know unlabelled documents see one to lie near; 0: words only.
    balance
        "labelled": documents that are asked have classes in the proportions of the labelled ones; "unlabelled": in
        those of the unlabelled ones, which are estimated; "auto": whichever the unlabelled documents cost less with.
    period, growth, random_state
        As in `LowRegretClassifier`.

    Attributes
    ----------
    classes_
        The labels, sorted.
    mixture_
        Codelength of the labels, certificate, regret, experts and weights: a `LabelMixture`.
    objective_
        Name -> joint codelength after each step with all labels known, bits; it never rises. Experts whose weight is
        negligible are not there.
    balance_
        Class proportions taken for documents that are asked, (k,).
    balance_bits_
        Hypothesis about the unlabelled documents -> bits of what is said of them: see `semi_supervised_balance`; empty
        without unlabelled documents, or where `balance` is "labelled".

    Examples
    --------
    >>> texts = ["the cat sat", "a cat ran", "my cat slept", "stocks fell", "stocks rose", "stocks slept"]
    >>> model = SemiSupervisedCodeClassifier()
    >>> model = model.fit(texts, [0, 0, 0, 1, 1, 1], unlabelled=["my dog sat", "a dog slept", "shares fell"])
    >>> model.predict(["a dog ran", "shares rose"]).tolist()
    [0, 1]
    """

    def __init__(
        self,
        *,
        evidence: Sequence[float] = EVIDENCE,
        smoothing: float = 0.1,
        experts: Sequence[Any] | None = None,
        directions: int = 0,
        neighbours: int = 15,
        balance: str = AUTO,
        period: int | None = None,
        growth: float = 2.0,
        random_state: int = 0,
    ) -> None:
        self.evidence = evidence
        self.smoothing = smoothing
        self.experts = experts
        self.directions = directions
        self.neighbours = neighbours
        self.balance = balance
        self.period = period
        self.growth = growth
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, *, unlabelled: Any = ()) -> Self:
        """Alternate at each temperature, and mix.

        Parameters
        ----------
        X
            n texts (str or bytes), or (n, m) numbers without NaN.
        y
            n labels of any type.
        unlabelled
            Documents of the same kind without labels.

        Raises
        ------
        DataError
            Documents that are neither str nor bytes, or more than 256 classes.
        ValueError
            NaN, lengths that differ, a parameter out of range.
        """
        if self.balance not in (AUTO, LABELLED, UNLABELLED):
            raise ValueError(f"balance={self.balance!r}: expected {AUTO!r}, {LABELLED!r} or {UNLABELLED!r}")
        if self.directions < 0:
            raise ValueError(f"directions={self.directions!r}: expected 0 or more")
        if self.neighbours < 0:
            raise ValueError(f"neighbours={self.neighbours!r}: expected 0 or more")
        self.reader_ = Reader()
        texts, labels = self.reader_.first(self, X, y)
        check_classification_targets(labels)
        more = self.reader_.again(self, unlabelled) if unlabelled is not None and len(unlabelled) else []
        self.words_, words = WeightedWords.learn(texts, more)
        own = self.words_.width
        views = (words[: len(texts), :own], words[:, own:])[: 1 + bool(more)]
        self.directions_ = [directions(view, self.directions) for view in views]
        self.neighbours_, near = None, csr_matrix((words.shape[0], 0))
        if more and self.neighbours and own < self.words_.columns:
            self.neighbours_, near = Neighbours.learn(words[:, own:], self.neighbours)
        rows = self._beside(words, near)
        experts = self._experts(bool(more), near.shape[1])
        self.model_ = LowRegretClassifier(
            experts, period=self.period, growth=self.growth, random_state=self.random_state
        ).fit(rows[: len(texts)], labels, unlabelled=rows[len(texts) :])
        self.classes_ = self.model_.classes_
        self.mixture_: LabelMixture = self.model_.mixture_
        self.objective_ = {
            name: expert.estimator_.objective_
            for name, expert in self.model_.experts_.items()
            if isinstance(expert.estimator_, LatentLabels)
        }
        shares = self.model_.counts_ / self.model_.counts_.sum()
        found = self._balance(Known(rows[: len(texts)], labels, rows[len(texts) :], self.model_.order_), experts)
        self.balance_, self.balance_bits_ = shares, {} if found is None else found.bits
        if found is not None:
            self.balance_ = found.shifted if self.balance == UNLABELLED else found.proportions
        self.ratio_ = self.balance_ / shares
        return self

    def predict_proba(self, X: Any) -> Floats:
        """P(class | document), (n, k)."""
        check_is_fitted(self)
        texts = self.reader_.again(self, X)
        if not texts:
            return np.empty((0, self.classes_.size))
        words = self.words_.rows(texts)
        near = csr_matrix((words.shape[0], 0))
        if self.neighbours_ is not None:
            near = self.neighbours_.rows(words[:, self.words_.width :])
        rows = self._beside(words, near)
        said = self.model_.predict_proba(rows) * self.ratio_
        return np.asarray(said / said.sum(axis=1, keepdims=True))

    def predict_log_proba(self, X: Any) -> Floats:
        """Logarithms: ln P(class | document), (n, k), finite: what the mixture says of a class is never below its share
        of the labels over their number plus one, times the ratio of the proportions.
        """
        return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each document; of equally likely ones the first."""
        said = self.predict_proba(X)
        return np.asarray(self.classes_[said.argmax(axis=1)])

    def _beside(self, words: csr_matrix, near: csr_matrix) -> csr_matrix:
        """Rows of weighted words, of documents near by, and of where they lie in the directions of each view."""
        views = (words[:, : self.words_.width], words[:, self.words_.width :])
        lying = [points(view, along) for view, along in zip(views, self.directions_, strict=False)]
        return csr_matrix(hstack([words, near, *lying]))

    def _experts(self, more: bool, near: int) -> list[tuple[str, Any]]:
        """On the view of the labelled documents, and the same on that of all where there are more, with `near` columns
        of neighbours for the class codes.
        """
        others = self.experts
        if others is None:
            others = [
                ("logistic regression", OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))),
                ("linear SVM", LinearSVC(random_state=0)),
            ]
        latent = [
            (f"class codes {one:g}", LatentLabels(evidence=one, smoothing=self.smoothing)) for one in self.evidence
        ]
        found: list[tuple[str, Any]] = []
        start, beside = 0, self.words_.columns + near
        ends = ((self.words_.width, self.words_.width), (self.words_.columns, beside))
        for view, (end, wide), along in zip((WITHOUT, WITH)[: 1 + more], ends, self.directions_, strict=False):
            if start == end:  # no word is in two documents
                continue
            found += [(f"{name} {view}", OnColumns(one, start, wide)) for name, one in latent]
            found += [(f"{name} {view}", OnColumns(one, start, end)) for name, one in others]
            if along.shape[1]:
                stop = beside + along.shape[1]
                found += [(f"{name} in directions {view}", OnColumns(one, beside, stop)) for name, one in others]
                beside = stop
            start = end
        return found

    def _balance(self, known: Known, experts: Sequence[tuple[str, Any]]) -> Balance | None:
        """What is said by experts that know half of the labels, of the other half and of documents without labels."""
        half = known.order.size // 2
        answered, asked = known.order[half:], known.order[:half]
        seen = np.unique(known.y[asked])
        if self.balance == LABELLED or not size(known.unlabelled) or seen.size < 2:
            return None
        fitted = {name: known.fit(expert, half) for name, expert in experts if name in self.model_.experts_}
        numbers = np.searchsorted(self.classes_, known.y)
        counts = np.bincount(numbers[asked], minlength=self.classes_.size)
        return class_balance(
            self.model_.mixed(fitted, counts, known.X[answered]),
            numbers[answered],
            self.model_.mixed(fitted, counts, known.unlabelled),
            self.model_.counts_,
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags
