"""The ways people select documents today, each as: task and pool -> documents of the pool, best first.

Every one is taken up to the budget in its order (`up_to`).
"""

import hashlib
import itertools
import re

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.byte_model import ByteModel

Order = NDArray[np.int64]

_BUCKETS = 10_000
_WORDPUNCT = re.compile(r"\w+|[^\w\s]+")


def up_to(order: Order, pool: list[bytes], budget: int) -> list[int]:
    """The first documents of an order that fit a budget in bytes."""
    ends = np.cumsum([len(pool[i]) for i in order.tolist()])
    return order[ends <= budget].tolist()


def tfidf_centroid(task: list[bytes], pool: list[bytes]) -> Order:
    """Nearest to the mean TF-IDF vector of the task (sublinear counts)."""
    inside, outside = _tfidf(task, pool)
    return np.argsort(-(outside @ np.asarray(inside.mean(axis=0)).ravel()), kind="stable")


def tfidf_regression(task: list[bytes], pool: list[bytes]) -> Order:
    """Logistic regression of task against pool on TF-IDF: positive and unlabelled (C = 1, balanced)."""
    inside, outside = _tfidf(task, pool)
    labels = np.concatenate((np.ones(len(task)), np.zeros(len(pool))))
    model = LogisticRegression(C=1.0, max_iter=1000, class_weight="balanced").fit(vstack([inside, outside]), labels)
    return np.argsort(-model.decision_function(outside), kind="stable")


def moore_lewis(task: list[bytes], pool: list[bytes]) -> Order:
    """Cross-entropy difference (Moore & Lewis 2010) per byte, byte models of the task and of as much of the pool."""
    drawn = up_to(np.random.default_rng(0).permutation(len(pool)), pool, sum(map(len, task)))
    own, other = ByteModel(task), ByteModel([pool[i] for i in drawn])
    sizes = np.array([max(1, len(document)) for document in pool])
    return np.argsort((own.bits(pool) - other.bits(pool)) / sizes, kind="stable")


def dsir(task: list[bytes], pool: list[bytes], smoothing: float, seed: int) -> Order:
    """Importance resampling on hashed 1- and 2-grams (DSIR; Xie et al. 2023): log weights plus Gumbel noise.

    Features, hash and 1e-8 are those of the PyPI package `data-selection` 1.0.3; that one drops documents of fewer than
    100 tokens, which here is nearly all of them, and knows no smoothing. `smoothing` is added to the target's counts.
    """
    inside, outside = _hashed(task), _hashed(pool)
    target = np.asarray(inside.sum(axis=0)).ravel() + smoothing
    raw = np.asarray(outside.sum(axis=0)).ravel()
    weights = outside @ (np.log(target / target.sum() + 1e-8) - np.log(raw / raw.sum() + 1e-8))
    return np.argsort(-(weights + np.random.default_rng(seed).gumbel(size=len(pool))), kind="stable")


def _tfidf(task: list[bytes], pool: list[bytes]) -> tuple[csr_matrix, csr_matrix]:
    texts = [document.decode() for document in [*task, *pool]]
    features = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    return features[: len(task)], features[len(task) :]


def _hashed(documents: list[bytes]) -> csr_matrix:
    buckets: dict[str, int] = {}
    starts, columns = [0], list[int]()
    for document in documents:
        words = _WORDPUNCT.findall(document.decode().lower())
        for gram in [*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))]:
            if gram not in buckets:
                buckets[gram] = int(hashlib.sha256(gram.encode()).hexdigest(), 16) % _BUCKETS
            columns.append(buckets[gram])
        starts.append(len(columns))
    return csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(documents), _BUCKETS))
