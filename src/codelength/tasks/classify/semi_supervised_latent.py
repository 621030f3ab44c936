"""`LatentLabels`: class codes over words where the labels of unlabelled documents are latent.

Document d has tokens of weight x_dw; a class is a distribution over words. The joint codelength of everything,

    J =  sum over labelled d    of -log2 pi(y_d) - sum_w x_dw log2 theta(w | y_d)
       + sum over unlabelled d  of -log2 sum_y pi(y) prod_w theta(w | y)**x_dw
       + sum over y             of a sum_w log2 (1/V) / theta(w | y)   +   log2 (1/k) / pi(y),

its last line the price of the parameters (Dirichlet priors, up to a constant), falls at each step of

    q_d(y) ~ pi(y) prod_w theta(w | y)**x_dw,   theta(w | y) ~ a + sum_d q_d(y) x_dw,   pi(y) ~ 1 + sum_d q_d(y)

(EM: Dempster, Laird & Rubin 1977; on text Nigam et al. 2000). The words of a document say much the same over and over,
so that full counts make q far too sure: rows are scaled to unit length and `evidence` says how many tokens they are
worth, a temperature of the posteriors. a is a share of the mean mass of a word in a class, sum_dw x_dw / (k V): what
suits 11,000 long documents of 20 classes then suits 7,000 short ones of 4 too. Step 0 is learnt from the labelled
documents only. Costs two sparse products a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, vstack
from scipy.special import logsumexp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.preprocessing import normalize
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from codelength.tasks.classify.low_regret_rows import size

Floats = NDArray[np.float64]

LN2 = float(np.log(2.0))
STAGES = (0, 1, 2, 4, 8, 16)
"""Steps after which the class codes are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class WordCodes:
    """Codes of k classes: `log_words` (V, k) and `log_prior` (k,), in nats."""

    log_words: Floats
    log_prior: Floats

    def joint(self, tokens: csr_matrix) -> Floats:
        """Log of pi(y) and log P(d | y) of each document and class, (n, k)."""
        return np.asarray(tokens @ self.log_words + self.log_prior)

    def posteriors(self, tokens: csr_matrix) -> Floats:
        """P(y | d), (n, k)."""
        joint = self.joint(tokens)
        return np.asarray(np.exp(joint - logsumexp(joint, axis=1, keepdims=True)))

    def price(self, smoothing: float) -> float:
        """Bits of the parameters: the last line of J."""
        words = self.log_words + np.log(self.log_words.shape[0])
        classes = self.log_prior + np.log(self.log_prior.size)
        return float(-(smoothing * words.sum() + classes.sum()) / LN2)


def learn(transposed: csr_matrix, posteriors: Floats, smoothing: float) -> WordCodes:
    """The class codes that make J least for these posteriors (n, k); `transposed` is (V, n)."""
    words = np.asarray(transposed @ posteriors) + smoothing
    classes = posteriors.sum(axis=0) + 1.0
    return WordCodes(np.log(words / words.sum(axis=0)), np.log(classes / classes.sum()))


def alternate(
    tokens: csr_matrix, labels: NDArray[np.intp], classes: int, *, smoothing: float, tolerance: float
) -> Iterator[tuple[WordCodes, float]]:
    """Class codes and J, step by step, until J falls by no more than `tolerance` of itself.

    Parameters
    ----------
    tokens
        (n, V), the labelled documents first.
    labels
        Of the labelled ones, numbers of classes.
    smoothing
        a, in tokens.
    """
    transposed = tokens.T.tocsr()
    known = np.eye(classes)[labels]  # (m, k)
    posteriors = np.zeros((tokens.shape[0], classes))
    posteriors[: labels.size] = known
    before = np.inf
    while True:
        codes = learn(transposed, posteriors, smoothing)
        joint = codes.joint(tokens)
        mass = logsumexp(joint[labels.size :], axis=1, keepdims=True)
        objective = codes.price(smoothing) - float(mass.sum() + joint[: labels.size][known > 0].sum()) / LN2
        yield codes, objective
        if before - objective <= tolerance * abs(objective):
            return
        before = objective
        posteriors[labels.size :] = np.exp(joint[labels.size :] - mass)


