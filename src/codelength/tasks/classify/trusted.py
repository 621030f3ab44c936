"""Who is trusted while labels come: a classifier among plain ones, mixed label by label (see `low_regret`).

Class codes are weighed against multinomial naive Bayes and TF-IDF + logistic regression where examples are texts, and
against Gaussian naive Bayes where they are numbers; with documents without labels, those are experts of their own, so
that their worth can be seen in bits. For looking, not for answering: at most 2,000 labels are coded. Costs about twice
the learning of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline

from codelength.tasks.classify.class_codes import CodeClassifier
from codelength.tasks.classify.label_mixture import LabelMixture
from codelength.tasks.classify.low_regret import LowRegretClassifier
from codelength.tasks.classify.semi_supervised_words import WORD

MOST = 2000
"""Labels that are coded."""


def who_is_trusted(
    model: CodeClassifier, content: Any, labels: list[str], *, unlabelled: Any = (), seed: int = 0
) -> LabelMixture:
    """The mixture of a classifier and plain ones over the labels of training.

    Parameters
    ----------
    model
        Parameters are taken from it; it is not fitted.
    content, labels
        Training documents, texts or (n, m) numbers, and their labels.
    unlabelled
        Documents without labels.
    seed
        Of the order of the labels, and of the choice of 2,000.
    """
    texts = isinstance(content, list)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(labels))[:MOST])
    part = [content[at] for at in chosen] if texts else content[chosen]
    # A pipeline hands no documents without labels on.
    experts: list[tuple[str, Any]] = [("class codes", make_pipeline("passthrough", clone(model)))]
    if len(unlabelled):
        experts.append(("class codes given unlabelled text", clone(model)))
    experts += _plain_for_texts() if texts else [("Gaussian naive Bayes", GaussianNB())]
    mixed = LowRegretClassifier(experts, random_state=seed)
    found: LabelMixture = mixed.fit(part, [labels[at] for at in chosen], unlabelled=unlabelled).mixture_
    return found


def _plain_for_texts() -> list[tuple[str, Any]]:
    words = {"decode_error": "replace", "token_pattern": WORD}
    regression = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))
    return [
        ("naive Bayes", make_pipeline(CountVectorizer(**words), MultinomialNB(alpha=0.1))),
        ("TF-IDF + regression", make_pipeline(TfidfVectorizer(sublinear_tf=True, **words), regression)),
    ]
