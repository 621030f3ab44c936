"""Class codes from any code: base.given(documents without labels).given(documents of the class), one class at a time.

Costs a pass over all documents, and for each document that is asked one scoring under each class. A code without side
information of its own is differenced by whoever hands it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, ClassCodes, ClassLearner, DataError

BETWEEN = b"\n"
"""What stands after each document that is read."""


class Conditional(Protocol):
    """What can score and can be conditioned."""

    def bits(self, data: bytes, /) -> Bits: ...

    def given(self, data: bytes, /) -> Self: ...


class OneByOne:
    """A `ClassLearner` out of a code.

    Parameters
    ----------
    code
        What is conditioned on the documents; `Differenced(code)` for one that cannot be.
    """

    def __init__(self, code: Conditional) -> None:
        self.code = code

    def index(self, documents: Sequence[bytes], /) -> list[bytes]:
        """The documents themselves."""
        return list(documents)

    def classes(
        self, indexed: list[bytes], weights: NDArray[np.float64], /, *, present: NDArray[np.bool_] | None = None
    ) -> PrimedCodes:
        """The codes of k classes; a document goes to the class of its greatest weight, whole."""
        here = np.ones(len(indexed), dtype=bool) if present is None else present
        labelled = weights.max(axis=1, initial=0.0) > 0
        chosen = weights.argmax(axis=1)
        base = self._read(
            [text for text, of, is_here in zip(indexed, labelled, here, strict=True) if is_here and not of]
        )
        codes = []
        for c in range(weights.shape[1]):
            mine = labelled & here & (chosen == c)
            codes.append(OneByOne(base)._read([indexed[d] for d in np.flatnonzero(mine)]))
        return PrimedCodes(codes)

    def _read(self, documents: list[bytes]) -> Conditional:
        return self.code.given(b"".join(text + BETWEEN for text in documents)) if documents else self.code


class PrimedCodes:
    """`ClassCodes` of one primed code for each class; codelengths in one part."""

    def __init__(self, codes: Sequence[Conditional]) -> None:
        self.codes = codes

    def class_bits(self, documents: Sequence[bytes], /) -> NDArray[np.float64]:
        """(n, k, 1) bits."""
        return np.array([[[code.bits(text).bits] for code in self.codes] for text in documents]).reshape(
            len(documents), len(self.codes), 1
        )

    def known_bits(self, indexed: list[bytes], /) -> NDArray[np.float64]:
        """The same."""
        return self.class_bits(indexed)


def class_learner(code: object) -> ClassLearner:
    """The code itself if it learns the codes of many classes at once, else one code for each class.

    Raises
    ------
    DataError
        A code that takes no side information: it has to be differenced.
    """
    if isinstance(code, ClassLearner):
        return code
    if hasattr(code, "bits") and hasattr(code, "given"):
        return OneByOne(code)
    raise DataError(
        f"{code!r} takes no side information, so it has no code given a class: hand in Differenced(code), "
        "or a code that does (cm, ctw, zstd, ngrams)"
    )


__all__ = ["ClassCodes", "OneByOne", "PrimedCodes", "class_learner"]
