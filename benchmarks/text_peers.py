"""Other people's ways to classify text, for `benchmarks.classify_text`: labels of the asked documents.

npc_gzip's method (Jiang et al. 2023): normalised compression distance under gzip, k = 1. ftcc's method: zstd with the
documents of a class as its dictionary, one or five for each class. Multinomial naive Bayes, TF-IDF with logistic
regression and with a linear support vector machine are scikit-learn's, with its defaults but for what the name says.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence

import numpy as np
import zstandard
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

Texts = Sequence[bytes]
Classify = Callable[[Texts, Sequence[str], Texts], list[str]]

_ENCODING = {"encoding": "latin-1"}
ZSTD_LEVEL = 9


def npc_gzip(train: Texts, labels: Sequence[str], asked: Texts) -> list[str]:
    """The label of the nearest training document under gzip's compression distance; of equally near ones the first."""
    alone = np.array([len(gzip.compress(text)) for text in train])
    found = []
    for text in asked:
        own = len(gzip.compress(text))
        joint = np.array([len(gzip.compress(text + b" " + known)) for known in train])
        distances = (joint - np.minimum(alone, own)) / np.maximum(alone, own)
        found.append(labels[int(distances.argmin())])
    return found


def ftcc(parts: int) -> Classify:
    """So many zstd dictionaries for each class; their compressed sizes are added up."""

    def classify(train: Texts, labels: Sequence[str], asked: Texts) -> list[str]:
        classes = sorted(set(labels))
        compressors = []
        for label in classes:
            mine = [text for text, of in zip(train, labels, strict=True) if of == label]
            pieces = [b" ".join(mine[k::parts]) for k in range(min(parts, len(mine)))]
            compressors.append([_zstd(piece) for piece in pieces])
        found = []
        for text in asked:
            sizes = [np.mean([len(one.compress(text)) for one in ones]) for ones in compressors]
            found.append(classes[int(np.argmin(sizes))])
        return found

    return classify


def _zstd(known: bytes) -> zstandard.ZstdCompressor:
    dictionary = zstandard.ZstdCompressionDict(known, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    dictionary.precompute_compress(level=ZSTD_LEVEL)
    return zstandard.ZstdCompressor(dict_data=dictionary)


def naive_bayes(train: Texts, labels: Sequence[str], asked: Texts) -> list[str]:
    """Multinomial naive Bayes, alpha .1."""
    model = make_pipeline(CountVectorizer(**_ENCODING), MultinomialNB(alpha=0.1))
    return list(model.fit(train, labels).predict(asked))


def logistic(inverse_penalty: float) -> Classify:
    """TF-IDF and logistic regression."""

    def classify(train: Texts, labels: Sequence[str], asked: Texts) -> list[str]:
        model = make_pipeline(TfidfVectorizer(**_ENCODING), LogisticRegression(C=inverse_penalty, max_iter=1000))
        return list(model.fit(train, labels).predict(asked))

    return classify


def linear_svm(train: Texts, labels: Sequence[str], asked: Texts) -> list[str]:
    """TF-IDF and a linear support vector machine."""
    model = make_pipeline(TfidfVectorizer(**_ENCODING), LinearSVC())
    return list(model.fit(train, labels).predict(asked))


PEERS: dict[str, Classify] = {
    "npc_gzip k=1": npc_gzip,
    "ftcc 1": ftcc(1),
    "ftcc 5": ftcc(5),
    "naive Bayes": naive_bayes,
    "TF-IDF + LR C=1": logistic(1.0),
    "TF-IDF + LR C=10": logistic(10.0),
    "TF-IDF + linear SVM": linear_svm,
}
COMPRESSORS = ("npc_gzip k=1", "ftcc 1", "ftcc 5")
BAGS = ("naive Bayes", "TF-IDF + LR C=1", "TF-IDF + LR C=10", "TF-IDF + linear SVM")
