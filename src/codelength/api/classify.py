"""Classifiers by the name of their code: what `import codelength` gives for labels. Needs codelength[learn]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from codelength.api.codes import Spec, resolve
from codelength.core import CodelengthError, Learner

if TYPE_CHECKING:
    from codelength.tasks.classify import CodeClassifier, NCDNeighbours

NGRAMS = "ngrams"
"""The code of words for many classes at once. It makes no frames, so the catalogue does not have it."""


def need_learn() -> None:
    """Say which extra to install where scikit-learn is missing.

    Raises
    ------
    CodelengthError
        scikit-learn or SciPy cannot be imported.
    """
    try:
        import scipy  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise CodelengthError(f"this needs {error.name}: pip install 'codelength[learn]'") from error


def classifier(
    code: Spec = NGRAMS, *, prior: Literal["frequencies", "uniform"] = "frequencies", folds: int = 5
) -> CodeClassifier:
    """A scikit-learn classifier out of a code: one code for each class, given the documents of the class.

    Parameters
    ----------
    code
        "ngrams", which reads all classes in one pass, or any code: a spec ("cm", "zstd") or an object. One that takes
        no side information of its own is differenced.
    prior
        "frequencies" of the classes in training, or "uniform".
    folds
        Into how many folds the training documents are cut to learn how far the codelengths can be trusted.

    Raises
    ------
    CodelengthError
        scikit-learn is missing.

    Examples
    --------
    >>> import codelength as cl
    >>> texts = ["the cat sat", "a cat ran", "my cat slept", "stocks fell", "stocks rose", "stocks slept"]
    >>> model = cl.classifier().fit(texts, ["pets", "pets", "pets", "news", "news", "news"])
    >>> model.predict(["the cat ran", "stocks"]).tolist()
    ['pets', 'news']
    """
    need_learn()
    from codelength.tasks.classify import CodeClassifier

    return CodeClassifier(_class_code(code), prior=prior, folds=folds)


def neighbours(
    code: Spec = "zlib",
    *,
    k: int = 1,
    distance: Literal["ncd", "conditional"] = "ncd",
    seed: int = 0,
) -> NCDNeighbours:
    """A scikit-learn classifier by nearest neighbours under a compression distance.

    Parameters
    ----------
    code
        A spec or a code. For "conditional" one without side information of its own is differenced.
    k
        How many neighbours vote; of tied classes the one with the nearest neighbour wins.
    distance
        "ncd", or "conditional": C(d | t) / C(d).
    seed
        Of the order among equal distances.

    Raises
    ------
    CodelengthError
        scikit-learn is missing.

    Examples
    --------
    >>> import codelength as cl
    >>> texts = ["the cat sat on the mat", "a cat ran to the mat", "stocks fell in trading", "in trading stocks rose"]
    >>> cl.neighbours("ppmd", distance="conditional").fit(texts, [1, 1, 2, 2]).predict(["the cat ran"]).tolist()
    [1]
    """
    need_learn()
    from codelength.tasks.classify import NCDNeighbours

    ready: Any = resolve(code)
    if distance == "conditional":
        ready = _conditional(ready)
    return NCDNeighbours(ready, n_neighbors=k, distance=distance, seed=seed)


def _class_code(code: Spec) -> Any:
    if code == NGRAMS:
        from codelength.predictors.ngrams import ClassNgrams

        return ClassNgrams()
    return code if hasattr(code, "classes") else _conditional(resolve(code))


def _conditional(code: Any) -> Any:
    if isinstance(code, Learner):
        return code
    from codelength.codes import Differenced

    return Differenced(code)
