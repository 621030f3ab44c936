"""Are two samples of one source? Two-sample and independence tests with the codes of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from codelength.api.classify import need_learn
from codelength.api.codes import Spec, resolve
from codelength.core import ConditionalCode, UnknownCodeError

if TYPE_CHECKING:
    from codelength.tasks.distinguish import Distinction

Progress = Callable[[str, int, int], None]

CODES: tuple[str, ...] = ("kt", "cm:preset=fast")
"""What documents are coded with: the shares of single bytes, and all that context tells."""


def distinguish(
    a: Sequence[bytes] | ArrayLike,
    b: Sequence[bytes] | ArrayLike,
    codes: Sequence[Spec] = CODES,
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Distinction:
    """Were a and b drawn from one source? A saving of k bits is an e-value of 2**k, at any stopping time.

    Parameters
    ----------
    a, b
        Documents as bytes, or arrays of numbers with a row for each document.
    codes
        Specs or codes that take side information; arrays need none.
    seed
        Of the order in which documents are coded.
    on_progress
        Called as ("labels", done, total).

    Returns
    -------
    Distinction
        `saved` (Bits), `p_value` (anytime-valid), `needed(level)`, `wealth` after each document.

    Raises
    ------
    DataError
        Nothing on one side, different kinds of documents, or values that are not finite numbers.
    UnknownCodeError
        No such code, or one that takes no side information.
    CodelengthError
        SciPy is missing.

    Examples
    --------
    >>> import codelength as cl
    >>> old = [b"GET /index 200 %d" % (k % 7) for k in range(30)]
    >>> new = [b"GET /index 500 %d" % (k % 7) for k in range(30)]
    >>> cl.distinguish(old, new, codes=["kt"]).p_value < 0.01
    True
    """
    need_learn()
    from codelength.tasks.distinguish import distinguish as told_apart

    return told_apart(a, b, conditional(codes), seed=seed, on_progress=on_progress)


def independence(
    documents: Sequence[bytes] | ArrayLike,
    labels: Sequence[Hashable] | NDArray[np.generic],
    codes: Sequence[Spec] = CODES,
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Distinction:
    """Have labels of any kind anything to do with the documents? Otherwise as `distinguish`.

    Examples
    --------
    >>> import codelength as cl
    >>> words = [b"spring" if k % 2 else b"winter" for k in range(60)]
    >>> cl.independence(words, [k % 2 for k in range(60)], codes=["kt"]).p_value < 0.01
    True
    """
    need_learn()
    from codelength.tasks.distinguish import independence as tested

    return tested(documents, labels, conditional(codes), seed=seed, on_progress=on_progress)


def paired(
    x: Sequence[bytes] | ArrayLike,
    y: Sequence[bytes] | ArrayLike,
    codes: Sequence[Spec] = CODES,
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Distinction:
    """Does y depend on x, in pairs (x[i], y[i])? True pairs against pairs with y permuted; else as `distinguish`.

    Examples
    --------
    >>> import codelength as cl, numpy as np
    >>> x = np.random.default_rng(0).normal(size=300)
    >>> cl.paired(x, -x).p_value < 0.01
    True
    """
    need_learn()
    from codelength.tasks.distinguish import paired as tested

    return tested(x, y, conditional(codes), seed=seed, on_progress=on_progress)


def conditional(codes: Sequence[Spec]) -> list[ConditionalCode[bytes]]:
    """Codes that take side information of their own."""
    found: list[ConditionalCode[bytes]] = []
    for spec in codes:
        code = resolve(spec)
        if not isinstance(code, ConditionalCode):
            raise UnknownCodeError(
                f"code {code.spec!r} takes no side information of its own, so it cannot learn what a class says; "
                "`codelength codes` lists those that do"
            )
        found.append(code)
    return found