class LatentLabels(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Word codes of classes, learnt from documents with labels and without.

    Parameters
    ----------
    evidence
        Tokens that a document counts for.
    smoothing
        What every class is taken to have seen of each word beforehand: a share of the mean mass of a word in a class.
    stages
        Steps after which the codes are kept, rising; `predict_proba` is that of the last, `staged` gives all.
    tolerance
        The alternation ends earlier where J falls by no more than this share of itself.

    Attributes
    ----------
    classes_
        The labels, sorted.
    objective_
        J after each step that was made, bits; it never rises.
    codes_
        The `WordCodes` at each stage.
    """

    def __init__(
        self,
        *,
        evidence: float = 4.0,
        smoothing: float = 0.1,
        stages: tuple[int, ...] = STAGES,
        tolerance: float = 1e-6,
    ) -> None:
        self.evidence = evidence
        self.smoothing = smoothing
        self.stages = stages
        self.tolerance = tolerance

    def fit(self, X: Any, y: ArrayLike, *, unlabelled: Any = ()) -> Self:
        """Alternate.

        Parameters
        ----------
        X
            (m, V) weights of words, none negative, dense or sparse.
        y
            m labels.
        unlabelled
            (u, V) of documents without labels; those without words tell nothing and are left out.

        Raises
        ------
        ValueError
            Negative weights, NaN, or a parameter out of range.
        """
        if not (self.evidence > 0 and self.smoothing > 0 and self.tolerance >= 0) or list(self.stages) != sorted(
            set(self.stages)
        ):
            raise ValueError(
                f"evidence={self.evidence}, smoothing={self.smoothing}, tolerance={self.tolerance}, "
                f"stages={self.stages}: expected positive ones, and rising stages"
            )
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        parts = [self._tokens(X)]
        if size(unlabelled):
            more = self._tokens(validate_data(self, unlabelled, accept_sparse="csr", dtype=np.float64, reset=False))
            parts.append(more[np.diff(more.indptr) > 0])
        self.objective_: list[float] = []
        self.codes_: list[WordCodes] = []
        tokens = vstack(parts).tocsr()
        beforehand = self.smoothing * max(tokens.sum(), 1.0) / (self.classes_.size * tokens.shape[1])
        steps = alternate(tokens, labels, self.classes_.size, smoothing=beforehand, tolerance=self.tolerance)
        for step, (codes, objective) in zip(range(self.stages[-1] + 1), steps, strict=False):
            self.objective_.append(objective)
            if step in self.stages:
                self.codes_.append(codes)
        self.codes_ += [codes] * (len(self.stages) - len(self.codes_))
        return self

    def staged(self, X: Any) -> dict[str, Floats]:
        """P(class | document) after each stage, (n, k); the names are those of the stages."""
        tokens = self._seen_again(X)
        return {f"step {at}": codes.posteriors(tokens) for at, codes in zip(self.stages, self.codes_, strict=True)}

    def predict_proba(self, X: Any) -> Floats:
        """P(class | document) after the last stage, (n, k)."""
        tokens = self._seen_again(X)
        return self.codes_[-1].posteriors(tokens)

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each document."""
        said = self.predict_proba(X)
        return np.asarray(self.classes_[said.argmax(axis=1)])

    def _seen_again(self, X: Any) -> csr_matrix:
        check_is_fitted(self)
        return self._tokens(validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False))

    def _tokens(self, X: Any) -> csr_matrix:
        """Rows of unit length, times the evidence."""
        check_non_negative(X, "LatentLabels")
        return csr_matrix(normalize(X)) * self.evidence

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.classifier_tags.poor_score = True  # rows keep only their direction, so that blobs are no task for it
        return tags
