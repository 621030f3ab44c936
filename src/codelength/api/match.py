"""Distribution matching: x and y without pairs, the map between them if there is one, and the bits it saves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from codelength.api.codes import Spec, resolve
from codelength.catalogue import DEFAULT
from codelength.core import DataError

if TYPE_CHECKING:
    from codelength.tasks.match.evidence import Match

Kind = Literal["auto", "cipher", "words", "points", "columns", "pixels"]
Reading = Literal["letters", "marks", "bytes"]
Progress = Callable[[str, int, int], None]

SECONDS: dict[str, float] = {"cipher": 10.0, "words": 600.0, "points": 120.0}
"""How long a search may begin something new, where it is not said; tables and images are searched to the end."""

_EXTRA = ("ot", "scipy")


def match(
    x: object,
    y: object,
    kind: Kind = "auto",
    *,
    code: Spec = DEFAULT,
    reading: Reading = "letters",
    spaces: bool = False,
    seed: int = 0,
    seconds: float | None = None,
    on_progress: Progress | None = None,
) -> Match:
    """Find a map under which x is distributed like y, if it saves bits.

    Parameters
    ----------
    x, y
        cipher: bytes, the ciphertext and any text in the language. words: two lists of lines. points: two arrays with a
        row for each point. columns: two mappings from names to arrays. pixels: two uint8 arrays of images, (n, d) or
        (n, height, width).
    kind
        "auto" goes by the types: uint8 arrays are images, all other arrays points.
    code
        cipher: what codes x without y, if it is shorter than a code of order 0.
    reading, spaces
        cipher: what counts as a symbol, and whether the spaces of x are those of the text.
    seed
        The same seed gives the same result unless the time cuts the search short.
    seconds
        Begin nothing that would end later; None: 10 for ciphers, 120 for points, 600 for words.
    on_progress
        Called as (phase, done, total).

    Returns
    -------
    Match
        `found`, `saved` and its parts; with the map of the kind: `key` and `plaintext`, `pairs`, `family` and `map`,
        `places`.

    Raises
    ------
    DataError
        Data of the wrong kind, too little of it, a kind or reading that there is not, a package that is not installed.

    Examples
    --------
    >>> import codelength as cl
    >>> import numpy as np
    >>> chance = np.random.default_rng(0)
    >>> shape = np.array([[0, 0], [5, 0], [0, 2], [9, 9]])
    >>> points = shape[chance.integers(4, size=400)] + 0.2 * chance.standard_normal((400, 2))
    >>> quarter = np.array([[0, 1], [-1, 0]])
    >>> found = cl.match(points[:200], 3 + points[200:] @ quarter)
    >>> found.found, found.family
    (True, 'rotation')
    """
    chosen = _kind(x, y) if kind == "auto" else kind
    for name, said, known in (("kind", chosen, get_args(Kind)[1:]), ("reading", reading, get_args(Reading))):
        if said not in known:
            raise DataError(f"{name}={said!r}: expected {', '.join(known)}")
    limit = SECONDS.get(chosen, 0.0) if seconds is None else seconds
    with _extra(chosen):
        if chosen == "cipher":
            from codelength.predictors.letters import learn_letters
            from codelength.tasks.match.cipher import match_cipher

            sides = _bytes(x, "x"), _bytes(y, "y")
            how: dict[str, Any] = {"reading": reading, "spaces": spaces, "seed": seed, "seconds": limit}
            return match_cipher(*sides, resolve(code), learn=learn_letters, on_progress=on_progress, **how)
        if chosen == "words":
            from codelength.tasks.match.words import match_words

            return match_words(_lines(x, "x"), _lines(y, "y"), seed=seed, seconds=limit, on_progress=on_progress)
        if chosen == "columns":
            from codelength.tasks.match.columns import match_columns

            return match_columns(_table(x, "x"), _table(y, "y"), on_progress=on_progress)
        if chosen == "pixels":
            from codelength.tasks.match.pixels import match_pixels

            return match_pixels(_images(x, "x"), _images(y, "y"), on_progress=on_progress)
        from codelength.tasks.match.points import match_points

        return match_points(_rows(x, "x"), _rows(y, "y"), seed=seed, seconds=limit, on_progress=on_progress)


def _kind(x: object, y: object) -> str:
    """What the types of both say."""
    kinds = {_kind_of(x), _kind_of(y)}
    if len(kinds) > 1:
        raise DataError(f"x and y are of different kinds, {' and '.join(sorted(kinds))}: say which with kind")
    return kinds.pop()


def _kind_of(data: object) -> str:
    import numpy as np

    if isinstance(data, bytes):
        return "cipher"
    if isinstance(data, Mapping):
        return "columns"
    if isinstance(data, Sequence) and data and isinstance(data[0], str):
        return "words"
    return "pixels" if isinstance(data, np.ndarray) and data.dtype == np.uint8 else "points"


def _bytes(data: object, name: str) -> bytes:
    if not isinstance(data, bytes):
        raise DataError(f"{name} is a {type(data).__name__}: a cipher and its language are bytes")
    return data


def _lines(data: object, name: str) -> Sequence[str]:
    if isinstance(data, str | bytes) or not isinstance(data, Sequence):
        raise DataError(f"{name} is a {type(data).__name__}: words are matched between lists of lines")
    return cast("Sequence[str]", data)


def _table(data: object, name: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise DataError(f"{name} is a {type(data).__name__}: a table is a mapping from names to columns")
    return data


def _images(data: object, name: str) -> Any:
    import numpy as np

    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim < 2:
        raise DataError(f"{name} is no array of images: expected uint8 of the shape (n, pixels) or (n, height, width)")
    return data.reshape(len(data), -1)


def _rows(data: object, name: str) -> Any:
    import numpy as np

    try:
        return np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} cannot be read as points: expected a row of numbers for each") from error


@contextmanager
def _extra(kind: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise DataError(f"matching {kind} needs POT and scipy: pip install codelength[match]") from error
