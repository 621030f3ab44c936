"""What labels cost given features: the estimators that a probe may be, by name. Those need codelength[learn]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codelength.core import UnknownCodeError

if TYPE_CHECKING:
    from codelength.measures.prequential import Prequential
    from codelength.tasks.probe import Probe

ESTIMATORS = ("logistic", "neighbours", "forest", "perceptron", "gaussian")
"""Names that `estimator` knows."""


def estimator(name: str, *, seed: int = 0) -> Any:
    """A scikit-learn estimator for features of any scale.

    Parameters
    ----------
    name
        "logistic" (regression), "neighbours" (5 nearest, weighted by distance), "forest" (200 extremely randomised
        trees), "perceptron" (one layer of 256) or "gaussian" (naive Bayes).
    seed
        Of those that draw.

    Raises
    ------
    UnknownCodeError
        Another name.
    CodelengthError
        scikit-learn is missing.

    Examples
    --------
    >>> estimator("logistic").fit([[0.0], [1.0], [2.0]], [0, 0, 1]).predict([[9.0]]).tolist()
    [1]
    """
    from codelength.api.classify import need_learn

    need_learn()
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    made = {
        "logistic": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
        "neighbours": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier(weights="distance")),
        "forest": lambda: ExtraTreesClassifier(200, random_state=seed),
        "perceptron": lambda: make_pipeline(StandardScaler(), MLPClassifier((256,), max_iter=50, random_state=seed)),
        "gaussian": GaussianNB,
    }
    if name not in made:
        raise UnknownCodeError(f"no estimator {name!r}; there are {', '.join(ESTIMATORS)}")
    return made[name]()


def prequential_codelength(estimator: Any, X: Any, y: Any, blocks: Any = None, **options: Any) -> Prequential:
    """What labels cost given examples, by an estimator that learns from block to block.

    See `codelength.measures.prequential.prequential_codelength`, which this is; a name of `ESTIMATORS` is welcome, too.

    Examples
    --------
    >>> import codelength as cl, numpy as np
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> found = cl.prequential_codelength("gaussian", x, x[:, 0] > 0)
    >>> found.bits.kind, found.bits.bits < found.uniform.bits
    ('exact', True)
    """
    from codelength.measures.prequential import prequential_codelength as measured

    return measured(_resolved(estimator), X, y, blocks, **options)


def probe(X: Any, y: Any, estimator: Any = "logistic", blocks: Any = None, **options: Any) -> Probe:
    """How many bits of the labels y do features X save?

    Parameters
    ----------
    X, y
        n examples and their labels.
    estimator
        A name of `ESTIMATORS`, or any estimator with `fit` and `predict_proba`.
    blocks, options
        As `codelength.tasks.probe.probe` takes them.

    Examples
    --------
    >>> import codelength as cl, numpy as np
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> cl.probe(x, x[:, 0] > 0, "gaussian").saved.bits > 50
    True
    """
    from codelength.tasks.probe import probe as probed

    return probed(_resolved(estimator), X, y, blocks, **options)


def _resolved(given: Any) -> Any:
    return estimator(given) if isinstance(given, str) else given
