"""`CodeClassifier`: one code for each class, given the documents without labels and then those of the class.

    P(c | d)  ~  prior(c) * 2**-(B_c(d) / T),         B_c(d) = |C(d | X, documents of class c)|

T is learnt from documents that were scored before they were learnt (see `temperature`): the training documents are cut
into folds, and each fold is scored by the codes of the others. Fitting costs folds + 1 passes, scoring a document what
its bytes cost under each class, and it leaves no trace.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from codelength.tasks.classify.documents import LEVELS, LabelsError, Reader
from codelength.tasks.classify.folds import scored_before_learnt
from codelength.tasks.classify.one_by_one import class_learner
from codelength.tasks.classify.temperature import Temperature, learn_temperature

Floats = NDArray[np.float64]


class CodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier out of a code.

    Parameters
    ----------
    code
        A `ClassLearner` (the fast one is `ClassNgrams()`), or any code that can be conditioned; `Differenced(code)` for
        one that cannot. Specs of the catalogue go through `codelength.classifier`.
    prior
        "frequencies" of the classes in training, or "uniform".
    folds
        Into how many folds the training documents are cut to learn the temperature; 1: no temperature is learnt, and
        probabilities are those of a cautious constant.
    levels
        Columns of numbers are cut into this many levels.

    Attributes
    ----------
    classes_
        The labels, sorted.
    temperature_
        How codelengths become probabilities, with the mean bits of a training label.
    codes_
        The class codes.

    Examples
    --------
    >>> from codelength.predictors.ngrams import ClassNgrams
    >>> texts = ["the cat sat", "a cat ran", "my cat slept", "stocks fell", "stocks rose", "stocks slept"]
    >>> model = CodeClassifier(ClassNgrams()).fit(texts, ["pets", "pets", "pets", "news", "news", "news"])
    >>> model.predict(["the cat ran"]).tolist()
    ['pets']
    """

    def __init__(self, code: Any, *, prior: str = "frequencies", folds: int = 5, levels: int = LEVELS) -> None:
        self.code = code
        self.prior = prior
        self.folds = folds
        self.levels = levels

    def fit(self, X: Any, y: ArrayLike, *, unlabelled: Any = ()) -> Self:
        """Learn the codes of the classes and the temperature.

        Parameters
        ----------
        X
            n texts (str or bytes), or (n, m) numbers without NaN.
        y
            n labels of any type.
        unlabelled
            Documents of the same kind without labels: what every class code is given first.

        Raises
        ------
        DataError
            Fewer than two classes (also a ValueError), or documents that are neither str nor bytes.
        ValueError
            NaN, lengths that differ, a parameter out of range.
        """
        self._check_parameters()
        self.reader_ = Reader(self.levels)
        texts, answers = self.reader_.first(self, X, y)
        check_classification_targets(answers)
        known = self.reader_.again(self, unlabelled) if unlabelled is not None and len(unlabelled) else []
        self.classes_, labels = np.unique(answers, return_inverse=True)
        if self.classes_.size < 2:
            only = self.classes_.tolist()[0]
            raise LabelsError(f"all {len(texts)} documents have 1 class, {only!r}; a classifier needs two or more")
        self.log_prior_ = self._log_prior(labels)
        learner = class_learner(self.code)
        indexed = learner.index([*texts, *known])
        weights = np.zeros((len(texts) + len(known), self.classes_.size))
        weights[np.arange(len(texts)), labels] = 1.0
        self.codes_ = learner.classes(indexed, weights)
        rows, bits = scored_before_learnt(learner, indexed, weights, labels, [*texts, *known], self.folds)
        if not rows.size:
            bits = self.codes_.class_bits([])
        self.temperature_: Temperature = learn_temperature(bits, labels[rows], self.log_prior_)
        return self

    def class_bits(self, X: Any) -> Floats:
        """What each document costs given each class, (n, k) bits."""
        check_is_fitted(self)
        return np.asarray(self.codes_.class_bits(self.reader_.again(self, X)).sum(axis=2))

    def predict_log_proba(self, X: Any) -> Floats:
        """Log of P(class | document), (n, k) nats."""
        check_is_fitted(self)
        bits = self.codes_.class_bits(self.reader_.again(self, X))
        return self.temperature_.log_probabilities(bits, self.log_prior_)

    def predict_proba(self, X: Any) -> Floats:
        """P(class | document), (n, k)."""
        return np.asarray(np.exp(self.predict_log_proba(X)))

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each document; of equally likely ones the first."""
        best = self.predict_log_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def _check_parameters(self) -> None:
        if self.prior not in ("frequencies", "uniform"):
            raise ValueError(f"prior={self.prior!r}: expected 'frequencies' or 'uniform'")
        if self.folds < 1 or self.levels < 2:
            raise ValueError(f"folds={self.folds}, levels={self.levels}: expected at least 1 and 2")

    def _log_prior(self, labels: NDArray[np.intp]) -> Floats:
        counts = np.bincount(labels, minlength=self.classes_.size).astype(np.float64)
        if self.prior == "uniform":
            counts[:] = 1.0
        return np.asarray(np.log(counts / counts.sum()))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags
