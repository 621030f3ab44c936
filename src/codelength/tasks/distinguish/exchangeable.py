"""Two-sample and independence tests by prequential label coding.

    distinguish     two samples: were they drawn from one source?      labels: which sample a document is of
    independence    documents with labels of any kind                  labels: as they are
    paired          pairs (x, y): does y depend on x?                  labels: a true pair, or one with y drawn anew

Each reduces to labels and documents that are exchangeable under its null; how the labels are coded, and the proof that
a saving of k bits is an e-value of 2**k at any stopping time, stand in `bets`. What is rejected is the null as it
stands: lines of a log in the order of time are not exchangeable with later ones of the same log.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from codelength.core import ConditionalCode, DataError
from codelength.tasks.distinguish.coding import Progress, code_labels
from codelength.tasks.distinguish.features import Documents, as_documents, coders_for, joined
from codelength.tasks.distinguish.result import Distinction

_BETWEEN = b"\t"


def distinguish(
    a: Sequence[bytes] | ArrayLike,
    b: Sequence[bytes] | ArrayLike,
    codes: Sequence[ConditionalCode[bytes]],
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Distinction:
    """Were a and b drawn from one source?

    Null: all documents of both are exchangeable; independent draws from one distribution are.

    Parameters
    ----------
    a, b
        Documents as bytes, or arrays of numbers with a row for each document, (n,) or (n, d).
    codes
        What documents in bytes are coded with, a copy for each class.
    seed
        Of the order of coding.
    on_progress
        Called as ("labels", done, total).

    Raises
    ------
    DataError
        Nothing on one side, different kinds of documents, or values that are not finite numbers.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> a = [b"the cat", b"a dog", b"the dog", b"a cat"] * 9
    >>> b = [b"LE CHAT", b"UN CHIEN", b"LE CHIEN", b"UN CHAT"] * 9
    >>> distinguish(a, b, [KT()]).p_value < 1e-6
    True
    >>> distinguish(a, a, [KT()]).p_value > 0.01
    True
    """
    left, right = as_documents(a, "a"), as_documents(b, "b")
    labels = np.repeat(np.arange(2), [len(left), len(right)])
    return _coded(joined(left, right), labels, 2, codes, seed, on_progress)


def independence(
    documents: Sequence[bytes] | ArrayLike,
    labels: Sequence[Hashable] | NDArray[np.generic],
    codes: Sequence[ConditionalCode[bytes]],
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Distinction:
    """Have the labels anything to do with the documents?

    Null: every order of the labels over the documents is equally probable. Labels are of any kind, two or more values;
    the rest is as in `distinguish`.

    Raises
    ------
    DataError
        As `distinguish`; as many labels as documents are needed, and two different ones at least.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(200, 3))
    >>> independence(x, x[:, 0] * x[:, 1] > 0, []).p_value < 1e-6
    True
    """
    known = as_documents(documents, "documents")
    named = labels.tolist() if isinstance(labels, np.ndarray) else list(labels)
    if len(named) != len(known):
        raise DataError(f"{len(known):,} documents and {len(named):,} labels: each document needs one")
    kinds = {label: k for k, label in enumerate(dict.fromkeys(named))}
    if len(kinds) < 2:
        raise DataError("all labels are the same: there is nothing to test")
    numbers = np.array([kinds[label] for label in named], dtype=np.int64)
    return _coded(known, numbers, len(kinds), codes, seed, on_progress)


def paired(
    x: Sequence[bytes] | ArrayLike,
    y: Sequence[bytes] | ArrayLike,
    codes: Sequence[ConditionalCode[bytes]],
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Distinction:
    """Does y depend on x, in pairs (x_i, y_i)?

    Null: the pairs are drawn independently, y independent of x. A random half of the pairs keeps its y, in the other
    half the y are permuted; under the null both are the same draws, so true and permuted pairs are exchangeable.

    Raises
    ------
    DataError
        As `distinguish`; as many y as x, and at least two pairs.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=300)
    >>> paired(x, x + np.random.default_rng(1).normal(size=300), []).p_value < 1e-6
    True
    """
    left, right = as_documents(x, "x"), as_documents(y, "y")
    n = len(left)
    if n != len(right) or n < 2:
        raise DataError(f"{n:,} x and {len(right):,} y: pairs need as many of both, two at least")
    chance = np.random.default_rng([seed, 1])
    shuffled = chance.permutation(n)[: n // 2]
    partner = np.arange(n)
    partner[shuffled] = chance.permutation(shuffled)
    labels = np.zeros(n, dtype=np.int64)
    labels[shuffled] = 1
    return _coded(_pairs(left, right, partner), labels, 2, codes, seed, on_progress)


def _pairs(x: Documents, y: Documents, partner: NDArray[np.int64]) -> Documents:
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return np.concatenate((x, y[partner]), axis=1)
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        raise DataError("x and y must both be documents in bytes, or both rows of numbers")
    return [one + _BETWEEN + y[k] for one, k in zip(x, partner.tolist(), strict=True)]


def _coded(
    documents: Documents,
    labels: NDArray[np.int64],
    classes: int,
    codes: Sequence[ConditionalCode[bytes]],
    seed: int,
    on_progress: Progress | None,
) -> Distinction:
    coders = coders_for(documents, classes, codes)
    coding = code_labels(labels.astype(np.int64), classes, coders, seed=seed, on_progress=on_progress)
    return Distinction(tuple(np.bincount(labels, minlength=classes).tolist()), coding)
